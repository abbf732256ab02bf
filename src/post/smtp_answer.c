/* After an SMTP answer: what it means for the mail and for the account.  A table, read from the top; the words of QQ,
 * NetEase and Aliyun stand before the codes, since theirs do not mean what the RFC says.  Refuses to take a mail for
 * lost on a word it does not know when the code says 'later'. */
#include "post/sender.h"

#include "base/str.h"

typedef struct {
	int from, to; /* codes, both included */
	const char *words; /* anywhere in the text, ASCII letters in any case; "": any text */
	SentKind kind;
} Meaning;

static const Meaning meanings[] = {
	{200, 299, "", SENT_OK},

	/* Too much, too fast: a 550 of QQ says it, yet it passes. */
	{400, 599, "frequency limited", SENT_RETRY},
	{400, 599, "frequency is limited", SENT_RETRY},
	{400, 599, "频率", SENT_RETRY},
	{500, 599, "too many same size mails", SENT_RETRY},
	{552, 552, "size", SENT_FAILED}, /* of the mail */
	{500, 599, "sending limit", SENT_RETRY},
	{500, 599, "sending quota", SENT_RETRY},
	{500, 599, "rate limit", SENT_RETRY},
	{500, 599, "message rate", SENT_RETRY},
	{500, 599, "limit exceeded", SENT_RETRY},
	{500, 599, "too many hops", SENT_FAILED},
	{500, 599, "too many", SENT_RETRY},

	/* The login, and who may write as whom; Aliyun's mismatch is a 440. */
	{400, 599, "doesn't conform with authentication", SENT_ACCOUNT},
	{454, 454, "authentication", SENT_RETRY},
	{400, 599, "same as authorization user", SENT_ACCOUNT},
	{400, 599, "must equal authorized user", SENT_ACCOUNT},
	{400, 599, "authorized user", SENT_ACCOUNT},
	{500, 599, "authorization code", SENT_ACCOUNT},
	{500, 599, "授权码", SENT_ACCOUNT},
	{500, 599, "authentication required", SENT_ACCOUNT},
	{500, 599, "authentication is required", SENT_ACCOUNT},
	{500, 599, "authenticate first", SENT_ACCOUNT},
	{500, 599, "not authenticated", SENT_ACCOUNT},
	{500, 599, "user has no permission", SENT_ACCOUNT},
	{500, 599, "permissions to send as", SENT_ACCOUNT},
	{500, 599, "not owned by user", SENT_ACCOUNT},
	{500, 599, "sender address rejected", SENT_ACCOUNT},
	{500, 599, "client host rejected", SENT_ACCOUNT},
	{500, 599, "helo command rejected", SENT_ACCOUNT},
	{500, 599, "relay access denied", SENT_ACCOUNT},
	{500, 599, "relaying denied", SENT_ACCOUNT},
	{500, 599, "service is not open", SENT_ACCOUNT},
	{526, 526, "", SENT_ACCOUNT},
	{530, 530, "", SENT_ACCOUNT},
	{534, 535, "", SENT_ACCOUNT},
	{538, 538, "", SENT_ACCOUNT},

	/* The content: NetEase's DT:SPM is final with 554 and passes with 451. */
	{500, 599, "DT:SPM", SENT_FAILED},
	{400, 499, "DT:SPM", SENT_RETRY},

	/* Final by its code, but not by its words. */
	{500, 599, "greylist", SENT_RETRY},
	{500, 599, "graylist", SENT_RETRY},
	{500, 599, "try again", SENT_RETRY},
	{500, 599, "try later", SENT_RETRY},
	{500, 599, "temporarily", SENT_RETRY},
	{500, 599, "system busy", SENT_RETRY},
	{500, 599, "system is busy", SENT_RETRY},
	{500, 599, "稍后", SENT_RETRY},

	{400, 499, "", SENT_RETRY},
	{500, 599, "", SENT_FAILED},
};

SentKind smtp_answer(int code, const char *text) {
	Str t = str_of(text);
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		const Meaning *m = &meanings[i];
		if (code >= m->from && code <= m->to && str_find_nocase(t, str_of(m->words)) >= 0)
			return m->kind;
	}
	return SENT_RETRY; /* no answer of SMTP at all */
}

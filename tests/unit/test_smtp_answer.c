/* What an SMTP answer means: the texts of Chinese servers, each one row. */
#include "row.h"

#include "post/sender.h"

static const struct {
	int code;
	const char *text;
	SentKind want;
} answers[] = {
	{250, "OK queued as 1", SENT_OK},
	{250, "2.0.0 authorized user", SENT_OK},
	{0, "", SENT_RETRY},
	{354, "go on", SENT_RETRY},
	/* QQ */
	{550, "Domain frequency limited", SENT_RETRY},
	{550, "Sender frequency limited", SENT_RETRY},
	{550, "Connection frequency limited. https://service.mail.qq.com", SENT_RETRY},
	{550, "Ip frequency limited", SENT_RETRY},
	{550, "IP FREQUENCY LIMITED", SENT_RETRY},
	{550, "Mailbox unavailable or access denied", SENT_FAILED},
	{550, "Mail content denied. https://service.mail.qq.com/detail/0/500", SENT_FAILED},
	{552, "message size exceeds", SENT_FAILED},
	{552, "5.3.4 Message size limit exceeded", SENT_FAILED},
	{501, "mail from address must be same as authorization user", SENT_ACCOUNT},
	{535, "Login Fail. Please enter your authorization code to login. More information in ...", SENT_ACCOUNT},
	{535, "Error: 请使用授权码登录。详情请看: http://service.mail.qq.com", SENT_ACCOUNT},
	{535, "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, "
	      "or system is busy", SENT_RETRY},
	{550, "From header is missing, header is not RFC 5322 compliant", SENT_FAILED},
	/* NetEase */
	{421, "HL:REP 163 smtp8,...", SENT_RETRY},
	{421, "HL:ICC 163 smtp8", SENT_RETRY},
	{421, "HL:IFC 163 smtp8", SENT_RETRY},
	{450, "MI:CEL", SENT_RETRY},
	{450, "MI:DMC", SENT_RETRY},
	{450, "RP:DRC", SENT_RETRY},
	{451, "DT:SPM ,please try again", SENT_RETRY},
	{451, "MI:SFQ 163 smtp14", SENT_RETRY},
	{554, "DT:SPM 163 smtp8,C8CowAB http://mail.163.com/help/help_spam_16.htm", SENT_FAILED},
	{554, "DT:SPM ,please try again", SENT_FAILED},
	{553, "Mail from must equal authorized user", SENT_ACCOUNT},
	{550, "User has no permission", SENT_ACCOUNT},
	{535, "Error: authentication failed", SENT_ACCOUNT},
	/* Aliyun */
	{440, "mail from account doesn't conform with authentication (Auth Account:a@b.cn|Mail Account:c@b.cn)", SENT_ACCOUNT},
	{526, "Authentication failure[1]", SENT_ACCOUNT},
	{554, "RCPT (x@y.cn) dosn't exist", SENT_FAILED},
	{454, "Transient reject by behaviour spam at RCPT stage", SENT_RETRY},
	{554, "Reject by behaviour spam at RCPT stage", SENT_FAILED},
	{554, "Reject by content spam at DATA stage", SENT_FAILED},
	/* sina, and those who keep to the RFC */
	{552, "too many same size mails", SENT_RETRY},
	{452, "4.2.2 Mailbox full", SENT_RETRY},
	{421, "4.3.2 Service shutting down", SENT_RETRY},
	{454, "4.7.0 Temporary authentication failure", SENT_RETRY},
	{554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", SENT_ACCOUNT},
	{504, "5.5.2 <example>: Helo command rejected: need fully-qualified hostname", SENT_ACCOUNT},
	{530, "5.7.0 Authentication required", SENT_ACCOUNT},
	{550, "5.7.1 Authentication required", SENT_ACCOUNT},
	{550, "5.7.60 SMTP; Client does not have permissions to send as this sender", SENT_ACCOUNT},
	{553, "5.7.1 <a@b.cn>: Sender address rejected: not owned by user c@b.cn", SENT_ACCOUNT},
	{554, "5.7.1 <x@y.cn>: Relay access denied", SENT_ACCOUNT},
	{550, "5.4.5 Daily user sending limit exceeded", SENT_RETRY},
	{554, "5.4.6 Too many hops", SENT_FAILED},
	{550, "5.1.1 User unknown", SENT_FAILED},
	{501, "5.1.3 Bad recipient address syntax", SENT_FAILED},
	{553, "5.1.8 no such domain", SENT_FAILED},
	{550, "5.7.1 Greylisted, please come back", SENT_RETRY},
	{550, "", SENT_FAILED},
};

static void meanings(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		ROW_INT(answers[i].text, smtp_answer(answers[i].code, answers[i].text), answers[i].want);
	ROW_INT("no text", smtp_answer(550, NULL), SENT_FAILED);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meanings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

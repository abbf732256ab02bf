/* Held mails and the code that lets them go: is it what this mail is about, and what does its writer want?  The code counts only
 * where it stands nearly alone: in the subject, or in one of the first lines.  Refuses to guess: a line that says more, or a doubt
 * beside it, is for the writer to make plain. */
#include <string.h>

#include "base/code.h"
#include "base/text.h"
#include "judge/inner.h"
#include "store/notice.h"

#define LINES 3 /* of the body that are looked at */

/* ---- what stands beside it */

/* Takes every word of the list out of the key; true when there was one. */
static bool take_out(const Judge *j, ListId list, char *key) {
	const char *word;
	bool any = false;
	while ((word = list_in(j, list, key)) != NULL) {
		char *at = strstr(key, word);
		memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
		any = true;
	}
	return any;
}

static void read_rest(Case *c, Release *r, const char *rest, bool alone) {
	char *key = text_key(c->a, rest);
	r->cancel |= take_out(c->j, LIST_CANCEL, key);
	r->everybody |= take_out(c->j, LIST_EVERYBODY, key);
	r->nobody |= take_out(c->j, LIST_NOBODY, key);
	r->unclear |= list_in(c->j, LIST_STOP, key) != NULL;
	take_out(c->j, LIST_RELEASE, key);
	take_out(c->j, LIST_POLITE, key);
	r->unclear |= alone && *key;
}

typedef struct {
	const char *line[LINES + 1]; /* folded; the subject first */
	size_t n;
	size_t at;                   /* the line that holds the code */
	bool found;
	bool bare;                   /* in a line that says nothing else */
} Look;

static void lines(Case *c, Look *k) {
	Str rest = str_of(c->r->text), line;
	k->line[k->n++] = text_fold(c->a, c->r->subject_bare);
	while (k->n <= LINES && str_next(&rest, '\n', &line)) {
		const char *folded = text_fold(c->a, str_dup(c->a, line));
		if (*folded)
			k->line[k->n++] = folded;
	}
}

/* The first line with a code is what counts; the others may only confirm, cancel or cast a doubt. */
static Release *look(Case *c, Look *k) {
	Release *r = ARENA_NEW(c->a, Release);
	const char *code, *at, *end;
	*r = (Release){.code = ""};
	lines(c, k);
	for (size_t i = 0; i < k->n; i++) {
		code = k->found ? NULL : code_in(c->a, CODE_RELEASE, k->line[i], &at, &end);
		if (code) {
			k->found = true;
			k->at = i;
			r->code = code;
			const char *before = arena_copy(c->a, k->line[i], (size_t)(at - k->line[i]));
			read_rest(c, r, arena_fmt(c->a, "%s%s", before, end), true);
			k->bare = !r->unclear;
		} else if (i > 0) {
			read_rest(c, r, k->line[i], false);
		}
	}
	return r;
}

/* Answers what was shown to the secretariat of held mails. */
static int answers_ours(Case *c) {
	OutboxRow mail;
	Str rest = str_of(c->r->references), id;
	int found = *c->r->in_reply_to ? store_outbox_find(c->j->store, c->a, c->r->in_reply_to, &mail, c->e) : 0;
	for (size_t n = 0; found == 0 && n < JUDGE_THREAD_IDS && str_next(&rest, ' ', &id); n++)
		found = store_outbox_find(c->j->store, c->a, str_dup(c->a, id), &mail, c->e);
	if (found <= 0)
		return found;
	return !strcmp(mail.kind, "notice_preview") || !strcmp(mail.kind, "notice_answer");
}

/* What is meant for us: a code that we handed out, from whomever; one that we did not, from the secretariat, where nothing
 * else stands beside it or it answers what we showed. */
int kind_release(Case *c) {
	Look k = {0};
	int64_t id, round;
	if (!c->j->store || kind_weak(c->r) || c->r->form_n)
		return 0;
	Release *r = look(c, &k);
	int known = k.found ? store_notice_code(c->j->store, r->code, &id, &round, c->e) : 0;
	int ours = known == 0 && trust_staff(c) ? answers_ours(c) : 0;
	if (known < 0 || ours < 0)
		return -1;
	bool wish = k.found || r->cancel || (*c->first_key && list_in(c->j, LIST_RELEASE, c->first_key));
	if (!known && !(ours && wish) && !(k.found && k.bare && trust_staff(c)))
		return 0;
	c->v->release = r;
	trust_decision(c, r->cancel ? "held mails are to be given up" : "held mails are to be released");
	return 1;
}

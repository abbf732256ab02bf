/* Held mails and the code that lets them go: is it what this mail is about, and what does its writer want?  The code counts only
 * where it stands nearly alone: in the subject, or in one of the first lines.  Refuses to guess: a line that says more, or a doubt
 * beside it, is for the writer to make plain. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"
#include "store/notice.h"

#define LINES 3    /* of the body that are looked at */
#define BETWEEN 3  /* blanks and hyphens between two letters of a code */

static bool alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A letter as it was meant: people read O for 0, and I and L for 1. */
static char meant(char c)
{
	c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
	return c && strchr(JUDGE_CODE_ALPHABET, c) ? c : 0;
}

/* Bytes of a blank or a hyphen of any kind at s, 0: it is another letter. */
static size_t between(const char *s)
{
	static const char *const kinds[] = {" ", "-", "_", ".", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212", "\u3001"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strncmp(s, kinds[i], strlen(kinds[i])) == 0)
			return strlen(kinds[i]);
	return 0;
}

/* The code that begins at s; where it ends, NULL: none does. */
static const char *code_at(const char *s, char code[JUDGE_CODE_CHARS + 1])
{
	size_t n = 0;
	while (n < JUDGE_CODE_CHARS) {
		size_t gap;
		for (int i = 0; n && i < BETWEEN && (gap = between(s)) > 0; i++)
			s += gap;
		code[n] = meant(*s);
		if (!code[n] || (n == 0 && code[0] != 'R'))
			return NULL;
		n++;
		s++;
	}
	code[n] = 0;
	return alnum(*s) ? NULL : s;
}

/* The first code in a folded text; *at and *end: where. */
static bool code_in(const char *text, char code[JUDGE_CODE_CHARS + 1], const char **at, const char **end)
{
	for (const char *p = text; *p; p++)
		if ((p == text || !alnum(p[-1])) && (*end = code_at(p, code)) != NULL) {
			*at = p;
			return true;
		}
	return false;
}

/* ---- what stands beside it */

/* Takes every word of the list out of the key; true when there was one. */
static bool take_out(const Judge *j, ListId list, char *key)
{
	const char *word;
	bool any = false;
	while ((word = list_in(j, list, key)) != NULL) {
		char *at = strstr(key, word);
		memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
		any = true;
	}
	return any;
}

static void read_rest(Case *c, Release *r, const char *rest, bool alone)
{
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

static void lines(Case *c, Look *k)
{
	Str rest = str_of(c->r->text), line;
	k->line[k->n++] = text_fold(c->a, c->r->subject_bare);
	while (k->n <= LINES && str_next(&rest, '\n', &line)) {
		const char *folded = text_fold(c->a, str_dup(c->a, line));
		if (*folded)
			k->line[k->n++] = folded;
	}
}

/* The first line with a code is what counts; the others may only confirm, cancel or cast a doubt. */
static Release *look(Case *c, Look *k)
{
	Release *r = ARENA_NEW(c->a, Release);
	char code[JUDGE_CODE_CHARS + 1];
	const char *at, *end;
	*r = (Release){.code = ""};
	lines(c, k);
	for (size_t i = 0; i < k->n; i++) {
		if (!k->found && code_in(k->line[i], code, &at, &end)) {
			k->found = true;
			k->at = i;
			r->code = arena_str(c->a, code);
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
static int answers_ours(Case *c)
{
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
int kind_release(Case *c)
{
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

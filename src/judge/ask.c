/* What the secretariat asks of the robot in a subject: a word of the lists `ask.word_*` at its beginning, and what it is
 * about.  It hears nobody else, and takes no word out of an answered or forwarded subject, which may be anybody's. */
#include <string.h>

#include "base/code.h"
#include "base/text.h"
#include "judge/inner.h"
#include "store/record.h"

#define ASK_CHARS 200 /* of what is asked for */

static const struct {
	Ask ask;
	ListId list;
	bool wants; /* something must stand behind the word: else it is looked for in the first line */
	const char *detail;
} asks[] = {
	{ASK_FIGURES, LIST_ASK_FIGURES, false, "figures"},   {ASK_LIST, LIST_ASK_LIST, false, "a list"},
	{ASK_FIND, LIST_ASK_FIND, true, "what is known"},    {ASK_FILES, LIST_ASK_FILES, true, "files"},
	{ASK_HANDBOOK, LIST_ASK_HANDBOOK, false, "the handbook"}, {ASK_HELP, LIST_ASK_HELP, false, "what can be asked"},
	{ASK_EXPERTS, LIST_ASK_EXPERTS, false, "the roster"}, {ASK_ASSIGN, LIST_ASK_ASSIGN, false, "who scores what"},
	{ASK_SCORES, LIST_ASK_SCORES, false, "the scores"},  {ASK_RECOMMEND, LIST_ASK_RECOMMEND, false, "the recommended list"},
	{ASK_SETTINGS, LIST_ASK_SETTINGS, false, "the settings"},
	{ASK_ROADSHOW, LIST_ASK_ROADSHOW, false, "the roadshow"}, {ASK_AWARDS, LIST_ASK_AWARDS, false, "the awards"},
	{ASK_BOOK, LIST_ASK_BOOK, false, "the casebook"},
};

/* Signs of Chinese writing, U+3000 to U+303F, brackets among them; quotation marks, U+2010 to U+203F. */
static bool is_sign(const char *s) {
	return (strncmp(s, "\xE3\x80", 2) == 0 || strncmp(s, "\xE2\x80", 2) == 0) && s[2];
}

/* A longer word that begins so is another word: what follows is the end, a sign, or a number. */
static bool word_ends(const char *rest) {
	return (unsigned char)*rest < 0x80 || is_sign(rest);
}

/* The bytes of the longest word of the list that the text begins with. */
static size_t begins(const Judge *j, ListId list, const char *text) {
	size_t most = 0;
	for (size_t i = 0; i < j->list[list].n; i++) {
		const char *word = j->list[list].word[i];
		size_t n = strlen(word);
		if (n > most && strncmp(text, word, n) == 0 && word_ends(text + n))
			most = n;
	}
	return most;
}

static const char *behind(const char *text) {
	for (;;) {
		if (*text && strchr(" \t:;,.-_[]()\"!?", *text))
			text++;
		else if (is_sign(text))
			text += 3;
		else
			return text;
	}
}

static const char *first_line(Arena *a, const char *text) {
	Str rest = str_of(text), line;
	while (str_next(&rest, '\n', &line))
		if (str_trim(line).n)
			return text_line(a, str_trim(line));
	return "";
}

/* 1 and *code, 0 none, -1.  One that was never handed out is one only where it is written as codes are shown: a sentence may
 * have as many letters. */
static int setting_code(Case *c, const char *text, const char **code) {
	const char *end, *at = text_fold(c->a, text);
	for (; (*code = code_in(c->a, CODE_SETTING, at, &at, &end)) != NULL; at = end) {
		RecordRow row;
		const char *typed = text_upper(c->a, arena_copy(c->a, at, (size_t)(end - at)));
		if (!strcmp(typed, code_shown(c->a, *code)))
			return 1;
		int known = c->j->store ? store_record_get(c->j->store, c->a, "proposal", "", *code, "", &row, c->e) : 0;
		if (known)
			return known;
	}
	return 0;
}

/* What is quoted below is ours: a code counts in the subject, or in the first line that was written. */
int kind_confirms(Case *c) {
	const Report *r = c->r;
	const char *code;
	if (kind_weak(r) || r->robot & ROBOT_SUPPRESS || !trust_staff(c))
		return 0;
	int found = setting_code(c, first_line(c->a, r->text), &code);
	if (found == 0 && r->reply_prefixes == 0)
		found = setting_code(c, r->subject, &code);
	if (found <= 0)
		return found;
	c->v->outcome = OUTCOME_DECISION;
	c->v->confirm = code;
	c->v->decides = true;
	c->v->role = "office";
	c->v->detail = "the code of a setting";
	return 1;
}

/* The code that lets entered scores count, after a word, or alone and written as it was shown: eight digits are also a date, or
 * a telephone.  In an answer it is the first line. */
static bool confirms(Case *c) {
	const Report *r = c->r;
	const char *line = text_fold(c->a, r->reply_prefixes ? first_line(c->a, r->text) : r->subject_bare), *end;
	size_t n = begins(c->j, LIST_ASK_CONFIRM, text_lower(c->a, line));
	const char *typed = behind(line + n), *code = code_at(c->a, CODE_SCORES, typed, &end);
	if (!code || *end || (n == 0 && strcmp(typed, code_shown(c->a, code)) != 0))
		return false;
	c->v->outcome = OUTCOME_DECISION;
	c->v->ask = ASK_CONFIRM;
	c->v->ask_for = code;
	c->v->detail = "the secretariat confirms scores";
	return true;
}

bool kind_asked(Case *c) {
	const Report *r = c->r;
	if (r->forward_prefixes || !trust_staff(c))
		return false;
	if (confirms(c))
		return true;
	if (r->reply_prefixes)
		return false;
	for (size_t i = 0; i < r->part_n; i++)
		if (file_counts(r, i))
			return false;
	/* In brackets it looks like a tag, of which the bare subject has none. */
	const char *subject = *r->subject_bare ? r->subject_bare : r->subject;
	const char *said = behind(text_line(c->a, str_trim(str_of(text_fold(c->a, subject)))));
	const char *lower = text_lower(c->a, said);
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
		size_t n = begins(c->j, asks[i].list, lower);
		if (n == 0)
			continue;
		const char *about = behind(said + n);
		if (!*about && asks[i].wants)
			about = first_line(c->a, r->text);
		c->v->outcome = OUTCOME_REQUEST;
		c->v->ask = asks[i].ask;
		c->v->ask_for = text_cut(c->a, about, ASK_CHARS);
		c->v->detail = arena_fmt(c->a, "the secretariat asks for %s", asks[i].detail);
		return true;
	}
	return false;
}

bool ask_unknown(Case *c) {
	if (!*c->r->subject || c->r->forward_prefixes || !trust_staff(c))
		return false;
	c->v->outcome = OUTCOME_REQUEST;
	c->v->ask = ASK_HELP;
	c->v->ask_for = "";
	c->v->detail = "the secretariat asks for something unknown";
	return true;
}

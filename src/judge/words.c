/* The judge's ear: lists of words in which people say what they want, from words.yaml.
 * Compares keys (text_key) only; knows no word itself. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

static const char *const keys[LIST_COUNT] = {
	[LIST_PRECHECK] = "intent.precheck", [LIST_SUBMIT] = "intent.submit",
	[LIST_NO_SUBMIT] = "intent.no_submit",
	[LIST_WITHDRAW] = "intent.withdraw", [LIST_OBJECT] = "intent.object",
	[LIST_CHANGE] = "intent.change",     [LIST_BLANK] = "intent.forms",
	[LIST_JOIN] = "intent.join",         [LIST_HELP] = "intent.help",
	[LIST_PROGRESS] = "intent.progress", [LIST_THANKS] = "intent.thanks",
	[LIST_QUESTION] = "intent.question", [LIST_ENCLOSED] = "intent.enclosed",
	[LIST_ENTRY] = "intent.entry",       [LIST_CONTEST] = "intent.contest",
	[LIST_RELEASE] = "notice.word_release", [LIST_CANCEL] = "notice.word_cancel",
	[LIST_EVERYBODY] = "notice.word_everybody", [LIST_NOBODY] = "notice.word_nobody",
	[LIST_POLITE] = "notice.word_polite", [LIST_STOP] = "notice.word_stop",
	[LIST_NOTHING] = "judge.nothing",
	[LIST_ASK_FIGURES] = "ask.word_figures", [LIST_ASK_LIST] = "ask.word_list",
	[LIST_ASK_FIND] = "ask.word_find",   [LIST_ASK_FILES] = "ask.word_files",
	[LIST_ASK_HANDBOOK] = "ask.word_handbook", [LIST_ASK_HELP] = "ask.word_help",
	[LIST_ASK_EXPERTS] = "ask.word_experts", [LIST_ASK_ASSIGN] = "ask.word_assign",
	[LIST_ASK_SCORES] = "ask.word_scores", [LIST_ASK_RECOMMEND] = "ask.word_recommend",
	[LIST_ASK_CONFIRM] = "ask.word_confirm",
	[LIST_AGREE] = "experts.word_agree", [LIST_RECUSE] = "experts.word_recuse",
	[LIST_MATERIAL] = "experts.word_material",
	[LIST_ASK_SETTINGS] = "ask.word_settings",
	[LIST_ASK_ROADSHOW] = "ask.word_roadshow", [LIST_ASK_AWARDS] = "ask.word_awards",
	[LIST_ASK_BOOK] = "ask.word_book",   [LIST_CONFIRM] = "intent.confirm",
	[LIST_MOVE] = "intent.move",
};

static WordList load(Judge *j, const char *text) {
	WordList l = {0};
	size_t most = 1;
	for (const char *p = text; (p = strstr(p, JUDGE_COMMA)); p += 3)
		most++;
	l.word = arena_array(j->arena, most, sizeof *l.word);
	while (*text) {
		const char *end = strstr(text, JUDGE_COMMA);
		size_t n = end ? (size_t)(end - text) : strlen(text);
		const char *key = text_key(j->arena, arena_copy(j->arena, text, n));
		if (*key)
			l.word[l.n++] = key;
		text += end ? n + 3 : n;
	}
	return l;
}

void lists_load(Judge *j) {
	for (size_t i = 0; i < LIST_COUNT; i++)
		j->list[i] = load(j, words(j->rules, keys[i]));
}

bool list_is(const Judge *j, ListId list, const char *key) {
	const WordList *l = &j->list[list];
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(key, l->word[i]) == 0)
			return true;
	return false;
}

const char *list_in(const Judge *j, ListId list, const char *key) {
	const WordList *l = &j->list[list];
	for (size_t i = 0; i < l->n; i++)
		if (strstr(key, l->word[i]))
			return l->word[i];
	return NULL;
}

bool list_starts(const Judge *j, ListId list, const char *key) {
	const WordList *l = &j->list[list];
	for (size_t i = 0; i < l->n; i++)
		if (strncmp(key, l->word[i], strlen(l->word[i])) == 0)
			return true;
	return false;
}

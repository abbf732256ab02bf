/* Beside the loader and for everybody who speaks: the short texts of
 * templates/words.yaml.  Refuses a file that lacks a text the program uses, has
 * one it does not, or a placeholder nobody would fill. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "rules/load.h"
#include "rules/words_keys.h"

#define WORDS_MAX_DEPTH 4

typedef struct {
	const char *key, *holders;
} WordKey;

static const WordKey keys[] = {
#define WORD(key, holders) {key, holders},
	WORDS_KEYS(WORD)
#undef WORD
};
#define KEYS (sizeof keys / sizeof *keys)

typedef struct {
	const char *key, *holders, *text;
	const Yaml *at;
} Word;

struct Words {
	Word word[KEYS]; /* sorted by key */
};

static int by_key(const void *a, const void *b) {
	return strcmp(((const Word *)a)->key, ((const Word *)b)->key);
}

static Word *find(const struct Words *w, const char *key) {
	Word wanted = {.key = key};
	return bsearch(&wanted, w->word, KEYS, sizeof *w->word, by_key);
}

static bool holder_allowed(const char *holders, Str name) {
	for (Str rest = str_of(holders), one; str_next(&rest, ' ', &one);)
		if (name.n && str_eq(one, name))
			return true;
	return false;
}

static void check_holders(Load *l, const Word *w) {
	for (const char *open = w->text; (open = strstr(open, "{{")); open += 2) {
		const char *end = strstr(open, "}}");
		Str name = {open + 2, end ? (size_t)(end - open) - 2 : 0};
		size_t chars = text_chars(arena_copy(l->arena, w->text, (size_t)(open - w->text)));
		size_t at = yaml_offset(w->at, chars);
		if (!end)
			fault_at(l->faults, w->at->file, at, "{{ without }}; close it or take it away");
		else if (!holder_allowed(w->holders, name))
			fault_at(l->faults, w->at->file, at, "unknown placeholder {{%.*s}} in %s; %s%s", (int)name.n,
			         name.p, w->key, *w->holders ? "known here: " : "this text has none", w->holders);
	}
}

static void unknown_word(Load *l, const Yaml *at, const char *key) {
	const char *names[KEYS];
	for (size_t i = 0; i < KEYS; i++)
		names[i] = keys[i].key;
	const char *near = nearest_of(key, names, KEYS);
	take_fault(l, at, "no text is called %s%s%s%s", key, near ? "; did you mean " : "; take it away",
	           near ? near : "", near ? "?" : "");
}

static void flatten(Load *l, struct Words *w, const Yaml *map, const char *prefix, int depth) {
	for (size_t i = 0; i < map->n; i++) {
		const Yaml *y = map->item[i];
		const char *key = arena_fmt(l->arena, "%s%s%s", prefix, *prefix ? "." : "", map->key[i]->text);
		if (y->kind == YAML_MAP && depth < WORDS_MAX_DEPTH) {
			flatten(l, w, y, key, depth + 1);
			continue;
		}
		if (y->kind == YAML_NONE)
			continue;
		Word *one = y->kind == YAML_TEXT ? find(w, key) : NULL;
		if (y->kind != YAML_TEXT) {
			take_fault(l, y, "%s must be a text", key);
		} else if (!one) {
			unknown_word(l, map->key[i], key);
		} else {
			one->text = text_tidy(l->arena, y->text);
			one->at = y;
			if (!*one->text)
				take_fault(l, map->key[i], "the text %s is empty; write something", key);
			check_holders(l, one);
		}
	}
}

const struct Words *words_read(Load *l, const Yaml *root) {
	struct Words *w = ARENA_NEW(l->arena, struct Words);
	for (size_t i = 0; i < KEYS; i++)
		w->word[i] = (Word){keys[i].key, keys[i].holders, NULL, NULL};
	qsort(w->word, KEYS, sizeof *w->word, by_key);
	if (root->kind != YAML_MAP) {
		take_fault(l, root, "words.yaml must be a map of \"key: text\" lines%s",
		           fault_hint(root->file, root->at));
		return w;
	}
	flatten(l, w, root, "", 1);
	for (size_t i = 0; i < KEYS; i++)
		if (!w->word[i].text)
			fault_file(l->faults, root->file->path, "the text %s is missing; add it%s%s%s", w->word[i].key,
			           *w->word[i].holders ? " (it may hold " : "", w->word[i].holders,
			           *w->word[i].holders ? ")" : "");
	return w;
}

const char *words(const Rules *r, const char *key) {
	const Word *w = r->words ? find(r->words, key) : NULL;
	if (w && w->text)
		return w->text;
	/* A fault of ours: the caller's key is not in words_keys.h. */
	log_error("no text is called %s", key);
	return key;
}

static const char *argument(va_list ap, Str name) {
	const char *found = "";
	for (const char *key; (key = va_arg(ap, const char *));) {
		const char *value = va_arg(ap, const char *);
		if (str_is(name, key))
			found = value ? value : "";
	}
	return found;
}

char *words_fill(const Rules *r, Arena *a, const char *key, ...) {
	const char *s = words(r, key);
	Buf b = {0};
	for (const char *open; (open = strstr(s, "{{")) && strstr(open, "}}");) {
		const char *end = strstr(open, "}}");
		va_list ap;
		va_start(ap, key);
		buf_add(&b, s, (size_t)(open - s));
		buf_str(&b, argument(ap, (Str){open + 2, (size_t)(end - open) - 2}));
		va_end(ap);
		s = end + 2;
	}
	buf_str(&b, s);
	char *out = arena_copy(a, b.p, b.n);
	buf_free(&b);
	return out;
}

static char *number(Arena *a, int v) {
	return arena_fmt(a, "%d", v);
}

static const char *weekday(const Rules *r, Arena *a, const struct tm *tm) {
	return words(r, arena_fmt(a, "when.weekday_%d", tm->tm_wday));
}

char *words_moment(const Rules *r, Arena *a, int64_t t) {
	struct tm tm = when_local(t);
	bool end = tm.tm_hour == 23 && tm.tm_min == 59 && tm.tm_sec == 59;
	const char *time = end ? words(r, "when.end_of_day")
	                       : arena_fmt(a, "%02d:%02d", tm.tm_hour, tm.tm_min);
	return words_fill(r, a, "when.moment", "year", number(a, tm.tm_year + 1900), "month",
	                  number(a, tm.tm_mon + 1), "day", number(a, tm.tm_mday), "weekday",
	                  weekday(r, a, &tm), "time", time, (char *)NULL);
}

char *words_day(const Rules *r, Arena *a, int64_t t) {
	struct tm tm = when_local(t);
	return words_fill(r, a, "when.day", "year", number(a, tm.tm_year + 1900), "month",
	                  number(a, tm.tm_mon + 1), "day", number(a, tm.tm_mday), "weekday",
	                  weekday(r, a, &tm), (char *)NULL);
}

/* The two largest units; minutes only below a day. */
char *words_span(const Rules *r, Arena *a, int64_t seconds) {
	int64_t minutes = seconds < 0 ? 0 : seconds / 60;
	int64_t part[] = {minutes / 1440, minutes / 60 % 24, minutes % 60};
	static const char *const name[] = {"when.days", "when.hours", "when.minutes"};
	Buf b = {0};
	size_t first = part[0] ? 0 : part[1] ? 1 : 2;
	for (size_t i = first; i < 3 && i < first + 2; i++)
		if (part[i])
			buf_str(&b, words_fill(r, a, name[i], "n", arena_fmt(a, "%lld", (long long)part[i]),
			                       (char *)NULL));
	char *out = b.n ? arena_copy(a, b.p, b.n) : arena_str(a, words(r, "when.under_a_minute"));
	buf_free(&b);
	return out;
}

char *words_bytes(const Rules *r, Arena *a, uint64_t bytes) {
	(void)r; /* units of bytes are written alike everywhere */
	static const char *const unit[] = {"KB", "MB", "GB", "TB"};
	if (bytes < 1024)
		return arena_fmt(a, "%u B", (unsigned)bytes);
	size_t i = 0;
	uint64_t one = 1024;
	for (; (bytes + one / 2) / one >= 1024 && i < 3; i++)
		one *= 1024;
	uint64_t tenths = (bytes * 10 + one / 2) / one;
	if (tenths % 10 && tenths < 1000)
		return arena_fmt(a, "%u.%u %s", (unsigned)(tenths / 10), (unsigned)(tenths % 10), unit[i]);
	return arena_fmt(a, "%u %s", (unsigned)((bytes + one / 2) / one), unit[i]);
}

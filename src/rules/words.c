/* Beside the loader and for everybody who speaks: the short texts of
 * templates/words.yaml.  Refuses a file that lacks a text the program uses, has
 * one it does not, or a placeholder nobody would fill. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "rules/load.h"
#include "rules/words_keys.h"

#define WORDS_MAX_DEPTH 4
#define ARGS_MAX 40 /* placeholders filled in one text */

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
	bool lent; /* not in the home's words.yaml */
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

static ptrdiff_t closing(Str s, Str name);

/* One placeholder, its braces taken off; `rest` follows it. */
static void check_holder(Load *l, const Word *w, size_t at, Str name, Str rest) {
	char sign = name.n ? name.p[0] : '\0';
	Str bare = sign == '#' || sign == '/' ? str_from(name, 1) : name;
	if (!holder_allowed(w->holders, bare))
		fault_at(l->faults, w->at->file, at, "unknown placeholder {{%.*s}} in %s; %s%s", (int)name.n, name.p,
		         w->key, *w->holders ? "known here: " : "this text has none", w->holders);
	else if (sign == '#' && closing(rest, bare) < 0)
		fault_at(l->faults, w->at->file, at, "{{%.*s}} without {{/%.*s}}; close it or take it away",
		         (int)name.n, name.p, (int)bare.n, bare.p);
}

static void check_holders(Load *l, const Word *w) {
	for (const char *open = w->text; (open = strstr(open, "{{")); open += 2) {
		const char *end = strstr(open, "}}");
		size_t chars = text_chars(arena_copy(l->arena, w->text, (size_t)(open - w->text)));
		size_t at = yaml_offset(w->at, chars);
		if (!end)
			fault_at(l->faults, w->at->file, at, "{{ without }}; close it or take it away");
		else
			check_holder(l, w, at, (Str){open + 2, (size_t)(end - open) - 2}, str_of(end + 2));
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

/* One text of words.yaml itself; whatever is wrong with it is told. */
static void own_word(Load *l, struct Words *w, const Yaml *name, const Yaml *y, const char *key) {
	Word *one = y->kind == YAML_TEXT ? find(w, key) : NULL;
	if (y->kind != YAML_TEXT) {
		take_fault(l, y, "%s must be a text", key);
	} else if (!one) {
		if (!l->source->kept)
			unknown_word(l, name, key);
	} else {
		one->text = text_tidy(l->arena, y->text);
		one->at = y;
		if (!*one->text)
			take_fault(l, name, "the text %s is empty; write something", key);
		check_holders(l, one);
	}
}

/* One text of a words.yaml that stands behind it: it fills a gap, or is of no use here. */
static void lent_word(Load *l, struct Words *w, const Yaml *name, const Yaml *y, const char *key) {
	(void)name;
	Word *one = y->kind == YAML_TEXT ? find(w, key) : NULL;
	if (!one || one->text || !*y->text)
		return;
	one->text = text_tidy(l->arena, y->text);
	one->at = y;
	one->lent = true;
	check_holders(l, one);
}

typedef void (*EachWord)(Load *l, struct Words *w, const Yaml *name, const Yaml *y, const char *key);

static void flatten(Load *l, struct Words *w, const Yaml *map, const char *prefix, int depth, EachWord each) {
	for (size_t i = 0; i < map->n; i++) {
		const Yaml *y = map->item[i];
		const char *key = arena_fmt(l->arena, "%s%s%s", prefix, *prefix ? "." : "", map->key[i]->text);
		if (y->kind == YAML_MAP && depth < WORDS_MAX_DEPTH)
			flatten(l, w, y, key, depth + 1, each);
		else if (y->kind != YAML_NONE)
			each(l, w, map->key[i], y, key);
	}
}

static size_t missing(const struct Words *w) {
	size_t n = 0;
	for (size_t i = 0; i < KEYS; i++)
		n += !w->word[i].text;
	return n;
}

/* Fills what is missing from a file that is not the home's. */
static void lend(Load *l, struct Words *w, const SourceFile *file) {
	const Yaml *root = missing(w) && file->bytes.n ? yaml_read(l->arena, file, l->faults) : NULL;
	if (root && root->kind == YAML_MAP)
		flatten(l, w, root, "", 1, lent_word);
}

/* What was lent joins the source, so that a bundle of these rules needs no program to be whole. */
static void keep_lent(Load *l, const struct Words *w) {
	Rules *r = l->rules;
	Buf b = {0};
	JsonOut j = json_to(&b);
	r->lent_word = arena_array(l->arena, KEYS, sizeof *r->lent_word);
	json_object(&j, NULL);
	for (size_t i = 0; i < KEYS; i++)
		if (w->word[i].text && w->word[i].lent) {
			json_text(&j, w->word[i].key, w->word[i].text);
			r->lent_word[r->lent_word_n++] = w->word[i].key;
		}
	json_end_object(&j);
	SourceFile file = {WORDS_LENT, {arena_copy(l->arena, b.p, b.n), b.n}, true};
	buf_free(&b);
	if (r->lent_word_n)
		r->source = source_with(l->arena, l->source, &file);
}

/* Where a text that is missing belongs: its group's key, or the file's beginning. */
static const Yaml *group_of(Load *l, const Yaml *root, const char *key) {
	const Yaml *group = root;
	yaml_get(root, arena_copy(l->arena, key, strcspn(key, ".")), &group);
	return group;
}

const struct Words *words_read(Load *l, const Yaml *root) {
	struct Words *w = ARENA_NEW(l->arena, struct Words);
	for (size_t i = 0; i < KEYS; i++)
		w->word[i] = (Word){.key = keys[i].key, .holders = keys[i].holders};
	qsort(w->word, KEYS, sizeof *w->word, by_key);
	if (root->kind != YAML_MAP) {
		take_fault(l, root, "words.yaml must be a map of \"key: text\" lines%s",
		           fault_hint(root->file, root->at));
		return w;
	}
	flatten(l, w, root, "", 1, own_word);
	const SourceFile *kept = source_find(l->source, WORDS_LENT);
	if (kept)
		lend(l, w, kept);
	SourceFile *shipped = ARENA_NEW(l->arena, SourceFile);
	*shipped = (SourceFile){"words.yaml of the program", l->source->words, true};
	lend(l, w, shipped);
	keep_lent(l, w);
	for (size_t i = 0; i < KEYS; i++)
		if (!w->word[i].text)
			take_fault(l, group_of(l, root, w->word[i].key), "the text %s is missing; add it%s%s%s", w->word[i].key,
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

typedef struct {
	struct {
		const char *name, *value;
	} v[ARGS_MAX];
	size_t n;
} Args;

static const char *argument(const Args *args, Str name) {
	for (size_t i = 0; i < args->n; i++)
		if (str_is(name, args->v[i].name))
			return args->v[i].value;
	return "";
}

/* Where {{/name}} begins in s, -1 when it does not. */
static ptrdiff_t closing(Str s, Str name) {
	for (size_t at = 0; at < s.n;) {
		ptrdiff_t mark = str_find(str_from(s, at), STR("{{/"));
		if (mark < 0)
			return -1;
		at += (size_t)mark;
		Str rest = str_from(s, at + 3);
		if (str_eq(str_sub(rest, 0, name.n), name) && str_starts(str_from(rest, name.n), "}}"))
			return (ptrdiff_t)at;
		at += 3;
	}
	return -1;
}

/* {{name}}, and {{#name}}...{{/name}}, which stands only where there is a value. */
static void fill(Buf *out, Str s, const Args *args) {
	for (ptrdiff_t open; (open = str_find(s, STR("{{"))) >= 0;) {
		Str rest = str_from(s, (size_t)open + 2);
		ptrdiff_t end = str_find(rest, STR("}}"));
		if (end < 0)
			break;
		Str name = str_sub(rest, 0, (size_t)end);
		buf_slice(out, str_sub(s, 0, (size_t)open));
		s = str_from(rest, (size_t)end + 2);
		if (!str_starts(name, "#")) {
			buf_str(out, argument(args, name));
			continue;
		}
		name = str_from(name, 1);
		ptrdiff_t close = closing(s, name);
		if (close < 0)
			continue;
		if (*argument(args, name))
			fill(out, str_sub(s, 0, (size_t)close), args);
		s = str_from(s, (size_t)close + name.n + 5);
	}
	buf_slice(out, s);
}

char *words_fill(const Rules *r, Arena *a, const char *key, ...) {
	Args args = {.n = 0};
	va_list ap;
	va_start(ap, key);
	for (const char *name; (name = va_arg(ap, const char *)) && args.n < ARGS_MAX; args.n++) {
		const char *value = va_arg(ap, const char *);
		args.v[args.n].name = name;
		args.v[args.n].value = value ? value : "";
	}
	va_end(ap);
	Buf b = {0};
	fill(&b, str_of(words(r, key)), &args);
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

/* Inside the loader: typed values out of the tree.  All scalars of YAML are
 * text to us, so that NO, 007 and 2023-03-31 stay what was written; here they
 * become numbers, switches and moments, or a fault that says what to write. */
#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "base/text.h"
#include "base/when.h"
#include "rules/load.h"

#define NEAR_MAX 2 /* slips of the pen in one word */

/* Two neighbours exchanged: one slip. */
static bool exchanged(const char *a, const char *b) {
	size_t n = strlen(a), i = 0;
	while (i < n && a[i] == b[i])
		i++;
	return i + 1 < n && strlen(b) == n && a[i] == b[i + 1] && a[i + 1] == b[i] && strcmp(a + i + 2, b + i + 2) == 0;
}

static size_t slips(const char *found, const char *name, size_t limit) {
	return strcasecmp(found, name) == 0 ? 0 : exchanged(found, name) ? 1 : text_distance(found, name, limit);
}

/* Bytes of a.b and a.c that are the same up to the dot. */
static size_t same_head(const char *a, const char *b) {
	const char *dot = strrchr(a, '.');
	size_t n = dot ? (size_t)(dot - a) + 1 : 0;
	return strncmp(a, b, n) == 0 ? n : 0;
}

/* One slip in three characters: a short word with more is another word. */
const char *nearest_of(const char *found, const char *const *names, size_t n) {
	const char *best = NULL;
	size_t least = NEAR_MAX + 1;
	for (size_t i = 0; i < n && names[i]; i++) {
		size_t head = same_head(found, names[i]), most = text_chars(found + head) / 3 + 1;
		size_t d = slips(found + head, names[i] + head, most < least ? most : least);
		if (d >= most)
			continue;
		if (d < least) {
			least = d;
			best = names[i];
		}
	}
	return best;
}

static const char *joined(Load *l, const char *const *names, size_t n) {
	Buf b = {0};
	for (size_t i = 0; i < n && names[i]; i++)
		buf_fmt(&b, "%s%s", i ? ", " : "", names[i]);
	const char *s = arena_str(l->arena, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static size_t count(const char *const *names) {
	size_t n = 0;
	while (names[n])
		n++;
	return n;
}

static void unknown_key(Load *l, const Yaml *key, const char *what, const char *const *known) {
	size_t n = count(known);
	const char *near = nearest_of(key->text, known, n);
	bool wide = strstr(key->text, "\uFF1A") || strstr(key->text, "\u3000") || strstr(key->text, "\u00A0");
	const char *hint = wide ? fault_hint(key->file, key->at) : strchr(key->text, ':') ? "; write a blank behind the colon" : "";
	if (near)
		take_fault(l, key, "unknown key \"%s\" in %s; did you mean \"%s\"?%s", key->text, what, near,
		           hint);
	else
		take_fault(l, key, "unknown key \"%s\" in %s; known here: %s%s", key->text, what,
		           joined(l, known, n), hint);
}

static const char *kind_name(const Yaml *y) {
	return y->kind == YAML_MAP ? "a map" : y->kind == YAML_LIST ? "a list" : "a text";
}

bool take_map(Load *l, const Yaml *y, const char *what, const char *const *known) {
	if (!y || y->kind == YAML_NONE)
		return false;
	if (y->kind != YAML_MAP) {
		take_fault(l, y, "%s must be a map of \"key: value\" lines, found %s%s", what, kind_name(y),
		           fault_hint(y->file, y->at));
		return false;
	}
	for (size_t i = 0; i < y->n; i++) {
		bool found = y->key[i]->kind != YAML_TEXT;
		for (size_t k = 0; known[k] && !found; k++)
			found = strcmp(known[k], y->key[i]->text) == 0;
		if (!found)
			unknown_key(l, y->key[i], what, known);
	}
	return true;
}

/* Misspelt, and said to be so. */
static bool told(Load *l, const Yaml *map, const char *key) {
	const char *const wanted[] = {key};
	for (size_t i = 0; i < map->n; i++)
		if (nearest_of(map->key[i]->text, wanted, 1) &&
		    faults_within(l->faults, map->key[i]->file, map->key[i]->at, map->key[i]->at))
			return true;
	return false;
}

const Yaml *take(Load *l, const Yaml *map, const char *key, TakeNeed need) {
	const Yaml *y = yaml_get(map, key, NULL);
	if (!y && need && map && map->kind == YAML_MAP && !told(l, map, key))
		take_fault(l, map, "the key \"%s\" is missing here; add \"%s: ...\"", key, key);
	return y;
}

const Yaml *const *take_list(Load *l, const Yaml *map, const char *key, TakeNeed need, size_t *n) {
	const Yaml *y = take(l, map, key, need);
	*n = 0;
	if (!y || y->kind == YAML_NONE)
		return NULL;
	if (y->kind != YAML_LIST) {
		if (y->kind == YAML_MAP || *y->text || need)
			take_fault(l, y, "\"%s\" must be a list, each item on a line of its own behind \"- \"", key);
		return NULL;
	}
	if (need && y->n == 0)
		take_fault(l, y, "\"%s\" must not be empty; write something behind it", key);
	*n = y->n;
	return y->item;
}

/* The text node of a key, or NULL: absent, or reported. */
static const Yaml *scalar(Load *l, const Yaml *map, const char *key, TakeNeed need) {
	const Yaml *y = take(l, map, key, need);
	if (!y || y->kind == YAML_NONE)
		return NULL;
	if (y->kind != YAML_TEXT) {
		take_fault(l, y, "\"%s\" must be a single value, found %s", key, kind_name(y));
		return NULL;
	}
	if (need && !*text_tidy(l->arena, y->text)) {
		take_fault(l, y, "\"%s\" must not be empty; write something behind it", key);
		return NULL;
	}
	return y;
}

/* A set that was in force once stays as it is. */
static void limited(Load *l, const Yaml *y, const char *what, const char *s, size_t most) {
	size_t n = text_chars(s);
	if (n > most && !l->source->kept)
		take_fault(l, y, "%s is %zu characters long; shorten it to %zu at most", what, n, most);
}

static const char *one_line(Load *l, const Yaml *map, const char *key, TakeNeed need, size_t most) {
	const Yaml *y = scalar(l, map, key, need);
	if (!y)
		return "";
	const char *s = text_tidy(l->arena, y->text);
	limited(l, y, arena_fmt(l->arena, "\"%s\"", key), s, most);
	if (strchr(s, '\n')) {
		take_fault(l, y, "\"%s\" must be on one line; write it without \"|\", or fold it with \">-\"",
		           key);
		return "";
	}
	return s;
}

const char *take_text(Load *l, const Yaml *map, const char *key, TakeNeed need) {
	return one_line(l, map, key, need, LOAD_MAX_LINE);
}

const char *take_label(Load *l, const Yaml *map, const char *key, TakeNeed need) {
	return one_line(l, map, key, need, LOAD_MAX_LABEL);
}

const char *take_long(Load *l, const Yaml *map, const char *key, TakeNeed need) {
	const Yaml *y = scalar(l, map, key, need);
	if (!y)
		return "";
	const char *s = text_tidy(l->arena, y->text);
	limited(l, y, arena_fmt(l->arena, "\"%s\"", key), s, LOAD_MAX_LONG);
	return s;
}

static const char *item_text(Load *l, const Yaml *y) {
	if (y->kind == YAML_NONE)
		return NULL;
	if (y->kind != YAML_TEXT) {
		take_fault(l, y, "a text is wanted here, found %s%s", kind_name(y),
		           y->kind == YAML_MAP ? "; put a text with a colon between quotes" : "");
		return NULL;
	}
	const char *s = text_tidy(l->arena, y->text);
	if (!*s)
		take_fault(l, y, "an empty item; write something behind the \"-\" or take it away");
	limited(l, y, "this item", s, LOAD_MAX_LINE);
	return *s ? s : NULL;
}

const char **take_items(Load *l, const Yaml *list, size_t *n) {
	const Yaml *const alone[] = {list};
	const Yaml *const *item = list->kind == YAML_LIST ? list->item : alone;
	size_t items = list->kind == YAML_LIST ? list->n : 1, k = 0;
	const char **out = arena_array(l->arena, items, sizeof *out);
	for (size_t i = 0; i < items; i++) {
		const char *s = item_text(l, item[i]);
		bool twice = false;
		for (size_t j = 0; s && j < k && !twice; j++)
			twice = strcmp(out[j], s) == 0;
		if (twice)
			take_fault(l, item[i], "\"%s\" stands in the list twice; keep one of them", s);
		else if (s)
			out[k++] = s;
	}
	*n = k;
	return out;
}

const char **take_texts(Load *l, const Yaml *map, const char *key, TakeNeed need, size_t *n) {
	const Yaml *y = take(l, map, key, need);
	*n = 0;
	if (!y || y->kind == YAML_NONE || (y->kind == YAML_TEXT && !*y->text && !need))
		return NULL;
	if (y->kind == YAML_MAP) {
		take_fault(l, y, "\"%s\" must be a list of texts, such as [a, b]", key);
		return NULL;
	}
	if (need && y->kind == YAML_LIST && y->n == 0)
		take_fault(l, y, "\"%s\" must not be empty; write something behind it", key);
	return take_items(l, y, n);
}

bool take_bool(Load *l, const Yaml *map, const char *key, bool otherwise) {
	const Yaml *y = scalar(l, map, key, TAKE_OPTIONAL);
	if (!y || !*y->text)
		return otherwise;
	if (strcmp(y->text, "true") == 0 || strcmp(y->text, "false") == 0)
		return *y->text == 't';
	take_fault(l, y, "\"%s\" is a switch: write true or false, not \"%s\"", key, y->text);
	return otherwise;
}

int64_t take_int(Load *l, const Yaml *map, const char *key, int64_t min, int64_t max,
                 int64_t otherwise) {
	const Yaml *y = scalar(l, map, key, TAKE_OPTIONAL);
	if (!y || !*y->text)
		return otherwise;
	int64_t v = otherwise;
	if (str_to_i64(str_of(y->text), min, max, &v))
		take_fault(l, y, "\"%s\" must be a whole number from %lld to %lld, not \"%s\"", key,
		           (long long)min, (long long)max, y->text);
	return v;
}

int64_t take_decimal(Load *l, const Yaml *map, const char *key, int places, int64_t min, int64_t max, int64_t otherwise) {
	const Yaml *y = scalar(l, map, key, TAKE_OPTIONAL);
	if (!y || !*y->text)
		return otherwise;
	int64_t v = otherwise;
	if (decimal_parse(str_of(y->text), places, min, max, &v))
		take_fault(l, y, "\"%s\" must be a number from %s to %s with at most %d places, not \"%s\"", key,
		           decimal_text(l->arena, min, places, 0), decimal_text(l->arena, max, places, 0), places, y->text);
	return v;
}

int take_name(Load *l, const Yaml *map, const char *key, const TakeName *names, int otherwise) {
	const Yaml *y = scalar(l, map, key, TAKE_OPTIONAL);
	if (!y || !*y->text)
		return otherwise;
	const char *all[64];
	size_t n = 0;
	for (; names[n].name && n < 63; n++) {
		if (strcmp(names[n].name, y->text) == 0)
			return names[n].value;
		all[n] = names[n].name;
	}
	const char *near = nearest_of(y->text, all, n);
	take_fault(l, y, "\"%s\" cannot be \"%s\"; %s%s%s", key, y->text,
	           near ? "did you mean \"" : "write one of: ", near ? near : joined(l, all, n),
	           near ? "\"?" : "");
	return otherwise;
}

/* A whole number and one letter of `units` that stands for `each`. */
static int64_t unit_number(const char *s, const char *units, const int64_t *each) {
	size_t n = strlen(s);
	const char *u = n ? strchr(units, s[n - 1]) : NULL;
	int64_t v;
	if (!u || str_to_i64((Str){s, n - 1}, 0, 1000000000, &v))
		return -1;
	return v * each[u - units];
}

int64_t take_bytes(Load *l, const Yaml *map, const char *key, int64_t otherwise) {
	static const int64_t each[] = {1 << 10, 1 << 20, 1 << 30};
	const Yaml *y = scalar(l, map, key, TAKE_OPTIONAL);
	if (!y || !*y->text)
		return otherwise;
	int64_t v = unit_number(y->text, "KMG", each);
	if (v > 0)
		return v;
	if (str_to_i64(str_of(y->text), 1, INT64_MAX, &v) == 0)
		return v;
	take_fault(l, y, "\"%s\" is a size: write a number with K, M or G behind it, such as 60M, not "
	                 "\"%s\"", key, y->text);
	return otherwise;
}

int64_t take_span(Load *l, const Yaml *y, int64_t otherwise) {
	static const int64_t each[] = {1, 60, 3600, 86400};
	if (!y || y->kind == YAML_NONE)
		return otherwise;
	int64_t v = unit_number(y->text, "smhd", each);
	if (v > 0)
		return v;
	take_fault(l, y, "a span of time is wanted: a number with s, m, h or d behind it, such as 2m, "
	                 "not \"%s\"", y->text);
	return otherwise;
}

int64_t take_moment(Load *l, const Yaml *map, const char *key, bool end_of_day) {
	const Yaml *y = scalar(l, map, key, TAKE_NEEDED);
	int64_t t = WHEN_NONE;
	if (y && when_parse(str_of(y->text), end_of_day, &t)) {
		take_fault(l, y, "\"%s\" must be a date such as 2023-03-31, or with a time 2023-03-31 17:00:00, "
		                 "not \"%s\"", key, y->text);
		return WHEN_NONE;
	}
	return t;
}

static bool good_key(const char *s, bool dotted) {
	if (strlen(s) > LOAD_MAX_KEY)
		return false;
	bool start = true;
	for (; *s; s++) {
		if (*s == '.' && dotted && !start) {
			dotted = false;
			start = true;
			continue;
		}
		bool letter = *s >= 'a' && *s <= 'z';
		if (!letter && (start || !((*s >= '0' && *s <= '9') || *s == '_')))
			return false;
		start = false;
	}
	return !start;
}

const char *take_key(Load *l, const Yaml *map, const char *key, bool dotted) {
	const Yaml *y = scalar(l, map, key, TAKE_NEEDED);
	if (!y)
		return "";
	if (good_key(y->text, dotted))
		return y->text;
	take_fault(l, y, "\"%s\" is no key; write small letters a-z, digits and _, beginning with a letter%s, "
	                 "at most %d characters", y->text, dotted ? ", with one dot at most" : "",
	           LOAD_MAX_KEY);
	return "";
}

/* label.c: the words of a form are looked up here, between the grids of cells and form.c.
 * It guesses nothing from likeness: a text is a label when its key is one of the
 * map's, after what people put around labels is taken off. */
#include "reader/label.h"

#include <string.h>

#include "base/text.h"
#include "reader/formats.h"

#define MAX_COLONS 3 /* tried in one text */
#define HINTS_MAX 4 /* taken off one label */
#define PAIR_BITS 8192 /* of the sieve */

typedef struct {
	const char *key;
	uint32_t hash;
	size_t value; /* index of a Label, or of a field for names */
} Slot;

typedef struct {
	Slot *slot;
	size_t size; /* a power of two, at least twice the entries */
} HashTable;

struct Labels {
	Label *label;
	size_t n;
	HashTable by_key, by_name;
	/* A sieve, since most cells are no labels: the first two characters of each label. */
	uint8_t pair[PAIR_BITS / 8];
	bool single; /* there is a label of one character: the sieve lets all through */
};

/* FNV-1a. */
static uint32_t key_hash(const char *s) {
	uint32_t h = 2166136261u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

static void table_init(HashTable *t, Arena *a, size_t entries) {
	t->size = 16;
	while (t->size < entries * 2)
		t->size *= 2;
	t->slot = arena_array(a, t->size, sizeof *t->slot);
}

/* The slot that holds the key, or the free one where it belongs. */
static Slot *table_slot(const HashTable *t, const char *key) {
	uint32_t h = key_hash(key);
	for (size_t i = h & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
		Slot *s = &t->slot[i];
		if (!s->key || (s->hash == h && !strcmp(s->key, key))) {
			s->hash = h;
			return s;
		}
	}
}

/* The sieve. */

static uint32_t pair_bit(uint32_t a, uint32_t b) {
	return (a * 31 + b * 0x9E3779B1u) >> 7 & (PAIR_BITS - 1);
}

static void sieve_add(Labels *l, const char *key) {
	size_t len;
	Str s = str_of(key);
	uint32_t first = text_next(s, &len);
	s = str_from(s, len);
	if (!s.n) {
		l->single = true;
		return;
	}
	uint32_t bit = pair_bit(first, text_next(s, &len));
	l->pair[bit / 8] |= (uint8_t)(1u << bit % 8);
}

/* What text_key() makes of the character: 0 when it is dropped, UINT32_MAX when only
 * text_key() itself can tell. */
static uint32_t rough_key(uint32_t c) {
	if (c >= 0x4E00 && c <= 0x9FFF)
		return c;
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	if (c < 0x80) {
		bool kept = (c | 32) - 'a' < 26 || c - '0' < 10 || (c && strchr("+<=>$^|", (int)c));
		return !kept ? 0 : c >= 'A' && c <= 'Z' ? c + 32 : c;
	}
	/* Punctuation, but for the Chinese zero U+3007. */
	if ((c >= 0x3000 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) ||
	    (c >= 0x2010 && c <= 0x2026 && c != 0x2017))
		return 0;
	return UINT32_MAX;
}

/* False: there is no label in the text, whatever stands around it. */
static bool sieve(const Labels *l, Str s) {
	uint32_t before = 0;
	if (l->single)
		return true;
	for (size_t len; s.n; s = str_from(s, len)) {
		uint32_t c = rough_key(text_next(s, &len));
		if (c == UINT32_MAX)
			return true;
		if (!c)
			continue;
		uint32_t bit = pair_bit(before, c);
		if (before && l->pair[bit / 8] >> bit % 8 & 1)
			return true;
		before = c;
	}
	return false;
}

static Label *label_for(Labels *l, const char *key) {
	Slot *s = table_slot(&l->by_key, key);
	if (!s->key) {
		s->key = key;
		s->value = l->n;
		sieve_add(l, key);
		l->label[l->n++] = (Label){.key = key, .table = -1};
	}
	return &l->label[s->value];
}

static void add_field(Arena *a, Label *l, size_t field) {
	for (size_t i = 0; i < l->field_n; i++)
		if (l->field[i] == field)
			return;
	/* Grown one by one: a label belongs to one field, seldom to two or three. */
	size_t *grown = arena_array(a, l->field_n + 1, sizeof *grown);
	if (l->field_n)
		memcpy(grown, l->field, l->field_n * sizeof *grown);
	grown[l->field_n++] = field;
	l->field = grown;
}

Labels *labels_new(Arena *a, const FormMap *m) {
	size_t n = m->table_n + m->skip_n;
	for (size_t i = 0; i < m->field_n; i++)
		n += m->field[i].label_n;
	Labels *l = ARENA_NEW(a, Labels);
	l->label = arena_array(a, n + 1, sizeof *l->label);
	table_init(&l->by_key, a, n);
	table_init(&l->by_name, a, m->field_n);
	for (size_t i = 0; i < m->field_n; i++) {
		const MapField *f = &m->field[i];
		Slot *s = table_slot(&l->by_name, f->name);
		s->key = f->name;
		s->value = i;
		for (size_t k = 0; k < f->label_n; k++)
			if (f->label[k][0])
				add_field(a, label_for(l, f->label[k]), i);
	}
	for (size_t i = 0; i < m->table_n; i++)
		if (m->table[i].label[0])
			label_for(l, m->table[i].label)->table = (int)i;
	for (size_t i = 0; i < m->skip_n; i++)
		if (m->skip[i][0])
			label_for(l, m->skip[i])->skip = true;
	return l;
}

const Label *labels_of_key(const Labels *l, const char *key) {
	const Slot *s = table_slot(&l->by_key, key);
	return s->key ? &l->label[s->value] : NULL;
}

ptrdiff_t labels_of_name(const Labels *l, const char *name) {
	const Slot *s = table_slot(&l->by_name, name);
	return s->key ? (ptrdiff_t)s->value : -1;
}

/* What stands around a label. */

static bool is_one_of(uint32_t c, const uint32_t *set) {
	for (; *set; set++)
		if (*set == c)
			return true;
	return false;
}

static bool is_blank(uint32_t c) {
	return c == ' ' || c == '\t' || c == '\n' || c == 0xA0 || c == 0x3000;
}

static bool is_digit(uint32_t c) {
	return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
}

/* One to ten and hundred, as Chinese headings are numbered. */
static bool is_numeral(uint32_t c) {
	static const uint32_t set[] = {0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D,
	                               0x4E03, 0x516B, 0x4E5D, 0x5341, 0x767E, 0};
	return is_one_of(c, set);
}

/* (1) 1. ①, ideographs in brackets and circles, bullets, stars, squares, ticks. */
static bool is_bullet(uint32_t c) {
	return (c >= 0x2460 && c <= 0x24FF) || (c >= 0x2776 && c <= 0x2793) ||
	       (c >= 0x3220 && c <= 0x3243) || (c >= 0x3280 && c <= 0x32B0) ||
	       (c >= 0x25A0 && c <= 0x2606) || c == 0x2022 || c == 0xB7 || c == 0x203B ||
	       c == '*' || c == 0xFF0A;
}

static bool is_opening(uint32_t c) {
	static const uint32_t set[] = {'(', '[', '{', 0xFF08, 0x3010, 0x3014, 0x300A, 0xFF3B, 0};
	return is_one_of(c, set);
}

static bool is_closing(uint32_t c) {
	static const uint32_t set[] = {')', ']', '}', 0xFF09, 0x3011, 0x3015, 0x300B, 0xFF3D, 0};
	return is_one_of(c, set);
}

/* . 、 ． 。 ) ） : ： - and blanks, which part a number from its label. */
static bool is_divider(uint32_t c) {
	static const uint32_t set[] = {'.', ')', ':', '-', 0x3001, 0x3002, 0xFF0E, 0xFF09, 0xFF1A, 0};
	return is_one_of(c, set) || is_blank(c);
}

static bool is_colon(uint32_t c) {
	return c == ':' || c == 0xFF1A || c == '\t';
}

static Str trim_front(Str s) {
	size_t len;
	while (s.n && is_blank(text_next(s, &len)))
		s = str_from(s, len);
	return s;
}

/* The last character of s and its bytes. */
static uint32_t last_char(Str s, size_t *len) {
	size_t at = s.n - 1;
	while (at && ((unsigned char)s.p[at] & 0xC0) == 0x80)
		at--;
	return text_next(str_from(s, at), len);
}

static Str trim_back(Str s) {
	while (s.n) {
		size_t len;
		uint32_t c = last_char(s, &len);
		if (!is_blank(c) && !is_colon(c) && c != '*' && c != 0xFF0A)
			break;
		s.n -= len <= s.n ? len : s.n;
	}
	return s;
}

/* One number in front, with its brackets or divider. */
static Str drop_number(Str s) {
	size_t len;
	Str p = trim_front(s);
	if (!p.n)
		return s;
	uint32_t c = text_next(p, &len);
	if (is_bullet(c)) {
		p = str_from(p, len);
		if (p.n && is_divider(text_next(p, &len)))
			p = str_from(p, len);
		return trim_front(p);
	}
	bool bracket = is_opening(c);
	if (bracket)
		p = str_from(p, len);
	size_t n = 0;
	while (p.n && (c = text_next(p, &len), is_digit(c) || is_numeral(c)) && n < 4) {
		p = str_from(p, len);
		n++;
	}
	if (n == 0 || !p.n)
		return s;
	c = text_next(p, &len);
	if (bracket ? !is_closing(c) : !is_divider(c))
		return s;
	p = str_from(p, len);
	if (bracket && p.n && is_divider(text_next(p, &len)))
		p = str_from(p, len);
	return trim_front(p);
}

Str label_unnumbered(Str s) {
	for (int i = 0; i < 4; i++) {
		Str p = drop_number(s);
		if (p.n == s.n)
			break;
		s = p;
	}
	return s;
}

/* Without a group in brackets at the end, or at the front: hints such as "(required)". */
static Str drop_hint(Str s) {
	size_t len, depth = 0;
	Str p = trim_back(s);
	if (p.n && is_closing(last_char(p, &len))) {
		while (p.n) {
			uint32_t c = last_char(p, &len);
			p.n -= len <= p.n ? len : p.n;
			depth += is_closing(c);
			if (is_opening(c) && --depth == 0)
				return trim_back(p);
		}
	}
	p = trim_front(s);
	if (p.n && is_opening(text_next(p, &len))) {
		while (p.n) {
			uint32_t c = text_next(p, &len);
			p = str_from(p, len);
			depth += is_opening(c);
			if (is_closing(c) && --depth == 0)
				return trim_front(p);
		}
	}
	return s;
}

/* text_key() of a text of common characters, without its cost.  False: there are others. */
static bool quick_key(Str s, char out[FORM_MAX_LABEL_BYTES + 1]) {
	size_t n = 0, len;
	if (s.n > FORM_MAX_LABEL_BYTES)
		return false;
	for (; s.n; s = str_from(s, len)) {
		uint32_t c = rough_key(text_next(s, &len));
		if (c == UINT32_MAX)
			return false;
		if (c >= 0x80) {
			memcpy(out + n, s.p, len);
			n += len;
		} else if (c) {
			out[n++] = (char)c;
		}
	}
	out[n] = '\0';
	return true;
}

static const Label *find(const Labels *l, Arena *scratch, Str s) {
	char quick[FORM_MAX_LABEL_BYTES + 1];
	if (!s.n)
		return NULL;
	const char *key = quick_key(s, quick) ? quick :
	                  text_key(scratch, arena_copy(scratch, s.p, s.n));
	return key[0] ? labels_of_key(l, key) : NULL;
}

/* The label without its hints, one taken off after the other: brackets may belong to the
 * label itself. */
static const Label *find_unhinted(const Labels *l, Arena *scratch, Str s) {
	const Label *hit = NULL;
	for (int i = 0; i < HINTS_MAX && !hit; i++) {
		Str p = drop_hint(s);
		if (p.n == s.n || p.n == 0)
			break;
		s = p;
		hit = find(l, scratch, s);
	}
	return hit;
}

static const Label *find_dressed(const Labels *l, Arena *scratch, Str s) {
	const Label *hit = find(l, scratch, s);
	Str bare = label_unnumbered(s);
	if (!hit && bare.n != s.n)
		hit = find(l, scratch, bare);
	if (!hit)
		hit = find_unhinted(l, scratch, s);
	if (!hit && bare.n != s.n)
		hit = find_unhinted(l, scratch, bare);
	return hit;
}

const Label *label_whole(const Labels *l, Arena *scratch, Str s) {
	s = trim_front(s);
	if (s.n == 0 || s.n > FORM_MAX_LABEL_BYTES || !sieve(l, s))
		return NULL;
	const Label *hit = find_dressed(l, scratch, s);
	const char *line = hit ? NULL : memchr(s.p, '\n', s.n);
	if (line)
		hit = find_dressed(l, scratch, trim_back(str_sub(s, 0, (size_t)(line - s.p))));
	return hit;
}

/* 【label】value */
static const Label *bracketed(const Labels *l, Arena *scratch, Str s, Str *value) {
	size_t len;
	if (!s.n || !is_opening(text_next(s, &len)))
		return NULL;
	for (Str p = str_from(s, len); p.n;) {
		uint32_t c = text_next(p, &len);
		if (is_closing(c)) {
			*value = trim_front(str_from(p, len));
			while (value->n && is_colon(text_next(*value, &len)))
				*value = trim_front(str_from(*value, len));
			size_t open;
			text_next(s, &open);
			return label_whole(l, scratch, str_sub(s, open, s.n - p.n - open));
		}
		if (s.n - p.n > FORM_MAX_LABEL_BYTES)
			break;
		p = str_from(p, len);
	}
	return NULL;
}

/* A colon, a tab or an opening bracket, without which there is no label beside its value. */
static bool has_divider(Str s) {
	return s.n && (memchr(s.p, ':', s.n) || memchr(s.p, '\t', s.n) ||
	               memmem(s.p, s.n, "\xEF\xBC\x9A", 3) || s.p[0] == '[' || s.p[0] == '(' ||
	               s.p[0] == '{' || s.p[0] == '\xE3' || s.p[0] == '\xEF');
}

bool label_hint(Str s) {
	size_t len;
	s = trim_front(s);
	return s.n && is_opening(text_next(s, &len));
}

/* What stands behind the group in brackets at the front; empty when it has no end. */
static Str behind_hint(Str s) {
	int depth = 0;
	s = trim_front(s);
	for (size_t len; s.n;) {
		uint32_t c = text_next(s, &len);
		s = str_from(s, len);
		depth += is_opening(c) - is_closing(c);
		if (depth == 0)
			break;
	}
	return trim_front(s);
}

bool label_above(Str text) {
	size_t len;
	const char *end = memchr(text.p, '\n', text.n);
	if (!end)
		return false;
	Str first = str_trim(str_sub(text, 0, (size_t)(end - text.p)));
	Str below = str_from(text, (size_t)(end + 1 - text.p));
	if (!label_hint(below))
		return first.n && is_colon(last_char(first, &len));
	below = behind_hint(below);
	return below.n && is_colon(text_next(below, &len));
}

const Label *label_inline(const Labels *l, Arena *scratch, Str s, Str *value) {
	s = trim_front(s);
	Str near = str_sub(s, 0, FORM_MAX_LABEL_BYTES);
	if (!has_divider(near) || !sieve(l, near))
		return NULL;
	const Label *hit = bracketed(l, scratch, s, value);
	int colons = 0, depth = 0;
	size_t len;
	for (Str p = s; !hit && p.n && s.n - p.n <= FORM_MAX_LABEL_BYTES && colons < MAX_COLONS;) {
		uint32_t c = text_next(p, &len);
		if (c == '\n' && !label_hint(str_from(p, len)))
			break;
		depth += is_opening(c) - is_closing(c);
		if (is_colon(c) && depth <= 0) {
			colons++;
			hit = label_whole(l, scratch, str_sub(s, 0, s.n - p.n));
			*value = trim_front(str_from(p, len));
		}
		p = str_from(p, len);
	}
	while (hit && value->n && is_blank(last_char(*value, &len)))
		value->n -= len;
	return hit;
}

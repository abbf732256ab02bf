/* Inside values: choices typed over, ticked or abbreviated.  Refuses to pick
 * where two choices would do. */
#include <string.h>

#include "base/text.h"
#include "rules/valueread.h"

#define NEAR_MAX 20    /* edits between a typed text and its nearest choice */
#define PIECES_MAX 300 /* parts of a list of choices */
#define JOIN_MAX 8     /* parts that may be one choice with commas in it */
#define NUMBER_BYTES 2 /* of a number before a choice */

static bool skip_word(const char **s, const char *word) {
	size_t n = strlen(word);
	if (strncmp(*s, word, n) != 0)
		return false;
	*s += n;
	return true;
}

static bool ticked(const char **s) {
	static const char *const marks[] = {"☑", "√", "✓", "✔", "■", "●", "☒", "\u2705", "\uF052",
	                                    "\xF0\x9F\x97\xB9"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (skip_word(s, marks[i])) {
			skip_word(s, "\uFE0F");
			return true;
		}
	return false;
}

static bool unticked(const char **s) {
	static const char *const marks[] = {"□", "☐", "○", "◯", "▢", "❑"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (skip_word(s, marks[i]))
			return true;
	return false;
}

/* Where the second language of a choice in two begins: "是 Yes" is known as "是" and as "Yes".  NULL: in one. */
static const char *second_language(const char *choice) {
	const char *p = choice;
	while (*p && !((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')))
		p++;
	if (p == choice || p[-1] != ' ' || (unsigned char)*choice < 0x80)
		return NULL;
	for (const char *s = p; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return NULL;
	return *p ? p : NULL;
}

static bool is_half(Arena *a, const char *choice, const char *key) {
	const char *second = second_language(choice);
	return second && (strcmp(text_key(a, second), key) == 0 ||
	                  strcmp(text_key(a, arena_copy(a, choice, (size_t)(second - choice))), key) == 0);
}

/* The signs that text_key keeps, for those between two digits that make another number of them. */
static char number_sign(const char *s, size_t *n) {
	*n = text_hyphen(s) ? text_hyphen(s) : 1;
	return text_hyphen(s) || *s == '~' ? '=' : *s == '.' ? '|' : *s == '/' || *s == ':' ? '$' : '\0';
}

/* As text_key, but 1.5 is not 15, nor 5-8 58, nor 5% 5. */
const char *value_choice_key(Arena *a, const char *text) {
	Buf b = {0};
	const char *s = text_fold(a, text);
	for (bool digit = false; *s;) {
		size_t n, blanks = strspn(s, " ");
		char sign = digit ? number_sign(s + blanks, &n) : '\0';
		const char *next = sign ? s + blanks + n + strspn(s + blanks + n, " ") : s;
		if (sign && *next >= '0' && *next <= '9') {
			buf_char(&b, sign);
			s = next;
			digit = false;
			continue;
		}
		bool percent = digit && *s == '%';
		digit = *s >= '0' && *s <= '9';
		buf_char(&b, percent ? '^' : *s);
		s++;
	}
	char *key = text_key(a, buf_cstr(&b));
	buf_free(&b);
	return key;
}

static const char *key_of(const ValueIn *in, size_t i) {
	const Field *f = in->field;
	return f->choice_key ? f->choice_key[i] : value_choice_key(in->arena, f->choice[i]);
}

static const char *spelling(Arena *a, const char *s) {
	return text_lower(a, value_solid(a, text_fold(a, s), "-"));
}

/* Of several choices that differ in signs only (A and A-), the one that is spelt so; -1. */
static ptrdiff_t spelt(const ValueIn *in, const char *text, const char *key) {
	const char *wanted = spelling(in->arena, text);
	for (size_t i = 0; i < in->field->choice_n; i++)
		if (strcmp(key_of(in, i), key) == 0 && strcmp(spelling(in->arena, in->field->choice[i]), wanted) == 0)
			return (ptrdiff_t)i;
	return -1;
}

/* A number cut short is another number: 10 begins neither 1000 nor 10-20. */
static bool begins_with(const char *choice, const char *key, size_t n) {
	bool cut = key[n - 1] >= '0' && key[n - 1] <= '9' && choice[n] && strchr("0123456789=|$^", choice[n]);
	return strncmp(choice, key, n) == 0 && !cut;
}

/* Index of the choice that the text is, or that it alone begins or is in one of two languages; -1. */
static ptrdiff_t find(const ValueIn *in, const char *text) {
	const Field *f = in->field;
	const char *key = value_choice_key(in->arena, text);
	ptrdiff_t begins = -1, same = -1;
	size_t hits = 0, equal = 0, n = strlen(key);
	bool word = text_chars(key) >= 2;
	for (size_t i = 0; n && i < f->choice_n; i++) {
		const char *c = key_of(in, i);
		if (strcmp(c, key) == 0) {
			same = (ptrdiff_t)i;
			equal++;
		} else if ((word && begins_with(c, key, n)) || is_half(in->arena, f->choice[i], key)) {
			begins = (ptrdiff_t)i;
			hits++;
		}
	}
	return equal > 1 ? spelt(in, text, key) : equal ? same : hits == 1 ? begins : -1;
}

/* "1. ", "A、" and "(2)" before a choice; s itself when nothing is left behind. */
static const char *without_number(const char *s) {
	const char *p = s + (*s == '(');
	size_t n = strspn(p, "0123456789");
	if (n == 0 && *p >= 'A' && *p <= 'Z')
		n = 1;
	if (n == 0 || n > 2)
		return s;
	p += n;
	bool mark = false;
	while (*p == '.' || *p == ')' || *p == ' ' || *p == ':') {
		mark = true;
		p++;
	}
	mark |= skip_word(&p, "、");
	return mark && *p ? p : s;
}

static ptrdiff_t find_any(const ValueIn *in, const char *text) {
	ptrdiff_t i = find(in, text);
	const char *rest = without_number(text);
	return i >= 0 || rest == text ? i : find(in, rest);
}

/* So begin several: none of them is meant more than the others. */
static bool begins_several(const ValueIn *in, const char *key) {
	size_t hits = 0;
	for (size_t i = 0; i < in->field->choice_n; i++)
		hits += strncmp(key_of(in, i), key, strlen(key)) == 0;
	return hits > 1;
}

/* Slips in a text of so many characters after which another may still be meant: fewer in letters, any two words of which have
 * some in common. */
static size_t slips_allowed(const char *key) {
	size_t n = text_chars(key), least = n == strlen(key) ? n / 3 + 1 : n * 2 / 3 + 1;
	return least > NEAR_MAX ? NEAR_MAX : least;
}

static const char *nearest(const ValueIn *in, const char *text) {
	const char *key = value_choice_key(in->arena, text), *best = "";
	const Field *f = in->field;
	if (begins_several(in, key))
		return "";
	size_t least = slips_allowed(key);
	for (size_t i = 0; i < f->choice_n && *key; i++) {
		const char *c = key_of(in, i);
		size_t d = text_distance(key, c, least);
		if (d >= least && text_chars(key) >= 2 && (strstr(c, key) || (*c && strstr(key, c))))
			d = least - 1;
		if (d < least) {
			least = d;
			best = f->choice[i];
		}
	}
	return best;
}

typedef struct {
	const char *piece[PIECES_MAX];
	size_t key_n[PIECES_MAX]; /* bytes of its key */
	size_t n, longest;        /* pieces; bytes of the longest choice's key */
	bool boxes; /* tick boxes were met: only what is ticked counts */
} Pieces;

static void add_piece(const ValueIn *in, Pieces *p, const char *from, const char *to, bool chosen) {
	while (from < to && (*from == ' ' || *from == '\n'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\n'))
		to--;
	if (!chosen || to == from || p->n == PIECES_MAX)
		return;
	p->piece[p->n] = arena_copy(in->arena, from, (size_t)(to - from));
	p->key_n[p->n] = strlen(text_key(in->arena, p->piece[p->n]));
	p->n++;
}

static bool separator(const char **s) {
	static const char *const marks[] = {"、", ",", ";", "/", "\n", "|", "\t", "+", "；", "，"};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (skip_word(s, marks[i]))
			return true;
	return false;
}

/* Bytes of the longest key: what is longer is no choice. */
static size_t longest_key(const ValueIn *in) {
	size_t most = 0;
	for (size_t i = 0; i < in->field->choice_n; i++)
		most = strlen(key_of(in, i)) > most ? strlen(key_of(in, i)) : most;
	return most;
}

/* With boxes, the text up to the next box belongs to the last one. */
static void split(const ValueIn *in, const char *s, Pieces *p) {
	const char *from = s;
	bool chosen = true;
	p->longest = longest_key(in);
	for (const char *at = s; *at;) {
		const char *before = at;
		bool tick = ticked(&at), box = !tick && unticked(&at);
		if (tick || box) {
			if (!p->boxes)
				p->n = 0, chosen = false;
			p->boxes = true;
			add_piece(in, p, from, before, chosen);
			chosen = tick;
			from = at;
		} else if (separator(&at)) {
			add_piece(in, p, from, before, chosen);
			from = at;
		} else {
			at++;
		}
	}
	add_piece(in, p, from, from + strlen(from), chosen);
}

static char *joined(const ValueIn *in, const Pieces *p, size_t from, size_t n) {
	Buf b = {0};
	for (size_t i = 0; i < n; i++)
		buf_str(&b, p->piece[from + i]);
	char *s = arena_copy(in->arena, b.p, b.n);
	buf_free(&b);
	return s;
}

/* The longest run of pieces from `at` that is one choice: choices may hold
 * commas themselves.  How many pieces, 0 when none. */
static size_t match(const ValueIn *in, const Pieces *p, size_t at, ptrdiff_t *choice) {
	size_t most = 1, bytes = p->key_n[at];
	while (most < JOIN_MAX && at + most < p->n && bytes + p->key_n[at + most] <= p->longest + NUMBER_BYTES)
		bytes += p->key_n[at + most++];
	for (size_t n = most; n > 0; n--)
		if ((*choice = find_any(in, joined(in, p, at, n))) >= 0)
			return n;
	return 0;
}

static Value bad_choice(const ValueIn *in, const char *problem, const char *text) {
	Value v = value_bad(in, problem);
	v.nearest = nearest(in, text);
	return v;
}

/* Of several, the one that is none. */
static Value bad_piece(const ValueIn *in, const char *piece) {
	Value v = bad_choice(in, "problem.choices", piece);
	v.text = piece;
	return v;
}

static const char *boolean_word(const ValueIn *in) {
	if (in->kind != RAW_BOOL)
		return in->tidy;
	return text_lower(in->arena, in->fold)[0] == 't' ? "是" : "否";
}

/* A tick and no word: it says that something was chosen, and not what. */
static bool only_ticked(const char *s) {
	s += strspn(s, " \n\t");
	return ticked(&s) && s[strspn(s, " \n\t")] == '\0';
}

Value value_read_choice(const ValueIn *in) {
	const char *s = boolean_word(in);
	for (size_t i = 0; i < in->field->choice_n; i++)
		if (strcmp(s, in->field->choice[i]) == 0)
			return value_good(in, in->field->choice[i]);
	ptrdiff_t one = find_any(in, s);
	if (one >= 0)
		return value_good(in, in->field->choice[one]);
	Pieces p = {.n = 0};
	split(in, text_fold(in->arena, s), &p);
	if (only_ticked(s) && in->field->choice_n == 1)
		return value_good(in, in->field->choice[0]);
	if (p.boxes && p.n == 0 && !only_ticked(s))
		return (Value){.state = VALUE_EMPTY, .text = "", .nearest = ""};
	if (p.boxes && p.n && match(in, &p, 0, &one) == p.n)
		return value_good(in, in->field->choice[one]);
	return bad_choice(in, "problem.choice", s);
}

/* Blanks between choices, where each part is one by itself: `text` is such a row of them. */
static bool by_blanks(const ValueIn *in, const char *text, bool *chosen) {
	ptrdiff_t choice[PIECES_MAX];
	size_t n = 0;
	Str rest = str_of(text), part;
	while (n < PIECES_MAX && str_next(&rest, ' ', &part)) {
		if (!part.n)
			continue;
		if ((choice[n] = find_any(in, str_dup(in->arena, part))) < 0)
			return false;
		n++;
	}
	for (size_t i = 0; i < n; i++)
		chosen[choice[i]] = true;
	return n > 1 && !rest.n;
}

Value value_read_choices(const ValueIn *in) {
	const Field *f = in->field;
	Pieces p = {.n = 0};
	split(in, text_fold(in->arena, boolean_word(in)), &p);
	if (p.n == 0 && only_ticked(in->tidy))
		return bad_choice(in, "problem.choices", in->tidy);
	if (p.n == 0)
		return (Value){.state = VALUE_EMPTY, .text = "", .nearest = ""};
	bool *chosen = arena_array(in->arena, f->choice_n, sizeof *chosen);
	for (size_t at = 0, n; at < p.n; at += n) {
		ptrdiff_t choice;
		n = match(in, &p, at, &choice);
		if (n)
			chosen[choice] = true;
		else if (by_blanks(in, p.piece[at], chosen))
			n = 1;
		else
			return bad_piece(in, p.piece[at]);
	}
	Buf b = {0};
	for (size_t i = 0; i < f->choice_n; i++)
		if (chosen[i])
			buf_fmt(&b, "%s%s", b.n ? "、" : "", f->choice[i]);
	char *text = arena_copy(in->arena, b.p, b.n);
	buf_free(&b);
	return value_good(in, text);
}

static bool any_of(const char *key, const char *const *words, bool anywhere) {
	for (; *words; words++)
		if (anywhere ? strstr(key, *words) != NULL : strcmp(key, *words) == 0)
			return true;
	return false;
}

/* The same said in English, where it is a word by itself. */
static bool says_no(Arena *a, const char *text) {
	static const char *const words[] = {"no", "not", "don't", "dont", "cannot", "never", "neither",
	                                    "disagree", "decline", "refuse", "reject"};
	const char *s = text_lower(a, text_fold(a, text));
	for (size_t n; *s; s += n ? n : 1) {
		n = strspn(s, "abcdefghijklmnopqrstuvwxyz'");
		for (size_t i = 0; n && i < sizeof words / sizeof *words; i++)
			if (strlen(words[i]) == n && strncmp(s, words[i], n) == 0)
				return true;
	}
	return false;
}

/* A tick is a yes; a box left open is nothing; any 'not' is a no. */
Value value_read_confirm(const ValueIn *in) {
	static const char *const no[] = {"不", "否", "未", "没", "拒", "false", NULL};
	static const char *const yes[] = {"是", "是的", "对", "yes", "y", "true", "ok", "1", "agree", "agreed", "iagree", "accept",
	                                  "accepted", "iaccept", "confirm", "confirmed", "iconfirm", NULL};
	static const char *const said[] = {"同意", "已阅", "已知悉", "确认", "承诺", "知晓", NULL};
	const char *want = in->field->choice_n ? in->field->choice[0] : "是";
	Value good = {.state = VALUE_OK, .text = want, .nearest = ""};
	bool tick = false, box = false;
	Buf b = {0};
	for (const char *s = in->tidy; *s;) {
		if (ticked(&s))
			tick = true;
		else if (unticked(&s))
			box = true;
		else
			buf_char(&b, *s++);
	}
	const char *key = text_key(in->arena, buf_cstr(&b)), *want_key = text_key(in->arena, want);
	bool not = any_of(key, no, true) || says_no(in->arena, buf_cstr(&b));
	buf_free(&b);
	if (*key && strcmp(key, want_key) == 0)
		return box && !tick ? (Value){.state = VALUE_EMPTY, .text = "", .nearest = ""} : good;
	if (not && (!tick || box))
		return value_bad(in, "problem.confirm");
	if (box && !tick)
		return (Value){.state = VALUE_EMPTY, .text = "", .nearest = ""};
	if (tick || any_of(key, yes, false) || any_of(key, said, true))
		return not ? value_bad(in, "problem.confirm") : good;
	return value_bad(in, "problem.confirm");
}

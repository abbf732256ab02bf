/* Which contest and which track a form belongs to: by the identity that our own forms carry,
 * else by the fields that only one track has, its title, its file's name, the mail's subject.  It refuses to
 * guess between two. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

#define TITLE_LOOKED_AT 200 /* bytes */
#define FOREIGN_PART 4      /* a form with fewer than a fourth of our fields is somebody else's */
#define LONG_WORD 9 /* letters that stand in no longer word by chance */
#define QUOTE_OPEN "\xE2\x80\x9C"
#define QUOTE_CLOSE "\xE2\x80\x9D"

/* ---- contest and edition */

/* xinlv-2022 and xinlv-2023 are editions of one contest. */
static bool same_series(const char *a, const char *b) {
	size_t n = strlen(a), m = strlen(b);
	while (n && ((a[n - 1] >= '0' && a[n - 1] <= '9') || a[n - 1] == '-'))
		n--;
	while (m && ((b[m - 1] >= '0' && b[m - 1] <= '9') || b[m - 1] == '-'))
		m--;
	return n > 0 && n == m && memcmp(a, b, n) == 0;
}

/* What the contest is called by: the part of its name in quotes, else its short name. */
static const char *called(const Judge *j, Arena *a) {
	const char *name = j->rules->name, *open = strstr(name, QUOTE_OPEN);
	const char *close = open ? strstr(open, QUOTE_CLOSE) : NULL;
	return text_key(a, close ? arena_copy(a, open + 3, (size_t)(close - open) - 3) : j->rules->short_name);
}

/* A title that names a contest, and not ours. */
static bool title_foreign(const Judge *j, Arena *a, const char *title) {
	if (!*title || strlen(title) > TITLE_LOOKED_AT)
		return false;
	const char *key = text_key(a, title);
	if (!list_in(j, LIST_CONTEST, key) || strstr(text_key(a, j->rules->form_title), key))
		return false;
	return !strstr(key, called(j, a)) && !strstr(key, text_key(a, j->rules->short_name)) &&
	       !strstr(key, text_key(a, j->rules->name));
}

/* Plain fields of ours that the form has. */
static size_t known_fields(const Judge *j, Arena *a, const FormRead *f) {
	bool *seen = arena_array(a, j->map->field_n + 1, sizeof *seen);
	size_t n = 0;
	for (size_t i = 0; i < f->place_n; i++) {
		size_t k = f->place[i].field;
		if (k < j->map->field_n && j->map->field[k].table < 0 && !seen[k]) {
			seen[k] = true;
			n++;
		}
	}
	return n;
}

const char *route_foreign(const Judge *j, Arena *a, const FormRead *f) {
	const Rules *r = j->rules;
	if (*f->edition && strcmp(f->edition, r->edition) == 0)
		return "";
	if (*f->edition)
		return strcmp(f->edition, r->previous_edition) == 0 || same_series(f->edition, r->edition) ? "other_edition"
		                                                                                         : "other_contest";
	if (f->by_name || f->source == FORM_BODY)
		return "";
	if (title_foreign(j, a, f->title) || known_fields(j, a, f) * FOREIGN_PART < j->least_plain)
		return "other_contest";
	return "";
}

/* ---- a track's name in a text */

static bool is_letter(char c) {
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c) {
	return is_letter(c) || (c >= '0' && c <= '9');
}

/* The code alone: not a part of a longer word. */
static bool has_code(const char *text, const char *code) {
	size_t n = strlen(code);
	for (const char *p = text; n && (p = strstr(p, code)); p++) {
		if ((p == text || !is_word(p[-1])) && !is_word(p[n]))
			return true;
	}
	return false;
}

/* In small letters, one blank for whatever stands between two words of ASCII. */
static char *words_apart(Arena *a, const char *text) {
	char *s = text_lower(a, text_fold(a, text)), *to = s;
	for (const char *p = s; *p; p++)
		if (is_word(*p) || (unsigned char)*p >= 0x80)
			*to++ = *p;
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	while (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
	return s;
}

/* A short name or keyword of letters stands as a word, or in its plural: art is no part of a start. */
static bool has_word(Arena *a, const char *text, const char *word) {
	const char *s = words_apart(a, text), *w = words_apart(a, word);
	size_t n = strlen(w);
	for (const char *p = s; n && (p = strstr(p, w)); p++)
		if ((p == s || !is_letter(p[-1])) && !is_letter(p[n + (p[n] == 's')]))
			return true;
	return false;
}

static bool holds(Arena *a, const char *text, const char *key, const char *word, const char *word_key) {
	if (!*word_key || !strstr(key, word_key))
		return false;
	for (const char *p = word_key; *p; p++)
		if ((unsigned char)*p >= 0x80)
			return true;
	return strlen(word_key) >= LONG_WORD || has_word(a, text, word);
}

/* How surely the text means the track: 3 its code or ordinal, 2 its name, 1 a keyword, 0 not at all. */
static int named(Arena *a, const TrackView *v, const char *text, const char *folded, const char *key) {
	const Track *t = v->track;
	/* A code of one letter is a word of English, but for its size. */
	bool code = t->code[1] ? has_code(folded, v->code) : has_code(text, t->code);
	if (code || holds(a, text, key, t->ordinal, v->ordinal))
		return 3;
	if (holds(a, text, key, t->name, v->name))
		return 2;
	for (size_t i = 0; i < t->keyword_n; i++)
		if (holds(a, text, key, t->keyword[i], v->keyword[i]))
			return 1;
	return 0;
}

const Track *route_named(const Judge *j, Arena *a, const char *text, bool sure, bool *conflict) {
	const char *plain = text_fold(a, text), *folded = text_lower(a, plain), *key = text_key(a, text);
	const Track *best = NULL;
	int most = sure ? 2 : 0;
	*conflict = false;
	for (size_t i = 0; *key && i < j->rules->track_n; i++) {
		int n = named(a, &j->view[i], plain, folded, key);
		if (n > most) {
			most = n;
			best = &j->rules->track[i];
			*conflict = false;
		} else if (best && n == most) {
			*conflict = true;
		}
	}
	return *conflict ? NULL : best;
}

/* ---- the form's own evidence */

static const TrackView *view_of(const Judge *j, const Track *t) {
	return t ? &j->view[t - j->rules->track] : NULL;
}

/* Fields on the form that not all tracks have speak for those that have them. */
static const Track *by_fields(const Judge *j, Arena *a, const FormRead *f, bool *conflict, size_t *votes) {
	size_t best = 0, tie = 0, tracks = j->rules->track_n;
	bool *seen = arena_array(a, j->map->field_n + 1, sizeof *seen);
	for (size_t i = 0; i < f->place_n + f->value_n; i++) {
		size_t k = i < f->place_n ? f->place[i].field : f->value[i - f->place_n].field;
		if (k >= j->map->field_n || seen[k] || j->holder[k] == tracks)
			continue;
		seen[k] = true;
		for (size_t t = 0; t < tracks; t++)
			votes[t] += j->view[t].field[k] != NULL;
	}
	for (size_t t = 1; t < tracks; t++) {
		if (votes[t] > votes[best])
			best = t, tie = 0;
		else if (votes[t] == votes[best])
			tie = votes[t];
	}
	*conflict = tracks && votes[best] && tie == votes[best];
	return tracks && votes[best] && !*conflict ? &j->rules->track[best] : NULL;
}

/* The first of the texts around the form that names a track. */
static const Track *by_names(const Judge *j, Arena *a, const Report *r, const FormRead *f, bool *conflict) {
	const char *text[5] = {f->source == FORM_BODY ? "" : f->title};
	size_t n = 1;
	if (f->part >= 0 && (size_t)f->part < r->part_n) {
		const Part *p = &r->part[f->part];
		text[n++] = p->name;
		text[n++] = p->path;
		if (p->parent >= 0 && (size_t)p->parent < r->part_n)
			text[n++] = r->part[p->parent].name;
	}
	text[n++] = r->kind == REPORT_MAIL ? r->subject_bare : "";
	const Track *t = NULL;
	for (size_t i = 0; i < n && !t && !*conflict; i++)
		t = route_named(j, a, text[i], false, conflict);
	return t;
}

static const char *track_list(const Judge *j, Arena *a) {
	Buf b = {0};
	for (size_t i = 0; i < j->rules->track_n; i++) {
		const Track *t = &j->rules->track[i];
		buf_fmt(&b, "%s%s", i ? JUDGE_COMMA : "",
		        words_fill(j->rules, a, "judge.track_item", "code", t->code, "ordinal", t->ordinal, "name", t->name, NULL));
	}
	const char *s = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void cannot_tell(const Judge *j, Arena *a, Problems *out, const char *where, const char *key, const char *found) {
	problem_add(out, SEVERITY_ERROR, where, "",
	            words_fill(j->rules, a, key, "name", where, "found", found, "tracks", track_list(j, a), NULL));
}

/* The subject or the file's name may say another track than the form: told, for what is accepted stays. */
static void compare(const Judge *j, Arena *a, const Report *r, const FormRead *f, const Track *t, Problems *out,
                    const char *where) {
	const char *text[2] = {f->part >= 0 && (size_t)f->part < r->part_n ? r->part[f->part].name : "",
	                       r->kind == REPORT_MAIL && r->form_n == 1 ? r->subject_bare : ""};
	bool conflict;
	for (size_t i = 0; i < 2; i++) {
		const Track *other = route_named(j, a, text[i], true, &conflict);
		if (!other || other == t)
			continue;
		problem_add(out, SEVERITY_WARNING, where, "",
		            words_fill(j->rules, a, "judge.track_differs", "found", text[i], "other", other->name, "track",
		                       t->name, NULL));
		return;
	}
}

const TrackView *route_track(const Judge *j, Arena *a, const Report *r, const FormRead *f, Problems *out,
                             const char *where) {
	bool conflict = false;
	size_t *votes = arena_array(a, j->rules->track_n + 1, sizeof *votes);
	const Track *own = *f->track ? rules_track(j->rules, f->track) : NULL;
	const Track *t = by_fields(j, a, f, &conflict, votes);
	if (*f->track && !own) {
		cannot_tell(j, a, out, where, "problem.wrong_track", f->track);
		return NULL;
	}
	if (own && t && t != own && votes[own - j->rules->track] == 0) {
		cannot_tell(j, a, out, where, "judge.track_conflict", own->name);
		return NULL;
	}
	if (own) {
		t = own;
		conflict = false;
	} else if (!t && !conflict) {
		t = j->rules->track_n == 1 ? j->rules->track : by_names(j, a, r, f, &conflict);
	}
	if (!t) {
		cannot_tell(j, a, out, where, "problem.no_track", "");
		return NULL;
	}
	compare(j, a, r, f, t, out, where);
	return view_of(j, t);
}

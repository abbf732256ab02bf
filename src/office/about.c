/* About: the facts of the contest that several sheets tell: track, deadline, room for files. */
#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "office/layout.h"

const char *about_track(const Layout *l) {
	const Track *t = l->track;
	const char *key = *t->direction ? "form.track_direction" : "form.track";
	char *s = words_fill(l->rules, l->arena, key, "ordinal", t->ordinal, "name", t->name, "direction", t->direction,
	                     (char *)NULL);
	return text_tidy(l->arena, s);
}

static const char *deadline(const Layout *l, int64_t closes) {
	return words_fill(l->rules, l->arena, "form.deadline", "year",
	                  arena_fmt(l->arena, "%d", when_local(closes).tm_year + 1900), "moment",
	                  words_moment(l->rules, l->arena, closes), (char *)NULL);
}

/* The phase with which a window ends: behind it nothing is taken for a while, or for good. */
static bool ends_window(const Rules *r, const Phase *p) {
	bool ends = p->takes_entries;
	for (size_t i = 0; i < r->phase_n && ends; i++) {
		const Phase *q = &r->phase[i];
		bool later = q->closes > p->closes || (q->closes == p->closes && q > p);
		ends = !q->takes_entries || !later || q->opens > p->closes + 1;
	}
	return ends;
}

const char *about_closes(const Layout *l) {
	const Rules *r = l->rules;
	size_t n = 0;
	Buf b = {0};
	for (size_t i = 0; i < r->phase_n; i++)
		n += ends_window(r, &r->phase[i]);
	for (size_t i = 0; i < r->phase_n; i++) {
		const Phase *p = &r->phase[i];
		if (!ends_window(r, p))
			continue;
		const char *at = deadline(l, p->closes);
		if (n > 1)
			at = words_fill(r, l->arena, "form.deadline_of", "deadline", at, "phase", p->name, (char *)NULL);
		buf_fmt(&b, "%s%s", b.n ? "\xE3\x80\x81" : "", at); /* U+3001 */
	}
	const char *out = arena_str(l->arena, buf_cstr(&b));
	buf_free(&b);
	return out;
}

const char *about_limit(const Layout *l) {
	return words_bytes(l->rules, l->arena, rules_files_limit(l->rules));
}

bool about_seal(const Layout *l) {
	for (size_t i = 0; i < l->track->form.file_n; i++)
		if (!strcmp(l->track->form.file[i].key, "stamped"))
			return true;
	return false;
}

/* & begins a code in headers; doubled it is itself. */
static const char *plain(const Layout *l, const char *text) {
	Buf b = {0};
	for (const char *p = text_line(l->arena, str_of(text)); *p; p++) {
		if (*p == '&')
			buf_char(&b, '&');
		buf_char(&b, *p);
	}
	const char *out = arena_str(l->arena, buf_cstr(&b));
	buf_free(&b);
	return out;
}

const char *about_header(const Layout *l) {
	return arena_fmt(l->arena, "&C&9 %s  %s %s", plain(l, l->rules->short_name), plain(l, l->track->code),
	                 plain(l, l->track->name));
}

const char *about_footer(const Layout *l) {
	return arena_fmt(l->arena, "&C&9 %s", words_fill(l->rules, l->arena, "form.page", "page", "&P", "pages", "&N",
	                                               (char *)NULL));
}

const char *about_need(const Layout *l, bool required, const char *when) {
	return required ? WORDS(l, "required") : *when ? WORDS(l, "conditional") : WORDS(l, "optional");
}

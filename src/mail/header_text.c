/* On a mail's way: the plain readers, subjects and ids.  Refuses nothing. */
#include <string.h>

#include "base/charset.h"
#include "base/text.h"
#include "mail/header.h"
#include "mail/words.h"

char *header_text(Arena *a, Str raw) {
	return words_decode(a, raw);
}

static bool blank(char c) {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void add_id(Buf *out, Str id) {
	id = str_trim(id);
	if (id.n == 0)
		return;
	if (out->n)
		buf_char(out, ' ');
	for (size_t i = 0; i < id.n; i++)
		if (!blank(id.p[i])) /* a long id may be folded */
			buf_char(out, id.p[i]);
}

/* Ids in <>; false when there is none. */
static bool bracketed(Buf *out, Str raw) {
	const char *open;
	while (raw.n && (open = memchr(raw.p, '<', raw.n))) {
		raw = str_from(raw, (size_t)(open - raw.p) + 1);
		size_t n = 0;
		while (n < raw.n && raw.p[n] != '>' && raw.p[n] != '<')
			n++;
		add_id(out, str_sub(raw, 0, n));
		raw = str_from(raw, n);
	}
	return out->n > 0;
}

/* Without <>: one word alone is an id; among several, those with an '@'. */
static void bare(Buf *out, Str raw) {
	raw = str_trim(raw);
	bool alone = true;
	for (size_t i = 0; i < raw.n; i++)
		alone = alone && !blank(raw.p[i]);
	while (raw.n) {
		size_t n = 0;
		while (n < raw.n && !blank(raw.p[n]) && raw.p[n] != ',')
			n++;
		if (alone || (n && memchr(raw.p, '@', n)))
			add_id(out, str_sub(raw, 0, n));
		raw = str_from(raw, n ? n : 1);
	}
}

char *header_ids(Arena *a, Str raw) {
	Buf out = {0};
	if (!bracketed(&out, raw) && !(raw.n && memchr(raw.p, '<', raw.n)))
		bare(&out, raw);
	char *ids = text_line(a, str_of(charset_guess(a, buf_view(&out))));
	buf_free(&out);
	return ids;
}

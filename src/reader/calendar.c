/* On a mail's way: what a calendar program answers to an invitation: which appointment (UID), and accepted or not (PARTSTAT,
 * RFC 5546).  Looks for these two and nothing else; what a folded line splits is put together first. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "reader/message.h"

#define UID_BYTES 250
#define ANSWER_BYTES 20

/* Long lines go on behind a line end and a blank (RFC 5545, 3.1). */
static Str unfold(Arena *a, Str s) {
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		size_t eol = s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : s.p[i] == '\n' ? 1 : 0;
		if (eol && i + eol < s.n && (s.p[i + eol] == ' ' || s.p[i + eol] == '\t'))
			i += eol;
		else
			out[n++] = s.p[i];
	}
	return (Str){out, n};
}

static const char *answer_of(Arena *a, Str line) {
	ptrdiff_t at = str_find_nocase(line, STR("PARTSTAT="));
	if (at < 0)
		return "";
	Str value = str_from(line, (size_t)at + strlen("PARTSTAT="));
	size_t n = 0;
	while (n < value.n && n < ANSWER_BYTES && (value.p[n] == '-' || (value.p[n] >= 'A' && value.p[n] <= 'Z') ||
	                                           (value.p[n] >= 'a' && value.p[n] <= 'z')))
		n++;
	return text_upper(a, str_dup(a, str_sub(value, 0, n)));
}

void calendar_answer(Arena *a, Str bytes, Report *r) {
	Str rest = unfold(a, bytes), line;
	while (str_next(&rest, '\n', &line)) {
		line = str_trim(line);
		if (!*r->calendar_uid && str_starts_nocase(line, "UID:"))
			r->calendar_uid = text_line(a, str_sub(str_from(line, strlen("UID:")), 0, UID_BYTES));
		else if (!*r->calendar_answer && str_starts_nocase(line, "ATTENDEE"))
			r->calendar_answer = answer_of(a, line);
	}
}

/* On a mail's way, before its text is looked at: lines that the sender's program broke (format=flowed, RFC 3676) are whole
 * again.  It joins nothing of different depths of quotation, and no signature's mark. */
#include <string.h>

#include "base/text.h"
#include "reader/message.h"

typedef struct {
	size_t depth;   /* signs of quotation before it */
	const char *at; /* behind them, and behind a blank that was put in to guard the first character */
	size_t n;
	bool soft;      /* goes on in the next line */
} Line;

static Line line_of(const char *s, size_t n) {
	Line l = {0};
	if (n && s[n - 1] == '\r')
		n--;
	while (l.depth < n && s[l.depth] == '>')
		l.depth++;
	size_t from = l.depth + (l.depth < n && s[l.depth] == ' ');
	l.at = s + from;
	l.n = n - from;
	l.soft = l.n && l.at[l.n - 1] == ' ' && !(l.n == 3 && memcmp(l.at, "-- ", 3) == 0);
	return l;
}

/* The first byte of what is written without blanks between words. */
static bool wide_begins(const char *s) {
	return (unsigned char)*s >= 0xE2;
}

static bool wide_ends(const char *from, const char *end) {
	const char *p = end;
	while (p > from && ((unsigned char)p[-1] & 0xC0) == 0x80)
		p--;
	return p > from && p < end && wide_begins(p - 1);
}

void flowed_join(char *text, bool delsp) {
	char *to = text;
	bool soft = false;
	size_t depth = 0;
	for (const char *p = text, *next; *p; p = next) {
		size_t n = strcspn(p, "\n");
		next = p + n + (p[n] == '\n');
		Line l = line_of(p, n);
		bool joins = soft && l.depth == depth;
		if (joins && to > text && (delsp || (l.n && wide_begins(l.at) && wide_ends(text, to - 1))))
			to--; /* the blank at which it was broken */
		if (!joins && to > text)
			*to++ = '\n';
		for (size_t i = 0; !joins && i < l.depth; i++)
			*to++ = '>';
		memmove(to, l.at, l.n);
		to += l.n;
		soft = l.soft && *next;
		depth = l.depth;
		if (!*next && p[n] == '\n')
			*to++ = '\n';
	}
	*to = '\0';
}

/* Inside the first step of the loader: a syntax fault in the words of who writes rules.  Refuses to judge what is YAML:
 * it is asked only when the parser has given up. */
#include "rules/yamlfault.h"

#include <string.h>

#define OPEN_MAX 64 /* brackets in one another */

/* A file looked through from its beginning, as far as brackets and quotes go. */
typedef struct {
	Str b;
	size_t at;
	size_t indent;   /* of the line in hand */
	size_t limit;    /* of the line on which what is open began */
	bool start;      /* a value may begin here */
	char quote;      /* that is open, or 0 */
	size_t quote_at;
	size_t open[OPEN_MAX];
	size_t n;
} Scan;

static char here(const Scan *s, size_t n) {
	return s->at + n < s->b.n ? s->b.p[s->at + n] : '\n';
}

static bool blank(char c) {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void line_end(Scan *s) {
	while (s->at < s->b.n && s->b.p[s->at] != '\n')
		s->at++;
}

/* Steps over the newline and the empty lines; the indent of the next line. */
static void next_line(Scan *s) {
	do {
		s->at += s->at < s->b.n;
		s->indent = 0;
		while (here(s, 0) == ' ') {
			s->indent++;
			s->at++;
		}
	} while (s->at < s->b.n && (here(s, 0) == '\n' || here(s, 0) == '\r'));
	s->start = true;
}

/* Behind | or > a text of lines that are indented more. */
static void skip_block(Scan *s) {
	size_t limit = s->indent;
	line_end(s);
	for (next_line(s); s->at < s->b.n && s->indent > limit; next_line(s))
		line_end(s);
}

static void in_quotes(Scan *s) {
	char c = here(s, 0);
	if (c == '\\' && s->quote == '"') {
		s->at += 2;
	} else if (c == s->quote && s->quote == '\'' && here(s, 1) == '\'') {
		s->at += 2;
	} else {
		if (c == s->quote)
			s->quote = 0;
		s->at++;
	}
}

static char closing(char open) {
	return open == '[' ? ']' : '}';
}

/* One character outside of quotes; false where a bracket is closed by the other kind. */
static bool step(Scan *s) {
	char c = here(s, 0);
	if (!s->n)
		s->limit = s->quote ? s->limit : s->indent;
	if (s->start && (c == '"' || c == '\'')) {
		s->quote = c;
		s->quote_at = s->at;
	} else if ((c == '[' || c == '{') && (s->start || s->n)) {
		if (s->n == OPEN_MAX)
			return false;
		s->open[s->n++] = s->at;
		s->at++;
		return true;
	} else if ((c == ']' || c == '}') && s->n) {
		if (closing(s->b.p[s->open[s->n - 1]]) != c)
			return false;
		s->n--;
	}
	bool mark = (c == ':' || c == '-' || c == '?') && blank(here(s, 1)) && (c == ':' || s->start);
	s->start = mark || (s->n && (c == ',' || c == '{' || c == '[')) || (s->start && blank(c));
	s->at++;
	return true;
}

/* The place of what is never closed; false when all is. */
static bool never_closed(Str b, size_t *at) {
	Scan s = {.b = b, .start = true};
	bool good = true;
	while (s.at < b.n && good) {
		char c = here(&s, 0);
		bool comment = c == '#' && (s.at == 0 || blank(b.p[s.at - 1]));
		if (c == '\n') {
			next_line(&s);
			if ((s.quote || s.n) && s.indent <= s.limit && s.at < b.n && here(&s, 0) != '#' && here(&s, 0) != ']' &&
			    here(&s, 0) != '}')
				break;
		} else if (s.quote) {
			in_quotes(&s);
		} else if (comment) {
			line_end(&s);
		} else if (s.start && !s.n && (c == '|' || c == '>')) {
			skip_block(&s);
		} else {
			good = step(&s);
		}
	}
	if (s.quote)
		*at = s.quote_at;
	else if (s.n)
		*at = s.open[s.n - 1];
	return s.quote || s.n;
}

/* A part of what the parser says, and what to do. */
static const char *advice(const char *message) {
	static const struct {
		const char *part, *advice;
	} table[] = {
		{"expected ':'", "this line is no \"key: value\"; write a colon and a blank behind the key"},
		{"multiline plain key", "this line is no \"key: value\" and no \"- item\"; write a blank behind its colon or its dash"},
		{"nested block mapping on the same line", "a second \": \" stands on this line; put the text behind the first between quotes"},
		{"mapping key on same line", "a second \": \" stands on this line; put the text behind the first between quotes"},
		{"value after mapping", "this line belongs neither to the map above nor to what holds it; indent it like its neighbours, or write "
		                        "\"key: value\""},
		{"'-' indicator", "the line is indented as an item of the list above and is none; indent it like its neighbours"},
		{"expected key", "a \"key: value\" is wanted here; indent the line like its neighbours"},
		{"escape", "between double quotes \\ has a meaning of its own; write \\\\, or put the text between single quotes"},
		{"trailing content", "something stands behind the closing quote; put the whole text between quotes, with a quote in it doubled"},
		{"tab", "indent with blanks, not with tabs"},
		{"node content", "a value is missing here, or begins with a sign of YAML's; put such a text between quotes"},
		{"comma", "between brackets a comma stands between two values; put a text with a bracket, a brace or a comma between quotes"},
		{"ind", "the line is indented otherwise than its neighbours; indent what stands side by side alike"},
		{"sequence", "an item \"- ...\" stands on a line of its own, all items indented alike"},
		{"block scalar", "behind | or > nothing stands but a comment; the text follows on indented lines"},
	};
	for (size_t i = 0; message && i < sizeof table / sizeof *table; i++)
		if (strstr(message, table[i].part))
			return table[i].advice;
	return "put a text that holds or begins with a sign of YAML's between quotes (see xinlv-rules(5))";
}

/* A value runs on into the next line, which is indented more: that is where the slip is.  False where the text at
 * `offset` is no value, but a key without its colon. */
static bool runs_on(Str b, size_t offset, size_t *next) {
	size_t from = offset, to = offset;
	while (from > 0 && b.p[from - 1] != '\n')
		from--;
	if (str_find(str_sub(b, from, offset - from), STR(": ")) < 0)
		return false;
	while (to < b.n && b.p[to] != '\n')
		to++;
	while (to < b.n && blank(b.p[to]))
		to++;
	*next = to;
	return to < b.n;
}

void yaml_fault(Faults *f, const SourceFile *file, size_t offset, const char *message) {
	const char *hint = fault_hint(file, offset);
	size_t at = 0;
	if (*hint) {
		fault_at(f, file, offset, "not YAML%s", hint);
	} else if (message && strstr(message, "multiline plain key") && runs_on(file->bytes, offset, &at)) {
		fault_at(f, file, at, "not YAML: this line is indented more than the one above and so goes on with its text; indent it like its "
		                      "neighbours");
	} else if (never_closed(file->bytes, &at)) {
		char c = file->bytes.p[at];
		fault_at(f, file, at, "not YAML: this %c is not closed; add a %c where it ends", c,
		         c == '[' || c == '{' ? closing(c) : c);
	} else {
		fault_at(f, file, offset, "not YAML: %s", advice(message));
	}
}

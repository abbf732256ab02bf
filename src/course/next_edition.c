/* From last year's contest.yaml to a draft of this year's, line by line, so that comments and order stay.  Knows of YAML only what
 * stands at the beginning of a line; what it makes is read by the loader like any other rules. */
#include "course/next_edition.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/when.h"
#include "course/awards.h"

#define CONTEST "rules/contest.yaml"

typedef struct {
	Arena *a;
	Buf out;
	const char *edition; /* the old one */
	bool previous;       /* its line was met */
	bool inside;         /* the block of the winners before, which goes */
} Draft;

static bool digits(Str s, size_t at, size_t n) {
	for (size_t i = at; i < at + n; i++)
		if (i >= s.n || !isdigit((unsigned char)s.p[i]))
			return false;
	return true;
}

/* 2023-03-31 at s. */
static bool date_at(Str s, size_t at) {
	return digits(s, at, 4) && digits(s, at + 5, 2) && digits(s, at + 8, 2) && s.p[at + 4] == '-' && s.p[at + 7] == '-' &&
	       (s.p[at] == '1' || s.p[at] == '2') && (at == 0 || !isalnum((unsigned char)s.p[at - 1])) &&
	       (at + 10 >= s.n || !isdigit((unsigned char)s.p[at + 10]));
}

static int number(Str s, size_t at, size_t n) {
	int64_t v = 0;
	(void)str_to_i64(str_sub(s, at, n), 0, 9999, &v);
	return (int)v;
}

/* The same day a year later; the 29th of February is the 28th then. */
static void put_date(Buf *out, Str s, size_t at) {
	int year = number(s, at, 4) + 1, month = number(s, at + 5, 2), day = number(s, at + 8, 2);
	if (!when_valid_date(year, month, day) && when_valid_date(year, month, day - 1))
		day--;
	buf_fmt(out, "%04d-%02d-%02d", year, month, day);
}

/* Dates of the line, up to a comment. */
static void put_line(Draft *d, Str line) {
	bool comment = false;
	for (size_t i = 0; i < line.n;) {
		comment |= line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ');
		if (!comment && date_at(line, i)) {
			put_date(&d->out, line, i);
			i += 10;
		} else {
			buf_char(&d->out, line.p[i++]);
		}
	}
	buf_char(&d->out, '\n');
}

/* The value behind "key:" at the line's beginning, without quotes and comment; NULL when it is another line. */
static const char *value_of(Arena *a, Str line, const char *key) {
	if (!str_starts(line, key))
		return NULL;
	Str rest = str_from(line, strlen(key));
	ptrdiff_t comment = str_find(rest, STR(" #"));
	rest = str_trim(comment < 0 ? rest : str_sub(rest, 0, (size_t)comment));
	if (rest.n >= 2 && (*rest.p == '"' || *rest.p == '\'') && rest.p[rest.n - 1] == *rest.p)
		rest = str_sub(rest, 1, rest.n - 2);
	return str_dup(a, rest);
}

/* xinlv-2023: xinlv-2024; a name without a year gets -next. */
static const char *next_name(Arena *a, const char *old) {
	size_t n = strlen(old);
	int64_t year;
	if (n >= 4 && str_to_i64(str_of(old + n - 4), 1900, 9998, &year) == 0)
		return arena_fmt(a, "%.*s%lld", (int)(n - 4), old, (long long)year + 1);
	return arena_fmt(a, "%s-next", old);
}

static void put_edition(Draft *d) {
	buf_fmt(&d->out, "# Made from the edition %s. Go through all that `xinlv check` names, then take the next line away.\n"
	                 "draft: true\n\n"
	                 "edition: %s\n", d->edition, next_name(d->a, d->edition));
}

/* A line of the block that "last_winners:" began. */
static bool of_winners(Draft *d, Str line) {
	d->inside = str_starts(line, "last_winners:") ||
	            (d->inside && (!str_trim(line).n || *line.p == ' ' || *line.p == '-' || *line.p == '#'));
	return d->inside;
}

static void one_line(Draft *d, Str line) {
	if (of_winners(d, line) || value_of(d->a, line, "draft:"))
		return;
	if (value_of(d->a, line, "edition:")) {
		put_edition(d);
	} else if (value_of(d->a, line, "previous_edition:")) {
		d->previous = true;
		buf_fmt(&d->out, "previous_edition: %s\n", d->edition);
	} else if (str_starts(str_trim(line), "seed:")) {
		buf_fmt(&d->out, "%.*sseed: \"\"\n", (int)(str_find(line, STR("seed:"))), line.p);
	} else {
		put_line(d, line);
	}
}

/* Between single quotes, in which only the quote itself is written twice. */
static void put_quoted(Buf *b, const char *name, const char *text) {
	buf_fmt(b, "%s: '", name);
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			buf_char(b, '\'');
		buf_char(b, *p);
	}
	buf_char(b, '\'');
}

const char *next_edition_winners(World *w, Arena *a, Err *e) {
	AwardList list;
	Buf b = {0};
	int found = awards_read(w, a, "awards", &list, e);
	if (found < 0)
		return NULL;
	for (size_t i = 0; i < list.n; i++) {
		buf_str(&b, i ? "  - {" : "last_winners:\n  - {");
		put_quoted(&b, "title", list.line[i].title);
		put_quoted(&b, ", org", list.line[i].org);
		put_quoted(&b, ", award", list.line[i].award);
		buf_str(&b, "}\n");
	}
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

int next_edition(Arena *a, int home, const char *winners, Err *e) {
	Buf old = {0};
	Draft d = {.a = a, .edition = ""};
	int rc = file_read(home, CONTEST, 0, &old, e);
	Str rest = buf_view(&old), line;
	while (rc == 0 && str_next(&rest, '\n', &line))
		if (value_of(a, line, "edition:"))
			d.edition = value_of(a, line, "edition:");
	if (rc == 0 && !*d.edition)
		rc = err_set(e, ERR_RULES, CONTEST ": no line begins with \"edition:\"");
	for (rest = buf_view(&old); rc == 0 && str_next(&rest, '\n', &line);)
		one_line(&d, line);
	if (rc == 0 && !d.previous)
		buf_fmt(&d.out, "previous_edition: %s\n", d.edition);
	if (*winners)
		buf_fmt(&d.out, "\n# Who won in the edition before: an entry of the same title is pointed out.\n%s", winners);
	if (rc == 0)
		rc = file_write(home, CONTEST, d.out.p, d.out.n, 0644, e);
	buf_free(&d.out);
	buf_free(&old);
	return rc;
}

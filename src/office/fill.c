/* Fill: what is poured into a form that goes back to be mended.  Nothing of it is judged here: each text stands
 * as it came, each fault where the judge found it. */
#include <string.h>

#include "office/layout.h"

const char *fill_text(const Fill *f, const char *key, size_t row) {
	for (size_t i = 0; f && i < f->value_n; i++)
		if (f->value[i].row == row && !strcmp(f->value[i].key, key))
			return f->value[i].text;
	return NULL;
}

/* A fault of a column as a whole is shown in its first row. */
static bool is_about(const FillProblem *p, const char *key, size_t row) {
	return !strcmp(p->key, key) && (p->row == row || (p->row == 0 && row == 1));
}

Mark fill_mark(const Fill *f, const char *key, size_t row) {
	Mark mark = MARK_NONE;
	for (size_t i = 0; f && i < f->problem_n; i++) {
		if (!is_about(&f->problem[i], key, row))
			continue;
		if (f->problem[i].error)
			return MARK_WRONG;
		mark = MARK_DOUBT;
	}
	return mark;
}

const char *fill_note(const Fill *f, Arena *a, const char *key, size_t row) {
	Buf b = {0};
	for (size_t i = 0; f && i < f->problem_n; i++)
		if (is_about(&f->problem[i], key, row))
			buf_fmt(&b, "%s%s", b.n ? "\n" : "", f->problem[i].sentence);
	const char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

size_t fill_rows(const Fill *f, const Table *t) {
	size_t last = 0;
	for (size_t i = 0; f && i < f->value_n; i++)
		for (size_t c = 0; c < t->column_n; c++)
			if (f->value[i].row > last && !strcmp(f->value[i].key, t->column[c]->key))
				last = f->value[i].row;
	return last;
}

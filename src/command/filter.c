/* The JSON face of rows; one place, so that list, show and export cannot differ. */
#include "command/filter.h"

#include <stdio.h>

#include "base/text.h"
#include "base/when.h"

#define NUMBER_WIDTH_LEAST 10

const char *hash_or_null(Arena *a, Hash h, bool there) {
	return there ? hash_text(a, h) : NULL;
}

void entry_json(JsonOut *j, Arena *a, const EntryRow *en) {
	json_text(j, "number", en->number);
	json_text(j, "track", en->track);
	json_text(j, "state", en->state);
	json_text(j, "title", en->title);
	json_text(j, "org", en->org);
	json_text(j, "uscc", en->uscc);
	json_text(j, "contact", en->contact);
	json_text(j, "email", en->email);
	json_text(j, "sender", en->sender);
	json_text(j, "received", when_text(a, en->received));
	json_text(j, "accepted", when_text(a, en->accepted));
}

void problem_json(JsonOut *j, const ProblemRow *p) {
	json_object(j, NULL);
	json_text(j, "severity", p->severity);
	json_text(j, "where", p->where);
	json_text(j, "field", p->field);
	json_text(j, "problem", p->sentence);
	json_end_object(j);
}

size_t number_width(const Rules *r, Arena *a) {
	size_t most = NUMBER_WIDTH_LEAST;
	for (size_t i = 0; i < r->track_n; i++) {
		size_t width = text_width(rules_number(r, a, r->track[i].code, 1));
		most = width > most ? width : most;
	}
	return most;
}

int filter_one_of(const char *option, const char *value, const char *const *word, size_t n, Err *e) {
	Buf all = {0};
	bool known = value == NULL;
	for (size_t i = 0; i < n; i++) {
		known = known || str_is(str_of(value), word[i]);
		buf_fmt(&all, "%s%s", i ? ", " : "", word[i]);
	}
	int rc = known ? 0 : err_set(e, ERR_USAGE, "%s %s is unknown; there are %s", option, value, buf_cstr(&all));
	buf_free(&all);
	return rc;
}

void print_json(Buf *b) {
	buf_char(b, '\n');
	fwrite(b->p, 1, b->n, stdout);
	buf_clear(b);
}

/* What a person must read goes to the secretariat at once: who wrote, what about, the beginning of it, and what the robot
 * has told them meanwhile.  The mail itself is enclosed by the caller. */
#include "post/reply_inner.h"

#include <string.h>

#include "base/text.h"

static void file_items(Reply *r) {
	const Report *m = r->f->report;

	for (size_t i = 0; i < m->part_n; i++) {
		if (m->part[i].parent >= 0 || (m->part[i].flags & (PART_JUNK | PART_RELATED)) != 0 || *m->part[i].name == '\0')
			continue;
		Data *x = data_item(r->d, "files");
		data_text(x, "name", reply_short(r, m->part[i].name, REPLY_NAME_CHARS));
		data_text(x, "size", words_bytes(r->w->rules, r->a, m->part[i].bytes));
	}
}

void reply_forwarding(Reply *r) {
	const Report *m = r->f->report;
	const char *text = text_tidy(r->a, m->text);
	size_t chars = text_chars(text);

	data_text(r->d, "name", reply_short(r, r->to_name, REPLY_NAME_CHARS));
	data_text(r->d, "number", r->v->number);
	for (size_t i = 0; i < r->f->entry_n; i++)
		if (strcmp(r->f->entry[i].number, r->v->number) == 0)
			data_text(r->d, "title", reply_short(r, r->f->entry[i].title, REPLY_NAME_CHARS));
	data_flag(r->d, "change", r->v->outcome == OUTCOME_CHANGE);
	data_flag(r->d, "petition", *r->v->petition != '\0');
	data_flag(r->d, "quiet", r->v->suppress_reply);
	data_text(r->d, "text", text_cut(r->a, text, REPLY_FORWARD_CHARS));
	if (chars > REPLY_FORWARD_CHARS)
		data_fmt(r->d, "chars", "%zu", chars);
	file_items(r);
}

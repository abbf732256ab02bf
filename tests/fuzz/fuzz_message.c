/* Whole mails: structure, texts, links, robots' marks, inner mails, and whatever a part
 * may hold. */
#include "fuzz.h"

#include "reader/message.h"

static void need_clean(const char *s) {
	if (!text_valid(str_of(s)))
		abort();
}

static void look(ReadJob *j, int fd) {
	Report *r = j->report;
	read_mail(j, fd);
	const char *const all[] = {r->subject, r->subject_bare, r->text, r->text_whole, r->from.addr,
	                           r->message_id, r->bounce_text, r->inner_from.name, r->auth_results};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		need_clean(all[i]);
	for (size_t i = 0; i < j->part.n; i++)
		if (j->part.v[i].parent >= (int)i)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}

/* What a process that was taken over might say to the others: the reader's report, its form map, the fetcher's settings, an
 * appointment.  What is taken can be written and read again, to the same bytes. */
#include "fuzz.h"

#include "intake/fetch_wire.h"
#include "post/calendar.h"
#include "reader/formmap.h"
#include "reader/report.h"

static void same(const Buf *a, const Buf *b) {
	if (a->n != b->n || (a->n && memcmp(a->p, b->p, a->n) != 0))
		abort();
}

static void report(RecIn in, Arena *a) {
	Report r, again;
	Buf one = {0}, two = {0};
	if (report_get(&in, a, &r) == 0) {
		report_put(&one, &r);
		RecIn back = {one.p, one.n, false};
		if (report_get(&back, a, &again) < 0)
			abort();
		report_put(&two, &again);
		same(&one, &two);
	}
	buf_free(&one);
	buf_free(&two);
}

static void map(RecIn in, Arena *a) {
	FormMap m, again;
	Buf one = {0}, two = {0};
	if (formmap_get(&in, a, &m) == 0) {
		formmap_put(&one, &m);
		RecIn back = {one.p, one.n, false};
		if (formmap_get(&back, a, &again) < 0)
			abort();
		formmap_put(&two, &again);
		same(&one, &two);
	}
	buf_free(&one);
	buf_free(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	if (n == 0)
		return 0;
	Arena *a = arena_new();
	RecIn in = {(const char *)data + 1, n - 1, false};
	FetchConf conf;
	Appointment appointment;
	switch (data[0] & 3) {
	case 0: report(in, a); break;
	case 1: map(in, a); break;
	case 2: (void)fetchconf_get(&in, a, &conf); break;
	default: calendar_get(&in, a, &appointment); break;
	}
	arena_free(a);
	return 0;
}

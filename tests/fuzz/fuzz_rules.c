/* One file of the rules as somebody may write it, among the others of the small contest: the first letter says which.  Faults are
 * named, rules that are taken can be read. */
#include "fuzz.h"
#include "rules_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	if (n == 0 || n > 20000)
		return 0;
	Arena *a = arena_new();
	Source s = small_source(a);
	s.file[data[0] % s.n].bytes = (Str){arena_copy(a, data + 1, n - 1), n - 1};
	Buf faults = {0};
	Err e = {0};
	Rules *r = rules_load(&s, &faults, &e);
	if (!r && faults.n == 0 && e.kind == ERR_NONE)
		abort();
	if (r)
		(void)rules_purge_due(r);
	rules_free(r);
	buf_free(&faults);
	arena_free(a);
	return 0;
}

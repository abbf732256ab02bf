/* A line of the journal, as a disk may give it back: what is read can be written, and is read as the same again. */
#include "fuzz.h"

#include "intake/journal_line.h"

static void again(const JournalLine *l, Arena *a) {
	Buf out = {0};
	LineEnd end = {.line = l->line - 1}, got;
	JournalLine back;
	Json *json;
	line_write(&out, a, l, &end);
	if (out.n == 0 || out.p[out.n - 1] != '\n' || memchr(out.p, '\n', out.n - 1))
		abort();
	if (line_read((Str){out.p, out.n - 1}, &json, &back, &got, NULL) < 0)
		abort();
	if (back.kind != l->kind || back.at != l->at || back.seq != l->seq || back.line != l->line || !hash_eq(got.hash, end.hash))
		abort();
	json_free(json);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	Arena *a = arena_new();
	Json *json;
	JournalLine l;
	LineEnd end;
	Err e = {0};
	if (line_read((Str){(const char *)data, n}, &json, &l, &end, &e) == 0)
		again(&l, a);
	json_free(json);
	arena_free(a);
	return 0;
}

/* One raw value, through every header reader, and back through the writers. */
#include "fuzz.h"

#include "mail/header.h"

static void need_clean(const char *s) {
	if (s && !text_valid(str_of(s)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	Arena *a = arena_new();
	Str raw = {(const char *)data, size};
	HeaderAddr addr[20];
	size_t n = header_addrs(a, raw, addr, 20);
	for (size_t i = 0; i < n; i++) {
		need_clean(addr[i].name);
		need_clean(addr[i].addr);
	}
	char *text = header_text(a, raw);
	need_clean(text);
	need_clean(header_ids(a, raw));
	need_clean(header_param(a, raw, "filename"));
	/* What was read can be written, and starts no second header. */
	Buf out = {0};
	header_put_text(&out, "Subject", text);
	header_put_addr(&out, "To", text, n ? addr[0].addr : "");
	header_put_param(&out, "name", text);
	for (size_t i = 0; i + 1 < out.n; i++)
		if (out.p[i] == '\n' && out.p[i + 1] != ' ' && out.p[i + 1] != 'T' && out.p[i + 1] != ';')
			abort();
	buf_free(&out);
	arena_free(a);
	return 0;
}

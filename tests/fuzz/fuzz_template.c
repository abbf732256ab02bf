/* The wording of a mail as somebody may write it, with a file that it includes. */
#include <stdint.h>
#include <stdlib.h>

#include "post/template_inner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void parse(Arena *a, Str bytes, bool html) {
	SourceFile file[] = {{.path = "templates/mail/foot.html", .bytes = STR("{{n}} {{#l}}{{v}}{{/l}}")},
	                     {.path = "templates/mail/self.html", .bytes = bytes}, {.path = "templates/mail/x.html", .bytes = bytes}};
	const Source s = {.file = file, .n = 3};
	ParseWorld *w = ARENA_NEW(a, ParseWorld);
	*w = (ParseWorld){.arena = a, .source = &s, .faults = faults_new(), .own = names_parse(a, "n l{v m{w}} t"),
	                  .common = names_parse(a, "c d{e}")};
	Body b = template_parse(w, &file[2], 0, bytes.n, html);
	if (faults_count(w->faults) == 0)
		for (size_t i = 0; i < b.n; i++)
			if ((b.op[i].kind == OP_EACH || b.op[i].kind == OP_UNLESS) && (b.op[i].end <= i || b.op[i].end > b.n))
				abort();
	Buf told = {0};
	faults_write(w->faults, &told);
	buf_free(&told);
	faults_free(w->faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	Arena *a = arena_new();
	Str bytes = {(const char *)data, n};
	parse(a, bytes, true);
	parse(a, bytes, false);
	arena_free(a);
	return 0;
}

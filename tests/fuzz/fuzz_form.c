/* A grid written as lines of cells parted by '|', "@r1 c1 r2 c2" for a merged area, and the
 * same bytes as a mail's body. */
#include "fuzz.h"

static void look(ReadJob *j, int fd) {
	char buf[8192];
	ssize_t n = pread(fd, buf, sizeof buf, 0);
	const char *text = text_clean(j->arena, (Str){buf, n > 0 ? (size_t)n : 0});
	Str rest = str_of(text), line, cell;
	Book b = {0};
	Grid *g = vec_push(&b.grid);
	g->name = "S";
	for (unsigned row = 1; str_next(&rest, '\n', &line); row++) {
		unsigned m[4] = {0};
		if (line.n > 4 && line.p[0] == '@')
			for (int i = 0; i < 4; i++)
				m[i] = 1 + (unsigned)(line.p[1 + i] & 15);
		if (m[0] && m[2] >= m[0] && m[3] >= m[1])
			*vec_push(&g->merge) = (struct Merge){m[0], m[1], m[2], m[3]};
		for (unsigned column = 1; str_next(&line, '|', &cell); column++)
			if (cell.n)
				*vec_push(&g->cell) = (Cell){.row = row, .column = column, .text = str_dup(j->arena, cell)};
	}
	if (n > 4)
		*vec_push(&b.name) = (DefinedName){"x_a", 0, 1 + (buf[0] & 7u), 1 + (buf[1] & 7u), 8 + (buf[2] & 7u), 8 + (buf[3] & 7u)};
	*vec_push(&b.name) = (DefinedName){"x_t_a", 0, 3, 2, 9, 2};
	form_extract(j, &b, FORM_XLSX, 0);
	form_extract_body(j, text);
	book_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}

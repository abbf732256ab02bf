/* A workbook of decisions that comes back, in the hands of anybody: sheets written as lines of cells parted by '|', a line
 * "#NAME" begins the next sheet. */
#include "fuzz.h"

static void fill(Grid *g, Arena *a, unsigned row, Str line) {
	Str cell;
	for (unsigned column = 1; str_next(&line, '|', &cell); column++)
		if (cell.n)
			*vec_push(&g->cell) = (Cell){.row = row, .column = column, .text = str_dup(a, cell)};
}

static void look(ReadJob *j, int fd) {
	static char buf[65536];
	ssize_t n = pread(fd, buf, sizeof buf, 0);
	Str rest = str_of(text_clean(j->arena, (Str){buf, n > 0 ? (size_t)n : 0})), line;
	Book b = {0};
	FormMap map = *j->map;
	map.decision = "决定";
	map.reason = "理由";
	j->map = &map;
	unsigned row = 0;
	for (vec_push(&b.grid)->name = "S"; str_next(&rest, '\n', &line);) {
		if (str_starts(line, "#") && b.grid.n < 6) {
			vec_push(&b.grid)->name = str_dup(j->arena, str_from(line, 1));
			row = 0;
		} else {
			fill(&b.grid.v[b.grid.n - 1], j->arena, ++row, line);
		}
	}
	(void)decision_extract(j, &b, 0);
	for (size_t i = 0; i < j->decision.n; i++)
		for (size_t k = 0; k < j->decision.v[i].row_n; k++)
			if (!text_valid(str_of(j->decision.v[i].row[k].token)) || !j->decision.v[i].row[k].cell)
				abort();
	vec_free(&j->decision);
	book_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}

/* winmail.dat: attachments and their names, one row a way of naming; broken ones; depth. */
#include "row.h"

#include "make_files.h"

#define GBK_NAME "\xC9\xEA\xB1\xA8\xCA\xE9.txt" /* 申报书.txt */

static void attribute(Buf *b, char level, uint32_t id, const void *p, size_t n) {
	unsigned sum = 0;
	buf_char(b, level);
	put32(b, id);
	put32(b, (uint32_t)n);
	buf_add(b, p, n);
	for (size_t i = 0; i < n; i++)
		sum += ((const unsigned char *)p)[i];
	put16(b, sum);
}

static void property(Buf *b, unsigned type, unsigned id, const void *p, size_t n) {
	put16(b, type);
	put16(b, id);
	put32(b, 1);
	put32(b, (uint32_t)n);
	buf_add(b, p, n);
	for (; n % 4; n++)
		buf_char(b, 0);
}

static void begin(Buf *b, uint32_t codepage) {
	put32(b, 0x223E9F78);
	put16(b, 1);
	if (codepage) {
		Buf c = {0};
		put32(&c, codepage);
		put32(&c, 0);
		attribute(b, 1, 0x00069007, c.p, c.n);
		buf_free(&c);
	}
}

typedef struct {
	const char *name;
	uint32_t codepage;
	const char *title, *long8;      /* in bytes */
	const char *long16;             /* ASCII, written as UTF-16; '#' becomes U+7533 */
	bool data_as_property;
	const char *want;
} TnefRow;

static void attachment(Buf *b, const TnefRow *r, const char *data, size_t n) {
	Buf p = {0}, wide = {0};
	unsigned count = 2u + !!r->long8 + !!r->long16 + r->data_as_property;
	attribute(b, 2, 0x00069002, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	if (r->title)
		attribute(b, 2, 0x00018010, r->title, strlen(r->title) + 1);
	if (!r->data_as_property)
		attribute(b, 2, 0x0006800F, data, n);
	put32(&p, count);
	put16(&p, 0x0003); /* a number before, and a named property after */
	put16(&p, 0x3705);
	put32(&p, 1);
	if (r->long8)
		property(&p, 0x001E, 0x3707, r->long8, strlen(r->long8) + 1);
	for (const char *c = r->long16 ? r->long16 : ""; *c; c++)
		put16(&wide, *c == '#' ? 0x7533 : (unsigned char)*c);
	put16(&wide, 0);
	if (r->long16)
		property(&p, 0x001F, 0x3707, wide.p, wide.n);
	put16(&p, 0x001E);
	put16(&p, 0x8001);
	buf_add(&p, "0123456789abcdef\1\0\0\0\4\0\0\0a\0\0\0", 28);
	put32(&p, 1);
	put32(&p, 2);
	buf_add(&p, "v\0\0\0", 4);
	if (r->data_as_property)
		property(&p, 0x0102, 0x3701, data, n);
	attribute(b, 2, 0x00069005, p.p, p.n);
	buf_free(&p);
	buf_free(&wide);
}

static const TnefRow rows[] = {
	{"short name", 0, "a.txt", NULL, NULL, false, "a.txt"},
	{"short name in GBK", 936, GBK_NAME, NULL, NULL, false, "申报书.txt"},
	{"short name in GBK, no code page", 0, GBK_NAME, NULL, NULL, false, "申报书.txt"},
	{"code page that lies", 1252, "a.txt", GBK_NAME, NULL, false, NULL},
	{"unknown code page", 99999, GBK_NAME, NULL, NULL, false, "申报书.txt"},
	{"long name wins", 936, "A~1.TXT", GBK_NAME, NULL, false, "申报书.txt"},
	{"long name in Unicode", 936, "A~1.TXT", NULL, "#.txt", false, "申.txt"},
	{"bytes as a property", 936, "a.txt", NULL, NULL, true, "a.txt"},
	{"no name", 0, NULL, NULL, NULL, false, ""},
};

static void test_names(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Buf b = {0};
		TestJob t;
		begin(&b, rows[i].codepage);
		attachment(&b, &rows[i], "hello", 5);
		job_begin(&t, 0);
		job_file(&t, "winmail.dat", b.p, b.n);
		ROW_INT(rows[i].name, t.job.part.n, 2);
		ROW_INT(rows[i].name, t.job.part.v[0].flags, PART_CONTAINER);
		if (rows[i].want)
			ROW_STR(rows[i].name, t.job.part.v[1].name, rows[i].want);
		ROW_INT(rows[i].name, t.job.part.v[1].type, TYPE_TEXT);
		ROW_INT(rows[i].name, t.job.part.v[1].bytes, 5);
		ROW_INT(rows[i].name, t.job.part.v[1].parent, 0);
		job_end(&t);
		buf_free(&b);
	}
}

/* Cut anywhere: what came before is kept, and nothing breaks. */
static void test_cut(void **state) {
	(void)state;
	Buf b = {0};
	begin(&b, 936);
	attachment(&b, &rows[5], "hello", 5);
	size_t first = b.n;
	attachment(&b, &rows[7], "world", 5);
	for (size_t n = 4; n <= b.n; n++) {
		TestJob t;
		job_begin(&t, 0);
		job_file(&t, "winmail.dat", b.p, n);
		assert_int_equal(t.job.part.v[0].type, TYPE_TNEF);
		assert_true(t.job.part.n <= 3);
		if (n >= first)
			assert_true(t.job.part.n >= 2);
		if (n == b.n)
			assert_int_equal(t.job.part.n, 3);
		job_end(&t);
	}
	buf_free(&b);
}

/* A message inside a message inside ...: REPORT_MAX_DEPTH are opened, one more is not. */
static void test_depth(void **state) {
	(void)state;
	for (int over = 0; over < 2; over++) {
		Buf inner = {0};
		TestJob t;
		buf_str(&inner, "hello");
		for (int i = 0; i < REPORT_MAX_DEPTH + over; i++) {
			Buf b = {0};
			begin(&b, 0);
			attachment(&b, &rows[0], inner.p, inner.n);
			buf_free(&inner);
			inner = b;
		}
		job_begin(&t, 0);
		job_file(&t, "winmail.dat", inner.p, inner.n);
		assert_int_equal(t.job.part.n, REPORT_MAX_DEPTH + 1);
		assert_int_equal(t.job.part.v[REPORT_MAX_DEPTH].type, over ? TYPE_TNEF : TYPE_TEXT);
		assert_int_equal(t.job.part.v[REPORT_MAX_DEPTH].flags & PART_TOO_DEEP, over ? PART_TOO_DEEP : 0);
		buf_free(&inner);
		job_end(&t);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_cut), cmocka_unit_test(test_depth),
	};
	formats_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

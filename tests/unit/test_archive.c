/* Archives: names as packers write them, one row a case; what is encrypted, damaged, junk,
 * nested; and the limits at and just above. */
#include "row.h"

#include "make_files.h"

#define GBK_FORM "\xC9\xEA\xB1\xA8\xCA\xE9.txt" /* 申报书.txt */
#define S(lit) {lit, sizeof(lit) - 1}

static const struct {
	const char *name;
	RawMember member;
	const char *want;
} name_rows[] = {
	{"ascii", {S("a.txt"), 0, NULL, S("x")}, "a.txt:txt"},
	{"GBK without the flag", {S(GBK_FORM), 0, NULL, S("x")}, "申报书.txt:txt"},
	{"UTF-8 with the flag", {S("申报书.txt"), 0x800, NULL, S("x")}, "申报书.txt:txt"},
	{"UTF-8 without the flag", {S("申报书.txt"), 0, NULL, S("x")}, "申报书.txt:txt"},
	{"Info-ZIP's Unicode name", {S("?????.txt"), 0, "申报书.txt", S("x")}, "申报书.txt:txt"},
	{"backslash as second byte of GBK", {S("\x81\x5C.txt"), 0, NULL, S("x")}, "乗.txt:txt"},
	{"folder in GBK", {S("\xB2\xC4\xC1\xCF/" GBK_FORM), 0, NULL, S("x")}, "材料/申报书.txt:txt"},
	{"backslashes for folders", {S("a\\b\\c.txt"), 0, NULL, S("x")}, "a/b/c.txt:txt"},
	{"out of the folder", {S("../../etc/passwd"), 0, NULL, S("x")}, "etc/passwd:txt"},
	{"absolute", {S("/abs/x"), 0, NULL, S("x")}, "abs/x:txt"},
	{"drive", {S("C:/win/x.ini"), 0, NULL, S("x")}, "win/x.ini:txt"},
	{"empty member", {S("a.txt"), 0, NULL, S("")}, "a.txt:empty"},
	{"Mac junk", {S("__MACOSX/._a.txt"), 0, NULL, S("x")}, "__MACOSX/._a.txt:txtJ"},
	{"lock file", {S("d/~$form.xlsx"), 0, NULL, S("x")}, "d/~$form.xlsx:txtJ"},
	{"thumbnails", {S("Thumbs.db"), 0, NULL, S("x")}, "Thumbs.db:txtJ"},
	{"no file of ours but a name alike", {S("my__MACOSX.txt"), 0, NULL, S("x")}, "my__MACOSX.txt:txt"},
	{"encrypted", {S("a.txt"), 1, NULL, S("0123456789abcd")}, "a.txt:unknownE"},
};

static void test_names(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof name_rows / sizeof *name_rows; i++) {
		TestJob t;
		Buf z = raw_zip(&name_rows[i].member, 1);
		job_begin(&t, 0);
		job_file(&t, "a.zip", z.p, z.n);
		ROW_INT(name_rows[i].name, t.job.part.n, 2);
		char *dump = job_dump(&t);
		char *member = strstr(dump, ";0>");
		ROW_TRUE(name_rows[i].name, member != NULL);
			ROW_STR(name_rows[i].name, member + 3, name_rows[i].want);
		ROW_INT(name_rows[i].name, t.job.part.v[1].bytes, name_rows[i].member.data.n);
		buf_free(&z);
		job_end(&t);
	}
}

static Buf zip_of(const char *name, Buf inner) {
	RawMember m = {str_of(name), 0, NULL, buf_view(&inner)};
	Buf z = raw_zip(&m, 1);
	buf_free(&inner);
	return z;
}

static void expect(const char *row, const char *name, Buf b, const char *want) {
	TestJob t;
	job_begin(&t, 0);
	job_file(&t, name, b.p, b.n);
	ROW_STR(row, job_dump(&t), want);
	buf_free(&b);
	job_end(&t);
}

static Buf text_zip(void) {
	Buf b = {0};
	buf_str(&b, "hello");
	return zip_of("a.txt", b);
}

static void test_kinds(void **state) {
	(void)state;
	expect("zip", "a.zip", text_zip(), "-1>a.zip:zip;0>a.txt:txt");
	expect("7z", "a.7z", pack_with(archive_write_set_format_7zip, NULL, "材料/申报书.txt", "hello", 5),
	       "-1>a.7z:7z;0>材料/申报书.txt:txt");
	expect("gzip", "申报书.txt.gz", pack_with(archive_write_set_format_raw, archive_write_add_filter_gzip, "x", "hello", 5),
	       "-1>申报书.txt.gz:gz;0>申报书.txt:txt");
	expect("tar in gzip", "a.tgz", pack_with(archive_write_set_format_pax, archive_write_add_filter_gzip, "d/申报书.txt", "hello", 5),
	       "-1>a.tgz:gz;0>d/申报书.txt:txt");
	Buf cut = text_zip();
	cut.n -= 30;
	expect("zip cut short", "a.zip", cut, "-1>a.zip:zip;0>a.txt:txt");
	cut = text_zip();
	cut.n = 37;
	expect("zip cut in a member", "a.zip", cut, "-1>a.zip:zipD;0>a.txt:unknownD");
	Buf broken = pack_with(archive_write_set_format_7zip, NULL, "a.txt", "hello", 5);
	broken.n -= 10;
	expect("7z cut short", "a.7z", broken, "-1>a.7z:7zD");
	Buf none = {0};
	buf_add(&none, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
	expect("empty zip", "a.zip", none, "-1>a.zip:zip");
	Buf rar = {0};
	buf_str(&rar, "Rar!\x1A\x07");
	expect("rar that is none", "a.rar", rar, "-1>a.rar:rarD");
}

/* rar 5, stored: signature, main header, one file, end (the layout of the public technote). */
static void rar_block(Buf *b, const Buf *head, const char *data, size_t n) {
	Buf h = {0};
	buf_char(&h, (char)head->n);
	buf_slice(&h, buf_view(head));
	put32(b, crc_of(h.p, h.n));
	buf_slice(b, buf_view(&h));
	buf_add(b, data, n);
	buf_free(&h);
}

static void test_rar5(void **state) {
	(void)state;
	const char *name = "申报书.txt";
	Buf b = {0}, head = {0};
	buf_add(&b, "Rar!\x1A\x07\1\0", 8);
	buf_add(&head, "\1\0\0", 3);
	rar_block(&b, &head, "", 0);
	buf_clear(&head);
	/* file, data follows; 5 bytes; flags: CRC; size, attributes, CRC, stored, Unix, name */
	buf_add(&head, "\2\2\5\4\5\0", 6);
	put32(&head, crc_of("hello", 5));
	buf_add(&head, "\0\1", 2);
	buf_char(&head, (char)strlen(name));
	buf_str(&head, name);
	rar_block(&b, &head, "hello", 5);
	buf_clear(&head);
	buf_add(&head, "\5\0\0", 3);
	rar_block(&b, &head, "", 0);
	buf_free(&head);
	expect("rar 5", "a.rar", b, "-1>a.rar:rar;0>申报书.txt:txt");
}

static void test_depth(void **state) {
	(void)state;
	/* REPORT_MAX_ARCHIVE_DEPTH archives around a file are opened, one more is not. */
	Buf z = zip_of("3.zip", zip_of("2.zip", text_zip()));
	assert_int_equal(REPORT_MAX_ARCHIVE_DEPTH, 3);
	expect("at the limit", "1.zip", z, "-1>1.zip:zip;0>3.zip:zip;1>2.zip:zip;2>a.txt:txt");
	z = zip_of("4.zip", zip_of("3.zip", zip_of("2.zip", text_zip())));
	expect("above", "1.zip", z, "-1>1.zip:zip;0>4.zip:zip;1>3.zip:zip;2>2.zip:zipN");
}

static Buf many_zip(size_t n) {
	RawMember *m = calloc(n, sizeof *m);
	for (size_t i = 0; i < n; i++)
		m[i] = (RawMember){S("a.txt"), 0, NULL, S("x")};
	Buf z = raw_zip(m, n);
	free(m);
	return z;
}

static void test_count(void **state) {
	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		TestJob t;
		Buf z = many_zip(REPORT_MAX_PARTS - 1 + over);
		job_begin(&t, 0);
		job_file(&t, "a.zip", z.p, z.n);
		assert_int_equal(t.job.part.n, REPORT_MAX_PARTS);
		assert_int_equal(t.report.parts_cut, over);
		assert_int_equal(t.job.part.v[0].flags & PART_TOO_LARGE, over ? PART_TOO_LARGE : 0);
		buf_free(&z);
		job_end(&t);
	}
}

/* A member of n bytes, of which every `each`th is noise. */
static int bomb(size_t n, size_t each) {
	char *p = calloc(n + 1, 1);
	uint64_t seed = 3;
	for (size_t i = 0; each && i < n; i += each)
		p[i] = (char)random_next(&seed);
	ZipMember m = {"a.bin", p, n};
	int fd = make_zip_with(&m, 1, NULL);
	free(p);
	return fd;
}

static void test_size(void **state) {
	(void)state;
	static const struct {
		const char *name;
		size_t bytes, each;
		uint64_t before;
		bool over;
	} rows[] = {
		{"a high ratio under 1 MiB", 1 << 20, 0, 0, false},
		{"a high ratio above", (1 << 20) + 100000, 0, 0, true},
		{"a low ratio above", 4 << 20, 20, 0, false},
		{"all together at the limit", 1000, 1, REPORT_MAX_UNPACKED - 1000, false},
		{"all together above", 1001, 1, REPORT_MAX_UNPACKED - 1000, true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		TestJob t;
		int fd = bomb(rows[i].bytes, rows[i].each);
		job_begin(&t, 0);
		t.job.unpacked = rows[i].before;
		read_file(&t.job, fd, -1, &(FileAt){.name = "a.zip", .parent = -1});
		ROW_INT(rows[i].name, t.job.part.n, 2);
		ROW_INT(rows[i].name, t.job.part.v[0].flags & PART_TOO_LARGE, rows[i].over ? PART_TOO_LARGE : 0);
		ROW_INT(rows[i].name, t.job.part.v[1].flags & PART_TOO_LARGE, rows[i].over ? PART_TOO_LARGE : 0);
		close(fd);
		job_end(&t);
	}
}

static void test_password(void **state) {
	(void)state;
	ZipMember m = {"a.txt", "hello", 0};
	TestJob t;
	int fd = make_zip_with(&m, 1, "secret");
	job_begin(&t, 0);
	read_file(&t.job, fd, -1, &(FileAt){.name = "a.zip", .parent = -1});
	assert_string_equal(job_dump(&t), "-1>a.zip:zipE;0>a.txt:unknownE");
	assert_int_equal(t.job.part.v[1].bytes, 5);
	close(fd);
	job_end(&t);
}

/* Spill files hold the members' bytes, each its own. */
static int spilled[4], spill_n;

static int open_spill(Spill *s, int *index) {
	(void)s;
	*index = spill_n;
	int fd = memfd_create("spill", 0);
	spilled[spill_n++] = dup(fd);
	return fd;
}

static void test_spill(void **state) {
	(void)state;
	TestJob t;
	char got[16] = "";
	Buf z = text_zip();
	Spill spill = {.open = open_spill};
	job_begin(&t, 0);
	t.job.spill = &spill;
	job_file(&t, "a.zip", z.p, z.n);
	assert_int_equal(t.job.part.v[0].spill, -1);
	assert_int_equal(t.job.part.v[1].spill, 0);
	assert_int_equal(pread(spilled[0], got, sizeof got, 0), 5);
	assert_string_equal(got, "hello");
	assert_true(hash_eq(t.job.part.v[1].sha256, hash_of("hello", 5)));
	close(spilled[0]);
	buf_free(&z);
	job_end(&t);
}

/* A form inside an archive is read where it lies; its zip is no archive to us. */
static void test_workbook_inside(void **state) {
	(void)state;
	int fd = make_book(&(BookMake){.sheet = {SHEET_XML("<row><c><v>1</v></c></row>")}});
	Buf x = {0};
	buf_reserve(&x, 65536);
	x.n = (size_t)pread(fd, x.p, 65536, 0);
	close(fd);
	Buf z = zip_of("form.xlsx", x);
	TestJob t;
	job_begin(&t, READ_CELLS);
	job_file(&t, "a.zip", z.p, z.n);
	assert_string_equal(job_dump(&t), "-1>a.zip:zip;0>form.xlsx:xlsx");
	assert_int_equal(t.job.sheet.n, 1);
	assert_string_equal(t.job.sheet.v[0].cell[0].cell, "A1");
	assert_string_equal(t.job.sheet.v[0].cell[0].text, "1");
	buf_free(&z);
	job_end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_kinds), cmocka_unit_test(test_rar5),
		cmocka_unit_test(test_depth), cmocka_unit_test(test_count), cmocka_unit_test(test_size),
		cmocka_unit_test(test_password), cmocka_unit_test(test_spill),
		cmocka_unit_test(test_workbook_inside),
	};
	formats_preload();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

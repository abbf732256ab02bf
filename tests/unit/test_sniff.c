/* Sniff: what bytes are, one row a kind, and what must not be taken for it. */
#include "row.h"

#include "make_files.h"

#include "mail/mime.h"

#define B(lit) {lit, sizeof(lit) - 1}
#define OID "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07"

static const struct {
	const char *name;
	Str bytes;
	FileType want;
} rows[] = {
	{"nothing", B(""), TYPE_EMPTY},
	{"pdf", B("%PDF-1.7\n%\xE2\xE3"), TYPE_PDF},
	{"pdf after junk", B("\r\n\r\n%PDF-1.4"), TYPE_PDF},
	{"jpeg", B("\xFF\xD8\xFF\xE0\0\x10JFIF"), TYPE_JPEG},
	{"png", B("\x89PNG\r\n\x1A\n\0\0"), TYPE_PNG},
	{"gif", B("GIF89a\1\0"), TYPE_GIF},
	{"bmp", B("BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28"), TYPE_BMP},
	{"text that begins with BM", B("BMW is a car, is it not"), TYPE_TEXT},
	{"tiff", B("II*\0\x08\0\0\0"), TYPE_TIFF},
	{"big-endian tiff", B("MM\0*\0\0\0\x08"), TYPE_TIFF},
	{"webp", B("RIFF\1\2\3\4WEBPVP8 "), TYPE_WEBP},
	{"avi", B("RIFF\1\2\3\4AVI LIST"), TYPE_VIDEO},
	{"wav", B("RIFF\1\2\3\4WAVEfmt "), TYPE_AUDIO},
	{"heic", B("\0\0\0\x18" "ftypheic\0\0\0\0"), TYPE_HEIC},
	{"heif", B("\0\0\0\x18" "ftypmif1\0\0\0\0"), TYPE_HEIC},
	{"mp4", B("\0\0\0\x18" "ftypisom\0\0\2\0"), TYPE_VIDEO},
	{"mov", B("\0\0\0\x14" "ftypqt  \0\0\0\0"), TYPE_VIDEO},
	{"m4a", B("\0\0\0\x18" "ftypM4A \0\0\0\0"), TYPE_AUDIO},
	{"mp3", B("ID3\4\0\0"), TYPE_AUDIO},
	{"rar 4", B("Rar!\x1A\x07\0"), TYPE_RAR},
	{"rar 5", B("Rar!\x1A\x07\1\0"), TYPE_RAR},
	{"7z", B("7z\xBC\xAF\x27\x1C\0\4"), TYPE_7Z},
	{"gzip", B("\x1F\x8B\x08\0"), TYPE_GZIP},
	{"winmail.dat", B("\x78\x9F\x3E\x22\1\0"), TYPE_TNEF},
	{"zip cut short", B("PK\3\4\x14\0\0\0\x08\0"), TYPE_ZIP},
	{"ole without tables", B("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"), TYPE_OLE},
	{"calendar", B("BEGIN:VCALENDAR\r\nVERSION:2.0"), TYPE_CALENDAR},
	{"calendar with a mark", B("\xEF\xBB\xBF" "BEGIN:VCALENDAR\r\n"), TYPE_CALENDAR},
	{"html", B("<!DOCTYPE html><html>"), TYPE_HTML},
	{"html named .xls", B("\xEF\xBB\xBF\r\n <TABLE border=1>"), TYPE_HTML},
	{"xml of Excel 2003", B("<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"), TYPE_HTML},
	{"other xml", B("<?xml version=\"1.0\"?><a/>"), TYPE_TEXT},
	{"text", B("您好，附件是申报表\r\n"), TYPE_TEXT},
	{"GBK text", B("\xC4\xFA\xBA\xC3\r\n"), TYPE_TEXT},
	{"UTF-16 text", B("\xFF\xFE\x60\x4F"), TYPE_TEXT},
	{"mail", B("Received: from a by b\r\n\tid 1\r\nFrom: a@b.cn\r\nSubject: x\r\n\r\nbody"), TYPE_EML},
	{"mail with LF", B("From: a@b.cn\nTo: c@d.cn\n\nbody"), TYPE_EML},
	{"mail with a line broken on the way", B("From: a@b.cn\nTo: c@d.cn\nDate: x\nbroken line\nSubject: x\n\nbody"), TYPE_EML},
	{"notes with a colon", B("From: me\nwhat i wanted to say\n"), TYPE_TEXT},
	{"one header is no mail", B("Subject: x\n\nbody"), TYPE_TEXT},
	{"pgp signature", B("-----BEGIN PGP SIGNATURE-----\n"), TYPE_SIGNATURE},
	{"signature apart", B("\x30\x82\x01\x02" OID "\x02\xA0\x82\1\0\x30\x80\x02\x01\x01\x31\0\x30\x0B" OID "\x01\xA0\x82"), TYPE_SIGNATURE},
	{"opaque signed", B("\x30\x80" OID "\x02\xA0\x80\x30\x80\x02\x01\x01\x31\0\x30\x80" OID "\x01\xA0\x80\x24\x80"), TYPE_SMIME},
	{"enveloped", B("\x30\x82\x01\x02" OID "\x03\xA0\x82\1\0"), TYPE_SMIME},
	{"noise", B("\x01\x02\x03\x04\x05"), TYPE_UNKNOWN},
	{"NUL in text", B("abc\0def"), TYPE_UNKNOWN},
};

static void test_bytes(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ROW_INT(rows[i].name, sniff(rows[i].bytes, -1), rows[i].want);
	/* Each prefix of each is something, and nothing breaks. */
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t n = 0; n <= rows[i].bytes.n; n++)
			ROW_TRUE(rows[i].name, sniff((Str){rows[i].bytes.p, n}, -1) < TYPE_COUNT);
}

#define X {"[Content_Types].xml", "<Types/>", 0}

static const struct {
	const char *name;
	ZipMember member[4];
	FileType want;
} zips[] = {
	{"workbook", {X, {"xl/workbook.xml", "x", 0}}, TYPE_XLSX},
	{"workbook, absolute names", {{"/xl/workbook.xml", "x", 0}}, TYPE_XLSX},
	{"workbook, backslashes", {X, {"xl\\workbook.xml", "x", 0}}, TYPE_XLSX},
	{"document", {X, {"word/document.xml", "x", 0}}, TYPE_DOCX},
	{"slides", {X, {"ppt/presentation.xml", "x", 0}}, TYPE_PPTX},
	{"OpenDocument sheet", {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0}}, TYPE_ODS},
	{"OpenDocument text", {{"mimetype", "application/vnd.oasis.opendocument.text", 0}}, TYPE_UNKNOWN},
	{"another Office package", {X, {"_rels/.rels", "x", 0}, {"visio/document.xml", "x", 0}}, TYPE_UNKNOWN},
	{"workbook without its folder", {{"[Content_Types].xml", "<Override PartName=\"/b.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>", 0}, {"_rels/.rels", "x", 0}, {"b.xml", "x", 0}}, TYPE_XLSX},
	{"document without its folder", {{"[Content_Types].xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", 0}, {"_rels/.rels", "x", 0}}, TYPE_DOCX},
	{"binary workbook", {X, {"xl/workbook.bin", "x", 0}}, TYPE_XLSB},
	{"fixed pages", {{"OFD.xml", "x", 0}, {"Doc_0/Document.xml", "x", 0}}, TYPE_OFD},
	{"Numbers", {{"Index/Document.iwa", "x", 0}, {"preview.jpg", "x", 0}}, TYPE_IWORK},
	{"archive", {{"a.txt", "x", 0}}, TYPE_ZIP},
	{"archive with a folder named word", {{"word/a.docx", "x", 0}}, TYPE_ZIP},
	{"archive with a workbook in it", {{"a/xl/workbook.xml", "x", 0}, {"a/[Content_Types].xml", "x", 0}}, TYPE_ZIP},
};

static void test_zips(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof zips / sizeof *zips; i++) {
		char head[4096];
		int fd = make_zip(zips[i].member);
		ssize_t n = pread(fd, head, sizeof head, 0);
		ROW_INT(zips[i].name, sniff((Str){head, (size_t)n}, fd), zips[i].want);
		close(fd);
	}
}

/* An OLE file of one sector of table and one of directory, with these names and no tree; a name that begins with "in " is of a
 * storage, which holds the entry before it. */
static int make_ole(const char *const *names, size_t n) {
	unsigned char b[512 * 3] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
	b[26] = 3;
	b[30] = 9;
	b[32] = 6;
	b[44] = 1;
	b[48] = 1; /* directory in sector 1 */
	memset(b + 60, 0xFF, 452);
	memset(b + 76, 0, 4); /* table in sector 0 */
	memset(b + 512, 0xFF, 512);
	b[512] = 0xFD;
	b[516] = 0xFE;
	for (size_t i = 0; i < n && i < 4; i++) {
		unsigned char *e = b + 1024 + 128 * i;
		size_t len = strlen(names[i]);
		for (size_t k = 0; k < len; k++)
			e[2 * k] = (unsigned char)names[i][k];
		e[64] = (unsigned char)(2 * len + 2);
		e[66] = i ? 2 : 5;
		if (strncmp(names[i], "in ", 3) == 0) {
			e[66] = 1;
			e[76] = (unsigned char)(i - 1);
		}
	}
	return make_fd(b, sizeof b);
}

static void test_ole(void **state) {
	(void)state;
	static const struct {
		const char *stream, *file;
		FileType want, named;
		unsigned flags;
	} kinds[] = {
		{"Workbook", "a.xls", TYPE_XLS, TYPE_XLS, PART_DAMAGED},
		{"Workbook", "a.et", TYPE_XLS, TYPE_WPS_OLD, PART_DAMAGED},
		{"Book", "a.xls", TYPE_XLS, TYPE_XLS, PART_DAMAGED},
		{"WordDocument", "a.doc", TYPE_DOC, TYPE_DOC, 0},
		{"WordDocument", "a.wps", TYPE_DOC, TYPE_WPS_OLD, 0},
		{"EncryptedPackage", "a.xlsx", TYPE_OLE_ENCRYPTED, TYPE_OLE_ENCRYPTED, PART_ENCRYPTED},
		{"__properties_version1.0", "a.msg", TYPE_MSG, TYPE_MSG, 0},
		{"Other", "a.xls", TYPE_OLE, TYPE_OLE, 0},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *names[] = {"Root Entry", kinds[i].stream};
		char head[4096];
		TestJob t;
		int fd = make_ole(names, 2);
		ssize_t n = pread(fd, head, sizeof head, 0);
		ROW_INT(kinds[i].stream, sniff((Str){head, (size_t)n}, fd), kinds[i].want);
		job_begin(&t, 0);
		read_file(&t.job, fd, -1, &(FileAt){.name = kinds[i].file, .parent = -1});
		ROW_INT(kinds[i].file, t.job.part.v[0].type, kinds[i].named);
		ROW_INT(kinds[i].file, t.job.part.v[0].flags, kinds[i].flags);
		job_end(&t);
		close(fd);
	}
}

/* Where the root names nothing all stands at the top, and nothing is given out once more by the storages. */
static void test_ole_once(void **state) {
	(void)state;
	static const char *const names[] = {"Root Entry", "a", "in b", "in c"};
	Arena *a = arena_new();
	size_t n, seen[4] = {0};
	int fd = make_ole(names, 4);
	Ole *o = ole_open(a, fd);
	const size_t *top = ole_members(o, OLE_ROOT, &n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		seen[top[i]]++;
	for (size_t i = 2; i < 4; i++) {
		const size_t *inside = ole_members(o, i, &n);
		for (size_t k = 0; k < n; k++)
			seen[inside[k]]++;
	}
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(seen[i], 1);
	assert_true(ole_has(o, "a") && ole_has(o, "in b") && !ole_has(o, "d"));
	arena_free(a);
	close(fd);
}

/* What every file gets: its name alone, its bytes, its hash. */
static void test_part(void **state) {
	(void)state;
	TestJob t;
	job_begin(&t, 0);
	assert_int_equal(job_file(&t, "C:\\dir/申报\r\n书.txt", "hello", 5), 0);
	const Part *p = &t.job.part.v[0];
	assert_string_equal(p->name, "申报 书.txt");
	assert_string_equal(p->path, "");
	assert_int_equal(p->bytes, 5);
	assert_int_equal(p->parent, -1);
	assert_int_equal(p->form, -1);
	assert_true(hash_eq(p->sha256, hash_of("hello", 5)));
	job_end(&t);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes), cmocka_unit_test(test_zips), cmocka_unit_test(test_ole),
		cmocka_unit_test(test_ole_once), cmocka_unit_test(test_part),
	};
	formats_preload();
	mime_preload(); /* a mail may be in a file */
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* sniff.c: the first look at any file: what its bytes are.  It believes no name and no
 * declared type, and says TYPE_UNKNOWN rather than guess. */
#include <string.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/package.h"

#define HEADER_LINES 40 /* of a text that may be a mail */
#define SURE 3          /* known fields, after which a line that is none does not count */
#define HEAD_OF_TYPES 16384 /* bytes of an Office package's list of parts */
#define HEAD_BYTES_OF_MANIFEST 2048
#define PDF_WITHIN 1024 /* bytes before a PDF's mark that its readers tolerate */

/* Bytes at a fixed place.  The first row that fits, wins. */
static const struct Magic {
	size_t at, n;
	const char *bytes;
	FileType type;
} magic[] = {
	{0, 3, "\xFF\xD8\xFF", TYPE_JPEG},
	{0, 8, "\x89PNG\r\n\x1A\n", TYPE_PNG},
	{0, 4, "GIF8", TYPE_GIF},
	{0, 4, "II*\0", TYPE_TIFF},
	{0, 4, "MM\0*", TYPE_TIFF},
	{8, 4, "WEBP", TYPE_WEBP},
	{8, 4, "AVI ", TYPE_VIDEO},
	{8, 4, "WAVE", TYPE_AUDIO},
	{4, 8, "ftypheic", TYPE_HEIC},
	{4, 8, "ftypheix", TYPE_HEIC},
	{4, 8, "ftypheif", TYPE_HEIC},
	{4, 8, "ftyphevc", TYPE_HEIC},
	{4, 8, "ftypmif1", TYPE_HEIC},
	{4, 8, "ftypmsf1", TYPE_HEIC},
	{4, 7, "ftypM4A", TYPE_AUDIO},
	{4, 4, "ftyp", TYPE_VIDEO},
	{4, 4, "moov", TYPE_VIDEO},
	{0, 4, "\x1A\x45\xDF\xA3", TYPE_VIDEO},
	{0, 4, "\x00\x00\x01\xBA", TYPE_VIDEO},
	{0, 4, "\x00\x00\x01\xB3", TYPE_VIDEO},
	{0, 4, "FLV\1", TYPE_VIDEO},
	{0, 4, ".RMF", TYPE_VIDEO},
	{0, 4, "\x30\x26\xB2\x75", TYPE_VIDEO},
	{0, 3, "ID3", TYPE_AUDIO},
	{0, 4, "OggS", TYPE_AUDIO},
	{0, 4, "fLaC", TYPE_AUDIO},
	{0, 5, "#!AMR", TYPE_AUDIO},
	{0, 6, "Rar!\x1A\x07", TYPE_RAR},
	{0, 6, "7z\xBC\xAF\x27\x1C", TYPE_7Z},
	{0, 3, "\x1F\x8B\x08", TYPE_GZIP},
	{0, 4, "\x78\x9F\x3E\x22", TYPE_TNEF},
	{0, 15, "BEGIN:VCALENDAR", TYPE_CALENDAR},
	{0, 29, "-----BEGIN PGP SIGNATURE-----", TYPE_SIGNATURE},
	{0, 27, "-----BEGIN PGP MESSAGE-----", TYPE_SMIME},
	{0, 21, "-----BEGIN PKCS7-----", TYPE_SMIME},
};

static FileType by_magic(Str h) {
	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		if (h.n >= magic[i].at + magic[i].n &&
		    !memcmp(h.p + magic[i].at, magic[i].bytes, magic[i].n))
			return magic[i].type;
	/* BM and nothing but zeros where zeros must be: two letters alone are too little. */
	if (h.n > 14 && !memcmp(h.p, "BM", 2) && !memcmp(h.p + 6, "\0\0\0\0", 4))
		return TYPE_BMP;
	if (str_find(str_sub(h, 0, PDF_WITHIN), STR("%PDF-")) >= 0)
		return TYPE_PDF;
	return TYPE_UNKNOWN;
}

/* A zip whose directory is lost or too long to load: an Office file when its first member
 * is one that only these begin with. */
static FileType zip_by_head(Str h) {
	static const char *const first[] = {"[Content_Types].xml", "_rels/", "docProps/", "xl/", "word/"};
	size_t n = h.n > 30 ? (unsigned char)h.p[26] | (size_t)(unsigned char)h.p[27] << 8 : 0;
	Str name = str_sub(h, 30, n);
	for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
		if (!str_starts_nocase(name, first[i]))
			continue;
		if (str_find(h, STR("xl/")) >= 0)
			return TYPE_XLSX;
		if (str_find(h, STR("word/")) >= 0)
			return TYPE_DOCX;
	}
	return TYPE_ZIP;
}

/* An Office package whose parts stand in other folders than Office puts them in: what its list of parts says.  Of another
 * kind it is none of our business; its parts are no files. */
static FileType by_content_types(Package *p) {
	static const struct {
		const char *main;
		FileType type;
	} kind[] = {{"sheet.main+xml", TYPE_XLSX}, {"sheet.macroEnabled.main+xml", TYPE_XLSX},
	            {"template.main+xml", TYPE_XLSX}, {"document.main+xml", TYPE_DOCX}};
	char list[HEAD_OF_TYPES];
	Str head = {list, package_head(p, "[Content_Types].xml", list, sizeof list)};
	for (size_t i = 0; i < sizeof kind / sizeof *kind; i++)
		if (str_find(head, str_of(kind[i].main)) >= 0)
			return kind[i].type;
	return TYPE_UNKNOWN;
}

static bool manifest_of_sheets(Package *p) {
	char head[HEAD_BYTES_OF_MANIFEST];
	Str s = {head, package_head(p, "META-INF/manifest.xml", head, sizeof head)};
	return str_find(s, STR("opendocument.spreadsheet")) >= 0;
}

/* An Office package, an OpenDocument, or an archive. */
static FileType zip_kind(Str head, int fd) {
	static const struct {
		const char *main, *folder;
		FileType type;
	} kind[] = {{"xl/workbook.xml", "xl/", TYPE_XLSX},
	            {"word/document.xml", "word/", TYPE_DOCX},
	            {"ppt/presentation.xml", "ppt/", TYPE_PPTX}};
	/* Packages whose members are no files of their own: what only they hold. */
	static const struct {
		const char *main;
		FileType type;
	} whole[] = {{"xl/workbook.bin", TYPE_XLSB}, {"OFD.xml", TYPE_OFD}, {"Index/Document.iwa", TYPE_IWORK}};
	unsigned flag;
	char mime[64] = "";
	Package *p = fd < 0 ? NULL : package_open(fd, &flag);
	FileType type = TYPE_ZIP;
	if (!p)
		return zip_by_head(head);
	bool office = package_has(p, "[Content_Types].xml");
	for (size_t i = 0; i < sizeof whole / sizeof *whole && type == TYPE_ZIP; i++)
		if (package_has(p, whole[i].main))
			type = whole[i].type;
	for (size_t i = 0; i < sizeof kind / sizeof *kind && type == TYPE_ZIP; i++)
		if (package_has(p, kind[i].main) || (office && package_has_under(p, kind[i].folder)))
			type = kind[i].type;
	if (type == TYPE_ZIP && package_has(p, "content.xml") && manifest_of_sheets(p))
		type = TYPE_ODS; /* a program on its way has lost the file mimetype */
	else if (type == TYPE_ZIP && package_has(p, "mimetype") &&
	         package_head(p, "mimetype", mime, sizeof mime - 1))
		type = strstr(mime, "opendocument.spreadsheet") ? TYPE_ODS :
		       strncmp(mime, "application/", 12) == 0   ? TYPE_UNKNOWN : TYPE_ZIP;
	else if (type == TYPE_ZIP && office && package_has_under(p, "_rels/"))
		type = by_content_types(p);
	package_close(p);
	return type;
}

static FileType ole_kind(int fd) {
	static const struct {
		const char *name;
		FileType type;
	} stream[] = {{"EncryptedPackage", TYPE_OLE_ENCRYPTED}, {"Workbook", TYPE_XLS},
	              {"Book", TYPE_XLS},                       {"WordDocument", TYPE_DOC},
	              {"WpsContents", TYPE_WPS_OLD},            {"__properties_version1.0", TYPE_MSG}};
	FileType type = TYPE_OLE;
	if (fd < 0)
		return type;
	Arena *a = arena_new();
	const Ole *o = ole_open(a, fd);
	for (size_t i = 0; o && i < sizeof stream / sizeof *stream && type == TYPE_OLE; i++)
		if (ole_has(o, stream[i].name))
			type = stream[i].type;
	arena_free(a);
	return type;
}

/* CMS (RFC 5652) in DER or BER: SEQUENCE, then the object's number.  A signature that stands
 * apart has content of type data with nothing in it. */
static FileType cms_kind(Str h) {
	static const Str oid = {"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07", 10};
	ptrdiff_t at = h.n && h.p[0] == 0x30 ? str_find(str_sub(h, 0, 20), oid) : -1;
	if (at < 0 || (size_t)at + 11 > h.n)
		return TYPE_UNKNOWN;
	if (h.p[at + 10] != 2)
		return TYPE_SMIME;
	Str rest = str_sub(str_from(h, (size_t)at + 11), 0, 200);
	static const Str detached = {"\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 13};
	static const Str detached_ber = {"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01\0\0", 13};
	if (str_find(rest, detached) >= 0 || str_find(rest, detached_ber) >= 0)
		return TYPE_SIGNATURE;
	return TYPE_SMIME;
}

static bool is_markup(Str t) {
	static const char *const first[] = {"<!doctype html", "<html", "<head", "<body", "<table",
	                                    "<meta", "<div", "<style", "<script", "<p>", "<font"};
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (str_starts_nocase(t, first[i]))
			return true;
	if (!str_starts_nocase(t, "<?xml"))
		return false;
	/* XHTML, and the XML that Excel 2003 wrote under the name .xls. */
	return str_find_nocase(t, STR("<html")) >= 0 ||
	       str_find_nocase(t, STR("office:spreadsheet")) >= 0;
}

/* "Name: value" lines from the first on, two of them known ones. */
static bool is_mail(Str t) {
	static const char *const known[] = {"received:", "return-path:", "from:", "to:", "date:",
	                                    "subject:", "message-id:", "mime-version:",
	                                    "delivered-to:", "content-type:", "dkim-signature:"};
	size_t score = 0;
	Str line;
	for (int n = 0; n < HEADER_LINES && str_next(&t, '\n', &line); n++) {
		if (!line.n || line.p[0] == '\r')
			break;
		if (line.p[0] == ' ' || line.p[0] == '\t' || (n == 0 && str_starts(line, "From ")))
			continue;
		ptrdiff_t colon = str_find(line, STR(":"));
		bool field = colon > 0 || !t.n;
		for (ptrdiff_t i = 0; i < colon; i++)
			field &= line.p[i] > ' ' && (unsigned char)line.p[i] < 127;
		if (!field)
			return score >= SURE; /* a line broken on the way */
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			score += str_starts_nocase(line, known[i]);
	}
	return score >= 2;
}

/* No control bytes but those of text. */
static bool is_text(Str t) {
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if ((c < ' ' && !memchr("\t\n\r\f\x1B", c, 5)) || c == 0x7F)
			return false;
	}
	return true;
}

static FileType text_kind(Str h) {
	if (str_starts(h, "\xFF\xFE") || str_starts(h, "\xFE\xFF"))
		return TYPE_TEXT; /* UTF-16 */
	if (str_starts(h, "\xEF\xBB\xBF"))
		h = str_from(h, 3);
	Str t = str_trim(h);
	if (!is_text(h))
		return TYPE_UNKNOWN;
	if (is_markup(t))
		return TYPE_HTML;
	if (is_mail(h))
		return TYPE_EML;
	return str_starts_nocase(t, "begin:vcalendar") ? TYPE_CALENDAR : TYPE_TEXT;
}

FileType sniff(Str h, int fd) {
	if (!h.n)
		return TYPE_EMPTY;
	if (str_starts(h, "PK\3\4") || str_starts(h, "PK\5\6"))
		return zip_kind(h, fd);
	if (str_starts(h, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
		return ole_kind(fd);
	FileType type = cms_kind(h); /* first: what it wraps may stand in it as it is */
	if (type == TYPE_UNKNOWN)
		type = by_magic(h);
	return type == TYPE_UNKNOWN ? text_kind(h) : type;
}

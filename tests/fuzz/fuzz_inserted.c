/* An object inserted in a document, whatever its first bytes say. */
#include "fuzz.h"
#include "make_zip.h"

static void look(ReadJob *j, int fd) {
	static const char page[] = "<w:document><w:body><o:OLEObject Type='Embed' DrawAspect='Icon' r:id='a'/></w:body></w:document>";
	static const char relations[] = "<Relationships><Relationship Id='a' Type='x/oleObject' Target='embeddings/a.bin'/></Relationships>";
	static const char root[] = "<Relationships><Relationship Id='b' Type='x/officeDocument' Target='word/document.xml'/></Relationships>";
	static char object[1 << 20];
	ssize_t n = pwrite(fd, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, 0) == 8 ? pread(fd, object, sizeof object, 0) : 0;
	ZipMember m[] = {{"word/document.xml", page, 0}, {"word/_rels/document.xml.rels", relations, 0}, {"_rels/.rels", root, 0},
	                 {"word/embeddings/a.bin", object, n > 0 ? (size_t)n : 1}};
	int docx = make_zip(m);
	read_file(j, docx, -1, &(FileAt){.name = "a.docx", .parent = -1});
	close(docx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
	fuzz_file(data, n, look);
	return 0;
}

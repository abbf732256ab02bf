/* file.c: every file that comes out of a mail or an archive, or stands alone, passes here:
 * it is hashed, told by its bytes, recorded, and handed to the reader of its kind.  It
 * refuses to open what is junk, too deep or one too many, and says so by a flag. */
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "reader/formats.h"
#include "reader/message.h"

#define HEAD_BYTES 4096

void formats_preload(void) {
	struct tm tm;
	time_t t = 0;
	setlocale(LC_CTYPE, "C.UTF-8");
	tzset();
	localtime_r(&t, &tm);
}

static bool ends_with(const char *name, const char *suffix) {
	return str_ends_nocase(str_of(name), suffix);
}

/* What file managers and Office leave beside the files. */
static bool is_junk(const char *name, const char *path) {
	static const char *const names[] = {"Thumbs.db", ".DS_Store", "desktop.ini", "ehthumbs.db"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return !strncmp(name, "~$", 2) || !strncmp(name, ".~", 2) || !strncmp(name, "._", 2) ||
	       !strncmp(path, "__MACOSX", 8) || strstr(path, "/__MACOSX");
}

const char *file_base_name(Arena *a, const char *name) {
	const char *base = name;
	for (const char *c = name; *c; c++)
		if ((*c == '/' || *c == '\\') && c[1])
			base = c + 1;
	return text_line(a, str_of(base));
}

static Part *part_new(ReadJob *j, const FileAt *at) {
	if (j->part.n >= REPORT_MAX_PARTS) {
		j->report->parts_cut = true;
		return NULL;
	}
	Part *p = vec_push(&j->part);
	*p = (Part){.name = file_base_name(j->arena, at->name ? at->name : ""),
	            .path = text_line(j->arena, str_of(at->path ? at->path : "")),
	            .parent = at->parent, .flags = at->flags, .spill = -1, .form = -1};
	if (is_junk(p->name, p->path))
		p->flags |= PART_JUNK;
	return p;
}

int file_note(ReadJob *j, const FileAt *at, unsigned why, uint64_t bytes) {
	Part *p = part_new(j, at);
	if (!p)
		return -1;
	p->flags |= why | PART_ABSENT;
	p->bytes = bytes;
	return (int)(j->part.n - 1);
}

int file_fresh(ReadJob *j, int *index) {
	*index = -1;
	int fd = j->spill ? j->spill->open(j->spill, index) : -1;
	if (fd >= 0)
		return fd;
	*index = -1;
	return memfd_create("part", MFD_CLOEXEC);
}

void file_unwritten(ReadJob *j, int index) {
	if (index >= 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
		j->spill->error = errno;
}

static void show_sheets(ReadJob *j, const Book *b) {
	for (size_t i = 0; i < b->grid.n; i++) {
		const Grid *g = &b->grid.v[i];
		SheetRead *s = vec_push(&j->sheet);
		*s = (SheetRead){.name = g->name, .hidden = g->hidden, .cell_n = g->cell.n};
		s->cell = arena_array(j->arena, g->cell.n + 1, sizeof *s->cell);
		for (size_t k = 0; k < g->cell.n; k++) {
			s->cell[k].cell = cell_address(j->arena, g->cell.v[k].row, g->cell.v[k].column);
			s->cell[k].text = g->cell.v[k].text;
		}
	}
}

/* A workbook or document: its cells, the forms in them, and the files inserted in it. */
static void read_book(ReadJob *j, int fd, int part, FormSource source, int depth) {
	Book b = {0};
	unsigned flag = source == FORM_XLSX ? xlsx_read(j->arena, fd, &b) :
	                source == FORM_XLS  ? xls_read(j->arena, fd, &b) :
	                source == FORM_ODS  ? ods_read(j->arena, fd, &b) :
	                                      docx_read(j->arena, fd, &b);
	j->part.v[part].flags |= flag | (b.pictures ? PART_PICTURES : 0);
	if (!flag) {
		size_t before = j->form.n;
		if (j->flags & READ_CELLS)
			show_sheets(j, &b);
		if (source == FORM_DOCX || !decision_extract(j, &b, part))
			form_extract(j, &b, source, part);
		if (j->form.n > before)
			j->part.v[part].form = (int)before;
	}
	bool inserted = b.inserted && !flag;
	book_free(&b);
	if (inserted && depth < REPORT_MAX_DEPTH)
		read_inserted(j, fd, part, depth + 1);
}

/* The old formats of WPS are those of Office under other names: nothing in the bytes
 * tells them apart, and a person must be told to save anew in either case. */
static void name_old_wps(Part *p) {
	bool wps = ends_with(p->name, ".et") || ends_with(p->name, ".wps") ||
	           ends_with(p->name, ".dps");
	if (wps && (p->type == TYPE_DOC || p->type == TYPE_OLE ||
	            (p->type == TYPE_XLS && (p->flags & PART_DAMAGED))))
		p->type = TYPE_WPS_OLD;
}

/* Signed: the mail inside.  Encrypted, by S/MIME or PGP: nothing to be had. */
static void read_smime(ReadJob *j, int fd, int part, int depth) {
	bool locked;
	int content = smime_content(fd, &locked);
	if (content < 0) {
		j->part.v[part].flags |= locked ? PART_ENCRYPTED : PART_UNSUPPORTED;
		return;
	}
	j->part.v[part].flags |= PART_CONTAINER;
	read_inner_mail(j, content, part, depth);
	close(content);
}

/* Archives among the part's ancestors, itself included. */
static int archive_depth(const ReadJob *j, int part) {
	int depth = 0;
	for (; part >= 0; part = j->part.v[part].parent)
		depth += type_is_archive(j->part.v[part].type);
	return depth;
}

/* What others may lie in; depth: of the part itself, what lies in it is one deeper.  Archives have their own, lower limit, so
 * that theirs alone counts for them.  A signed or saved mail is a container once there was something to be had from it. */
static void read_container(ReadJob *j, int fd, int part, int depth) {
	FileType t = j->part.v[part].type;
	if (type_is_archive(t) || t == TYPE_TNEF || t == TYPE_EML)
		j->part.v[part].flags |= PART_CONTAINER;
	if (type_is_archive(t) ? archive_depth(j, part) > REPORT_MAX_ARCHIVE_DEPTH : depth >= REPORT_MAX_DEPTH)
		j->part.v[part].flags |= PART_TOO_DEEP;
	else if (type_is_archive(t))
		read_archive(j, fd, part, depth + 1);
	else if (t == TYPE_TNEF)
		read_tnef(j, fd, part, depth + 1);
	else if (t == TYPE_MSG)
		read_msg(j, fd, part, depth + 1);
	else if (t == TYPE_SMIME)
		read_smime(j, fd, part, depth + 1);
	else
		read_inner_mail(j, fd, part, depth + 1);
}

static void look_inside(ReadJob *j, int fd, int part, int depth) {
	switch (j->part.v[part].type) {
	case TYPE_XLSX:
		read_book(j, fd, part, FORM_XLSX, depth);
		break;
	case TYPE_XLS:
		read_book(j, fd, part, FORM_XLS, depth);
		break;
	case TYPE_ODS:
		read_book(j, fd, part, FORM_ODS, depth);
		break;
	case TYPE_DOCX:
		read_book(j, fd, part, FORM_DOCX, depth);
		break;
	case TYPE_OLE_ENCRYPTED:
		j->part.v[part].flags |= PART_ENCRYPTED;
		break;
	case TYPE_ZIP:
	case TYPE_RAR:
	case TYPE_7Z:
	case TYPE_GZIP:
	case TYPE_SMIME:
	case TYPE_MSG:
	case TYPE_TNEF:
	case TYPE_EML:
		read_container(j, fd, part, depth);
		break;
	default:
		break;
	}
}

int read_hashed(ReadJob *j, int fd, int spill_index, const FileAt *at, Hash sha256, uint64_t bytes) {
	char head[HEAD_BYTES];
	Part *p = part_new(j, at);
	if (!p)
		return -1;
	int part = (int)(j->part.n - 1);
	p->spill = spill_index;
	p->sha256 = sha256;
	p->bytes = bytes;
	ssize_t n = pread(fd, head, sizeof head, 0);
	p->type = sniff((Str){head, n > 0 ? (size_t)n : 0}, fd);
	if (!(p->flags & PART_JUNK))
		look_inside(j, fd, part, at->depth);
	name_old_wps(&j->part.v[part]);
	return part;
}

int read_file(ReadJob *j, int fd, int spill_index, const FileAt *at) {
	Hash sha256;
	uint64_t bytes;
	if (lseek(fd, 0, SEEK_SET) == 0 && hash_fd(fd, &sha256, &bytes, NULL) == 0)
		return read_hashed(j, fd, spill_index, at, sha256, bytes);
	return file_note(j, at, PART_DAMAGED, 0);
}

/* archive.c: members of zip, rar, 7z and gzip go one by one through read_file, each in a
 * descriptor of its own.  No name of a member is ever used as a path, nothing is
 * believed about sizes, and no more comes out than report.h allows. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/text.h"
#include "reader/formats.h"

#define BLOCK 65536
#define RATIO_FROM (1u << 20) /* REPORT_MAX_RATIO holds above this size */

typedef struct {
	ReadJob *job;
	struct archive *archive;
	int part, depth;
	uint64_t packed; /* bytes of the archive */
	uint64_t out;    /* bytes unpacked from it */
	bool stop;
} Unpack;

static void flag(Unpack *u, unsigned flags) {
	u->job->part.v[u->part].flags |= flags;
}

static struct archive *open_archive(int fd, FileType type) {
	struct archive *a = archive_read_new();
	int ok = a ? ARCHIVE_OK : ARCHIVE_FATAL;
	if (ok == ARCHIVE_OK && type == TYPE_ZIP)
		ok = archive_read_support_format_zip(a);
	if (ok == ARCHIVE_OK && type == TYPE_RAR)
		ok = archive_read_support_format_rar(a) | archive_read_support_format_rar5(a);
	if (ok == ARCHIVE_OK && type == TYPE_7Z)
		ok = archive_read_support_format_7zip(a);
	if (ok == ARCHIVE_OK && type == TYPE_GZIP)
		ok = archive_read_support_filter_gzip(a) | archive_read_support_format_tar(a) |
		     archive_read_support_format_raw(a);
	if (ok == ARCHIVE_OK && lseek(fd, 0, SEEK_SET) == 0)
		ok = archive_read_open_fd(a, fd, BLOCK);
	if (ok == ARCHIVE_OK)
		return a;
	if (a)
		archive_read_free(a);
	return NULL;
}

/* Zip without the UTF-8 flag gives bytes of the packer's code page, GBK on most machines in
 * China; the flag, Info-ZIP's 0x7075 field, rar and 7z give Unicode, which libarchive
 * has as UTF-8.  '/' and '\\' part folders only after decoding: the second byte of a GBK
 * character may be either of them. */
static char *entry_name(Unpack *u, struct archive_entry *e) {
	Arena *a = u->job->arena;
	const char *raw = archive_entry_pathname(e);
	if (!raw)
		raw = archive_entry_pathname_utf8(e);
	char *name = charset_guess(a, str_of(raw ? raw : ""));
	for (char *c = name; *c; c++)
		if (*c == '\\')
			*c = '/';
	return name;
}

/* A gzip file names nothing, or a tar inside it does. */
static const char *name_or_default(Unpack *u, char *name) {
	const Part *p = &u->job->part.v[u->part];
	if (p->type != TYPE_GZIP || strcmp(name, "data") != 0)
		return name;
	size_t n = strlen(p->name);
	if (str_ends_nocase(str_of(p->name), ".tgz"))
		return arena_fmt(u->job->arena, "%.*s.tar", (int)n - 4, p->name);
	if (str_ends_nocase(str_of(p->name), ".gz"))
		n -= 3;
	return arena_copy(u->job->arena, p->name, n);
}

/* Folder and last component; "." and ".." and drive letters mean nothing here. */
static void split_name(Arena *a, const char *name, const char **folder, const char **base) {
	Buf b = {0};
	Str rest = str_of(name), piece, last = {0};
	while (str_next(&rest, '/', &piece)) {
		if (!piece.n || str_is(piece, ".") || str_is(piece, "..") ||
		    (piece.n == 2 && piece.p[1] == ':'))
			continue;
		if (last.n) {
			if (b.n)
				buf_char(&b, '/');
			buf_slice(&b, last);
		}
		last = piece;
	}
	*folder = arena_str(a, buf_cstr(&b));
	*base = arena_copy(a, last.p ? last.p : "", last.n);
	buf_free(&b);
}

static bool too_much(const Unpack *u) {
	return u->job->unpacked > REPORT_MAX_UNPACKED ||
	       (u->out > RATIO_FROM && u->out / REPORT_MAX_RATIO > u->packed);
}

/* Why the archive cannot be read on.  Of rar 5 libarchive tells no password from damage:
 * then both are said. */
static unsigned failure(const Unpack *u, bool encrypted) {
	const char *says = archive_error_string(u->archive);
	if (encrypted || archive_read_has_encrypted_entries(u->archive) > 0)
		return PART_ENCRYPTED;
	if (u->job->part.v[u->part].type == TYPE_RAR &&
	    archive_read_has_encrypted_entries(u->archive) == ARCHIVE_READ_FORMAT_ENCRYPTION_UNSUPPORTED)
		return PART_DAMAGED | PART_ENCRYPTED;
	return says && strstr(says, "nsupported") ? PART_UNSUPPORTED : PART_DAMAGED;
}

/* The member's bytes into fd.  0, or the flag that says why they are not all there. */
static unsigned copy_data(Unpack *u, struct archive_entry *e, int fd, int spill_index) {
	const void *block;
	size_t n;
	la_int64_t at, end = 0;
	int r;
	while ((r = archive_read_data_block(u->archive, &block, &n, &at)) == ARCHIVE_OK ||
	       r == ARCHIVE_WARN) {
		u->out += n;
		u->job->unpacked += n;
		/* A hole counts as what it unpacks to. */
		if (at < end || at - end > (la_int64_t)REPORT_MAX_UNPACKED)
			return PART_DAMAGED;
		u->out += (uint64_t)(at - end);
		u->job->unpacked += (uint64_t)(at - end);
		end = at + (la_int64_t)n;
		if (too_much(u)) {
			u->stop = true;
			return PART_TOO_LARGE;
		}
		if (lseek(fd, at, SEEK_SET) < 0 || file_write_all(fd, block, n, NULL) != 0) {
			file_unwritten(u->job, spill_index);
			return PART_TOO_LARGE;
		}
	}
	if (r == ARCHIVE_EOF)
		return 0;
	u->stop = r == ARCHIVE_FATAL;
	return failure(u, archive_entry_is_encrypted(e));
}

static void note(Unpack *u, const FileAt *at, struct archive_entry *e, unsigned why) {
	la_int64_t size = archive_entry_size_is_set(e) ? archive_entry_size(e) : 0;
	if (file_note(u->job, at, why, size > 0 ? (uint64_t)size : 0) < 0)
		u->stop = true;
	flag(u, why);
}

static void take_member(Unpack *u, struct archive_entry *e) {
	FileAt at = {.parent = u->part, .depth = u->depth};
	int index;
	split_name(u->job->arena, name_or_default(u, entry_name(u, e)), &at.path, &at.name);
	if (u->job->part.n >= REPORT_MAX_PARTS) {
		u->job->report->parts_cut = true;
		u->stop = true;
		flag(u, PART_TOO_LARGE);
		return;
	}
	if (archive_entry_is_data_encrypted(e)) {
		note(u, &at, e, PART_ENCRYPTED);
		return;
	}
	int fd = file_fresh(u->job, &index);
	if (fd < 0) {
		note(u, &at, e, PART_TOO_LARGE);
		return;
	}
	unsigned why = copy_data(u, e, fd, index);
	if (why)
		note(u, &at, e, why);
	else if (read_file(u->job, fd, index, &at) < 0)
		u->stop = true;
	close(fd);
}

/* Why the headers came to an end before the archive did. */
static unsigned end_reason(const Unpack *u, int r) {
	if (r == ARCHIVE_EOF)
		return archive_read_has_encrypted_entries(u->archive) > 0 ? PART_ENCRYPTED : 0;
	return failure(u, false);
}

static void walk(Unpack *u) {
	struct archive_entry *e;
	int r = ARCHIVE_OK, n = 0;
	while (!u->stop) {
		r = archive_read_next_header(u->archive, &e);
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			break;
		if (++n > ARCHIVE_MAX_HEADERS) {
			flag(u, PART_TOO_LARGE);
			return;
		}
		unsigned kind = archive_entry_filetype(e);
		if (kind == AE_IFREG || kind == 0)
			take_member(u, e);
	}
	if (!u->stop)
		flag(u, end_reason(u, r));
}

void read_archive(ReadJob *j, int fd, int part, int depth) {
	struct stat st;
	Unpack u = {.job = j, .part = part, .depth = depth};
	if (fstat(fd, &st) != 0)
		return;
	u.packed = (uint64_t)st.st_size;
	u.archive = open_archive(fd, j->part.v[part].type);
	if (!u.archive) {
		flag(&u, PART_DAMAGED);
		return;
	}
	walk(&u);
	archive_read_free(u.archive);
}

/* msg.c: a mail that Outlook saved as a file (MS-OXMSG), attached to another: its attachments are read as those of any
 * mail in a mail, and its header and text are handed to the reader of mails.  It reads no rich text (RTF), and of the
 * properties none but the few named here. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/text.h"
#include "reader/formats.h"
#include "reader/message.h"

#define ATTACHMENT "__attach_version1.0_"
#define MAX_NAME 2048 /* bytes of a name as it stands in the file */

/* Properties (MS-OXPROPS) and their types (MS-OXCDATA 2.11.1), as the names of streams have them. */
enum {
	PROP_HEADER = 0x007D, /* the header it came with; missing in a mail that was sent from here */
	PROP_SENDER = 0x0C1F, /* an address, or a name inside an organisation */
	PROP_SENDER_SMTP = 0x5D01,
	PROP_TEXT = 0x1000,
	PROP_HTML = 0x1013,
	PROP_DISPLAY_NAME = 0x3001,
	PROP_DATA = 0x3701,
	PROP_FILENAME = 0x3704,
	PROP_LONG_FILENAME = 0x3707,
	PROP_CONTENT_ID = 0x3712,
	TYPE_OBJECT = 0x000D, /* a storage: a mail in the mail */
	TYPE_STRING8 = 0x001E,
	TYPE_UNICODE = 0x001F,
	TYPE_BINARY = 0x0102,
};

typedef struct {
	ReadJob *job;
	Ole *ole;
	int part;
	uint64_t left; /* bytes that may still be read: no more than the file has, however often it names the same ones */
} Msg;

/* What a storage holds. */
typedef struct {
	Msg *msg;
	const size_t *member;
	size_t n;
} Folder;

static Folder folder_at(Msg *m, size_t storage) {
	Folder f = {.msg = m};
	f.member = ole_members(m->ole, storage, &f.n);
	return f;
}

static bool affords(Msg *m, uint64_t bytes) {
	if (bytes > m->left)
		return false;
	m->left -= bytes;
	return true;
}

/* The place of a property; SIZE_MAX when there is none. */
static size_t property(const Folder *f, unsigned id, unsigned type) {
	char name[32];
	snprintf(name, sizeof name, "__substg1.0_%04X%04X", id, type);
	return ole_named(f->msg->ole, f->member, f->n, name);
}

static int bytes_of(const Folder *f, unsigned id, unsigned type, size_t max, Buf *out) {
	size_t at = property(f, id, type);
	Msg *m = f->msg;
	return at != SIZE_MAX && affords(m, ole_bytes(m->ole, at)) ? ole_read(m->ole, at, max, out) : -1;
}

/* A text property as UTF-8, "" when there is none. */
static char *text_of(const Folder *f, unsigned id, size_t max) {
	Arena *a = f->msg->job->arena;
	Buf b = {0};
	char *text = "";
	if (bytes_of(f, id, TYPE_UNICODE, max, &b) == 0)
		text = charset_utf16(a, (Str){b.p, b.n & ~(size_t)1});
	else if (bytes_of(f, id, TYPE_STRING8, max, &b) == 0)
		text = charset_guess(a, (Str){b.p, b.n ? strnlen(b.p, b.n) : 0});
	buf_free(&b);
	return text;
}

static char *line_of(const Folder *f, unsigned id) {
	return text_line(f->msg->job->arena, str_of(text_of(f, id, MAX_NAME)));
}

static char *name_of(const Folder *f) {
	char *name = line_of(f, PROP_LONG_FILENAME);
	if (!*name)
		name = line_of(f, PROP_FILENAME);
	return *name ? name : line_of(f, PROP_DISPLAY_NAME);
}

/* ---- header and text */

static bool says_how_it_was_packed(Str line) {
	return str_starts_nocase(line, "Content-") || str_starts_nocase(line, "MIME-Version:");
}

/* The header as it came, without what it says of a body that is no more. */
static void put_header(Buf *out, const char *header) {
	Str rest = str_of(header), line;
	bool left_out = false;
	while (str_next(&rest, '\n', &line) && str_trim(line).n) {
		if (*line.p != ' ' && *line.p != '\t')
			left_out = says_how_it_was_packed(line);
		if (left_out)
			continue;
		buf_slice(out, line);
		buf_char(out, '\n');
	}
}

static void put_sender(const Folder *f, Buf *out) {
	static const unsigned from[] = {PROP_SENDER_SMTP, PROP_SENDER};
	for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
		const char *addr = line_of(f, from[i]);
		if (strchr(addr, '@') && !strpbrk(addr, " <>\"")) {
			buf_fmt(out, "From: <%s>\n", addr);
			return;
		}
	}
}

/* Its page, where it has one: as bytes in the charset that the page names, or as text. */
static Str page_of(const Folder *f) {
	Buf b = {0};
	if (bytes_of(f, PROP_HTML, TYPE_BINARY, MSG_MAX_TEXT, &b) == 0)
		return buf_give(&b, f->msg->job->arena);
	buf_free(&b);
	return str_of(text_of(f, PROP_HTML, MSG_MAX_TEXT));
}

/* The mail as a mail, without its attachments. */
static void read_letter(const Folder *f, Str page, int depth) {
	const char *header = text_of(f, PROP_HEADER, MSG_MAX_TEXT);
	Buf b = {0};
	put_header(&b, header);
	if (!b.n)
		put_sender(f, &b);
	buf_fmt(&b, "MIME-Version: 1.0\nContent-Type: text/%s\nContent-Transfer-Encoding: 8bit\n\n",
	        page.n ? "html" : "plain; charset=utf-8");
	buf_slice(&b, page.n ? page : str_of(text_of(f, PROP_TEXT, MSG_MAX_TEXT)));
	int fd = memfd_create("letter", MFD_CLOEXEC);
	if (fd >= 0 && file_write_all(fd, b.p, b.n, NULL) == 0)
		read_inner_mail(f->msg->job, fd, f->msg->part, depth);
	if (fd >= 0)
		close(fd);
	buf_free(&b);
}

/* ---- attachments */

static void read_data(Msg *m, size_t data, const char *name, unsigned flags, int depth) {
	ReadJob *j = m->job;
	uint64_t bytes = ole_bytes(m->ole, data);
	const FileAt at = {.name = name, .parent = m->part, .flags = flags, .depth = depth};
	int index, fd = affords(m, bytes) ? file_fresh(j, &index) : -1;
	if (fd < 0) {
		file_note(j, &at, PART_TOO_LARGE, bytes);
		return;
	}
	errno = 0;
	if (ole_copy(m->ole, data, 0, bytes, fd) == 0) {
		read_file(j, fd, index, &at);
	} else {
		file_unwritten(j, index);
		file_note(j, &at, PART_DAMAGED, bytes);
	}
	close(fd);
}

static bool shown_by(Str page, const char *content_id) {
	return *content_id && str_find_nocase(page, str_of(content_id)) >= 0;
}

static void read_storage(Msg *m, size_t storage, int depth);

static void read_attachment(Msg *m, size_t storage, Str page, int depth) {
	Folder f = folder_at(m, storage);
	size_t data = property(&f, PROP_DATA, TYPE_BINARY), mail = property(&f, PROP_DATA, TYPE_OBJECT);
	if (data != SIZE_MAX && !ole_is_storage(m->ole, data))
		read_data(m, data, name_of(&f), shown_by(page, line_of(&f, PROP_CONTENT_ID)) ? PART_RELATED : 0, depth);
	else if (mail != SIZE_MAX && ole_is_storage(m->ole, mail))
		read_storage(m, mail, depth + 1);
}

static void read_storage(Msg *m, size_t storage, int depth) {
	if (depth > REPORT_MAX_DEPTH) {
		m->job->part.v[m->part].flags |= PART_TOO_DEEP;
		return;
	}
	Folder f = folder_at(m, storage);
	Str page = page_of(&f);
	read_letter(&f, page, depth);
	for (size_t i = 0; i < f.n && m->job->part.n < REPORT_MAX_PARTS; i++)
		if (ole_is_storage(m->ole, f.member[i]) && !strncasecmp(ole_name(m->ole, f.member[i]), ATTACHMENT, strlen(ATTACHMENT)))
			read_attachment(m, f.member[i], page, depth);
}

void read_msg(ReadJob *j, int fd, int part, int depth) {
	struct stat st;
	size_t before = j->part.n;
	Ole *o = ole_open(j->arena, fd);
	if (!o || fstat(fd, &st) != 0)
		return;
	Msg m = {.job = j, .ole = o, .part = part, .left = (uint64_t)st.st_size};
	read_storage(&m, OLE_ROOT, depth);
	if (j->part.n > before)
		j->part.v[part].flags |= PART_CONTAINER;
}

/* tnef.c: attachments of a winmail.dat (MS-OXTNEF), as Outlook sends it to people it takes
 * for its own.  It walks attributes and the properties that name an attachment,
 * streams the bytes onward, and reads nothing of the message around them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/file.h"
#include "base/text.h"
#include "reader/formats.h"

#define SIGNATURE 0x223E9F78u
#define ATTRIBUTE_HEAD 9 /* level, id, length */
#define CHECKSUM 2
#define MAX_NAME 2048 /* bytes of a name as it stands in the file */
#define BLOCK 65536

/* Attributes (MS-OXTNEF 2.1.3.2), type and id in one number. */
enum {
	ATTR_RENDDATA = 0x00069002,   /* begins an attachment */
	ATTR_TITLE = 0x00018010,      /* its short name, in the sender's code page */
	ATTR_DATA = 0x0006800F,       /* its bytes */
	ATTR_ATTACHMENT = 0x00069005, /* its properties */
	ATTR_CODEPAGE = 0x00069007,
};

/* Properties (MS-OXPROPS) and their types (MS-OXCDATA 2.11.1). */
enum {
	PROP_DISPLAY_NAME = 0x3001,
	PROP_DATA = 0x3701,
	PROP_FILENAME = 0x3704,
	PROP_LONG_FILENAME = 0x3707,
};
enum {
	MAPI_SHORT = 0x0002,
	MAPI_LONG = 0x0003,
	MAPI_FLOAT = 0x0004,
	MAPI_DOUBLE = 0x0005,
	MAPI_CURRENCY = 0x0006,
	MAPI_APPTIME = 0x0007,
	MAPI_ERROR = 0x000A,
	MAPI_BOOLEAN = 0x000B,
	MAPI_OBJECT = 0x000D,
	MAPI_I8 = 0x0014,
	MAPI_STRING8 = 0x001E,
	MAPI_UNICODE = 0x001F,
	MAPI_SYSTIME = 0x0040,
	MAPI_CLSID = 0x0048,
	MAPI_BINARY = 0x0102,
	MAPI_MANY = 0x1000, /* bit: several values */
};
#define OBJECT_CLASS 16 /* bytes of the class in front of an object */

/* A place in the file, and where what holds it ends. */
typedef struct {
	int fd;
	uint64_t at, end;
	bool bad;
} Cursor;

typedef struct {
	ReadJob *job;
	int part, depth;
	unsigned codepage;
	/* the attachment that is collected */
	bool open;
	const char *title, *name, *long_name, *display;
	uint64_t data, bytes; /* where its bytes stand */
	bool full;
} Tnef;

static void get(Cursor *c, void *to, size_t n) {
	if (c->bad || c->end - c->at < n || pread(c->fd, to, n, (off_t)c->at) != (ssize_t)n) {
		c->bad = true;
		memset(to, 0, n);
		return;
	}
	c->at += n;
}

static uint32_t get32(Cursor *c) {
	unsigned char b[4];
	get(c, b, sizeof b);
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static unsigned get16(Cursor *c) {
	unsigned char b[2];
	get(c, b, sizeof b);
	return b[0] | (unsigned)b[1] << 8;
}

static void skip(Cursor *c, uint64_t n) {
	if (c->end - c->at < n)
		c->bad = true;
	else
		c->at += n;
}

/* A name of n bytes: in the sender's code page, or UTF-16. */
static const char *get_name(const Tnef *t, Cursor c, uint64_t n, bool utf16) {
	char buf[MAX_NAME], label[16];
	size_t take = n < sizeof buf ? (size_t)n : sizeof buf;
	Arena *a = t->job->arena;
	get(&c, buf, take);
	if (c.bad)
		return "";
	if (utf16)
		return text_line(a, str_of(charset_utf16(a, (Str){buf, take & ~(size_t)1})));
	Str raw = {buf, strnlen(buf, take)};
	if (!t->codepage || t->codepage == 65001)
		return text_line(a, str_of(charset_guess(a, raw)));
	snprintf(label, sizeof label, "cp%u", t->codepage);
	return text_line(a, str_of(charset_decode(a, raw, charset_known(label) ? label : NULL)));
}

/* The attachment is done: hand its bytes on. */
static void finish(Tnef *t, int fd) {
	char buf[BLOCK];
	int index;
	bool had = t->open && t->bytes;
	t->open = false;
	if (!had)
		return;
	const char *name = t->long_name[0] ? t->long_name : t->title[0] ? t->title :
	                   t->name[0] ? t->name : t->display;
	const FileAt at = {.name = name, .parent = t->part, .depth = t->depth};
	int to = t->job->part.n < REPORT_MAX_PARTS ? file_fresh(t->job, &index) : -1;
	uint64_t left = t->bytes, from = t->data;
	bool ok = to >= 0;
	while (ok && left) {
		size_t n = left < sizeof buf ? (size_t)left : sizeof buf;
		errno = 0;
		ok = pread(fd, buf, n, (off_t)from) == (ssize_t)n && file_write_all(to, buf, n, NULL) == 0;
		if (!ok)
			file_unwritten(t->job, index);
		from += n;
		left -= n;
	}
	if (!ok) {
		t->full = file_note(t->job, &at, PART_TOO_LARGE, t->bytes) < 0;
		t->job->part.v[t->part].flags |= PART_TOO_LARGE;
	} else {
		t->full = read_file(t->job, to, index, &at) < 0;
	}
	if (to >= 0)
		close(to);
}

static void begin(Tnef *t) {
	t->open = true;
	t->title = t->name = t->long_name = t->display = "";
	t->data = t->bytes = 0;
}

/* Bytes of one value of a type of fixed size, 0 for the others. */
static unsigned fixed_size(unsigned type) {
	switch (type) {
	case MAPI_SHORT:
	case MAPI_LONG:
	case MAPI_FLOAT:
	case MAPI_ERROR:
	case MAPI_BOOLEAN:
		return 4; /* with its padding */
	case MAPI_DOUBLE:
	case MAPI_CURRENCY:
	case MAPI_APPTIME:
	case MAPI_I8:
	case MAPI_SYSTIME:
		return 8;
	case MAPI_CLSID:
		return 16;
	default:
		return 0;
	}
}

static void keep_value(Tnef *t, const Cursor *c, unsigned type, unsigned id, uint64_t n) {
	bool utf16 = type == MAPI_UNICODE;
	if (type == MAPI_STRING8 || utf16) {
		const char **to = id == PROP_LONG_FILENAME ? &t->long_name :
		                  id == PROP_FILENAME      ? &t->name :
		                  id == PROP_DISPLAY_NAME  ? &t->display : NULL;
		if (to)
			*to = get_name(t, *c, n, utf16);
	} else if (id == PROP_DATA && !t->bytes && (type == MAPI_BINARY || type == MAPI_OBJECT)) {
		unsigned lead = type == MAPI_OBJECT ? OBJECT_CLASS : 0;
		if (n > lead && c->end - c->at >= n) {
			t->data = c->at + lead;
			t->bytes = n - lead;
		}
	}
}

/* A property of the user's own has a name instead of a number. */
static void skip_name(Cursor *c) {
	skip(c, 16);
	if (get32(c) == 0) {
		skip(c, 4);
		return;
	}
	uint64_t n = get32(c);
	skip(c, (n + 3) & ~3ull);
}

static void read_properties(Tnef *t, Cursor *c) {
	uint32_t count = get32(c);
	for (uint32_t i = 0; i < count && i < TNEF_MAX_PROPERTIES && !c->bad; i++) {
		unsigned type = get16(c), id = get16(c);
		if (id >= 0x8000)
			skip_name(c);
		unsigned fixed = fixed_size(type & ~(unsigned)MAPI_MANY);
		bool counted = !fixed || (type & MAPI_MANY);
		uint32_t values = counted ? get32(c) : 1;
		if (fixed) {
			skip(c, (uint64_t)values * fixed);
			continue;
		}
		for (uint32_t k = 0; k < values && !c->bad; k++) {
			uint64_t n = get32(c);
			if (!c->bad && k == 0)
				keep_value(t, c, type & ~(unsigned)MAPI_MANY, id, n);
			skip(c, (n + 3) & ~3ull);
		}
	}
}

static void attribute(Tnef *t, Cursor *c, uint32_t id, uint64_t n) {
	Cursor in = {c->fd, c->at, c->at + n, false};
	switch (id) {
	case ATTR_CODEPAGE:
		t->codepage = get32(&in);
		break;
	case ATTR_RENDDATA:
		finish(t, c->fd);
		begin(t);
		break;
	case ATTR_TITLE:
		if (t->open)
			t->title = get_name(t, in, n, false);
		break;
	case ATTR_DATA:
		if (t->open) {
			t->data = in.at;
			t->bytes = n;
		}
		break;
	case ATTR_ATTACHMENT:
		if (t->open)
			read_properties(t, &in);
		break;
	default:
		break;
	}
}

void read_tnef(ReadJob *j, int fd, int part, int depth) {
	struct stat st;
	Tnef t = {.job = j, .part = part, .depth = depth};
	if (fstat(fd, &st) != 0)
		return;
	Cursor c = {fd, 0, (uint64_t)st.st_size, false};
	if (get32(&c) != SIGNATURE) {
		j->part.v[part].flags |= PART_DAMAGED;
		return;
	}
	get16(&c); /* a key that means nothing here */
	for (int i = 0; i < TNEF_MAX_ATTRIBUTES && !t.full && c.end - c.at >= ATTRIBUTE_HEAD; i++) {
		skip(&c, 1);
		uint32_t id = get32(&c), n = get32(&c);
		if (c.bad || c.end - c.at < n) {
			c.bad = true;
			break;
		}
		attribute(&t, &c, id, n);
		c.at += n;
		skip(&c, c.end - c.at < CHECKSUM ? c.end - c.at : CHECKSUM);
	}
	finish(&t, fd);
	if (c.bad)
		j->part.v[part].flags |= PART_DAMAGED;
}

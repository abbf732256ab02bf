/* ole.c: OLE files (MS-CFB) on their way through sniff.c, xls.c, msg.c and inserted.c: the names in their
 * directory, the tree of its storages, and the bytes of a stream.  It follows no chain longer than
 * the file, and no tree larger than the directory. */
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "reader/formats.h"

#define HEADER 512
#define ENTRY 128         /* bytes of a directory entry */
#define MAX_ENTRIES 4096  /* of the directory */
#define FIRST_FAT 109     /* sector numbers of the table in the header */
#define LAST_SECTOR 0xFFFFFFFAu /* above: free, end, and table marks */
#define MAX_SECTORS (1u << 20)
#define MAX_MINI (8u << 20) /* bytes of all small streams */
#define NAME_UNITS 32
#define MAX_SHIFT 16
#define MAX_SECTOR (1u << MAX_SHIFT)

enum { KIND_STORAGE = 1, KIND_STREAM = 2, KIND_ROOT = 5 };

typedef struct {
	char name[NAME_UNITS]; /* ASCII part of it; other characters as '?' */
	unsigned char kind;    /* KIND_*; 0: not used */
	uint32_t left, right, child; /* in the tree; beyond the directory: none */
	uint32_t start;
	uint64_t size;
} Entry;

/* The small streams: slices of one stream, chained by a table.  Read once, when the first is asked for. */
typedef struct {
	bool tried;
	Str body, table;
} Mini;

struct Ole {
	int fd;
	uint32_t sector, mini; /* bytes */
	uint32_t mini_below;   /* streams under this size stand in the mini stream */
	uint32_t *fat;
	size_t fat_n;
	uint32_t mini_fat;
	Arena *arena;
	Mini *small;
	Entry *entry;
	size_t entry_n;
	const size_t *top; /* what the root holds */
	size_t top_n;
	bool *seen;    /* of ole_members */
	size_t *above; /* entries to come back to */
	size_t *given, given_n;
};

static uint32_t le32(const unsigned char *p) {
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t le16(const unsigned char *p) {
	return p[0] | (uint32_t)p[1] << 8;
}

static int sector_read(const Ole *o, uint32_t n, unsigned char *buf) {
	off_t at = (off_t)(((uint64_t)n + 1) * o->sector);
	ssize_t got = pread(o->fd, buf, o->sector, at);
	if (got <= 0)
		return -1;
	memset(buf + got, 0, o->sector - (size_t)got); /* a last sector cut short */
	return 0;
}

/* The allocation table: sector numbers from the header, then from its chain. */
static int read_fat(Ole *o, Arena *a, const unsigned char *header, uint64_t file_bytes) {
	size_t each = o->sector / 4, most = (size_t)(file_bytes / o->sector) + 1;
	unsigned char *buf = arena_alloc(a, o->sector), *list = arena_alloc(a, o->sector);
	uint32_t next = le32(header + 68), listed = FIRST_FAT;
	const unsigned char *at = header + 76;
	if (most > MAX_SECTORS)
		return -1;
	o->fat = arena_array(a, most + each, sizeof *o->fat);
	for (size_t steps = 0; o->fat_n < most && steps < most; steps++) {
		for (uint32_t i = 0; i < listed && o->fat_n < most; i++) {
			uint32_t sector = le32(at + 4 * i);
			if (sector >= LAST_SECTOR)
				continue;
			if (sector_read(o, sector, buf) != 0)
				return -1;
			for (size_t k = 0; k < each; k++)
				o->fat[o->fat_n++] = le32(buf + 4 * k);
		}
		if (next >= LAST_SECTOR || sector_read(o, next, list) != 0)
			break;
		at = list;
		listed = (uint32_t)each - 1;
		next = le32(list + 4 * listed);
	}
	return o->fat_n ? 0 : -1;
}

static void entry_parse(const unsigned char *p, Entry *e) {
	uint32_t units = le16(p + 64) / 2;
	for (uint32_t i = 0; i + 1 < units && i + 1 < NAME_UNITS; i++) {
		uint32_t c = le16(p + 2 * i);
		e->name[i] = c >= ' ' && c < 127 ? (char)c : '?';
	}
	e->kind = p[66];
	e->left = le32(p + 68);
	e->right = le32(p + 72);
	e->child = le32(p + 76);
	e->start = le32(p + 116);
	e->size = le32(p + 120) | (uint64_t)le32(p + 124) << 32;
}

static int read_directory(Ole *o, Arena *a, uint32_t sector) {
	unsigned char *buf = arena_alloc(a, o->sector);
	size_t each = o->sector / ENTRY;
	o->entry = arena_array(a, MAX_ENTRIES + each, sizeof *o->entry);
	while (sector < LAST_SECTOR && o->entry_n < MAX_ENTRIES) {
		if (sector_read(o, sector, buf) != 0)
			break;
		for (size_t i = 0; i < each; i++)
			entry_parse(buf + i * ENTRY, &o->entry[o->entry_n++]);
		if (sector >= o->fat_n)
			break;
		sector = o->fat[sector];
	}
	return o->entry_n ? 0 : -1;
}

/* In order: what is left of an entry, itself, what is right of it. */
static const size_t *walk(Ole *o, size_t storage, size_t *n) {
	size_t depth = 0, at = o->entry[storage].child, *out = o->given + o->given_n;
	*n = 0;
	for (;;) { /* what is seen is given once: there is room for all in `given` */
		while (at < o->entry_n && !o->seen[at]) {
			o->seen[at] = true;
			o->above[depth++] = at;
			at = o->entry[at].left;
		}
		if (!depth)
			break;
		at = o->above[--depth];
		if (o->entry[at].kind)
			out[(*n)++] = at;
		at = o->entry[at].right;
	}
	o->given_n += *n;
	return out;
}

static void everything(Ole *o) {
	for (size_t i = 0; i < o->entry_n; i++) {
		if (o->entry[i].kind && !o->seen[i])
			o->given[o->given_n++] = i;
		o->seen[i] = true;
	}
	o->top_n = o->given_n;
}

Ole *ole_open(Arena *a, int fd) {
	unsigned char header[HEADER];
	struct stat st;
	if (fstat(fd, &st) != 0 || pread(fd, header, HEADER, 0) != HEADER)
		return NULL;
	uint32_t shift = le16(header + 30), mini = le16(header + 32);
	if (memcmp(header, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) != 0 || shift < 7 || shift > MAX_SHIFT ||
	    mini >= shift)
		return NULL;
	Ole *o = ARENA_NEW(a, Ole);
	o->fd = fd;
	o->arena = a;
	o->small = ARENA_NEW(a, Mini);
	o->sector = 1u << shift;
	o->mini = 1u << mini;
	o->mini_below = le32(header + 56);
	o->mini_fat = le32(header + 60);
	if (read_fat(o, a, header, (uint64_t)st.st_size) != 0 ||
	    read_directory(o, a, le32(header + 48)) != 0)
		return NULL;
	o->seen = arena_array(a, o->entry_n, sizeof *o->seen);
	o->seen[OLE_ROOT] = true;
	o->above = arena_array(a, o->entry_n, sizeof *o->above);
	o->given = arena_array(a, o->entry_n, sizeof *o->given);
	o->top = walk(o, OLE_ROOT, &o->top_n);
	if (!o->top_n) /* a root that names nothing, as after some repairs: all stand there */
		everything(o);
	return o;
}

/* What stands in a storage below is of an object that was put into the file, and has the same names. */
static size_t find(const Ole *o, const char *name) {
	return ole_named(o, o->top, o->top_n, name);
}

size_t ole_named(const Ole *o, const size_t *member, size_t n, const char *name) {
	for (size_t i = 0; i < n; i++)
		if (!strcasecmp(o->entry[member[i]].name, name))
			return member[i];
	return SIZE_MAX;
}

bool ole_has(const Ole *o, const char *name) {
	return find(o, name) != SIZE_MAX;
}

bool ole_has_storage(const Ole *o, const char *begin) {
	for (size_t i = 0; i < o->top_n; i++)
		if (ole_is_storage(o, o->top[i]) && !strncasecmp(ole_name(o, o->top[i]), begin, strlen(begin)))
			return true;
	return false;
}

const char *ole_name(const Ole *o, size_t entry) {
	return o->entry[entry].name;
}

bool ole_is_storage(const Ole *o, size_t entry) {
	return o->entry[entry].kind == KIND_STORAGE || o->entry[entry].kind == KIND_ROOT;
}

uint64_t ole_bytes(const Ole *o, size_t entry) {
	return o->entry[entry].size;
}

const size_t *ole_members(Ole *o, size_t storage, size_t *n) {
	if (storage != OLE_ROOT)
		return walk(o, storage, n);
	*n = o->top_n;
	return o->top;
}

/* ---- bytes */

/* Where they go: into memory, or to a descriptor; and which of those that come are wanted. */
typedef struct {
	Buf *buf; /* NULL: to fd */
	int fd;
	uint64_t skip, left;
} Sink;

#define ALL_TO(buf, fd) &(Sink){buf, fd, 0, UINT64_MAX}

static int pour(Sink *to, const void *p, size_t n) {
	size_t skip = to->skip < n ? (size_t)to->skip : n;
	n = n - skip < to->left ? n - skip : (size_t)to->left;
	to->skip -= skip;
	to->left -= n;
	if (!to->buf)
		return file_write_all(to->fd, (const char *)p + skip, n, NULL);
	buf_add(to->buf, (const char *)p + skip, n);
	return 0;
}

/* A chain of sectors, `size` bytes of it. */
static int chain(const Ole *o, uint32_t sector, uint64_t size, Sink *to) {
	unsigned char buf[MAX_SECTOR];
	uint64_t left = size;
	for (size_t steps = 0; left && to->left; steps++) {
		size_t n = left < o->sector ? (size_t)left : o->sector;
		if (sector >= LAST_SECTOR || steps > o->fat_n || sector_read(o, sector, buf) != 0 || pour(to, buf, n) < 0)
			return -1;
		left -= n;
		sector = sector < o->fat_n ? o->fat[sector] : LAST_SECTOR;
	}
	return 0;
}

/* The stream of all small ones, and the table that chains its slices: one number for each. */
static const Mini *small_streams(const Ole *o) {
	const Entry *root = &o->entry[OLE_ROOT];
	Buf body = {0}, table = {0};
	Mini *m = o->small;
	if (m->tried)
		return m;
	m->tried = true;
	if (root->kind == KIND_ROOT && root->size > 0 && root->size <= MAX_MINI &&
	    chain(o, root->start, root->size, ALL_TO(&body, -1)) == 0 &&
	    (chain(o, o->mini_fat, (body.n / o->mini + 1) * 4, ALL_TO(&table, -1)) == 0 || table.n)) {
		m->body = buf_give(&body, o->arena);
		m->table = buf_give(&table, o->arena);
	}
	buf_free(&body);
	buf_free(&table);
	return m;
}

static int small_chain(const Ole *o, const Entry *e, Sink *to) {
	const Mini *m = small_streams(o);
	uint64_t left = e->size;
	uint32_t at = e->start;
	for (size_t steps = 0; left && to->left && steps <= m->table.n / 4; steps++) {
		size_t from = (size_t)at * o->mini, n = left < o->mini ? (size_t)left : o->mini;
		if (at >= LAST_SECTOR || from + n > m->body.n || (size_t)at * 4 + 4 > m->table.n || pour(to, m->body.p + from, n) < 0)
			return -1;
		left -= n;
		at = le32((const unsigned char *)m->table.p + 4 * (size_t)at);
	}
	return left && to->left ? -1 : 0;
}

static int stream(const Ole *o, size_t entry, Sink *to) {
	const Entry *e = &o->entry[entry];
	if (e->kind != KIND_STREAM)
		return -1;
	return e->size < o->mini_below ? small_chain(o, e, to) : chain(o, e->start, e->size, to);
}

int ole_read(const Ole *o, size_t entry, size_t max, Buf *out) {
	return o->entry[entry].size > max ? -1 : stream(o, entry, ALL_TO(out, -1));
}

int ole_piece(const Ole *o, size_t entry, uint64_t from, size_t bytes, Buf *out) {
	return stream(o, entry, &(Sink){out, -1, from, bytes});
}

int ole_copy(const Ole *o, size_t entry, uint64_t from, uint64_t bytes, int fd) {
	return stream(o, entry, &(Sink){NULL, fd, from, bytes});
}

int ole_stream(const Ole *o, const char *name, size_t max, Buf *out) {
	size_t entry = find(o, name);
	return entry != SIZE_MAX ? ole_read(o, entry, max, out) : -1;
}

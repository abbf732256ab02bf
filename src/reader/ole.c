/* ole.c: OLE files (MS-CFB) on their way through sniff.c and xls.c: the names in their
 * directory, and one stream by its name.  It follows no chain longer than the file, and
 * nothing else of the format: old Office files are told apart, not converted. */
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader/formats.h"

#define HEADER 512
#define ENTRY 128         /* bytes of a directory entry */
#define MAX_ENTRIES 4096  /* of the directory */
#define FIRST_FAT 109     /* sector numbers of the table in the header */
#define LAST_SECTOR 0xFFFFFFFAu /* above: free, end, and table marks */
#define MAX_SECTORS (1u << 20)
#define NAME_UNITS 32

typedef struct {
	char name[NAME_UNITS]; /* ASCII part of it; other characters as '?' */
	unsigned char kind;    /* 1 storage, 2 stream, 5 root */
	uint32_t start;
	uint64_t size;
} Entry;

struct Ole {
	int fd;
	uint32_t sector, mini; /* bytes */
	uint32_t mini_below;   /* streams under this size stand in the mini stream */
	uint32_t *fat;
	size_t fat_n;
	uint32_t mini_fat;
	Entry *entry;
	size_t entry_n;
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

Ole *ole_open(Arena *a, int fd) {
	unsigned char header[HEADER];
	struct stat st;
	if (fstat(fd, &st) != 0 || pread(fd, header, HEADER, 0) != HEADER)
		return NULL;
	uint32_t shift = le16(header + 30), mini = le16(header + 32);
	if (memcmp(header, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) != 0 || shift < 7 || shift > 16 ||
	    mini >= shift)
		return NULL;
	Ole *o = ARENA_NEW(a, Ole);
	o->fd = fd;
	o->sector = 1u << shift;
	o->mini = 1u << mini;
	o->mini_below = le32(header + 56);
	o->mini_fat = le32(header + 60);
	if (read_fat(o, a, header, (uint64_t)st.st_size) != 0 ||
	    read_directory(o, a, le32(header + 48)) != 0)
		return NULL;
	return o;
}

static const Entry *find(const Ole *o, const char *name) {
	for (size_t i = 0; i < o->entry_n; i++)
		if (o->entry[i].kind && !strcasecmp(o->entry[i].name, name))
			return &o->entry[i];
	return NULL;
}

bool ole_has(const Ole *o, const char *name) {
	return find(o, name) != NULL;
}

/* Appends a chain of sectors, at most `size` bytes. */
static int chain(const Ole *o, uint32_t sector, uint64_t size, Buf *out) {
	uint64_t left = size;
	for (size_t steps = 0; left; steps++) {
		uint64_t n = left < o->sector ? left : o->sector;
		if (sector >= LAST_SECTOR || steps > o->fat_n)
			return -1;
		buf_reserve(out, o->sector);
		if (sector_read(o, sector, (unsigned char *)out->p + out->n) != 0)
			return -1;
		out->n += (size_t)n;
		left -= n;
		sector = sector < o->fat_n ? o->fat[sector] : LAST_SECTOR;
	}
	return 0;
}

/* A small stream: its sectors are slices of the root's stream, chained by a table that is
 * itself a chain of sectors. */
static int mini_chain(const Ole *o, const Entry *e, size_t max, Buf *out) {
	const Entry *root = &o->entry[0];
	Buf body = {0}, table = {0};
	int result = -1;
	if (root->kind != 5 || root->size > max || chain(o, root->start, root->size, &body) != 0)
		goto end;
	/* One number for each slice of the body. */
	if (chain(o, o->mini_fat, (body.n / o->mini + 1) * 4, &table) != 0 && table.n == 0)
		goto end;
	uint32_t at = e->start;
	uint64_t left = e->size;
	for (size_t steps = 0; left && steps <= table.n / 4; steps++) {
		size_t from = (size_t)at * o->mini, n = left < o->mini ? (size_t)left : o->mini;
		if (at >= LAST_SECTOR || from + n > body.n || (size_t)at * 4 + 4 > table.n)
			goto end;
		buf_add(out, body.p + from, n);
		left -= n;
		at = le32((unsigned char *)table.p + 4 * (size_t)at);
	}
	result = left ? -1 : 0;
end:
	buf_free(&body);
	buf_free(&table);
	return result;
}

int ole_stream(const Ole *o, const char *name, size_t max, Buf *out) {
	const Entry *e = find(o, name);
	if (!e || e->kind != 2 || e->size > max)
		return -1;
	return e->size < o->mini_below ? mini_chain(o, e, max, out) : chain(o, e->start, e->size, out);
}

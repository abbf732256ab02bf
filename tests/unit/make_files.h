/* For tests: archives written byte by byte, stored, so that every odd name and flag can be
 * made; and the job that reads them. */
#ifndef XINLV_TESTS_MAKE_FILES_H
#define XINLV_TESTS_MAKE_FILES_H

#include <archive.h>
#include <archive_entry.h>

#include "make_zip.h"

#include "base/text.h"
#include "reader/formats.h"

static inline void put16(Buf *b, unsigned v) {
	buf_char(b, (char)v);
	buf_char(b, (char)(v >> 8));
}

static inline void put32(Buf *b, uint32_t v) {
	put16(b, v & 0xFFFF);
	put16(b, v >> 16);
}

static inline uint32_t crc_of(const void *p, size_t n) {
	uint32_t crc = 0xFFFFFFFF;
	for (size_t i = 0; i < n; i++) {
		crc ^= ((const unsigned char *)p)[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

/* One stored member of a zip: name as raw bytes, general flags, Info-ZIP's Unicode name. */
typedef struct {
	Str name;
	unsigned flags;
	const char *unicode; /* 0x7075, or NULL */
	Str data;
} RawMember;

static inline void raw_extra(Buf *b, const RawMember *m) {
	if (!m->unicode)
		return;
	put16(b, 0x7075);
	put16(b, (unsigned)(5 + strlen(m->unicode)));
	buf_char(b, 1);
	put32(b, crc_of(m->name.p, m->name.n));
	buf_str(b, m->unicode);
}

static inline void raw_head(Buf *b, const RawMember *m, bool central) {
	put16(b, 20);
	put16(b, m->flags);
	put16(b, 0);
	put32(b, 0x567E0000);
	put32(b, crc_of(m->data.p, m->data.n));
	put32(b, (uint32_t)m->data.n);
	put32(b, (uint32_t)m->data.n);
	put16(b, (unsigned)m->name.n);
	put16(b, m->unicode ? (unsigned)(9 + strlen(m->unicode)) : 0);
	if (central)
		for (int i = 0; i < 5; i++)
			put16(b, 0); /* comment, disk, attributes */
}

static inline Buf raw_zip(const RawMember *m, size_t n) {
	Buf b = {0}, dir = {0};
	for (size_t i = 0; i < n; i++) {
		uint32_t at = (uint32_t)b.n;
		buf_add(&b, "PK\3\4", 4);
		raw_head(&b, &m[i], false);
		buf_slice(&b, m[i].name);
		raw_extra(&b, &m[i]);
		buf_slice(&b, m[i].data);
		buf_add(&dir, "PK\1\2", 4);
		put16(&dir, 20);
		raw_head(&dir, &m[i], true);
		put32(&dir, at);
		buf_slice(&dir, m[i].name);
		raw_extra(&dir, &m[i]);
	}
	uint32_t start = (uint32_t)b.n;
	buf_slice(&b, buf_view(&dir));
	buf_add(&b, "PK\5\6\0\0\0\0", 8);
	put16(&b, (unsigned)n);
	put16(&b, (unsigned)n);
	put32(&b, (uint32_t)dir.n);
	put32(&b, start);
	put16(&b, 0);
	buf_free(&dir);
	return b;
}

/* 7z or gzip, through libarchive's writers. */
static inline Buf pack_with(int (*format)(struct archive *), int (*filter)(struct archive *),
                            const char *name, const void *p, size_t n) {
	Buf b = {0};
	size_t used = 0, cap = n * 2 + 65536;
	buf_reserve(&b, cap);
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	if (format(a) || (filter && filter(a)) || archive_write_open_memory(a, b.p, cap, &used))
		abort();
	archive_entry_set_pathname_utf8(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)n);
	if (archive_write_header(a, e) || archive_write_data(a, p, n) < 0 || archive_write_close(a))
		abort();
	archive_entry_free(e);
	archive_write_free(a);
	b.n = used;
	return b;
}

/* A job without spill files. */
typedef struct {
	Arena *arena;
	FormMap map;
	Report report;
	ReadJob job;
} TestJob;

static inline void job_begin(TestJob *t, unsigned flags) {
	memset(t, 0, sizeof *t);
	t->arena = arena_new();
	t->report.inner_from = (MailAddr){"", ""}; /* as serve.c has it */
	t->job = (ReadJob){.arena = t->arena, .map = &t->map, .report = &t->report, .flags = flags};
}

static inline void job_end(TestJob *t) {
	vec_free(&t->job.part);
	vec_free(&t->job.form);
	vec_free(&t->job.sheet);
	arena_free(t->arena);
}

static inline int job_file(TestJob *t, const char *name, const void *p, size_t n) {
	int fd = make_fd(p, n);
	int part = read_file(&t->job, fd, -1, &(FileAt){.name = name, .parent = -1});
	close(fd);
	return part;
}

/* "path/name:type+flags" of every part, members in brackets' order; flags as letters. */
static inline char *job_dump(TestJob *t) {
	static const struct {
		unsigned bit;
		char letter;
	} letters[] = {{PART_ENCRYPTED, 'E'}, {PART_DAMAGED, 'D'}, {PART_TOO_DEEP, 'N'},
	               {PART_TOO_LARGE, 'L'}, {PART_JUNK, 'J'}, {PART_UNSUPPORTED, 'U'}};
	Buf b = {0};
	for (size_t i = 0; i < t->job.part.n; i++) {
		const Part *p = &t->job.part.v[i];
		buf_fmt(&b, "%s%d>%s%s%s:%s", i ? ";" : "", p->parent, p->path, p->path[0] ? "/" : "",
		        p->name, type_name(p->type));
		for (size_t k = 0; k < sizeof letters / sizeof *letters; k++)
			if (p->flags & letters[k].bit)
				buf_char(&b, letters[k].letter);
	}
	char *s = arena_str(t->arena, buf_cstr(&b));
	buf_free(&b);
	return s;
}

#endif

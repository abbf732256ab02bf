/* The files of one entry, its own and those that came later, in as many mails as they need.  The bytes come from the
 * archive, never from the folders that people browse: what is sent is what was received. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "course/lay.h"
#include "course/supplement.h"
#include "desk/ask_inner.h"
#include "store/purge.h"

#define TEXT_ROOM (100u << 10) /* for the mail's own text and heads */
#define MAILS 40               /* for one entry; what is left is named */

typedef struct {
	Asking *q;
	const EntryRow *en;
	FileRow *file;
	size_t n;
	size_t *mail;  /* by file: in which mail it goes, from 0; SIZE_MAX: in none */
	size_t mails;
	int64_t purged; /* what came up to this message went in a purge; 0 */
	Report report; /* of the message read last */
	int64_t seq;
} Files;

/* A file that was handed over has the number of its entry's message, and goes with that. */
static bool is_purged(const Files *f, const FileRow *file) {
	return file->seq <= f->purged;
}

/* In order, so that the form comes first.  By sizes on record: the same each time. */
static void share_out(Files *f) {
	uint64_t room = (uint64_t)f->q->w->rules->mail.send_bytes - TEXT_ROOM, used = 0;
	f->mails = 1;
	f->mail = arena_array(f->q->a, f->n + 1, sizeof *f->mail);
	for (size_t i = 0; i < f->n; i++) {
		uint64_t n = base64_lines_size(f->file[i].bytes) + 1024;
		f->mail[i] = SIZE_MAX;
		if (is_purged(f, &f->file[i]) || n > room)
			continue;
		if (used + n > room && f->mails == MAILS)
			continue;
		if (used + n > room) {
			f->mails++;
			used = 0;
		}
		used += n;
		f->mail[i] = f->mails - 1;
	}
}

static int collect(Files *f, Err *e) {
	Asking *q = f->q;
	FileRow *own, *later;
	size_t n, more;
	if (store_purged(q->w->store, &f->purged, e) < 0 || store_entry_files(q->w->store, q->a, f->en->number, &own, &n, e) < 0 ||
	    store_entry_supplements(q->w->store, q->a, f->en->number, &later, &more, e) < 0)
		return -1;
	f->n = n + more;
	f->file = arena_array(q->a, f->n + 1, sizeof *f->file);
	if (n)
		memcpy(f->file, own, n * sizeof *own);
	if (more)
		memcpy(f->file + n, later, more * sizeof *later);
	share_out(f);
	return 0;
}

/* The reader keeps the parts of one message at a time. */
static int read_message(Files *f, const FileRow *file, Err *e) {
	MessageRow m;
	Asking *q = f->q;
	if (f->seq == file->seq)
		return 1;
	f->seq = -1;
	if (store_message_get(q->w->store, q->a, file->seq, &m, e) <= 0)
		return -1;
	int given = lay_read_again(q->w, q->a, f->en->number, &m, NULL, 0, &f->report, e);
	if (given > 0)
		f->seq = file->seq;
	return given;
}

static int bytes_of_part(Files *f, const FileRow *file, Buf *out, Err *e) {
	int given = read_message(f, file, e);
	if (given <= 0)
		return given;
	const Part *p = (size_t)file->part < f->report.part_n ? &f->report.part[file->part] : NULL;
	if (!p || !hash_eq(p->sha256, file->sha256) || p->spill < 0)
		return lay_gone(f->en->number, file->name, e);
	return file_read(f->q->w->spill, reader_spill(f->q->w->reader, p->spill), 0, out, e) < 0 ? -1 : 1;
}

/* What came with no message stands in the archive by itself. */
static int bytes_handed_over(Files *f, const FileRow *file, Buf *out, Err *e) {
	char path[128];
	archive_path(file->sha256, path);
	bool sound = file_read(f->q->w->env->home, path, (size_t)file->bytes, out, e) == 0 &&
	             hash_eq(hash_of(out->p, out->n), file->sha256);
	return sound ? 1 : lay_gone(f->en->number, file->name, e);
}

/* 1, or 0 when the archive lacks it. */
static int enclose(Files *f, const FileRow *file, Attachment *out, Err *e) {
	Asking *q = f->q;
	Buf b = {0};
	int given = file->part == SUPPLEMENT_HANDED_OVER ? bytes_handed_over(f, file, &b, e) : bytes_of_part(f, file, &b, e);
	if (given <= 0) {
		buf_free(&b);
		return given;
	}
	*out = (Attachment){.name = strrchr(file->path, '/') + 1, .media = type_media(type_of_name(file->type)),
	                    .bytes = buf_give(&b, q->a)};
	return 1;
}

static void list_file(const Files *f, Data *d, const char *list, const FileRow *file) {
	Data *x = data_item(d, list);
	data_text(x, "name", strrchr(file->path, '/') + 1);
	data_text(x, "size", words_bytes(f->q->w->rules, f->q->a, file->bytes));
	data_text(x, "path", file->path);
	data_flag(d, arena_fmt(f->q->a, "has_%s", list), true);
}

static void heading(const Files *f, Data *d, size_t k) {
	data_text(d, "number", f->en->number);
	data_text(d, "title", f->en->title);
	data_text(d, "org", f->en->org);
	if (f->mails > 1) {
		data_fmt(d, "part", "%zu", k + 1);
		data_fmt(d, "parts", "%zu", f->mails);
	}
	for (size_t i = 0; k == 0 && i < f->n; i++)
		if (f->mail[i] == SIZE_MAX)
			list_file(f, d, is_purged(f, &f->file[i]) ? "purged" : "unsent", &f->file[i]);
}

static int one_mail(Files *f, size_t k, Err *e) {
	Asking *q = f->q;
	Data *d = data_new(q->a);
	Attachment *att = arena_array(q->a, f->n + 1, sizeof *att);
	size_t n = 0;
	heading(f, d, k);
	for (size_t i = 0; i < f->n; i++) {
		int given = f->mail[i] == k ? enclose(f, &f->file[i], &att[n], e) : 0;
		if (given < 0)
			return -1;
		if (given > 0)
			n++;
		else if (f->mail[i] == k) {
			log_error("%s", e->text);
			list_file(f, d, "damaged", &f->file[i]);
		}
	}
	return ask_reply(q, "ask_files", k, d, att, n, e);
}

int ask_files(Asking *q, Err *e) {
	EntryRow en;
	const char *number = rules_find_number(q->w->rules, q->a, q->v->ask_for);
	int found = number ? store_entry_get(q->w->store, q->a, number, &en, e) : 0;
	if (found < 0)
		return -1;
	if (!found) {
		Data *d = data_new(q->a);
		data_text(d, "asked", q->v->ask_for);
		data_flag(d, "unknown", true);
		return ask_reply(q, "ask_files", 0, d, NULL, 0, e);
	}
	Files f = {.q = q, .en = &en, .seq = -1};
	int rc = collect(&f, e);
	for (size_t k = 0; rc == 0 && k < f.mails; k++)
		rc = one_mail(&f, k, e);
	return rc;
}

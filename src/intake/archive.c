/* The first thing that is done with a message: its bytes, as received, on disk under their own fingerprint.
 * Refuses to know what is in them, and to touch a file that is there and whole.
 *
 * A file is written under tmp/, renamed when whole, and durable after archive_sync.  Whole files are copied in
 * the kernel and then hashed from the copy: not dearer than reading, hashing and writing (170 MB in 1,000 files
 * on a busy machine: 0.24 s of processor at best against 0.42 s in pieces), nothing to copy at all where the file
 * system shares blocks, and the fingerprint is that of what lies in the archive. */
#include "intake/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define MODE_FOLDER 0750
#define MODE_FILE 0440 /* what is archived is not written again */
#define NAME_BYTES 96
#define RULES_MAX_BYTES ((size_t)256 << 20)

struct Archive {
	int root, tmp; /* tmp: -1 until something is written */
	unsigned serial;
	size_t fresh;  /* files placed since the last sync */
	int last;      /* the file, while it is the only fresh one; else -1 */
	char last_folder[3];
	bool broken;   /* a sync failed: what is on disk is not known */
};

struct ArchiveWrite {
	Archive *archive;
	int fd;
	char name[NAME_BYTES]; /* below tmp/ */
	HashRun *hash;
	uint64_t bytes;
};

/* ab/abcd....eml */
static void name_of(Hash sha256, char out[NAME_BYTES]) {
	char hex[HASH_HEX];
	hash_hex(sha256, hex);
	snprintf(out, NAME_BYTES, "%.2s/%s.eml", hex, hex);
}

void archive_path(Hash sha256, char out[128]) {
	char name[NAME_BYTES];
	name_of(sha256, name);
	snprintf(out, 128, ARCHIVE_FOLDER "/%s", name);
}

int archive_open(int home, Archive **out, Err *e) {
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	*out = NULL;
	int root = openat(home, ARCHIVE_FOLDER, flags);
	if (root < 0 && errno == ENOENT) {
		if (file_mkdirs(home, ARCHIVE_FOLDER, MODE_FOLDER, e) < 0)
			return -1;
		root = openat(home, ARCHIVE_FOLDER, flags);
	}
	if (root < 0)
		return err_errno(e, ERR_DISK, ARCHIVE_FOLDER);
	Archive *a = mem_alloc(sizeof *a);
	*a = (Archive){.root = root, .tmp = -1, .last = -1};
	*out = a;
	return 0;
}

void archive_close(Archive *a) {
	if (!a)
		return;
	if (a->last >= 0)
		close(a->last);
	if (a->tmp >= 0)
		close(a->tmp);
	close(a->root);
	free(a);
}

static int ready_to_write(Archive *a, Err *e) {
	if (a->tmp >= 0)
		return 0;
	if (mkdirat(a->root, "tmp", MODE_FOLDER) && errno != EEXIST)
		return err_errno(e, ERR_DISK, ARCHIVE_FOLDER "/tmp");
	a->tmp = openat(a->root, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->tmp < 0)
		return err_errno(e, ERR_DISK, ARCHIVE_FOLDER "/tmp");
	return file_sweep(a->tmp, ".", "", e); /* not the files of today: another process may be at them */
}

/* A new file below tmp/; its name in `name`. */
static int create(Archive *a, char name[NAME_BYTES], Err *e) {
	int fd;
	if (ready_to_write(a, e) < 0)
		return -1;
	do {
		snprintf(name, NAME_BYTES, "%ld-%u", (long)getpid(), a->serial++);
		fd = openat(a->tmp, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE_FILE);
	} while (fd < 0 && errno == EEXIST); /* of a killed run with our number */
	return fd < 0 ? err_errno(e, ERR_DISK, ARCHIVE_FOLDER "/tmp/%s", name) : fd;
}

int archive_begin(Archive *a, ArchiveWrite **out, Err *e) {
	char name[NAME_BYTES];
	*out = NULL;
	int fd = create(a, name, e);
	if (fd < 0)
		return -1;
	ArchiveWrite *w = mem_alloc(sizeof *w);
	*w = (ArchiveWrite){.archive = a, .fd = fd, .hash = hash_start()};
	memcpy(w->name, name, sizeof name);
	*out = w;
	return 0;
}

int archive_more(ArchiveWrite *w, const void *p, size_t n, Err *e) {
	if (file_write_all(w->fd, p, n, e) < 0)
		return err_wrap(e, ARCHIVE_FOLDER "/tmp/%s", w->name);
	hash_more(w->hash, p, n);
	w->bytes += n;
	return 0;
}

/* Takes fd over; -1: a file that was there before, perhaps not on disk yet.  A single new file can be synced
 * alone, more are synced with the file system. */
static void note_fresh(Archive *a, int fd, const char *name) {
	if (a->fresh++ == 0 && fd >= 0) {
		a->last = fd;
		memcpy(a->last_folder, name, 2);
		return;
	}
	if (fd >= 0)
		close(fd);
	if (a->last >= 0)
		close(a->last);
	a->last = -1;
}

static int rename_in(Archive *a, const char *tmp, const char *name, Err *e) {
	char folder[3] = {name[0], name[1], '\0'};
	step("archive.rename");
	if (renameat(a->tmp, tmp, a->root, name) == 0)
		return 0;
	if (errno != ENOENT || (mkdirat(a->root, folder, MODE_FOLDER) && errno != EEXIST) ||
	    renameat(a->tmp, tmp, a->root, name))
		return err_errno(e, ERR_DISK, ARCHIVE_FOLDER "/%s", name);
	return 0;
}

/* The whole file tmp/`tmp` to its place; takes fd over. */
static int place(Archive *a, int fd, const char *tmp, Hash sha256, Err *e) {
	char name[NAME_BYTES];
	name_of(sha256, name);
	/* Whole already: it stays, for it may be durable and the new one is not yet.  One that differs is what a
	 * power cut left of a rename, and is replaced. */
	if (archive_check(a, sha256) == 1) {
		close(fd);
		unlinkat(a->tmp, tmp, 0);
		note_fresh(a, -1, name);
		return 0;
	}
	if (rename_in(a, tmp, name, e) < 0) {
		close(fd);
		unlinkat(a->tmp, tmp, 0);
		return -1;
	}
	note_fresh(a, fd, name);
	step("archive.renamed");
	return 0;
}

int archive_end(ArchiveWrite *w, Hash *sha256, uint64_t *bytes, Err *e) {
	*sha256 = hash_end(w->hash);
	*bytes = w->bytes;
	int r = place(w->archive, w->fd, w->name, *sha256, e);
	free(w);
	return r;
}

void archive_drop(ArchiveWrite *w) {
	if (!w)
		return;
	hash_end(w->hash);
	close(w->fd);
	unlinkat(w->archive->tmp, w->name, 0);
	free(w);
}

int archive_file(Archive *a, int fd, Hash *sha256, uint64_t *bytes, Err *e) {
	char tmp[NAME_BYTES];
	int to = create(a, tmp, e);
	if (to < 0)
		return -1;
	int r = file_copy(fd, to, NULL, e);
	if (r == 0 && lseek(to, 0, SEEK_SET) < 0)
		r = err_errno(e, ERR_DISK, "rewind");
	if (r == 0)
		r = hash_fd(to, sha256, bytes, e);
	if (r < 0) {
		err_wrap(e, ARCHIVE_FOLDER "/tmp/%s", tmp);
		close(to);
		unlinkat(a->tmp, tmp, 0);
		return -1;
	}
	return place(a, to, tmp, *sha256, e);
}

static int sync_one(Archive *a, Err *e) {
	if (fsync(a->last))
		return err_errno(e, ERR_DISK, ARCHIVE_FOLDER);
	return file_sync_dir(a->root, a->last_folder, e) < 0 ? -1 : file_sync_dir(a->root, ".", e);
}

int archive_sync(Archive *a, Err *e) {
	if (a->broken)
		return err_set(e, ERR_DISK, ARCHIVE_FOLDER ": an earlier sync failed");
	if (a->fresh == 0)
		return 0;
	step("archive.sync");
	if ((a->last >= 0 ? sync_one(a, e) : file_sync_all(a->root, e)) < 0) {
		a->broken = true; /* the kernel forgets what it could not write: the next sync would pass */
		return -1;
	}
	if (a->last >= 0)
		close(a->last);
	a->last = -1;
	a->fresh = 0;
	step("archive.synced");
	return 0;
}

int archive_read(const Archive *a, Hash sha256, Err *e) {
	char name[NAME_BYTES];
	name_of(sha256, name);
	int fd = file_open(a->root, name, O_NOFOLLOW);
	return fd < 0 ? err_errno(e, ERR_MISSING, ARCHIVE_FOLDER "/%s", name) : fd;
}

int archive_check(const Archive *a, Hash sha256) {
	Hash found;
	int fd = archive_read(a, sha256, NULL);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	int r = hash_fd(fd, &found, NULL, NULL);
	close(fd);
	return r == 0 && hash_eq(found, sha256) ? 1 : -1;
}

int archive_sound(const Archive *a, Hash sha256, Err *e) {
	char path[128];
	int r = archive_check(a, sha256);
	if (r > 0)
		return 0;
	archive_path(sha256, path);
	return err_set(e, ERR_DISK, "%s: %s; nothing is judged from it until it was taken from a backup", path,
	               r == 0 ? "is missing" : "has other bytes than its name says");
}

static void rules_name(Hash hash, char out[NAME_BYTES]) {
	char hex[HASH_HEX];
	hash_hex(hash, hex);
	snprintf(out, NAME_BYTES, "rules/%s.json", hex);
}

int archive_put_rules(Archive *a, Hash hash, const void *p, size_t n, Err *e) {
	char name[NAME_BYTES];
	Buf old = {0};
	rules_name(hash, name);
	bool there = file_read(a->root, name, n, &old, NULL) == 0 && str_eq(buf_view(&old), (Str){p, n});
	buf_free(&old);
	if (there)
		return 0;
	if (mkdirat(a->root, "rules", MODE_FOLDER) && errno != EEXIST)
		return err_errno(e, ERR_DISK, ARCHIVE_FOLDER "/rules");
	return file_write(a->root, name, p, n, MODE_FILE, e) < 0 ? err_wrap(e, ARCHIVE_FOLDER) : 0;
}

int archive_get_rules(const Archive *a, Hash hash, Buf *out, Err *e) {
	char name[NAME_BYTES];
	rules_name(hash, name);
	return file_read(a->root, name, RULES_MAX_BYTES, out, e) < 0 ? err_wrap(e, ARCHIVE_FOLDER) : 0;
}

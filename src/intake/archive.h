/* Archive: spool/archive/ab/abcd....eml, every message as received, named by its
 * SHA-256.  Written under a temporary name, renamed when whole; durable after archive_sync. */
#ifndef XINLV_INTAKE_ARCHIVE_H
#define XINLV_INTAKE_ARCHIVE_H

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

#define ARCHIVE_FOLDER "spool/archive" /* below a home */

typedef struct Archive Archive;
typedef struct ArchiveWrite ArchiveWrite;

int archive_open(int home, Archive **out, Err *e);
void archive_close(Archive *a);
/* A message comes in pieces: begin, more, then end (gives hash and size, file in place but not yet surely
 * on disk) or drop.  Many may be written before one archive_sync makes them all durable. */
int archive_begin(Archive *a, ArchiveWrite **out, Err *e);
int archive_more(ArchiveWrite *w, const void *p, size_t n, Err *e);
int archive_end(ArchiveWrite *w, Hash *sha256, uint64_t *bytes, Err *e); /* frees w */
void archive_drop(ArchiveWrite *w);
/* Takes over a whole file in one go (from a Maildir), copying in the kernel where it can. */
int archive_file(Archive *a, int fd, Hash *sha256, uint64_t *bytes, Err *e);
int archive_sync(Archive *a, Err *e);
/* A descriptor for reading, or -1 (ERR_MISSING). */
int archive_read(const Archive *a, Hash sha256, Err *e);
/* 1 when the file is there and its bytes have that hash, 0 when it is missing, -1 when they differ. */
int archive_check(const Archive *a, Hash sha256);
/* For what is judged once more, which other bytes would judge otherwise: fails (ERR_DISK) unless archive_check gives 1, and
 * says which file is to be taken from a backup. */
int archive_sound(const Archive *a, Hash sha256, Err *e);
/* spool/archive/ab/abcd.eml */
void archive_path(Hash sha256, char out[128]);
/* Rules bundles, in spool/archive/rules/<hash>.json. */
int archive_put_rules(Archive *a, Hash hash, const void *p, size_t n, Err *e);
int archive_get_rules(const Archive *a, Hash hash, Buf *out, Err *e);

#endif

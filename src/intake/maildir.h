/* Maildir: the embedded default source, no server needed.  A message's arrival is its file's modification
 * time in whole seconds; order is modification time (with its fraction), then name. */
#ifndef XINLV_INTAKE_MAILDIR_H
#define XINLV_INTAKE_MAILDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct {
	const char *name;  /* file name below new/ or cur/ */
	bool in_cur;
	int64_t received;
	long nanoseconds;
	uint64_t bytes;
} MaildirFile;

/* Makes tmp/, new/, cur/ when missing. */
int maildir_make(int home, const char *path, Err *e);
/* The messages of new/, in order.  Names with a leading dot, folders and links are passed over. */
int maildir_list(Arena *a, int home, const char *path, MaildirFile **files, size_t *n, Err *e);
/* A descriptor for reading.  ERR_MISSING when it went away meanwhile. */
int maildir_open(int home, const char *path, const MaildirFile *f, Err *e);
/* Moves new/NAME to cur/NAME:2,<flags> (flags "" or "S"); a file that is gone is fine. */
int maildir_keep(int home, const char *path, const char *name, const char *flags, Err *e);
/* Moves new/NAME to the cur/ of the Maildir's own folder (Maildir++: `.NAME` in modified UTF-7, dots between levels), made
 * when missing. */
int maildir_move(Arena *a, int home, const char *path, const char *name, const char *folder, Err *e);
int maildir_remove(int home, const char *path, const char *name, Err *e);
/* Delivers bytes: tmp/ then new/ under `name`; when new/name is there already, nothing is written. `again`: the mail may
 * have been delivered before and moved on by a mail program, so cur/ is looked through as well.  Not surely on disk before
 * file_sync_all: many mails share one. */
int maildir_deliver(int home, const char *path, const char *name, const void *p, size_t n, bool again, Err *e);

#endif

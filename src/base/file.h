/* File: what is written is wholly there, or not at all, also after a power cut. */
#ifndef XINLV_BASE_FILE_H
#define XINLV_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Opens dir/path for reading; -1 with errno.  What is no regular file (EISDIR, else ENOTSUP) is not waited for, as opening a FIFO would.
 * flags: O_NOFOLLOW or 0. */
int file_open(int dir, const char *path, int flags);
/* All of the file at dir/path (dirfd or AT_FDCWD) into *out (appended).
 * ERR_MISSING when it is not there or larger than max bytes (0: no limit). */
int file_read(int dir, const char *path, size_t max, Buf *out, Err *e);
/* Writes to a temporary name beside it, fsyncs, renames over, fsyncs the
 * folder.  A process killed in between leaves ".new-<16 hex digits>" beside it.
 * Crash points: "file-temp" (written, not yet renamed) and "file-renamed". */
int file_write(int dir, const char *path, const void *p, size_t n, mode_t mode, Err *e);
/* The same without the fsyncs, for what can be made again. */
int file_write_plain(int dir, const char *path, const void *p, size_t n, mode_t mode, Err *e);
/* All n bytes, through short writes and EINTR. */
int file_write_all(int fd, const void *p, size_t n, Err *e);
/* mkdir -p; existing folders are fine. */
int file_mkdirs(int dir, const char *path, mode_t mode, Err *e);
/* rename(2) and fsync of both folders. */
int file_rename(int dir, const char *from, const char *to, Err *e);
int file_sync_dir(int dir, const char *path, Err *e);
/* Everything written to the file system that holds fd is on disk (syncfs). */
int file_sync_all(int fd, Err *e);
/* Removes a folder and all in it, not following links. Missing is fine. */
int file_remove_tree(int dir, const char *path, Err *e);
bool file_exists(int dir, const char *path);
/* Surely not there: false also where we may not look. */
bool file_missing(int dir, const char *path);
/* Copies all of `from` (from offset 0) to `to`, in the kernel where it can. */
int file_copy(int from, int to, uint64_t *bytes, Err *e);
/* Names in a folder without "." and "..", sorted bytewise, in the arena. */
int file_list(Arena *a, int dir, const char *path, char ***names, size_t *n, Err *e);

/* What a process that was killed left half written in a folder, by this module: goes when it is a day old. */
#define FILE_TEMP ".new-"
int file_sweep(int dir, const char *path, const char *prefix, Err *e);

/* An exclusive lock (flock) on dir/path, created when missing.  Returns the
 * descriptor, or -1: ERR_LOCKED when another process holds it.  The lock ends
 * with the descriptor. */
int file_lock(int dir, const char *path, Err *e);

/* A crash point for the tests: when the environment variable XINLV_CRASH_AT
 * names this step (or "name:n" its n-th time, "*:n" the n-th of all), the process kills itself, by
 * XINLV_CRASH_BY: KILL, TERM or INT; or waits for SIGCONT, by STOP.
 * Costs one comparison otherwise. */
void step(const char *name);

#endif

/* Err: what went wrong, and who has to do something about it.  A function that
 * can fail returns 0 or -1 and fills an Err; it never prints and never exits.
 * The message is logged once, at the top; the exit code is made in one place. */
#ifndef XINLV_BASE_ERR_H
#define XINLV_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

/* Named by who acts next.  The exit codes are those of sysexits(3) and of the
 * manual page. */
typedef enum {
	ERR_NONE = 0,
	ERR_USAGE,   /* the caller: the command line is wrong (64) */
	ERR_REFUSED, /* the caller: a decision was refused (65) */
	ERR_MISSING, /* the caller: no such entry or file (66) */
	ERR_SERVER,  /* nobody: a server is out of reach, try again later (69) */
	ERR_BUG,     /* us: a fault of our own (70) */
	ERR_DISK,    /* the operator: disk full, read-only, not ours (74) */
	ERR_LOCKED,  /* nobody: another run holds the lock (75) */
	ERR_LOGIN,   /* the operator: login refused (77) */
	ERR_RULES,   /* the operator: rules or configuration at fault (78) */
} ErrKind;

typedef struct {
	ErrKind kind;
	char text[1024]; /* one line or several, UTF-8, no newline at the end */
} Err;

/* Fill *e (may be NULL) and return -1. */
int err_set(Err *e, ErrKind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same with ": " and strerror(errno) behind it.  ENOSPC, EDQUOT, EROFS,
 * EACCES, EPERM, EIO and EFBIG make it ERR_DISK whatever `kind` says. */
int err_errno(Err *e, ErrKind kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts "context: " before the text; keeps the kind.  Returns -1. */
int err_wrap(Err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The exit status of the contract for a kind. */
int err_exit(ErrKind kind);

#endif

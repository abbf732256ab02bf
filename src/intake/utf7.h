/* UTF-7, modified: how IMAP writes the names of folders (RFC 3501, 5.1.3). */
#ifndef XINLV_INTAKE_UTF7_H
#define XINLV_INTAKE_UTF7_H

#include "base/arena.h"
#include "base/err.h"

#define UTF7_NAME_MAX 500 /* bytes of a folder's name, either form */

/* A folder's name (UTF-8) in the form for the wire.  ERR_RULES for an empty or over-long name and for one with
 * control bytes: libetpan passes CR and LF through, and what follows would be a command. */
char *utf7_encode(Arena *a, const char *name, Err *e);
/* And back; NULL when it is not well formed. */
char *utf7_decode(Arena *a, const char *wire);

#endif

/* Schema: the tables of the database, and the ladder that brings an older one up to them.
 * Private to the room. */
#ifndef XINLV_STORE_SCHEMA_H
#define XINLV_STORE_SCHEMA_H

#include "base/err.h"
#include "base/str.h"
#include "store/db.h"

/* One rung: the SQL that brings a database of version `to` - 1 to version `to`. */
typedef struct {
	int to;
	const char *sql;
} Rung;

typedef struct {
	int version;              /* of the fresh schema; PRAGMA user_version */
	const char *const *fresh; /* the whole schema in parts, for an empty database; ends in NULL */
	const Rung *rung;         /* in order, the last one to `version`; those to one version are climbed together */
	size_t rung_n;
} Ladder;

extern const Ladder schema_ladder;

/* 1: something was done, 0: the database has that version already.  Each rung is one transaction with
 * its version number, so that a stop anywhere leaves a version that is known.  ERR_RULES for a database
 * of a newer program, or one that is not ours. */
int schema_climb(Db *db, const Ladder *l, Err *e);
/* The version of the database, or -1. */
int schema_version(Db *db, Err *e);
/* A definition without comments and with single blanks, for comparing. */
void schema_plain(Str sql, Buf *out);

#endif

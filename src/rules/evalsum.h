/* Evalsum: sum(), total() and avg() of conditions, exact to the last place.  Private to this room. */
#ifndef XINLV_RULES_EVALSUM_H
#define XINLV_RULES_EVALSUM_H

struct sqlite3;

/* Puts them in the place of SQLite's own; a code of SQLite's. */
int evalsum_install(struct sqlite3 *db);

#endif

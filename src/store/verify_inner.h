/* Inside of verify: the walk over the audit, and what each of its rows vouches for. */
#ifndef XINLV_STORE_VERIFY_INNER_H
#define XINLV_STORE_VERIFY_INNER_H

#include "store/inside.h"

typedef struct {
	Store *s;
	void (*fault)(void *ctx, const char *line);
	void *ctx;
	Err *e;
	Arena *a; /* of one audit row and what it vouches for */
	int64_t row; /* that audit row */
} Verify;

void verify_tell(const Verify *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The row that this one of the audit vouches for, held against its digest; -1 when the database cannot be read. */
int verify_subject(Verify *v, const Audit *au);

#endif

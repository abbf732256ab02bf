/* Fault: what is wrong in a file of the rules, at which place.  All faults are
 * gathered and written together, so that one look mends them all. */
#ifndef XINLV_RULES_FAULT_H
#define XINLV_RULES_FAULT_H

#include "base/str.h"
#include "rules/source.h"

#define FAULTS_MAX 200 /* what is found beyond is only counted */

typedef struct Faults Faults;

Faults *faults_new(void);
void faults_free(Faults *f);
size_t faults_count(const Faults *f);
/* A fault at a byte offset of a file.  The same words at the same place count
 * once. */
void fault_at(Faults *f, const SourceFile *file, size_t offset, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A fault of a file as a whole (missing, say): "path: text". */
void fault_file(Faults *f, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A fault was reported between two byte offsets of a file, the ends included. */
bool faults_within(const Faults *f, const SourceFile *file, size_t from, size_t to);
/* All of them, by file and place: "file:line:column: text", the source line, a
 * caret below.  Columns count characters from 1. */
void faults_write(Faults *f, Buf *out);

/* 1-based line and column of a byte offset. */
void fault_place(const SourceFile *file, size_t offset, size_t *line, size_t *column);
/* What is probably wrong with the line at an offset or its neighbours, where a
 * Chinese input method or a tab is to blame: "; ..." or "". */
const char *fault_hint(const SourceFile *file, size_t offset);

#endif

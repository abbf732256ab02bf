/* Print: what a person sees on the terminal: columns that align with Chinese
 * characters, colours only on a terminal. */
#ifndef XINLV_COMMAND_PRINT_H
#define XINLV_COMMAND_PRINT_H

#include "command/command.h"

typedef enum { PAINT_PLAIN, PAINT_HEAD, PAINT_GOOD, PAINT_WARN, PAINT_BAD, PAINT_DIM } Paint;

typedef struct {
	const char *heading;
	size_t width; /* columns; 0: the last, unpadded */
} Column;

/* A line of cells, each cut or padded to its column.  Leaves what it needed in the arena, which belongs to the line: a list
 * may have a million of them. */
void print_row(const Env *env, Arena *a, const Column *col, size_t n, const char *const *cell, Paint paint);
void print_heading(const Env *env, const Column *col, size_t n);
/* "   label  text": one fact, label padded to 14 columns. */
void print_fact(const Env *env, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "warning: text": it works, and somebody should look at it. */
void print_warning(const Env *env, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void print_title(const Env *env, const char *text);
const char *paint_on(const Env *env, Paint p);
const char *paint_off(const Env *env);
/* 2023-03-01 09:00 in the contest's zone; "-" for WHEN_NONE. */
char *print_when(Arena *a, int64_t t);

#endif

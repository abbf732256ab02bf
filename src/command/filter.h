/* Filter: entries and messages as JSON, shared by list, show, log and export. */
#ifndef XINLV_COMMAND_FILTER_H
#define XINLV_COMMAND_FILTER_H

#include "base/json.h"
#include "home/world.h"

/* The members of an entry as xinlv(1) has them, without the braces. */
void entry_json(JsonOut *j, Arena *a, const EntryRow *en);
void problem_json(JsonOut *j, const ProblemRow *p);
/* The hex digest, or NULL where there is none, as the JSON writer likes it. */
const char *hash_or_null(Arena *a, Hash h, bool there);
/* How wide a column of entry numbers must be: a number is never cut. */
size_t number_width(const Rules *r, Arena *a);
/* 0 when value is NULL or one of the words; else ERR_USAGE, which names them all. */
int filter_one_of(const char *option, const char *value, const char *const *word, size_t n, Err *e);
/* Writes the buffer and a newline to standard output, clears it. */
void print_json(Buf *b);

#endif

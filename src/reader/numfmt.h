/* Numfmt: what a cell's number format makes of its number (ECMA-376 part 1,
 * 18.8.30): a date, a time, a percentage or a plain number; and numbers as text. */
#ifndef XINLV_READER_NUMFMT_H
#define XINLV_READER_NUMFMT_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { NUM_PLAIN, NUM_PERCENT, NUM_DATE, NUM_DATETIME, NUM_TIME } NumKind;

#define NUM_TEXT 40 /* bytes that hold any of the texts made here */

/* Of a built-in format's number, Chinese ones included. */
NumKind numfmt_builtin(unsigned id);
/* Of a format code such as yyyy"-"mm"-"dd. */
NumKind numfmt_code(const char *code);
/* Shortest form of a number that a workbook states as text: "1.3800138E10" gives
 * 13800138000, "2087.0249999999996" gives 2087.025.  -1 when it is no number. */
int num_shortest(const char *s, size_t n, char out[NUM_TEXT]);
/* A serial day as ISO 8601 for a date kind; days from 1900 (with its false 29
 * February) or from 1904.  -1 when it lies outside the calendar. */
int num_date(double serial, NumKind kind, bool from_1904, char out[NUM_TEXT]);

#endif

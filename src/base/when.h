/* When: moments as whole seconds since 1970 UTC, shown in the contest's zone. */
#ifndef XINLV_BASE_WHEN_H
#define XINLV_BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define WHEN_NONE INT64_MIN

/* The zone (IANA name) that all functions here use from now on; -1 when the
 * system does not know it (ERR_RULES), or its file cannot be read (ERR_DISK).  Call it once at start. */
int when_zone(const char *iana, Err *e);
/* RFC 3339 with the zone's offset: 2023-03-01T09:00:00+08:00. */
char *when_text(Arena *a, int64_t t);
/* RFC 5322 date for a mail header, in the zone. */
char *when_mail(Arena *a, int64_t t);
/* Reads RFC 3339 (offset or Z), or without offset in the zone: "2023-03-01",
 * "2023-03-01T09:00", "2023-03-01 09:00:00".  For a date alone, `end_of_day`
 * chooses its last second, 23:59:59, instead of 00:00:00. */
int when_parse(Str s, bool end_of_day, int64_t *out);
/* Reads an RFC 5322 date leniently: missing weekday, full-width comma, "(CST)";
 * -1 when hopeless. */
int when_parse_mail(Str s, int64_t *out);
/* Broken-down local time. */
struct tm when_local(int64_t t);
/* The moment of a local time.  One that comes twice (summer time ends) is its first coming; one that is left out is as much
 * later.  Days and months beyond the last are carried over.  WHEN_NONE when no moment is that. */
int64_t when_of(int year, int month, int day, int hour, int minute, int second);
int64_t when_at(int64_t t, int64_t minute); /* that minute of the day of t, 0 to 1440, whatever the clocks do on it */
int64_t when_day_end(int year, int month, int day); /* its last second, which closes */
/* The midnight `days` days from that of t, in local time. */
int64_t when_midnight(int64_t t, int days);
/* 2023-03-01 09:00 of the moment. */
char *when_minute(Arena *a, int64_t t);
/* 2023-03-01 of the moment. */
char *when_date(Arena *a, int64_t t);
bool when_valid_date(int year, int month, int day);
/* The machine's clock, for time-outs only (CLOCK_MONOTONIC, milliseconds). */
int64_t when_monotonic_ms(void);
/* Seconds to wait: `otherwise`, or what the environment's variable of that name says, 0 to 3600; tests wait less by it. */
int when_seconds(const char *variable, int otherwise);
/* The machine's wall clock. */
int64_t when_machine(void);

#endif

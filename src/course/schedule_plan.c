/* The draw and the first proposal of a schedule: pure, from the rules, the seed and the numbers.  Nobody is helped by it and
 * nobody harmed: the order is that of a hash which was fixed when the seed was published. */
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "course/schedule.h"

#define MINUTE 60

static int by_lot(const void *a, const void *b) {
	const Lot *x = a, *y = b;
	int c = memcmp(x->lot.b, y->lot.b, HASH_BYTES);
	return c ? c : strcmp(x->number, y->number);
}

void schedule_draw(const char *seed, Lot *lot, size_t n) {
	for (size_t i = 0; i < n; i++) {
		Buf b = {0};
		buf_fmt(&b, "%s|%s", seed, lot[i].number);
		lot[i].lot = hash_of(b.p, b.n);
		lot[i].start = WHEN_NONE;
		lot[i].room = "";
		buf_free(&b);
	}
	if (n)
		qsort(lot, n, sizeof *lot, by_lot);
}

/* The moment at which the entry that would begin at `minute` of the day may begin, after breaks; -1: no more on that day. */
static int64_t next_begin(const Roadshow *show, const ShowDay *d, int64_t minute) {
	for (bool moved = true; moved;) {
		moved = false;
		for (size_t i = 0; i < show->pause_n; i++)
			if (minute < show->pause[i].to && minute + show->minutes > show->pause[i].from) {
				minute = show->pause[i].to;
				moved = true;
			}
	}
	return minute + show->minutes <= d->hours.to ? minute : -1;
}

bool schedule_open(const Roadshow *show, int64_t start) {
	for (size_t i = 0; i < show->day_n; i++) {
		const ShowDay *d = &show->day[i];
		if (start < when_at(d->midnight, d->hours.from) || start >= when_at(d->midnight, d->hours.to))
			continue;
		struct tm tm = when_local(start);
		int64_t minute = tm.tm_hour * 60 + tm.tm_min;
		return next_begin(show, d, minute) == minute;
	}
	return false;
}

size_t schedule_places(const Roadshow *show) {
	size_t n = 0;
	for (size_t i = 0; i < show->day_n; i++)
		for (int64_t m = show->day[i].hours.from; (m = next_begin(show, &show->day[i], m)) >= 0; m += show->minutes)
			n += show->room_n;
	return n;
}

static bool too_near(const Roadshow *show, const Lot *lot, size_t n, const Lot *one, int64_t start) {
	for (size_t i = 0; i < n; i++) {
		if (lot[i].start == WHEN_NONE || strcmp(lot[i].org_key, one->org_key) != 0)
			continue;
		int64_t between = lot[i].start > start ? lot[i].start - start : start - lot[i].start;
		if (between < show->apart * MINUTE || between < show->minutes * MINUTE)
			return true;
	}
	return false;
}

/* The place goes to the first in turn that may have it. */
static void fill(const Roadshow *show, Lot *lot, size_t n, int64_t start, const char *room) {
	for (size_t i = 0; i < n; i++)
		if (lot[i].start == WHEN_NONE && !too_near(show, lot, n, &lot[i], start)) {
			lot[i].start = start;
			lot[i].room = room;
			return;
		}
}

void schedule_propose(const Roadshow *show, Lot *lot, size_t n) {
	for (size_t i = 0; i < show->day_n; i++) {
		const ShowDay *d = &show->day[i];
		for (int64_t m = d->hours.from; (m = next_begin(show, d, m)) >= 0; m += show->minutes)
			for (size_t k = 0; k < show->room_n; k++)
				fill(show, lot, n, when_at(d->midnight, m), show->room[k]);
	}
}

/* Lane: one walled child of a reader, the message it is asked about, and one that it is asked about ahead of its turn.
 * Private to the room; what the parts mean is said in client.h. */
#ifndef XINLV_READER_LANE_H
#define XINLV_READER_LANE_H

#include "base/str.h"
#include "reader/client.h"

/* What the lanes of a reader have in common. */
typedef struct {
	char *path;    /* the reader program */
	int spill_dir; /* -1: no spill files */
	Buf hello;     /* the form map, as it is sent to each new child */
	size_t field_n; /* of the map: what a value's index must be below */
	int wall_ms, cpu_seconds;
	unsigned long serial; /* of spill files */
	long peak_kib;        /* of the children that ended */
} LaneCommon;

typedef struct Lane Lane;

/* common is borrowed and outlives the lane.  No child is started before it is needed. */
Lane *lane_new(LaneCommon *common);
void lane_free(Lane *l); /* NULL is allowed */
bool lane_lives(const Lane *l);
/* As reader_read(); whatever else it was asked ahead is forgotten, its child with it. */
ReadResult lane_read(Lane *l, int fd, const char *name, unsigned flags, Arena *a, Report *out, char **why, Err *e);
/* As reader_ahead(), for a lane that is not ahead; start: also when its child has to be started for it. */
void lane_ahead(Lane *l, int fd, unsigned flags, bool start);
bool lane_is_ahead(const Lane *l);
bool lane_is_ahead_with(const Lane *l, int fd, unsigned flags); /* with this file's message, so asked */
const char *lane_spill(const Lane *l, int index);
void lane_drop_spills(Lane *l); /* of the message read last */
long lane_peak_kib(const Lane *l); /* of the child that lives */

#endif

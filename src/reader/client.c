/* From the archive to the judge: which walled child is asked about which message.
 * Refuses to let two messages of a batch wait for each other where two processors could read them. */
#include "reader/client.h"

#include <stdlib.h>
#include <unistd.h>

#include "reader/lane.h"
#include "reader/wire.h"

struct Reader {
	LaneCommon common;
	Lane *lane[READER_LANES];
	size_t lanes; /* in use */
	Lane *last;   /* has the spill files of the message read last */
};

Reader *reader_new(const char *exec_path, int spill_dir, const FormMap *m) {
	Reader *r = mem_alloc(sizeof *r);
	*r = (Reader){.common = {.path = mem_str(exec_path), .spill_dir = spill_dir, .field_n = m->field_n,
	                         .wall_ms = READER_WALL_MS, .cpu_seconds = READER_CPU_SECONDS},
	              .lanes = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? READER_LANES : 1};
	rec_put_num(&r->common.hello, WIRE_HELLO);
	formmap_put(&r->common.hello, m);
	for (size_t i = 0; i < READER_LANES; i++)
		r->lane[i] = lane_new(&r->common);
	r->last = r->lane[0];
	return r;
}

void reader_free(Reader *r) {
	if (!r)
		return;
	for (size_t i = 0; i < READER_LANES; i++)
		lane_free(r->lane[i]);
	buf_free(&r->common.hello);
	free(r->common.path);
	free(r);
}

void reader_limits(Reader *r, int wall_ms, int cpu_seconds) {
	r->common.wall_ms = wall_ms;
	r->common.cpu_seconds = cpu_seconds;
}

const char *reader_spill(const Reader *r, int index) {
	return lane_spill(r->last, index);
}

long reader_peak_kib(const Reader *r) {
	long peak = r->common.peak_kib;
	for (size_t i = 0; i < r->lanes; i++)
		if (lane_peak_kib(r->lane[i]) > peak)
			peak = lane_peak_kib(r->lane[i]);
	return peak;
}

/* What can be asked of this reader. */
static unsigned able(const Reader *r, unsigned flags) {
	return r->common.spill_dir < 0 ? flags & ~(unsigned)READ_SPILL : flags;
}

size_t reader_is_ahead(const Reader *r) {
	size_t n = 0;
	for (size_t i = 0; i < r->lanes; i++)
		n += lane_is_ahead(r->lane[i]);
	return n;
}

/* The lane that was asked about this message ahead, else one that was asked about nothing: a living child before one that
 * would have to be started.  NULL when all of them are ahead with other messages. */
static Lane *lane_for(const Reader *r, int fd, unsigned flags) {
	Lane *idle = NULL;
	for (size_t i = 0; i < r->lanes; i++) {
		if (lane_is_ahead_with(r->lane[i], fd, flags))
			return r->lane[i];
		if (!lane_is_ahead(r->lane[i]) && (!idle || (lane_lives(r->lane[i]) && !lane_lives(idle))))
			idle = r->lane[i];
	}
	return idle;
}

void reader_ahead(Reader *r, int fd, unsigned flags, bool start) {
	unsigned can = able(r, flags);
	Lane *l = lane_for(r, fd, can);
	if (l && !lane_is_ahead(l))
		lane_ahead(l, fd, can, start);
}

ReadResult reader_read(Reader *r, int fd, const char *name, unsigned flags, Arena *a, Report *out,
                       char **why, Err *e) {
	unsigned can = able(r, flags);
	char *text;
	lane_drop_spills(r->last);
	Lane *l = lane_for(r, fd, can);
	r->last = l ? l : r->lane[0];
	return lane_read(r->last, fd, name, can, a, out, why ? why : &text, e);
}

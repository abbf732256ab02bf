/* An appointment between xinlv and xinlv-ical, as a record. */
#include "post/calendar.h"

void calendar_put(Buf *out, const Appointment *c) {
	rec_put_text(out, c->uid);
	rec_put_num(out, (uint64_t)c->sequence);
	rec_put_num(out, c->cancel);
	rec_put_num(out, (uint64_t)c->stamp);
	rec_put_num(out, (uint64_t)c->start);
	rec_put_num(out, (uint64_t)c->end);
	rec_put_text(out, c->zone);
	rec_put_text(out, c->summary);
	rec_put_text(out, c->description);
	rec_put_text(out, c->location);
	rec_put_text(out, c->from_name);
	rec_put_text(out, c->from_addr);
	rec_put_text(out, c->to_name);
	rec_put_text(out, c->to_addr);
}

void calendar_get(RecIn *in, Arena *a, Appointment *c) {
	*c = (Appointment){.uid = rec_text(in, a)};
	c->sequence = (int64_t)rec_count(in, INT32_MAX);
	c->cancel = rec_num(in) != 0;
	c->stamp = (int64_t)rec_num(in);
	c->start = (int64_t)rec_num(in);
	c->end = (int64_t)rec_num(in);
	c->zone = rec_text(in, a);
	c->summary = rec_text(in, a);
	c->description = rec_text(in, a);
	c->location = rec_text(in, a);
	c->from_name = rec_text(in, a);
	c->from_addr = rec_text(in, a);
	c->to_name = rec_text(in, a);
	c->to_addr = rec_text(in, a);
}

/* Calendars: appointments through xinlv-ical. */
#ifndef XINLV_COURSE_CALENDARS_H
#define XINLV_COURSE_CALENDARS_H

#include "home/world.h"
#include "post/calendar.h"

/* The calendar file of each, in the arena, in their order. */
int calendars_make(World *w, Arena *a, const Appointment *one, size_t n, const char **text, Err *e);

#endif

/* From an appointment to a calendar file that Outlook, QQ mail and phones open.  A zone without summer time is written out in
 * four lines, since old programs choke on a century of changes; in any other the moments are given in UTC.  Everything in
 * it comes from our own rules and rows; libical does the escaping and folding. */
#include "post/calendar.h"

#include <libical/ical.h>
#include <string.h>

#include "base/str.h"
#include "base/when.h"

#define MONTH (30 * 86400)

static int offset_at(int64_t t) {
	struct tm tm = when_local(t);
	return (int)tm.tm_gmtoff;
}

/* Month by month: half a year before and behind a day of spring it may be summer, too. */
static bool steady(int64_t t) {
	for (int month = -6; month <= 6; month++)
		if (offset_at(t + month * MONTH) != offset_at(t))
			return false;
	return true;
}

static icalcomponent *zone_of(const Appointment *c) {
	int offset = offset_at(c->start);
	icalcomponent *standard = icalcomponent_vanew(ICAL_XSTANDARD_COMPONENT,
		icalproperty_new_dtstart(icaltime_from_string("19700101T000000")),
		icalproperty_new_tzoffsetfrom(offset), icalproperty_new_tzoffsetto(offset), (void *)0);
	return icalcomponent_vanew(ICAL_VTIMEZONE_COMPONENT, icalproperty_new_tzid(c->zone), standard, (void *)0);
}

static struct icaltimetype utc(int64_t t) {
	return icaltime_from_timet_with_zone((time_t)t, 0, icaltimezone_get_utc_timezone());
}

static icalproperty *moment(const Appointment *c, icalproperty *(*make)(struct icaltimetype v), int64_t t) {
	if (!steady(c->start))
		return make(utc(t));
	struct tm tm = when_local(t);
	struct icaltimetype local = icaltime_null_time();
	local.year = tm.tm_year + 1900;
	local.month = tm.tm_mon + 1;
	local.day = tm.tm_mday;
	local.hour = tm.tm_hour;
	local.minute = tm.tm_min;
	local.second = tm.tm_sec;
	icalproperty *p = make(local);
	icalproperty_add_parameter(p, icalparameter_new_tzid(c->zone));
	return p;
}

static const char *mailto(Arena *a, const char *addr) {
	return arena_fmt(a, "mailto:%s", addr);
}

static void people(icalcomponent *event, const Appointment *c, Arena *a) {
	icalproperty *from = icalproperty_new_organizer(mailto(a, c->from_addr));
	icalproperty *to = icalproperty_new_attendee(mailto(a, c->to_addr));
	if (*c->from_name)
		icalproperty_add_parameter(from, icalparameter_new_cn(c->from_name));
	if (*c->to_name)
		icalproperty_add_parameter(to, icalparameter_new_cn(c->to_name));
	icalproperty_add_parameter(to, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	icalproperty_add_parameter(to, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
	icalproperty_add_parameter(to, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
	icalcomponent_add_property(event, from);
	icalcomponent_add_property(event, to);
}

static icalcomponent *event_of(const Appointment *c, Arena *a) {
	icalcomponent *event = icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(c->uid),
		icalproperty_new_sequence((int)c->sequence), icalproperty_new_dtstamp(utc(c->stamp)),
		moment(c, icalproperty_new_dtstart, c->start), moment(c, icalproperty_new_dtend, c->end),
		icalproperty_new_summary(c->summary), icalproperty_new_description(c->description),
		icalproperty_new_location(c->location),
		icalproperty_new_status(c->cancel ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED),
		icalproperty_new_transp(ICAL_TRANSP_OPAQUE), (void *)0);
	people(event, c, a);
	return event;
}

char *calendar_text(Arena *a, const Appointment *c) {
	icalcomponent *all = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_prodid("-//xinlv//xinlv//ZH"),
		icalproperty_new_version("2.0"), icalproperty_new_calscale("GREGORIAN"),
		icalproperty_new_method(c->cancel ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST), (void *)0);
	if (steady(c->start))
		icalcomponent_add_component(all, zone_of(c));
	icalcomponent_add_component(all, event_of(c, a));
	char *text = icalcomponent_as_ical_string_r(all);
	char *kept = arena_str(a, text);
	icalmemory_free_buffer(text);
	icalcomponent_free(all);
	return kept;
}

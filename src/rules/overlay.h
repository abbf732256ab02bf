/* Overlay: what the office changed in mid-contest, laid over the rules of the files from then on.  The files stay as they are;
 * what is laid over is on record in the database, with who and when. */
#ifndef XINLV_RULES_OVERLAY_H
#define XINLV_RULES_OVERLAY_H

#include "rules/rules.h"

typedef enum {
	SETTING_PHASE,     /* ref: its id; from and until, WHEN_NONE: as in the files */
	SETTING_EXCEPTION, /* name: the address that may still send an entry, until then; "" once it was purged: nobody's */
	SETTING_STAFF,     /* ref: setting_person of the address; value: that, "" once it was purged; name: whose; off: not any more */
	SETTING_TEXT,      /* ref: one of setting_text; value: what it says now */
	SETTING_DAY,       /* ref: 2023-04-05; value: holiday or workday, whatever the calendar said */
	SETTING_GROUPS,
} SettingGroup;

typedef struct {
	SettingGroup group;
	const char *ref;
	bool off; /* as in the files again; of staff: taken off the list */
	int64_t from, until;
	const char *name, *value;
} Setting;

extern const char *const setting_group[SETTING_GROUPS]; /* their names: phase, exception, staff, text, day */

/* The texts that an office may change, ended by NULL; what one says now, NULL when it is none of them. */
extern const char *const setting_text[];
const char *rules_text(const Rules *r, const char *ref);

/* What names a person by their address, in any case of letters, and does not tell it. */
const char *setting_person(Arena *a, const char *addr);

/* Lays them over what the files say; what an earlier call laid is gone.  Nothing else that points into the rules is touched. */
void rules_overlay(Rules *r, const Setting *s, size_t n);

/* The phases as they stand, for a program that reads the files alone: a line "ID OPENS CLOSES" each, seconds. */
char *rules_phases(const Rules *r, Arena *a);
/* Lays such lines over r; -1 for a line that is none. */
int rules_lay_phases(Rules *r, const char *lines);

#endif

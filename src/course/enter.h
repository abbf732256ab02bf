/* Enter: an accepted form becomes an entry: its number, rows, files (staged, to be laid after the commit). */
#ifndef XINLV_COURSE_ENTER_H
#define XINLV_COURSE_ENTER_H

#include "home/world.h"

typedef struct {
	World *world;
	Arena *arena;
	const MessageRow *row;
	const Report *report;
	const FormVerdict *form;
	const char *sender; /* whose entry it becomes */
	int index; /* of the form in its message */
} EnterFacts;

/* The new number, or NULL on error. */
const char *enter_form(const EnterFacts *f, Err *e);

/* What the form of an entry said in the plain field with that role; "" when it said nothing, or there is no such field any more. */
int entry_role(World *w, Arena *a, const EntryRow *en, FieldRole role, const char **out, Err *e);

/* A name for a file without one: its place in the mail and its kind. */
const char *enter_file_name(Arena *a, const Report *r, int part);
/* A safe name in the folder that neither another file has nor the page that the robot writes there: "2-" before it until
 * it is free. */
const char *enter_free_path(Arena *a, const char *folder, const char *name, const char *page, const FileRow *rows,
                            size_t n);

#endif

/* Enter: an accepted form becomes an entry: its number, rows, files (staged, to be laid after the commit). */
#ifndef XINLV_COMMAND_ENTER_H
#define XINLV_COMMAND_ENTER_H

#include "command/world.h"

typedef struct {
	World *world;
	Arena *arena;
	const MessageRow *row;
	const Report *report;
	const FormVerdict *form;
	int index; /* of the form in its message */
} EnterFacts;

/* The new number, or NULL on error. */
const char *enter_form(const EnterFacts *f, Err *e);

#endif

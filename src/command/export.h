/* Export: the entries, one row each, for other programs. */
#ifndef XINLV_COMMAND_EXPORT_H
#define XINLV_COMMAND_EXPORT_H

#include "home/world.h"

/* All of them; format: xlsx, csv or json; path from the current folder, NULL: to standard output. */
int export_rows(World *w, const char *format, const char *path, Err *e);

#endif

/* The files of a home that a purge takes. */
#ifndef XINLV_COMMAND_PURGE_FILES_H
#define XINLV_COMMAND_PURGE_FILES_H

#include "home/world.h"

/* Messages up to the last that was purged, wherever they lie in the home, the folders of their entries, and mails sent to the
 * Maildir.  What is gone already is fine. */
int purge_files(World *w, Err *e);

#endif

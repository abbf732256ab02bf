/* Who: the person at the command line, as journal and audit name them. */
#ifndef XINLV_HOME_WHO_H
#define XINLV_HOME_WHO_H

#include "base/arena.h"

/* "operator NAME"; behind sudo stands a person. */
const char *who_operator(Arena *a);

#endif

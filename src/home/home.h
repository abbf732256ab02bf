/* Home: the folders that a contest home consists of. */
#ifndef XINLV_HOME_HOME_H
#define XINLV_HOME_HOME_H

#include "base/err.h"

/* The empty folders of spool/, those that are missing. */
int home_make_spool(int home, Err *e);

#endif

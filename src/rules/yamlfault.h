/* Yamlfault: what is wrong with a file that is not YAML, where, and what to write instead.  Private to this room. */
#ifndef XINLV_RULES_YAMLFAULT_H
#define XINLV_RULES_YAMLFAULT_H

#include "rules/fault.h"

/* Reports what the parser said of an offset (message NULL: it said nothing): at the bracket or quote that nothing
 * closes, where there is one, since the parser misses its end only at what comes next. */
void yaml_fault(Faults *f, const SourceFile *file, size_t offset, const char *message);

#endif

/* Sketch: how alike two long texts are, by the runs of characters that both have (Broder's shingles).  Blanks, punctuation and
 * letter case do not matter.  A sketch, the few smallest hashes of a text's runs, finds candidates by index: texts alike
 * share some of them. */
#ifndef XINLV_BASE_SKETCH_H
#define XINLV_BASE_SKETCH_H

#include "base/arena.h"

#define SKETCH_RUN 5       /* characters of a run */
#define SKETCH_HASHES 8    /* of a text */
#define SKETCH_CHARS 100   /* a text with fewer, as text_key() has it, is too short to be somebody else's */

/* Writes the hashes, positive and rising; how many: 0 for a text that is too short.  Databases keep them: the same text gives
 * the same hashes in every release. */
size_t sketch_make(Arena *a, const char *text, int64_t out[SKETCH_HASHES]);
/* How much of the shorter text stands in the longer one, in per cent. */
int sketch_alike(Arena *a, const char *one, const char *other);

#endif

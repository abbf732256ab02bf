/* Recommend: the ranked list of a round goes to the secretariat with a proposal by quota, to be changed with reasons; and the
 * scores in detail, to be looked at. */
#ifndef XINLV_COURSE_RECOMMEND_H
#define XINLV_COURSE_RECOMMEND_H

#include "course/panel.h"
#include "judge/ranking.h"

typedef enum {
	PROPOSED_NOT,
	PROPOSED,
	PROPOSED_TIE, /* tied across the end of the quota: a person must choose */
} Proposed;

/* What is proposed for row i of one track's ranked rows. */
Proposed recommend_proposed(const Round *r, const Ranked *row, size_t n, size_t i);
/* The sealed workbook, a sheet a track. */
int recommend_book(World *w, Arena *a, const Round *r, Attachment *out, Err *e);
/* Who gave what; not to be filled in. */
int scores_book(World *w, Arena *a, const Round *r, Attachment *out, Err *e);

#endif

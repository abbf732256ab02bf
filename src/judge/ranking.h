/* Ranking: from the scores of a round to the order of its entries.  Exact: points, weights and means are whole numbers of
 * small parts, so that what is equal is tied, and nothing else is. */
#ifndef XINLV_JUDGE_RANKING_H
#define XINLV_JUDGE_RANKING_H

#include "rules/rules.h"
#include "store/store.h"

#define RANKING_PLACES (ROUND_POINTS + ROUND_WEIGHTS) /* of a weighted total */
#define SCORE_MARKS 32                                /* bytes of a text of marks a criterion at most */

/* What one who judges gave one entry. */
typedef struct {
	const char *who;                     /* an expert's code; of a scorer's workbook: a seat, s1 ... */
	int64_t point[ROUND_MAX_CRITERIA];   /* thousandths, in the order of the criteria */
	const char *remark;
	int64_t at;
	/* by ranking_count: */
	int64_t total;                       /* weighted, in units of 10^-RANKING_PLACES */
	bool dropped, outlier;
} Score;

typedef struct {
	const char *number, *track, *title, *org, *state; /* of the entry, today */
	Score *score;         /* those that count, in order of `who` */
	size_t score_n;
	bool complete;        /* as many as the round wants */
	int64_t result;       /* in units of 10^-round->decimals; without scores 0 */
	const char *text;     /* 86.67; "" without scores */
	size_t rank;          /* from 1; equal results share it; 0: without scores */
	bool tied;
} Ranked;

/* Fills total, dropped and outlier of each score, and complete, result and text.  Scores are dropped only where one is left
 * of more than are dropped; an outlier needs two others to differ from. */
void ranking_count(const Round *r, Arena *a, Ranked *row);
/* The best first, those without scores last; equal ones by number.  Fills rank and tied. */
void ranking_sort(Ranked *row, size_t n);

/* The rows of a round: each entry that has scores in it or stands in round->from; withdrawn ones are out.  track: of that
 * track only, NULL: all tracks as one list.  Scores that wait for a second person's word do not count. */
int ranking_read(Store *s, const Round *r, Arena *a, const char *track, Ranked **row, size_t *n, Err *e);

/* The marks of a score as a record keeps them, [points of each criterion in thousandths], and back: false when they are not
 * of so many criteria. */
const char *score_marks(const Round *r, Arena *a, const int64_t *point);
bool score_read(const Round *r, const char *marks, int64_t *point);

/* How many of a track's n entries the round recommends; n where the rules name no number. */
size_t ranking_quota(const Round *r, size_t n);

#endif

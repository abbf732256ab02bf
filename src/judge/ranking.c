/* Behind the score sheets: totals, means, ranks.  Knows neither who the experts are nor how their scores came in, and decides
 * nothing: a tie is shown, not broken. */
#include "judge/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/json.h"
#include "store/record.h"

/* ---- one entry */

static int64_t power(int64_t places) {
	int64_t v = 1;
	while (places-- > 0)
		v *= 10;
	return v;
}

static int64_t total_of(const Round *r, const Score *s) {
	int64_t sum = 0;
	for (size_t i = 0; i < r->criterion_n; i++)
		sum += s->point[i] * r->criterion[i].weight;
	return sum;
}

/* Of those not dropped yet the highest or lowest; of equal ones the first. */
static void drop_one(Ranked *row, bool highest) {
	Score *most = NULL;
	for (size_t i = 0; i < row->score_n; i++) {
		Score *s = &row->score[i];
		if (!s->dropped && (!most || (highest ? s->total > most->total : s->total < most->total)))
			most = s;
	}
	if (most)
		most->dropped = true;
}

static void find_outliers(const Round *r, Ranked *row) {
	int64_t sum = 0, others = (int64_t)row->score_n - 1;
	for (size_t i = 0; i < row->score_n; i++)
		sum += row->score[i].total;
	for (size_t i = 0; r->outlier && others >= 2 && i < row->score_n; i++) {
		Score *s = &row->score[i];
		int64_t off = s->total * others - (sum - s->total);
		s->outlier = llabs(off) > r->outlier * power(ROUND_WEIGHTS) * others;
	}
}

void ranking_count(const Round *r, Arena *a, Ranked *row) {
	int64_t sum = 0, n = 0, drops = r->drop_highest + r->drop_lowest;
	for (size_t i = 0; i < row->score_n; i++) {
		row->score[i].total = total_of(r, &row->score[i]);
		row->score[i].dropped = false;
	}
	find_outliers(r, row);
	for (int64_t i = 0; i < drops && (int64_t)row->score_n > drops; i++)
		drop_one(row, i < r->drop_highest);
	for (size_t i = 0; i < row->score_n; i++)
		if (!row->score[i].dropped) {
			sum += row->score[i].total;
			n++;
		}
	row->complete = (int64_t)row->score_n >= r->experts;
	row->result = n ? decimal_divide(sum, n * power(RANKING_PLACES - r->decimals)) : 0;
	row->text = n ? decimal_text(a, row->result, (int)r->decimals, (int)r->decimals) : "";
}

/* ---- all */

static int by_result(const void *x, const void *y) {
	const Ranked *p = x, *q = y;
	if (!p->score_n != !q->score_n)
		return p->score_n ? -1 : 1;
	if (p->result != q->result)
		return p->result > q->result ? -1 : 1;
	return strcmp(p->number, q->number);
}

void ranking_sort(Ranked *row, size_t n) {
	if (n)
		qsort(row, n, sizeof *row, by_result);
	for (size_t i = 0; i < n; i++) {
		Ranked *r = &row[i];
		bool as_before = i && r->score_n && row[i - 1].result == r->result;
		r->rank = !r->score_n ? 0 : as_before ? row[i - 1].rank : i + 1;
		r->tied = as_before;
		if (as_before)
			row[i - 1].tied = true;
	}
}

size_t ranking_quota(const Round *r, size_t n) {
	size_t want = n;
	if (r->per_track >= 0)
		want = (size_t)r->per_track;
	else if (r->share >= 0)
		want = (n * (size_t)r->share + 99) / 100;
	return want < n ? want : n;
}

/* ---- marks */

const char *score_marks(const Round *r, Arena *a, const int64_t *point) {
	Buf b = {0};
	JsonOut j = json_to(&b);
	json_array(&j, NULL);
	for (size_t i = 0; i < r->criterion_n; i++)
		json_int(&j, NULL, point[i]);
	json_end_array(&j);
	const char *text = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return text;
}

bool score_read(const Round *r, const char *marks, int64_t *point) {
	Err e = {0};
	Json *list = json_parse(str_of(marks), &e);
	bool good = list && json_len(list) == r->criterion_n;
	for (size_t i = 0; good && i < r->criterion_n; i++)
		point[i] = json_num(json_at(list, i), 0);
	json_free(list);
	return good;
}

/* ---- out of the store */

typedef struct {
	const Round *round;
	Arena *a;
	const char *track;
	const RecordRow *record; /* sorted by number */
	size_t record_n, at;
	VEC(Ranked) row;
} Reading;

static Score *scores_of(Reading *x, const char *number, size_t *n) {
	size_t first = x->at;
	while (x->at < x->record_n && !strcmp(x->record[x->at].ref, number))
		x->at++;
	Score *score = arena_array(x->a, x->at - first + 1, sizeof *score);
	*n = 0;
	for (size_t i = first; i < x->at; i++) {
		const RecordRow *r = &x->record[i];
		Score s = {.who = r->who, .remark = r->detail, .at = r->at};
		if (!strcmp(r->state, "given") && score_read(x->round, r->data, s.point))
			score[(*n)++] = s;
	}
	return score;
}

static int add_entry(Reading *x, Store *s, const char *number, Err *e) {
	EntryRow en;
	Ranked row = {.number = number};
	row.score = scores_of(x, number, &row.score_n);
	int found = store_entry_get(s, x->a, number, &en, e);
	if (found <= 0)
		return found;
	if (!strcmp(en.state, "withdrawn") || (x->track && strcmp(x->track, en.track) != 0) ||
	    (!row.score_n && strcmp(en.state, x->round->from) != 0))
		return 0;
	row.track = en.track;
	row.title = en.title;
	row.org = en.org;
	row.state = en.state;
	ranking_count(x->round, x->a, &row);
	*vec_push(&x->row) = row;
	return 0;
}

typedef struct {
	Arena *a;
	VEC(const char *) number;
} Numbers;

static bool keep_number(void *ctx, const EntryRow *en) {
	Numbers *x = ctx;
	*vec_push(&x->number) = arena_str(x->a, en->number);
	return true;
}

static int by_text(const void *x, const void *y) {
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Numbers of those that stand in the round and of those that were scored, each once, sorted as the records are. */
static int candidates(Reading *x, Store *s, Numbers *all, Err *e) {
	for (size_t i = 0; i < x->record_n; i++)
		if (i == 0 || strcmp(x->record[i].ref, x->record[i - 1].ref) != 0)
			*vec_push(&all->number) = x->record[i].ref;
	EntryFilter in = {.track = x->track, .state = x->round->from};
	if (store_entry_each(s, &in, keep_number, all, e) < 0)
		return -1;
	if (all->number.n)
		qsort(all->number.v, all->number.n, sizeof *all->number.v, by_text);
	return 0;
}

int ranking_read(Store *s, const Round *r, Arena *a, const char *track, Ranked **row, size_t *n, Err *e) {
	Reading x = {.round = r, .a = a, .track = track};
	Numbers all = {.a = a};
	RecordRow *record;
	int rc = store_record_list(s, a, "score", r->id, NULL, &record, &x.record_n, e);
	x.record = record;
	if (rc == 0)
		rc = candidates(&x, s, &all, e);
	for (size_t i = 0; rc == 0 && i < all.number.n; i++)
		if (i == 0 || strcmp(all.number.v[i], all.number.v[i - 1]) != 0)
			rc = add_entry(&x, s, all.number.v[i], e);
	vec_free(&all.number);
	*n = rc < 0 ? 0 : x.row.n;
	*row = arena_array(a, x.row.n + 1, sizeof **row);
	if (*n)
		memcpy(*row, x.row.v, *n * sizeof **row);
	vec_free(&x.row);
	ranking_sort(*row, *n);
	return rc;
}

/* Inside the loader: the rounds in which entries are scored, and what holds for the experts who score them.
 * Refuses a round that nobody could be scored in: without criteria, with a range that is empty, or with more scores
 * dropped than there are. */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"
#include "base/when.h"
#include "rules/load.h"

#define POINTS_MAX 1000000      /* 1000 points, in thousandths */
#define WEIGHT_MAX 1000000      /* 100 */
#define DECIMALS 2
#define DECIMALS_MAX 4
#define REMIND_MAX 90           /* days */

/* ---- criteria */

static void criterion(Load *l, const Yaml *map, Round *r) {
	static const char *const known[] = {"key", "label", "help", "min", "max", "step", "weight", NULL};
	if (!take_map(l, map, "a criterion", known))
		return;
	Criterion *c = &r->criterion[r->criterion_n];
	c->key = take_key(l, map, "key", false);
	c->label = take_label(l, map, "label", TAKE_NEEDED);
	c->help = take_text(l, map, "help", TAKE_OPTIONAL);
	c->min = take_decimal(l, map, "min", ROUND_POINTS, -POINTS_MAX, POINTS_MAX, 0);
	c->max = take_decimal(l, map, "max", ROUND_POINTS, -POINTS_MAX, POINTS_MAX, 100000);
	c->step = take_decimal(l, map, "step", ROUND_POINTS, 0, POINTS_MAX, 0);
	c->weight = take_decimal(l, map, "weight", ROUND_WEIGHTS, 0, WEIGHT_MAX, ROUND_WEIGHT_ONE);
	if (c->min >= c->max)
		take_fault(l, map, "the criterion \"%s\" has no range: \"min\" (%s) must be below \"max\" (%s)", c->label,
		           decimal_text(l->arena, c->min, ROUND_POINTS, 0), decimal_text(l->arena, c->max, ROUND_POINTS, 0));
	else if (c->step > c->max - c->min && !l->source->kept)
		take_fault(l, yaml_get(map, "step", NULL),
		           "the step is wider than the range, so that only one number of points is left; make it smaller");
	for (size_t i = 0; i < r->criterion_n; i++)
		if ((*c->key && !strcmp(r->criterion[i].key, c->key)) || (*c->label && !strcmp(r->criterion[i].label, c->label)))
			take_fault(l, map, "a criterion with the key \"%s\" or the label \"%s\" is there already; give this one its own",
			           c->key, c->label);
	r->criterion_n++;
}

static void criteria(Load *l, const Yaml *map, Round *r) {
	size_t n;
	const Yaml *const *item = take_list(l, map, "criteria", TAKE_NEEDED, &n);
	int64_t weight = 0;
	if (n > ROUND_MAX_CRITERIA) {
		take_fault(l, yaml_get(map, "criteria", NULL), "at most %d criteria, not %zu", ROUND_MAX_CRITERIA, n);
		n = ROUND_MAX_CRITERIA;
	}
	r->criterion = arena_array(l->arena, n + 1, sizeof *r->criterion);
	for (size_t i = 0; i < n; i++)
		criterion(l, item[i], r);
	for (size_t i = 0; i < r->criterion_n; i++)
		weight += r->criterion[i].weight;
	if (r->criterion_n && weight == 0)
		take_fault(l, yaml_get(map, "criteria", NULL), "no criterion counts; give one a \"weight\" above 0");
}

/* ---- a round */

/* What a round leads to when it does not say so. */
static const struct {
	const char *from, *passed, *failed;
} courses[] = {{"reviewed", "shortlisted", "eliminated"}, {"shortlisted", "awarded", "unplaced"}};

static const char *state(Load *l, const Yaml *map, const char *key, const char *const *allowed, const char *otherwise) {
	const char *s = take_text(l, map, key, TAKE_OPTIONAL);
	if (!*s)
		return otherwise;
	for (size_t i = 0; allowed[i]; i++)
		if (!strcmp(allowed[i], s))
			return s;
	take_fault(l, yaml_get(map, key, NULL), "\"%s\" cannot be \"%s\"; write %s or %s", key, s, allowed[0], allowed[1]);
	return otherwise;
}

static void states(Load *l, const Yaml *map, Round *r) {
	static const char *const from[] = {"reviewed", "shortlisted", NULL}, *const passed[] = {"shortlisted", "awarded", NULL},
	                  *const failed[] = {"eliminated", "unplaced", NULL};
	r->from = state(l, map, "from", from, courses[0].from);
	size_t i = !strcmp(r->from, courses[1].from);
	r->passed = state(l, map, "passed", passed, courses[i].passed);
	r->failed = state(l, map, "failed", failed, courses[i].failed);
}

static const Phase *phase_of(Load *l, const Yaml *map) {
	const char *id = take_text(l, map, "phase", TAKE_NEEDED);
	const Rules *r = l->rules;
	for (size_t i = 0; i < r->phase_n; i++)
		if (!strcmp(r->phase[i].id, id))
			return &r->phase[i];
	if (*id)
		take_fault(l, yaml_get(map, "phase", NULL), "no phase is called \"%s\"; take the id of one of the phases", id);
	return NULL;
}

static void drops(Load *l, const Yaml *map, Round *r) {
	static const char *const known[] = {"highest", "lowest", NULL};
	const Yaml *y = take(l, map, "drop", TAKE_OPTIONAL);
	if (!y || !take_map(l, y, "drop", known))
		return;
	r->drop_highest = take_int(l, y, "highest", 0, ROUND_MAX_EXPERTS, 0);
	r->drop_lowest = take_int(l, y, "lowest", 0, ROUND_MAX_EXPERTS, 0);
	if (r->drop_highest + r->drop_lowest >= r->experts)
		take_fault(l, y, "%lld scores are dropped of %lld: none is left; drop fewer or raise \"experts\"",
		           (long long)(r->drop_highest + r->drop_lowest), (long long)r->experts);
}

static void recommend(Load *l, const Yaml *map, Round *r) {
	static const char *const known[] = {"per_track", "share", NULL};
	const Yaml *y = take(l, map, "recommend", TAKE_OPTIONAL);
	r->per_track = r->share = -1;
	if (!y || !take_map(l, y, "recommend", known))
		return;
	r->per_track = take_int(l, y, "per_track", 0, 100000, -1);
	r->share = take_int(l, y, "share", 0, 100, -1);
	if (r->per_track >= 0 && r->share >= 0)
		take_fault(l, y, "write \"per_track\" or \"share\", not both");
}

static void remind(Load *l, const Yaml *map, Round *r) {
	size_t n;
	const char **day = take_texts(l, map, "remind", TAKE_OPTIONAL, &n);
	r->remind = arena_array(l->arena, n + 1, sizeof *r->remind);
	for (size_t i = 0; i < n; i++) {
		if (str_to_i64(str_of(day[i]), 0, REMIND_MAX, &r->remind[r->remind_n]) == 0)
			r->remind_n++;
		else
			take_fault(l, yaml_get(map, "remind", NULL), "\"remind\" is a list of days before the closing, 0 to %d, not "
			           "\"%s\"", REMIND_MAX, day[i]);
	}
}

static void one_round(Load *l, const Yaml *map) {
	static const char *const known[] = {"id", "name", "phase", "from", "passed", "failed", "criteria", "experts", "drop",
	                                    "decimals", "outlier", "scored_by", "confirmed", "anonymous", "recommend",
	                                    "remind", NULL};
	static const TakeName by[] = {{"experts", SCORED_BY_EXPERTS}, {"scorer", SCORED_BY_SCORER}, {NULL, 0}};
	Rules *rules = l->rules;
	if (!take_map(l, map, "a round", known))
		return;
	Round *r = &rules->round[rules->round_n];
	r->id = take_key(l, map, "id", false);
	if (!strcmp(r->id, "formal"))
		take_fault(l, yaml_get(map, "id", NULL), "the name \"formal\" is kept for the formal review; give another id");
	if (*r->id && rules_round(rules, r->id))
		take_fault(l, yaml_get(map, "id", NULL), "the round \"%s\" is there already; give another id", r->id);
	r->name = take_label(l, map, "name", TAKE_NEEDED);
	r->phase = phase_of(l, map);
	states(l, map, r);
	criteria(l, map, r);
	r->experts = take_int(l, map, "experts", 1, ROUND_MAX_EXPERTS, 3);
	drops(l, map, r);
	r->decimals = take_int(l, map, "decimals", 0, DECIMALS_MAX, DECIMALS);
	r->outlier = take_decimal(l, map, "outlier", ROUND_POINTS, 0, POINTS_MAX, 0);
	r->scored_by = (ScoredBy)take_name(l, map, "scored_by", by, SCORED_BY_EXPERTS);
	r->confirmed = take_bool(l, map, "confirmed", r->scored_by == SCORED_BY_SCORER);
	r->anonymous = take_bool(l, map, "anonymous", false);
	recommend(l, map, r);
	remind(l, map, r);
	rules->round_n++;
}

static int by_phase(const void *a, const void *b) {
	const Round *x = a, *y = b;
	if (!x->phase || !y->phase || x->phase->closes == y->phase->closes)
		return 0;
	return x->phase->closes < y->phase->closes ? -1 : 1;
}

/* ---- experts */

static void conflicts(Load *l, const Yaml *map, ExpertRules *x) {
	static const struct {
		const char *name;
		Conflict bit;
	} kinds[] = {{"organisation", CONFLICT_ORG}, {"credit_code", CONFLICT_USCC}, {"mail_domain", CONFLICT_DOMAIN}};
	size_t n;
	const char **kind = take_texts(l, map, "conflicts", TAKE_OPTIONAL, &n);
	if (yaml_get(map, "conflicts", NULL))
		x->conflict = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned bit = 0;
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			bit |= strcmp(kinds[k].name, kind[i]) ? 0 : kinds[k].bit;
		if (!bit)
			take_fault(l, yaml_get(map, "conflicts", NULL),
			           "a conflict is organisation, credit_code or mail_domain, not \"%s\"", kind[i]);
		x->conflict |= bit;
	}
}

/* Its phase is the one in which the last entries come; its name is among the words, read later. */
static void formal_review(Rules *r) {
	r->formal = (Round){.id = "formal", .name = "", .from = "eligible", .passed = "reviewed", .failed = "unfit", .experts = 1,
	                    .per_track = -1, .share = -1};
	for (size_t i = 0; i < r->phase_n; i++)
		if (r->phase[i].takes_entries && (!r->formal.phase || r->phase[i].closes > r->formal.phase->closes))
			r->formal.phase = &r->phase[i];
	r->experts.formal &= r->formal.phase != NULL;
}

static void experts(Load *l, const Yaml *root) {
	static const char *const known[] = {"promise", "formal", "conflicts", "public_domains", NULL};
	static const TakeName formal[] = {{"office", 0}, {"experts", 1}, {NULL, 0}};
	ExpertRules *x = &l->rules->experts;
	const Yaml *y = take(l, root, "experts", TAKE_OPTIONAL);
	*x = (ExpertRules){.promise = "", .conflict = CONFLICT_ORG | CONFLICT_USCC | CONFLICT_DOMAIN};
	if (!y || !take_map(l, y, "experts", known))
		return;
	x->promise = take_long(l, y, "promise", TAKE_OPTIONAL);
	x->formal = take_name(l, y, "formal", formal, 0) == 1;
	conflicts(l, y, x);
	const char **domain = take_texts(l, y, "public_domains", TAKE_OPTIONAL, &x->public_domain_n);
	x->public_domain = domain;
	for (size_t i = 0; i < x->public_domain_n; i++) {
		if (strchr(domain[i], '@') || !strchr(domain[i], '.'))
			take_fault(l, yaml_get(y, "public_domains", NULL),
			           "\"%s\" is no domain; write what stands behind the @, such as qq.com", domain[i]);
		domain[i] = text_lower(l->arena, domain[i]);
	}
}

void rounds_read(Load *l, const Yaml *root) {
	size_t n;
	Rules *r = l->rules;
	const Yaml *const *item = take_list(l, root, "rounds", TAKE_OPTIONAL, &n);
	r->round = arena_array(l->arena, n + 1, sizeof *r->round);
	for (size_t i = 0; i < n; i++)
		one_round(l, item[i]);
	if (r->round_n)
		qsort(r->round, r->round_n, sizeof *r->round, by_phase);
	experts(l, root);
	formal_review(r);
}

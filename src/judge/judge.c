/* The judge: report in, verdict out.  It puts the questions in their order: is it a robot's, does
 * it hold a form, which track, on time, eligible, without fault, new?  It writes nothing, sends nothing, and
 * turns nothing away without saying why. */
#include "judge/judge.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "judge/inner.h"

#define PASTED_VALUES 6 /* values in a body that make it a pasted form even without a title */
#define GREETING_BYTES 24 /* of text_key(): eight characters */

const char *outcome_name(Outcome o) {
	static const char *const name[] = {
		"accepted", "late",   "duplicate",  "not-eligible", "rejected", "precheck", "supplement",   "request",   "change",
		"decision", "note",   "auto-reply", "bounce",       "bulk",     "loop",     "unrecognised", "quarantined",
	};
	return (size_t)o < sizeof name / sizeof *name ? name[o] : "unrecognised";
}

/* ---- a judge */

/* Keys of a track stand in the map in nearly the same order: each search begins behind the last find. */
static void view_fill(Judge *j, TrackView *v) {
	const TrackForm *t = &v->track->form;
	size_t n = j->map->field_n, at = 0;
	v->field = arena_array(j->arena, n + 1, sizeof *v->field);
	for (size_t i = 0; i < t->field_n; i++) {
		const Field *f = &t->field[i];
		for (size_t k = 0; k < n; k++) {
			size_t m = (at + k) % n;
			if (strcmp(j->map->field[m].key, f->key) != 0)
				continue;
			v->field[m] = f;
			j->holder[m]++;
			at = m + 1;
			break;
		}
		v->plain_n += !f->table;
		v->required_n += !f->table && f->required;
	}
}

static void view_names(Judge *j, TrackView *v) {
	const Track *t = v->track;
	v->code = text_lower(j->arena, text_fold(j->arena, t->code));
	v->ordinal = text_key(j->arena, t->ordinal);
	v->name = text_key(j->arena, t->name);
	v->keyword = arena_array(j->arena, t->keyword_n + 1, sizeof *v->keyword);
	for (size_t i = 0; i < t->keyword_n; i++)
		v->keyword[i] = text_key(j->arena, t->keyword[i]);
}

Judge *judge_new(const Rules *r, const FormMap *m, Store *s, Err *e) {
	Eval *eval = eval_new(r, e);
	if (!eval)
		return NULL;
	Judge *j = mem_alloc(sizeof *j);
	*j = (Judge){.rules = r, .map = m, .store = s, .eval = eval, .arena = arena_new()};
	j->view = arena_array(j->arena, r->track_n + 1, sizeof *j->view);
	j->holder = arena_array(j->arena, m->field_n + 1, sizeof *j->holder);
	for (size_t i = 0; i < r->track_n; i++) {
		TrackView *v = &j->view[i];
		v->track = &r->track[i];
		view_fill(j, v);
		view_names(j, v);
		if (i == 0 || v->plain_n < j->least_plain)
			j->least_plain = v->plain_n;
		if (i == 0 || v->required_n < j->least_required)
			j->least_required = v->required_n;
	}
	lists_load(j);
	return j;
}

void judge_free(Judge *j) {
	if (!j)
		return;
	eval_free(j->eval);
	arena_free(j->arena);
	free(j);
}

/* ---- one form */

static void form_open(Judge *j, Arena *a, const Report *r, const FormRead *read, FormVerdict *v, Form *f) {
	*v = (FormVerdict){.read = read, .near = "", .org_key = "", .title_key = "", .same_as = "",
	                   .outcome = OUTCOME_REJECTED};
	for (size_t i = 0; i < ROLE_COUNT; i++)
		v->role[i] = "";
	*f = (Form){.j = j, .a = a, .r = r, .read = read, .v = v, .near = ""};
}

/* Title, organisation and the like of a form whose track is not known, for its answer. */
static void roles_only(Form *f) {
	for (size_t i = 0; i < f->read->value_n; i++) {
		const FormValue *v = &f->read->value[i];
		for (size_t t = 0; v->field < f->j->map->field_n && v->row == 0 && t < f->j->rules->track_n; t++) {
			const Field *field = f->j->view[t].field[v->field];
			if (!field || field->role == ROLE_NONE)
				continue;
			if (!*f->v->role[field->role])
				f->v->role[field->role] = text_line(f->a, str_of(v->text));
			break;
		}
	}
}

static void foreign(Form *f) {
	const Rules *r = f->j->rules;
	const char *key = strcmp(f->read->edition, r->previous_edition) == 0 ? "problem.previous_edition"
	                                                                     : "problem.wrong_edition";
	const char *sentence = *f->read->edition
	                               ? words_fill(r, f->a, key, "name", where_form(f), "found", f->read->edition, "want",
	                                            r->edition, NULL)
	                               : near_sentence(f->j, f->a, f->near, where_form(f), "");
	problem_add(&f->problem, SEVERITY_ERROR, where_form(f), "", sentence);
}

/* Remarks about the form as a whole. */
static void remarks(Form *f) {
	const Rules *r = f->j->rules;
	if (f->read->too_large)
		problem_add(&f->problem, SEVERITY_WARNING, where_form(f), "",
		            words_fill(r, f->a, "problem.form_too_large", "name", where_form(f), "max",
		                       words_bytes(r, f->a, REPORT_MAX_BYTES), NULL));
	if (*f->read->version && strcmp(f->read->version, r->form_version) != 0)
		problem_add(&f->problem, SEVERITY_WARNING, where_form(f), "",
		            words_fill(r, f->a, "problem.old_version", "name", where_form(f), "found", f->read->version, "want",
		                       r->form_version, NULL));
}

/* Nothing forbids it: whoever decides is to know, and whoever sends it is to say what is new. */
static void won_before(Form *f) {
	const Rules *r = f->j->rules;
	const Field *title = f->view->track->form.role[ROLE_TITLE];
	for (size_t i = 0; *f->v->role[ROLE_TITLE] && i < r->winner_n; i++) {
		const PastWinner *w = &r->winner[i];
		if (strcmp(same_key(f->a, w->title), same_key(f->a, f->v->role[ROLE_TITLE])) != 0)
			continue;
		problem_add(&f->problem, SEVERITY_WARNING, where_field(f, title, 0), title->key,
		            words_fill(r, f->a, "judge.won_before", "title", w->title, "org", w->org, "award", w->award, NULL));
		return;
	}
}

static void empty(Form *f) {
	f->near = "empty_form";
	f->problem.n = 0;
	problem_add(&f->problem, SEVERITY_ERROR, where_form(f), "",
	            words_fill(f->j->rules, f->a, "problem.form_empty", "name", where_form(f), NULL));
}

/* The track of an empty form is only told, for the answer. */
static void empty_track(Form *f) {
	Problems ignored = {0};
	const TrackView *t = route_track(f->j, f->a, f->r, f->read, &ignored, "");
	f->v->track = t ? t->track : NULL;
	vec_free(&ignored);
}

/* Whose contest, which track, what stands in it. */
static void form_read(Form *f) {
	f->near = route_foreign(f->j, f->a, f->read);
	if (!f->read->value_n && !(*f->near && *f->read->edition)) {
		empty_track(f);
		empty(f);
	} else if (*f->near) {
		foreign(f);
		roles_only(f);
	} else if (!(f->view = route_track(f->j, f->a, f->r, f->read, &f->problem, where_form(f)))) {
		f->near = *f->read->track ? "wrong_track" : "";
		roles_only(f);
	} else {
		f->v->track = f->view->track;
		remarks(f);
		check_values(f);
		won_before(f);
		if (!f->given_n)
			empty(f);
	}
	f->v->print = print_form(f);
	f->v->org_key = same_key(f->a, f->v->role[ROLE_ORG]);
	f->v->title_key = same_key(f->a, f->v->role[ROLE_TITLE]);
}

/* A form that is ours, has a track and says something. */
static bool form_whole(const Form *f) {
	return f->view && !*f->near;
}

static void form_close(Form *f) {
	FormVerdict *v = f->v;
	v->near = f->near;
	v->problem = problems_done(f->a, &f->problem, &v->problem_n);
	v->value = arena_array(f->a, f->value.n + 1, sizeof *v->value);
	if (f->value.n)
		memcpy(v->value, f->value.v, f->value.n * sizeof *v->value);
	v->value_n = f->value.n;
	vec_free(&f->value);
	vec_free(&f->unread);
}

static Outcome outcome_by_faults(const Form *f) {
	if (f->ineligible)
		return OUTCOME_NOT_ELIGIBLE;
	return f->v->valid ? OUTCOME_ACCEPTED : OUTCOME_REJECTED;
}

void judge_form(Judge *j, Arena *a, const Report *r, const FormRead *read, FormVerdict *out) {
	Form f;
	form_open(j, a, r, read, out, &f);
	form_read(&f);
	if (form_whole(&f)) {
		check_required(&f);
		check_conditions(&f);
	}
	out->valid = !problems_bad(&f.problem);
	out->outcome = outcome_by_faults(&f);
	problems_sort(&f);
	form_close(&f);
}

/* ---- the forms of a mail */

static bool is_own(const FormRead *f) {
	return *f->edition || f->by_name;
}

static bool has_role(const Case *c, const FormRead *f, FieldRole role) {
	for (size_t i = 0; i < f->value_n; i++)
		for (size_t t = 0; f->value[i].field < c->j->map->field_n && t < c->j->rules->track_n; t++) {
			const Field *field = c->j->view[t].field[f->value[i].field];
			if (field && field->role == role)
				return true;
		}
	return false;
}

typedef struct {
	size_t filed;  /* filled forms in files */
	size_t filled; /* filled forms */
	size_t places; /* of the fullest form of our own */
} Kinds;

/* A signature under a mail, or a table of an enclosed paper, may look like a little form. */
static bool counts(Case *c, const FormRead *f, const Kinds *k) {
	if (!f->value_n)
		return !k->filled;
	if (f->source != FORM_BODY)
		return is_own(f) || f->place_n * 2 >= k->places;
	if (k->filed)
		return false;
	if (f->value_n * 3 >= c->j->least_required)
		return true;
	c->pasted = has_role(c, f, ROLE_TITLE) || f->value_n >= PASTED_VALUES;
	return false;
}

static const FormRead **pick(Case *c, size_t *n) {
	const Report *r = c->r;
	const FormRead **out = arena_array(c->a, r->form_n + 1, sizeof *out);
	Kinds k = {0};
	for (size_t i = 0; i < r->form_n; i++) {
		const FormRead *f = &r->form[i];
		k.filled += f->value_n > 0;
		k.filed += f->value_n > 0 && f->source != FORM_BODY;
		if (is_own(f) && f->value_n && f->place_n > k.places)
			k.places = f->place_n;
	}
	*n = 0;
	for (size_t i = 0; i < r->form_n; i++)
		if (counts(c, &r->form[i], &k))
			out[(*n)++] = &r->form[i];
	for (size_t i = 0; i < *n; i++)
		if (out[i]->part >= 0 && (size_t)out[i]->part < r->part_n)
			c->taken[out[i]->part] = true;
	return out;
}

static void remark(Form *f, const char *key, const char *name, const char *value) {
	problem_add(&f->problem, SEVERITY_WARNING, where_form(f), "", words_fill(f->j->rules, f->a, key, name, value, NULL));
}

/* A check at the sender's wish files nothing; what would stand in the way is told beside the faults. */
static void checked(Case *c, Form *f, bool late, bool same) {
	if (late && c->v->before_opening)
		remark(f, "judge.not_open_yet", "opens", words_moment(f->j->rules, f->a, c->v->opens));
	else if (late)
		remark(f, "judge.closed", "closes", words_moment(f->j->rules, f->a, c->v->closes));
	if (same && f->v->same_sender && *f->v->same_as)
		remark(f, "judge.filed_before", "number", f->v->same_as);
	f->v->outcome = OUTCOME_PRECHECK;
	f->v->same_as = "";
}

static int form_settle(Case *c, Form *f, bool late) {
	FormVerdict *v = f->v;
	int same = 0;
	if (form_whole(f)) {
		check_required(f);
		check_conditions(f);
		files_check(f);
		same = c->aside & ASIDE_TWIN ? 0 : same_form(c, f, late);
	}
	problems_sort(f);
	v->valid = !problems_bad(&f->problem);
	v->outcome = outcome_by_faults(f);
	if (same == 0 && v->outcome == OUTCOME_ACCEPTED && !late && !(c->aside & ASIDE_TWIN))
		same = same_entry(c, f);
	if (same < 0)
		return -1;
	if (c->checking)
		checked(c, f, late, same);
	else if (same)
		v->outcome = OUTCOME_DUPLICATE;
	else if (late && strcmp(f->near, "other_contest") != 0)
		v->outcome = OUTCOME_LATE;
	return 0;
}

/* One project in two forms of one mail, for two tracks say: the first stands here too. */
static bool filed_with_it(const Form *form, size_t i) {
	const FormVerdict *v = form[i].v;
	for (size_t k = 0; k < i; k++) {
		const FormVerdict *first = form[k].v;
		if (first->outcome == OUTCOME_ACCEPTED && *v->org_key && *v->title_key &&
		    strcmp(v->org_key, first->org_key) == 0 && strcmp(v->title_key, first->title_key) == 0)
			return true;
	}
	return false;
}

static void as_it_was(const Judge *j, FormVerdict *v, size_t form) {
	Past was = j->past && v->track && v->outcome != OUTCOME_PRECHECK ? j->past(j->past_ctx, form, v->track->code) : PAST_UNKNOWN;
	v->as_it_was = was == PAST_ENTRY ? v->outcome != OUTCOME_ACCEPTED : was == PAST_NO_ENTRY && v->outcome == OUTCOME_ACCEPTED;
	if (!v->as_it_was)
		return;
	v->outcome = was == PAST_ENTRY ? OUTCOME_ACCEPTED : OUTCOME_REJECTED;
	v->same_as = "";
	v->same_form = v->same_sender = false;
}

static const char *reply_for(const Form *f) {
	switch (f->v->outcome) {
	case OUTCOME_ACCEPTED:
		return "receipt";
	case OUTCOME_LATE:
		return "late";
	case OUTCOME_DUPLICATE:
		return "duplicate";
	case OUTCOME_NOT_ELIGIBLE:
		return "not_eligible";
	case OUTCOME_PRECHECK:
		return "precheck";
	default:
		return f->v->as_it_was ? NULL : *f->near ? "near_miss" : "faults";
	}
}

static const char *forms_detail(Case *c, const Form *form, size_t n) {
	const FormVerdict *v = form->v;
	const Problem *first = NULL;
	size_t errors = 0, held = 0;
	for (size_t i = 0; i < n; i++)
		held += form[i].v->as_it_was;
	if (n > 1)
		return held ? arena_fmt(c->a, "%zu forms, %zu as it was", n, held) : arena_fmt(c->a, "%zu forms", n);
	for (size_t i = 0; i < form->problem.n; i++)
		if (form->problem.v[i].severity == SEVERITY_ERROR && errors++ == 0)
			first = &form->problem.v[i];
	const char *track = v->track ? v->track->code : "?";
	if (v->as_it_was)
		return arena_fmt(c->a, "form of %s, %s as it was", track, v->outcome == OUTCOME_ACCEPTED ? "an entry" : "no entry");
	const char *twin = *v->same_as ? arena_fmt(c->a, ", same as %s", v->same_as) : "";
	if (!first)
		return arena_fmt(c->a, "form of %s%s", track, twin);
	return arena_fmt(c->a, "form of %s%s, %zu %s, first at %s%s%s", track, twin, errors, errors == 1 ? "fault" : "faults",
	                 first->where, *first->field ? " " : "", first->field);
}

/* One thing to say of them all: send the one that counts. */
static bool all_disagree(const Form *form, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (strcmp(form[i].near, "disagree") != 0)
			return false;
	return true;
}

static void forms_verdict(Case *c, Form *form, size_t n) {
	Verdict *v = c->v;
	v->outcome = form->v->outcome;
	for (size_t i = 1; i < n; i++)
		if (form[i].v->outcome < v->outcome)
			v->outcome = form[i].v->outcome;
	v->reply = n == 1 ? reply_for(form) : all_disagree(form, n) ? "near_miss" : "several";
	v->detail = forms_detail(c, form, n);
	if (v->outcome == OUTCOME_REJECTED && *form->near && (n == 1 || strcmp(form->near, "disagree") == 0)) {
		v->near = form->near;
		v->near_file = where_form(form);
	}
	if (n == 1 && v->outcome == OUTCOME_DUPLICATE)
		v->number = form->v->same_as;
}

static int judge_forms(Case *c, const FormRead **read, size_t n) {
	Verdict *v = c->v;
	Form *form = arena_array(c->a, n, sizeof *form);
	int rc = 0;
	v->form = arena_array(c->a, n, sizeof *v->form);
	v->form_n = n;
	bool open = rules_window_at(c->j->rules, c->received, &v->opens, &v->closes) != NULL;
	if (!open)
		late_missed(c, &v->opens, &v->closes);
	bool excepted = !open && late_excepted(c, c->received);
	open = open || excepted;
	c->mend = arena_array(c->a, MEND_MAX, sizeof *c->mend);
	if (!open && mend_time(c, v->closes) < 0)
		return -1;
	v->before_opening = c->received < v->opens;
	v->late_taken = excepted || (!open && c->aside & ASIDE_DEADLINE);
	for (size_t i = 0; i < n; i++) {
		form_open(c->j, c->a, c->r, read[i], &v->form[i], &form[i]);
		form_read(&form[i]);
	}
	same_in_mail(c, form, &n);
	files_assign(c, form, n);
	for (size_t i = 0; i < n && rc == 0; i++) {
		int in_time = open || v->late_taken ? 1 : mend_takes(c, &form[i]);
		rc = in_time < 0 ? -1 : form_settle(c, &form[i], !in_time);
		if (rc == 0 && form[i].v->outcome == OUTCOME_ACCEPTED && !(c->aside & ASIDE_TWIN) && filed_with_it(form, i)) {
			form[i].v->outcome = OUTCOME_DUPLICATE;
			form[i].v->same_sender = true;
		}
		if (rc == 0)
			as_it_was(c->j, form[i].v, i);
	}
	if (rc == 0)
		forms_verdict(c, form, n);
	if (rc == 0 && n == 1 && c->v->outcome == OUTCOME_DUPLICATE)
		rc = supplement_beside(c, form->v);
	for (size_t i = 0; i < n; i++)
		form_close(&form[i]);
	v->suppress_reply = kind_weak(c->r) || c->r->robot & ROBOT_SUPPRESS;
	return rc;
}

/* ---- a mail */

/* text_key() of the first line, with the next one where the first is no more than a greeting. */
static const char *first_key(Arena *a, const char *text) {
	Str rest = str_of(text), line;
	const char *key = "";
	while (strlen(key) < GREETING_BYTES && str_next(&rest, '\n', &line))
		key = arena_fmt(a, "%s%s", key, text_key(a, str_dup(a, line)));
	return key;
}

static void case_open(Case *c, Judge *j, Arena *a, const Report *r, int64_t received, Verdict *out, Err *e) {
	*out = (Verdict){.near = "", .near_file = "", .near_kind = "", .detail = "", .number = "", .role = "", .outcome = OUTCOME_UNRECOGNISED,
	                 .ask_for = "", .petition = "", .confirm = "", .answer = "", .named = "", .sender = r->from};
	*c = (Case){.j = j, .a = a, .r = r, .received = received, .v = out, .e = e};
	c->taken = arena_array(a, r->part_n + 1, sizeof *c->taken);
	c->subject_key = text_key(a, r->subject_bare);
	Str start = str_sub(str_of(r->text), 0, JUDGE_LOOK_BYTES);
	const char *text = text_clean(a, start);
	c->text_key = text_key(a, text);
	c->first_key = first_key(a, text);
	rules_window_at(j->rules, received, &out->opens, &out->closes);
	out->before_opening = received < out->opens;
}

/* A form that the secretariat forwards is its writer's. When it reached them is told for the ruling; it is judged by when
 * it reached us. */
static void forwarded(Case *c) {
	const Rules *r = c->j->rules;
	const MailAddr *from = &c->r->inner_from;
	if (!from->addr || !mail_address_ok(from->addr) || mail_same(from->addr, c->r->from.addr) ||
	    mail_same(from->addr, r->mail.robot.addr) || !trust_staff(c))
		return;
	c->v->sender = *from;
	c->v->forwarded = true;
	bool dated = c->r->inner_received > 0 && c->r->inner_received != WHEN_NONE;
	problem_add(&c->problem, SEVERITY_WARNING, words(r, "where.mail"), "",
	            words_fill(r, c->a, "judge.forwarded", "by", c->r->from.addr, "sender", from->addr, "received",
	                       dated ? words_moment(r, c->a, c->r->inner_received) : "", NULL));
}

static bool filled(const FormRead *const *read, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (read[i]->value_n)
			return true;
	return false;
}

static int judge_person(Case *c) {
	size_t n;
	const FormRead **read = pick(c, &n);
	if (n)
		forwarded(c);
	if (thread_find(c) < 0)
		return -1;
	c->checking = kind_precheck(c);
	int answers = filled(read, n) || kind_weak(c->r) ? 0 : kind_answers(c);
	if (answers)
		return answers < 0 ? -1 : 0;
	int beside = n && !c->checking ? kind_beside(c) : 0;
	if (beside < 0)
		return -1;
	if (n && !beside)
		return judge_forms(c, read, n);
	if (kind_weak(c->r)) {
		kind_bulk(c);
		return 0;
	}
	c->v->suppress_reply = c->r->robot & ROBOT_SUPPRESS;
	int said = kind_asked(c) ? 1 : kind_expert(c);
	if (said == 0)
		said = kind_invited(c);
	return said ? said < 0 ? -1 : 0 : kind_plain(c);
}

/* The same mail again: on record, but never answered nor counted twice. */
static int delivered_before(Case *c) {
	Verdict *v = c->v;
	int again = same_redelivery(c);
	if (again <= 0)
		return again;
	v->redelivery = true;
	v->detail = arena_fmt(c->a, "the same mail again; was: %s", v->detail);
	if (!v->form_n || v->outcome == OUTCOME_PRECHECK)
		return 0;
	v->outcome = OUTCOME_DUPLICATE;
	for (size_t i = 0; i < v->form_n; i++) {
		v->form[i].outcome = OUTCOME_DUPLICATE;
		v->form[i].same_form = v->form[i].same_sender = true;
	}
	return 0;
}

void judge_recall(Judge *j, JudgePast *past, void *ctx) {
	j->past = past;
	j->past_ctx = ctx;
}

const char *judge_no_form(Judge *j, Arena *a, const Report *r, Err *e) {
	Case c;
	Verdict v;
	case_open(&c, j, a, r, WHEN_NONE, &v, e);
	bool told = near_files(&c) && strcmp(v.near, "no_form") != 0;
	v.problem = problems_done(a, &c.problem, &v.problem_n);
	return told ? v.problem[0].sentence : NULL;
}

int judge_mail(Judge *j, Arena *a, const Report *r, int64_t received, Verdict *out, Err *e) {
	Case c;
	case_open(&c, j, a, r, received, out, e);
	int rc = kind_own(&c) || kind_robot(&c) ? 1 : kind_decision(&c);
	if (rc == 0)
		rc = kind_release(&c);
	if (rc == 0)
		rc = kind_confirms(&c);
	if (rc == 0)
		rc = judge_person(&c);
	else if (rc > 0)
		rc = 0;
	if (rc == 0 && out->outcome == OUTCOME_AUTO_REPLY)
		rc = kind_calendar(&c);
	out->content = print_mail(&c);
	if (rc == 0)
		rc = delivered_before(&c);
	out->problem = problems_done(a, &c.problem, &out->problem_n);
	return rc < 0 ? -1 : 0;
}

int judge_again(Judge *j, Arena *a, const Report *r, int64_t received, unsigned aside, Verdict *out, Err *e) {
	Case c;
	case_open(&c, j, a, r, received, out, e);
	c.aside = aside;
	int rc = judge_person(&c);
	out->content = print_mail(&c);
	out->problem = problems_done(a, &c.problem, &out->problem_n);
	return rc < 0 ? -1 : 0;
}

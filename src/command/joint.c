/* Between settling and sending: joins what waits for one address.  Knows nothing of what a verdict says; refuses to join what
 * went or failed already, so that doing it again does nothing. */
#include "command/joint.h"

#include <string.h>

#include "base/text.h"
#include "home/outbox.h"

bool joint_takes(const char *kind) {
	static const char *const kinds[] = {"receipt", "confirm", "faults", "late", "duplicate", "not_eligible", "several",
	                                    "precheck"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

int joint_moment(World *w, const Outgoing *mail, int64_t *at, Err *e) {
	int64_t every = w->rules->mail.joined_every;
	int found = store_outbox_joint_next(w->store, mail->to_addr, at, e);
	if (found == 0)
		*at = w->env->now + every;
	if (mail->until > 0 && mail->until - every < *at)
		*at = w->env->now;
	return found < 0 ? -1 : 0;
}

/* ---- the mail, from those it joins */
typedef struct {
	OutboxRow *row;
	Str *bytes;
	size_t n;
} Parts;

/* Those of the list that still wait. */
static int find_parts(World *w, Arena *a, const Json *ids, Parts *out, Err *e) {
	Buf body = {0};
	int rc = 0;
	out->row = arena_array(a, json_len(ids) + 1, sizeof *out->row);
	out->bytes = arena_array(a, json_len(ids) + 1, sizeof *out->bytes);
	for (size_t i = 0; rc == 0 && i < json_len(ids); i++) {
		OutboxRow *row = &out->row[out->n];
		int found = store_outbox_find(w->store, a, json_str(json_at(ids, i), ""), row, e);
		if (found <= 0 || !row->joins || row->joint || strcmp(row->state, "held") != 0) {
			rc = found < 0 ? -1 : 0;
			continue;
		}
		buf_clear(&body);
		if (store_outbox_body(w->store, row->id, &body, e) < 0)
			rc = -1;
		out->bytes[out->n++] = (Str){arena_copy(a, body.p ? body.p : "", body.n), body.n};
	}
	buf_free(&body);
	return rc;
}

static int enter(World *w, Arena *a, const Parts *p, Err *e) {
	Outgoing out;
	OutboxRow joint;
	ReplyWorld rw = world_reply(w);
	if (reply_joined(&rw, a, p->row, p->bytes, p->n, &out, e) < 0 || outbox_queue(w, 0, &out, "waiting", e) < 0)
		return -1;
	int found = store_outbox_find(w->store, a, out.message_id, &joint, e);
	if (found <= 0)
		return found < 0 ? -1 : err_set(e, ERR_BUG, "mail %s was not queued", out.message_id);
	for (size_t i = 0; i < p->n; i++)
		if (store_outbox_join(w->store, p->row[i].message_id, joint.id, e) < 0)
			return -1;
	return 0;
}

static int apply(World *w, Arena *a, const char *by, const Json *args, Err *e) {
	Parts p = {0};
	(void)by;
	if (find_parts(w, a, json_get(args, "mails"), &p, e) < 0)
		return -1;
	if (p.n == 1) /* nothing came to go with it */
		return store_outbox_alone(w->store, p.row[0].message_id, w->env->now, e);
	return p.n == 0 ? 0 : world_templates(w, e) < 0 ? -1 : enter(w, a, &p, e);
}

const Action action_join = {"join", apply};

/* ---- when they are due */
static int next(World *w, int64_t *at, Err *e) {
	int found = store_outbox_joint_next(w->store, "", at, e);
	if (found == 0)
		*at = INT64_MAX;
	return found < 0 ? -1 : 0;
}

/* Of those that wait for an address, the first so many as fit into one mail. */
static int choose(World *w, Arena *a, const char *to, Buf *args, Err *e) {
	OutboxRow *row;
	size_t n, bytes = 0;
	Buf body = {0};
	if (store_outbox_joint_list(w->store, a, to, JOINT_MOST, &row, &n, e) < 0)
		return -1;
	JsonOut j = json_to(args);
	json_object(&j, NULL);
	json_array(&j, "mails");
	for (size_t i = 0; i < n; i++) {
		buf_clear(&body);
		if (store_outbox_body(w->store, row[i].id, &body, e) < 0) {
			buf_free(&body);
			return -1;
		}
		bytes += body.n;
		if (i && bytes > JOINT_BYTES)
			break;
		json_text(&j, NULL, row[i].message_id);
	}
	json_end_array(&j);
	json_end_object(&j);
	buf_free(&body);
	return 0;
}

static int act(World *w, Err *e) {
	Arena *a = arena_new();
	Buf args = {0};
	char *to;
	int found;
	while ((found = store_outbox_joint_due(w->store, a, w->env->now, &to, e)) > 0) {
		buf_clear(&args);
		found = choose(w, a, to, &args, e);
		if (found == 0)
			found = action_do(w, action_join.name, "robot", buf_cstr(&args), e);
		if (found < 0)
			break;
		arena_reset(a);
	}
	buf_free(&args);
	arena_free(a);
	return found;
}

const Due due_joint = {"joint mails", next, act};

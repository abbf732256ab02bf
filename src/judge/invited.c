/* What somebody answers to an invitation of ours: by reply, or with the buttons of a calendar.  Heard from the entry's own
 * people alone; who asks for another time is read by a person, too. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

static bool invited(const Case *c) {
	return c->thread.found && !c->thread.token &&
	       (!strcmp(c->thread.mail.kind, "invited") || !strcmp(c->thread.mail.kind, "invite_changed"));
}

/* 1: it was one. */
int kind_invited(Case *c) {
	Verdict *v = c->v;
	if (!invited(c) || !*c->first_key)
		return 0;
	bool move = list_in(c->j, LIST_MOVE, c->first_key) != NULL;
	if (!move && (!list_in(c->j, LIST_CONFIRM, c->first_key) || list_in(c->j, LIST_QUESTION, c->text_key) ||
	              text_chars(c->text_key) > JUDGE_NOTE_CHARS))
		return 0;
	int own = own_number(c, rules_find_number(c->j->rules, c->a, c->thread.mail.subject));
	if (own <= 0)
		return own;
	v->answer = move ? "roadshow_move" : "roadshow_confirmed";
	v->outcome = move ? OUTCOME_CHANGE : OUTCOME_NOTE;
	v->reply = move ? "move" : NULL;
	v->detail = move ? "asks for another time on stage" : "will be on stage";
	return 1;
}

/* EDITION.NUMBER@...: the number, or NULL when it is no appointment of ours. */
static const char *number_of(const Case *c) {
	const char *uid = c->r->calendar_uid, *edition = c->j->rules->edition;
	size_t n = strlen(edition);
	const char *at = uid ? strchr(uid, '@') : NULL;
	if (!at || strncmp(uid, edition, n) || uid[n] != '.')
		return NULL;
	return arena_copy(c->a, uid + n + 1, (size_t)(at - uid) - n - 1);
}

int kind_calendar(Case *c) {
	static const struct {
		const char *says, *answer;
	} known[] = {{"ACCEPTED", "roadshow_confirmed"}, {"DECLINED", "roadshow_declined"}, {"TENTATIVE", "roadshow_tentative"}};
	const char *number = c->r->robot & ROBOT_CALENDAR ? number_of(c) : NULL;
	for (size_t i = 0; number && i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i].says, c->r->calendar_answer))
			continue;
		int own = own_number(c, number);
		if (own > 0)
			c->v->answer = known[i].answer;
		return own < 0 ? -1 : 0;
	}
	return 0;
}

/* What an expert says to the robot in the first lines of a mail, or in a subject of their own: 同意 and the like are words of
 * the contest.  Hears nobody who is not on the roster, and takes no word out of a question. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

#define LINES 3 /* behind a greeting, before a signature */

static ExpertSays meaning_of(const Case *c, const char *key) {
	if (list_is(c->j, LIST_AGREE, key))
		return EXPERT_AGREES;
	if (text_chars(key) > JUDGE_WISH_CHARS)
		return EXPERT_SAYS_NOTHING;
	return list_starts(c->j, LIST_RECUSE, key) ? EXPERT_RECUSES
	       : list_starts(c->j, LIST_MATERIAL, key) ? EXPERT_ASKS : EXPERT_SAYS_NOTHING;
}

/* In the first lines that were written, else in a subject of their own. */
static ExpertSays meaning(const Case *c) {
	Str rest = str_sub(str_of(c->r->text), 0, JUDGE_LOOK_BYTES), line;
	ExpertSays says = EXPERT_SAYS_NOTHING;
	for (int n = 0; says == EXPERT_SAYS_NOTHING && n < LINES && str_next(&rest, '\n', &line);) {
		const char *key = text_key(c->a, text_clean(c->a, line));
		n += *key != '\0';
		says = meaning_of(c, key);
	}
	return says != EXPERT_SAYS_NOTHING || c->r->reply_prefixes ? says : meaning_of(c, c->subject_key);
}

/* The number in what they wrote, else in their own subject; that of the mail they answer is a list of many. */
static const char *number(const Case *c) {
	const Rules *r = c->j->rules;
	Str rest = str_of(c->r->text), line;
	const char *found = NULL;
	while (!found && str_next(&rest, '\n', &line))
		found = str_trim(line).n ? rules_find_number(r, c->a, text_clean(c->a, str_sub(line, 0, JUDGE_LOOK_BYTES))) : NULL;
	if (!found)
		found = rules_find_number(r, c->a, c->r->subject);
	return found ? found : "";
}

int kind_expert(Case *c) {
	Verdict *v = c->v;
	ExpertSays says = meaning(c);
	int expert = says == EXPERT_SAYS_NOTHING ? 0 : trust_expert(c, &v->role);
	if (expert <= 0)
		return expert;
	v->says = says;
	v->number = says == EXPERT_AGREES ? "" : number(c);
	v->outcome = says == EXPERT_ASKS ? OUTCOME_REQUEST : OUTCOME_DECISION;
	v->detail = says == EXPERT_AGREES    ? "an expert promises confidentiality"
	            : says == EXPERT_RECUSES ? "an expert steps back from an entry"
	                                     : "an expert asks for files";
	return 1;
}

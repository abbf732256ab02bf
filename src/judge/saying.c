/* What an expert says to the robot in the first line of a mail, or in a subject of their own: 同意 and the like are words of
 * the contest.  Hears nobody who is not on the roster, and takes no word out of a question. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

/* The short text in which it would be said; "" when there is none. */
static const char *said(const Case *c)
{
	if (*c->text_key)
		return c->first_key;
	return c->r->reply_prefixes ? "" : c->subject_key;
}

static ExpertSays meaning(const Case *c, const char *key)
{
	bool own = c->r->reply_prefixes == 0;
	if (list_is(c->j, LIST_AGREE, key))
		return EXPERT_AGREES;
	if (text_chars(key) > JUDGE_WISH_CHARS)
		key = "";
	if (list_starts(c->j, LIST_RECUSE, key) || (own && list_starts(c->j, LIST_RECUSE, c->subject_key)))
		return EXPERT_RECUSES;
	if (list_starts(c->j, LIST_MATERIAL, key) || (own && list_starts(c->j, LIST_MATERIAL, c->subject_key)))
		return EXPERT_ASKS;
	return EXPERT_SAYS_NOTHING;
}

/* The number in what they wrote, else in their own subject; that of the mail they answer is a list of many. */
static const char *number(const Case *c)
{
	const Rules *r = c->j->rules;
	Str rest = str_of(c->r->text), line;
	const char *found = NULL;
	while (!found && str_next(&rest, '\n', &line))
		found = str_trim(line).n ? rules_find_number(r, c->a, text_clean(c->a, str_sub(line, 0, JUDGE_LOOK_BYTES))) : NULL;
	if (!found)
		found = rules_find_number(r, c->a, c->r->subject);
	return found ? found : "";
}

int kind_expert(Case *c)
{
	Verdict *v = c->v;
	ExpertSays says = meaning(c, said(c));
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

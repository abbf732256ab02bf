/* The table of what can be decided in a workbook: one line a kind. */
#include <string.h>

#include "course/decision_inner.h"

const DecisionKind *const decision_kinds[] = {
	&decide_eligibility, &decide_formal, &decide_late, &decide_twin, &decide_read, &decide_change, &decide_withdraw,
	&decide_object, &decide_setting, &decide_expert, &decide_assign, &decide_score, &decide_seat, &decide_recommend,
	&decide_slot, &decide_award, &decide_objection, NULL,
};

const DecisionKind *decision_kind_find(const char *kind) {
	for (size_t i = 0; decision_kinds[i]; i++)
		if (!strcmp(decision_kinds[i]->kind, kind))
			return decision_kinds[i];
	return NULL;
}

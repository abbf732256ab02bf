/* What the clock asks for, and what is done because of it or of the operator: one line each. */
#include "home/above.h"

#include "command/joint.h"
#include "command/probe.h"
#include "command/purge.h"
#include "command/skip.h"
#include "course/awards.h"
#include "course/handover.h"
#include "course/notice_due.h"
#include "course/phase.h"
#include "course/publish.h"
#include "course/remind.h"
#include "course/setting.h"
#include "course/unsubmitted.h"
#include "desk/digest.h"
#include "home/numbering.h"

const Due *const due_table[] = {
	&due_awards, &due_publish, &due_phase, &due_notice, &due_digest, &due_joint, &due_probe, &due_remind,
	&due_unsubmitted, &due_forms, NULL,
};

const Action *const actions[] = {
	&action_awards, &action_handover, &action_join, &action_notice_expire, &action_numbered, &action_phase, &action_probe, &action_purge,
	&action_purged, &action_remind, &action_skip, &action_unsubmitted, NULL,
};

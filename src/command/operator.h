/* Operator: what the robot says of itself, once when bad and once when well again. */
#ifndef XINLV_COMMAND_OPERATOR_H
#define XINLV_COMMAND_OPERATOR_H

#include "command/world.h"

int operator_rules_faulty(World *w, Err *e);
int operator_rules_mended(World *w, Err *e);

#endif

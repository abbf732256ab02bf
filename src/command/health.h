/* Health: what keeps mail from being fetched, told to the operator once when it begins and once when it is over. Facts in
 * the database remember what was told. */
#ifndef XINLV_COMMAND_HEALTH_H
#define XINLV_COMMAND_HEALTH_H

#include "home/world.h"

/* Servers are away for an hour now and then, and refuse a right password: the operator hears of what mends itself so much
 * later. */
#define HEALTH_ALARM_SECONDS (2 * 3600)
/* Of the mailbox's quota, in per cent, where it is told. */
#define HEALTH_QUOTA_HIGH 70
#define HEALTH_QUOTA_FULL 90
/* So much below a mark it counts as passed downwards: a mailbox around a mark is not told of every hour. */
#define HEALTH_QUOTA_SLACK 5

/* Whether fetching rests after a refused login: 1. */
int health_rests(World *w, Err *e);
/* Whether the last try to fetch failed. */
int health_failing(World *w, Err *e);
/* Whether anything of all this is remembered, told or not yet. */
int health_stands(World *w, Err *e);
/* Fetching failed.  Told at once where only a person can mend it: certificate, configuration. */
int health_failed(World *w, const Err *fault, Err *e);
/* Fetching went through. */
int health_works(World *w, Err *e);
/* percent: -1 when the server does not say; then nothing is known, and nothing told. */
int health_quota(World *w, int percent, Err *e);
/* Folders of the configuration that are not on the server, by name; "" when all are there. */
int health_folders(World *w, const char *missing, Err *e);
/* Why messages cannot be moved or deleted; "" when they could be. */
int health_tidy(World *w, const char *why, Err *e);

#endif

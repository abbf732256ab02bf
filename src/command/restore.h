/* What backup and restore agree upon. */
#ifndef XINLV_COMMAND_RESTORE_H
#define XINLV_COMMAND_RESTORE_H

#define BACKUP_NOTE "xinlv-backup.json"
#define BACKUP_WHOLE "whole" /* its "state" */

#endif

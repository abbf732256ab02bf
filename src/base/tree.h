/* Tree: copies of files and of folders full of them.  Regular files and folders only: links and oddities are left out.
 * Permissions are kept.  Nothing here is durable before file_sync_all. */
#ifndef XINLV_BASE_TREE_H
#define XINLV_BASE_TREE_H

#include <stdbool.h>

#include "base/err.h"

#define TREE_MAX_DEPTH 16

typedef struct {
	bool fixed;              /* files that never change once they have their name: one of the same size that is there is
	                            left, and a second name does for a copy where the file system allows it */
	bool mirror;             /* what the source has not any more goes, too */
	bool hidden;             /* names that begin with a dot are copied, too */
	const char *const *skip; /* names of the topmost folder that are not copied; ended by NULL; NULL: none */
} TreeHow;

/* from/path to to/to_path, under another name until it is whole. */
int tree_copy_file(int from, const char *path, int to, const char *to_path, Err *e);
/* from/path and all in it to to/path, made when missing. */
int tree_copy(int from, int to, const char *path, const TreeHow *how, Err *e);

#endif

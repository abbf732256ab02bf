/* Yaml: a file as a tree of texts, maps and lists, each with its place.  All
 * scalars are text.  What YAML allows beyond that (anchors, aliases, tags, several
 * documents, keys that are no text) is a fault.  No libfyaml type is in this header. */
#ifndef XINLV_RULES_YAML_H
#define XINLV_RULES_YAML_H

#include "rules/fault.h"

#define YAML_MAX_DEPTH 20
#define YAML_MAX_NODES 50000 /* in one file */

typedef enum {
	YAML_NONE, /* what a fault was reported for already */
	YAML_TEXT,
	YAML_MAP,
	YAML_LIST,
} YamlKind;

typedef struct Yaml Yaml;
struct Yaml {
	YamlKind kind;
	const SourceFile *file;
	size_t at, end;    /* byte offsets in the file */
	const char *text;  /* of a text, else "" */
	size_t n;          /* items of a list, entries of a map */
	const Yaml **key;  /* of a map: texts, none twice */
	const Yaml **item; /* of a list, or a map's values */
};

/* The tree of a file, or NULL when it cannot be read; both with faults. */
const Yaml *yaml_read(Arena *a, const SourceFile *file, Faults *f);
/* Value of a key, NULL when absent or no map; *key_node (may be NULL) gets the
 * key. */
const Yaml *yaml_get(const Yaml *map, const char *key, const Yaml **key_node);
/* Byte offset in the file of the n-th character (0-based) of a text's value,
 * through quotes, escapes and folded lines as well as can be told. */
size_t yaml_offset(const Yaml *text, size_t n);

#endif

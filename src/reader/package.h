/* Package: an Office file is a zip of XML parts (ECMA-376 part 2).  Opens one over a
 * descriptor, streams its parts through the XML parser, keeps the limits. */
#ifndef XINLV_READER_PACKAGE_H
#define XINLV_READER_PACKAGE_H

#include "reader/report.h"

#define PACKAGE_MAX_PARTS 2000
#define PACKAGE_MAX_PART (64u << 20)   /* bytes of one part, unpacked */
#define PACKAGE_MAX_TOTAL (256u << 20) /* bytes of all parts parsed */
#define PACKAGE_RATIO_FROM (1u << 20)  /* REPORT_MAX_RATIO holds above this size */
#define XML_MAX_DEPTH 128

typedef struct Package Package;

/* NULL when the zip cannot be used; *flag is the PART_ flag that says why. */
Package *package_open(int fd, unsigned *flag);
void package_close(Package *p);
/* Names are compared without case, '\\' as '/', without a leading '/'. */
bool package_has(const Package *p, const char *name);
bool package_has_under(const Package *p, const char *folder); /* "xl/" */
/* A scan or a photo in that folder; drawings are none. */
bool package_has_picture(const Package *p, const char *folder);
/* The first n bytes of a part; how many were read, 0 when there is none. */
size_t package_head(Package *p, const char *name, char *buf, size_t n);
/* A part's bytes to fd, at most `most` of them; *bytes: how many it has.  0, or a PART_ flag: missing or broken, too large
 * (past the limits above, too, or with errno where fd does not take them), encrypted. */
unsigned package_copy(Package *p, const char *name, int fd, uint64_t most, uint64_t *bytes);

/* What a part's reader wants to be told.  Names come without their prefix;
 * attributes as name and value in turn, NULL at the end.  Any may be NULL. */
typedef struct {
	void (*start)(void *ctx, const char *name, const char **attr);
	void (*end)(void *ctx, const char *name);
	void (*text)(void *ctx, const char *s, size_t n);
} XmlUse;

/* Parses a part.  0, or a PART_ flag: missing, broken, a DOCTYPE (damaged), too large,
 * too deep, encrypted. */
unsigned package_parse(Package *p, const char *name, const XmlUse *use, void *ctx);
/* Ends the parse that runs, without a fault: the caller has what it wants. */
void package_stop(Package *p);
/* Switches the text handler of the running parse on and off: most text is nobody's. */
void package_text(Package *p, bool on);

/* Value of the attribute with that local name, or NULL. */
const char *xml_attr(const char **attr, const char *name);
/* "1" or "true" (also "on"): the booleans of the schema. */
bool xml_true(const char *value);

/* The relationships of a part (ECMA-376 part 2, 9.3). */
typedef struct {
	const char *id, *type, *target; /* target: a part's name, resolved against its source */
} Relation;
typedef VEC(Relation) Relations;
/* Fills *out (arena) from the .rels of the part `of`, "" for the package's own.  A
 * missing one gives none. */
unsigned package_relations(Package *p, Arena *a, const char *of, Relations *out);
/* The target of the first relation whose type ends with "/kind", or NULL. */
const char *relation_of_kind(const Relations *r, const char *kind);
const char *relation_of_id(const Relations *r, const char *id);

#endif

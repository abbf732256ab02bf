/* inserted.c: files that somebody inserted into a workbook or a document come out of it here, and go on as those of any
 * container.  It takes what is shown as an icon and what was inserted as a file; of a form also documents that are shown in
 * place.  It leaves what serves the drawing only: the data of charts, tables, equations. */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/text.h"
#include "reader/formats.h"
#include "reader/message.h"
#include "reader/package.h"

#define MAX_OBJECTS 200      /* looked at in one book */
#define MAX_NATIVE_HEAD 8192 /* bytes in front of an inserted file: three names among them */
#define MAX_NAMES_BEHIND 4096
#define HEAD_BYTES 4096 /* sniff() wants */

typedef struct {
	const char *id, *source; /* of the relation, in the part that shows it */
	const char *target;
	bool icon;
} Object;

typedef struct {
	ReadJob *job;
	Arena *arena;
	Package *package;
	int part, depth;
	const char *source; /* the part that is looked at */
	VEC(Object) object;
} Inserted;

/* ---- which there are */

/* <oleObject> of sheets (ECMA-376 part 1, 18.3.1.59) and <OLEObject> of documents (part 4, 19.3.3.1). */
static void on_start(void *ctx, const char *name, const char **attr) {
	Inserted *x = ctx;
	if ((strcmp(name, "oleObject") != 0 && strcmp(name, "OLEObject") != 0) || x->object.n >= MAX_OBJECTS)
		return;
	const char *aspect = xml_attr(attr, *name == 'o' ? "dvAspect" : "DrawAspect"), *id = NULL;
	/* A document's object also has names of its own that end with "id". */
	for (const char **a = attr; a[0]; a += 2)
		if (strchr(a[0], ':') && !strcmp(strchr(a[0], ':'), ":id"))
			id = a[1];
	if (!id)
		return;
	bool icon = aspect && str_find_nocase(str_of(aspect), STR("icon")) >= 0;
	*vec_push(&x->object) = (Object){.id = arena_str(x->arena, id), .source = x->source, .icon = icon};
}

static bool known(const Inserted *x, size_t upto, const char *target) {
	for (size_t i = 0; i < upto; i++)
		if (x->object.v[i].target && !strcmp(x->object.v[i].target, target))
			return true;
	return false;
}

/* Objects of one sheet, or of a document's text.  Each stands twice where a newer and an older way to show it are given. */
static void look_at(Inserted *x, const char *source) {
	static const XmlUse use = {.start = on_start};
	Relations rel = {0};
	size_t from = x->object.n;
	x->source = source;
	if (!package_relations(x->package, x->arena, source, &rel) &&
	    (relation_of_kind(&rel, "oleObject") || relation_of_kind(&rel, "package")))
		package_parse(x->package, source, &use, x);
	for (size_t i = from; i < x->object.n; i++) {
		const char *target = relation_of_id(&rel, x->object.v[i].id);
		x->object.v[i].target = target && package_has(x->package, target) && !known(x, i, target) ? target : NULL;
	}
	vec_free(&rel);
}

static void look_for_objects(Inserted *x) {
	Relations root = {0}, rel = {0};
	package_relations(x->package, x->arena, "", &root);
	const char *book = relation_of_kind(&root, "officeDocument");
	if (book && package_has(x->package, book)) {
		look_at(x, book);
		package_relations(x->package, x->arena, book, &rel);
	}
	for (size_t i = 0; i < rel.n; i++)
		if (str_ends_nocase(str_of(rel.v[i].type), "/worksheet"))
			look_at(x, rel.v[i].target);
	vec_free(&root);
	vec_free(&rel);
}

/* ---- what a file inserted as such says of itself (OLENativeStream, MS-OLEDS 2.3.6, as the packager fills it) */

typedef struct {
	const char *name;
	uint64_t from, bytes; /* of the file in the stream */
} Native;

/* What an object holds: all of a file of its own, or a storage of an old workbook. */
typedef struct {
	Ole *ole;
	const size_t *member;
	size_t n;
} Storage;

static Storage storage_at(Ole *ole, size_t entry) {
	Storage s = {.ole = ole};
	s.member = ole_members(ole, entry, &s.n);
	return s;
}

static size_t stream_of(const Storage *s, const char *name) {
	size_t at = ole_named(s->ole, s->member, s->n, name);
	return at != SIZE_MAX && !ole_is_storage(s->ole, at) ? at : SIZE_MAX;
}

static bool number(Str *s, size_t bytes, uint32_t *out) {
	*out = 0;
	if (s->n < bytes)
		return false;
	for (size_t i = bytes; i--;)
		*out = *out << 8 | (unsigned char)s->p[i];
	*s = str_from(*s, bytes);
	return true;
}

static bool zero_ended(Str *s, Str *out) {
	const char *end = memchr(s->p, 0, s->n);
	if (!end)
		return false;
	*out = str_sub(*s, 0, (size_t)(end - s->p));
	*s = str_from(*s, out->n + 1);
	return true;
}

static bool skip(Str *s, size_t n) {
	if (s->n < n)
		return false;
	*s = str_from(*s, n);
	return true;
}

static bool counted_utf16(Arena *a, Str *s, const char **out) {
	uint32_t n;
	if (!number(s, 4, &n) || n > s->n / 2)
		return false;
	*out = charset_utf16(a, str_sub(*s, 0, (size_t)n * 2));
	return skip(s, (size_t)n * 2);
}

/* PROJEC~1.PDF */
static bool is_short_name(const char *base) {
	const char *tilde = strchr(base, '~');
	return tilde && tilde[1] >= '0' && tilde[1] <= '9';
}

/* The name: the file's own before the icon's caption, and in Unicode, which stands behind the file, before the code page of
 * whoever inserted it.  A caption may be any words, and a file's own name may be the one DOS would know. */
static const char *native_name(Arena *a, Str behind, Str label, Str path) {
	const char *temporary = "", *wide_label = "", *wide_path = "", *best = "";
	if (!counted_utf16(a, &behind, &temporary) || !counted_utf16(a, &behind, &wide_label) ||
	    !counted_utf16(a, &behind, &wide_path))
		wide_label = wide_path = "";
	const char *const all[] = {charset_guess(a, label), charset_guess(a, path), wide_label, wide_path};
	int most = 0;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const char *base = file_base_name(a, all[i]);
		int worth = !*base ? 0 : !strchr(base, '.') ? 1 : is_short_name(base) ? 2 : 3;
		if (worth && worth >= most) {
			most = worth;
			best = base;
		}
	}
	return best;
}

static bool native_read(Arena *a, const Ole *o, size_t entry, Native *out) {
	Buf head = {0}, tail = {0};
	uint32_t kind, ignored, n, bytes;
	Str label, path, s;
	bool good = ole_piece(o, entry, 0, MAX_NATIVE_HEAD, &head) == 0;
	s = buf_view(&head);
	good = good && number(&s, 4, &ignored) && number(&s, 2, &kind) && kind == 2 && zero_ended(&s, &label) && zero_ended(&s, &path) &&
	       number(&s, 4, &ignored) && number(&s, 4, &n) && skip(&s, n) && number(&s, 4, &bytes);
	if (good) {
		out->from = head.n - s.n;
		out->bytes = bytes;
		good = out->from + bytes <= ole_bytes(o, entry);
	}
	if (good) {
		if (ole_piece(o, entry, out->from + bytes, MAX_NAMES_BEHIND, &tail) != 0)
			buf_clear(&tail);
		out->name = native_name(a, buf_view(&tail), label, path);
	}
	buf_free(&head);
	buf_free(&tail);
	return good;
}

/* ---- taking one out */

static FileType type_of(int fd) {
	char head[HEAD_BYTES];
	ssize_t n = pread(fd, head, sizeof head, 0);
	return sniff((Str){head, n > 0 ? (size_t)n : 0}, fd);
}

static bool is_document(FileType t) {
	return t == TYPE_PDF || t == TYPE_DOCX || t == TYPE_DOC || t == TYPE_PPTX || t == TYPE_OFD;
}

static bool is_workbook(FileType t) {
	return t == TYPE_XLSX || t == TYPE_XLS || t == TYPE_XLSB || t == TYPE_ODS;
}

/* The name of the part, by what it holds: what is inserted as a document keeps no name. */
static const char *name_by_type(Arena *a, const char *target, FileType t) {
	const char *base = file_base_name(a, target), *dot = strrchr(base, '.');
	return arena_fmt(a, "%.*s.%s", dot ? (int)(dot - base) : (int)strlen(base), base, type_name(t));
}

static void note(Inserted *x, const char *name, unsigned why, uint64_t bytes) {
	const FileAt at = {.name = name, .parent = x->part, .depth = x->depth};
	file_note(x->job, &at, why, bytes);
}

static void give(Inserted *x, int fd, int index, const char *name) {
	const FileAt at = {.name = name, .parent = x->part, .depth = x->depth};
	read_file(x->job, fd, index, &at);
}

/* Whether what is shown as a document or an icon is somebody's file. */
static void give_document(Inserted *x, const Object *o, int fd, int index) {
	FileType t = type_of(fd);
	bool form = x->job->part.v[x->part].form >= 0;
	if (is_document(t) ? o->icon || form || t == TYPE_PDF : is_workbook(t) && o->icon)
		give(x, fd, index, name_by_type(x->arena, o->target, t));
}

/* Bytes of a stream, as a file. */
static void take_stream(Inserted *x, const Object *o, const Ole *ole, size_t entry, const Native *native) {
	uint64_t from = native ? native->from : 0, bytes = native ? native->bytes : ole_bytes(ole, entry);
	const char *name = native ? native->name : o->target;
	int index, fd = file_fresh(x->job, &index);
	x->job->unpacked += bytes;
	if (fd < 0 || x->job->unpacked > REPORT_MAX_UNPACKED) {
		note(x, name, PART_TOO_LARGE, bytes);
	} else if (ole_copy(ole, entry, from, bytes, fd) < 0) {
		file_unwritten(x->job, index);
		note(x, name, PART_DAMAGED, bytes);
	} else if (native) {
		give(x, fd, index, name);
	} else {
		give_document(x, o, fd, index);
	}
	if (fd >= 0)
		close(fd);
}

/* A file inserted as such, or a document in a stream; false where there is none of both. */
static bool take_object(Inserted *x, const Object *o, const Storage *s) {
	size_t packager = stream_of(s, "?Ole10Native"), content = stream_of(s, "Package");
	Native native;
	if (packager != SIZE_MAX) {
		if (native_read(x->arena, s->ole, packager, &native))
			take_stream(x, o, s->ole, packager, &native);
		else
			note(x, o->target, PART_DAMAGED, ole_bytes(s->ole, packager));
		return true;
	}
	if (content == SIZE_MAX)
		content = stream_of(s, "CONTENTS");
	if (content != SIZE_MAX)
		take_stream(x, o, s->ole, content, NULL);
	return content != SIZE_MAX;
}

/* An object in the old way: what was inserted stands in a stream, or is the object. */
static void take_ole(Inserted *x, const Object *o, int fd, int index) {
	Ole *ole = ole_open(x->arena, fd);
	if (!ole) {
		if (o->icon)
			note(x, o->target, PART_DAMAGED, 0);
		return;
	}
	Storage top = storage_at(ole, OLE_ROOT);
	if (!take_object(x, o, &top))
		give_document(x, o, fd, index);
}

static void take(Inserted *x, const Object *o) {
	ReadJob *j = x->job;
	int index, fd = file_fresh(j, &index);
	uint64_t bytes = 0;
	errno = 0;
	unsigned why = fd < 0 ? PART_TOO_LARGE : package_copy(x->package, o->target, fd, REPORT_MAX_UNPACKED - j->unpacked, &bytes);
	j->unpacked += bytes;
	if (fd >= 0 && why)
		file_unwritten(j, index);
	if (why && o->icon) {
		note(x, o->target, why, bytes);
	} else if (!why) {
		char magic[8] = "";
		bool ole = pread(fd, magic, sizeof magic, 0) == sizeof magic && !memcmp(magic, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
		if (ole)
			take_ole(x, o, fd, index);
		else
			give_document(x, o, fd, index);
	}
	if (fd >= 0)
		close(fd);
}

static void take_from_package(Inserted *x, int fd) {
	unsigned flag;
	x->package = package_open(fd, &flag);
	if (!x->package)
		return;
	look_for_objects(x);
	for (size_t i = 0; i < x->object.n && x->job->unpacked < REPORT_MAX_UNPACKED; i++)
		if (x->object.v[i].target)
			take(x, &x->object.v[i]);
	vec_free(&x->object);
	package_close(x->package);
}

/* Excel 97 to 2003 and those who write like them: each object in a storage of its own beside the workbook. */
static void take_from_old_workbook(Inserted *x, int fd) {
	Ole *ole = ole_open(x->arena, fd);
	Storage top = ole ? storage_at(ole, OLE_ROOT) : (Storage){0};
	for (size_t i = 0; i < top.n && i < MAX_OBJECTS && x->job->unpacked < REPORT_MAX_UNPACKED; i++) {
		const Object o = {.target = ole_name(ole, top.member[i])};
		if (!ole_is_storage(ole, top.member[i]) || strncasecmp(o.target, OLE_OBJECT, strlen(OLE_OBJECT)) != 0)
			continue;
		Storage s = storage_at(ole, top.member[i]);
		take_object(x, &o, &s);
	}
}

void read_inserted(ReadJob *j, int fd, int part, int depth) {
	Inserted x = {.job = j, .arena = j->arena, .part = part, .depth = depth};
	if (j->part.v[part].type == TYPE_XLS)
		take_from_old_workbook(&x, fd);
	else
		take_from_package(&x, fd);
}

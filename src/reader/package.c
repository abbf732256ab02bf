/* package.c: workbooks and documents come here first: the zip is opened over the part's
 * descriptor and its XML streamed through expat.  It refuses to hold a file in
 * memory, to follow a DOCTYPE or an entity of one, to believe a size that the zip
 * states, and to go past the limits of package.h. */
#include "reader/package.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/file.h"

#define END_RECORD 22      /* bytes of a zip's end record without its comment */
#define READ_BYTES 65536   /* unpacked bytes given to the XML parser at a time */
#define MAX_RELATIONS 4000
#define MAX_NAME 1024 /* of a part */

/* What libzip reads from. */
typedef struct {
	int fd;
	uint64_t at, size;
	zip_error_t fault;
} Origin;

struct Package {
	zip_t *zip;
	Origin origin;
	char **name; /* normalised */
	size_t n;
	uint64_t total;
	XML_Parser parser;
	/* the parse that runs */
	const XmlUse *use;
	void *ctx;
	unsigned depth;
	unsigned flag;
	bool stopped;
};

static zip_int64_t origin_read(Origin *s, void *data, zip_uint64_t n) {
	ssize_t got = pread(s->fd, data, n, (off_t)s->at);
	if (got < 0) {
		zip_error_set(&s->fault, ZIP_ER_READ, 0);
		return -1;
	}
	s->at += (uint64_t)got;
	return got;
}

static zip_int64_t origin_seek(Origin *s, void *data, zip_uint64_t n) {
	zip_int64_t to = zip_source_seek_compute_offset(s->at, s->size, data, n, &s->fault);
	if (to < 0)
		return -1;
	s->at = (uint64_t)to;
	return 0;
}

static zip_int64_t origin_stat(const Origin *s, void *data) {
	zip_stat_t *st = data;
	zip_stat_init(st);
	st->size = s->size;
	st->valid |= ZIP_STAT_SIZE;
	return (zip_int64_t)sizeof *st;
}

/* libzip's own file source would open, stat and read ahead through stdio; this one
 * needs pread alone, which the walls allow. */
static zip_int64_t origin_answer(void *ctx, void *data, zip_uint64_t n, zip_source_cmd_t cmd) {
	Origin *s = ctx;
	switch (cmd) {
	case ZIP_SOURCE_OPEN:
		s->at = 0;
		return 0;
	case ZIP_SOURCE_READ:
		return origin_read(s, data, n);
	case ZIP_SOURCE_SEEK:
		return origin_seek(s, data, n);
	case ZIP_SOURCE_TELL:
		return (zip_int64_t)s->at;
	case ZIP_SOURCE_STAT:
		return origin_stat(s, data);
	case ZIP_SOURCE_ERROR:
		return zip_error_to_data(&s->fault, data, n);
	case ZIP_SOURCE_CLOSE:
	case ZIP_SOURCE_FREE:
		return 0;
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
		                                      ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
		                                      ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
		                                      ZIP_SOURCE_SUPPORTS, -1);
	default:
		zip_error_set(&s->fault, ZIP_ER_OPNOTSUPP, 0);
		return -1;
	}
}

/* How many members the end record claims, -1 when there is none: libzip would load
 * the directory of any number of members before it could be asked. */
static long end_count(int fd, uint64_t size) {
	unsigned char tail[END_RECORD + 1024];
	size_t n = size < sizeof tail ? (size_t)size : sizeof tail;
	ssize_t got = pread(fd, tail, n, (off_t)(size - n));
	for (ssize_t i = got - END_RECORD; i >= 0; i--)
		if (!memcmp(tail + i, "PK\5\6", 4))
			return tail[i + 10] | tail[i + 11] << 8;
	return -1;
}

static char *normal_name(const char *raw) {
	while (*raw == '/' || *raw == '\\')
		raw++;
	char *name = mem_str(raw);
	for (char *c = name; *c; c++)
		if (*c == '\\')
			*c = '/';
	return name;
}

static void list_names(Package *p) {
	zip_int64_t n = zip_get_num_entries(p->zip, 0);
	p->n = n > 0 ? (size_t)n : 0;
	p->name = mem_alloc((p->n + 1) * sizeof *p->name);
	for (size_t i = 0; i < p->n; i++) {
		const char *raw = zip_get_name(p->zip, i, ZIP_FL_ENC_RAW);
		p->name[i] = normal_name(raw ? raw : "");
	}
}

Package *package_open(int fd, unsigned *flag) {
	struct stat st;
	*flag = PART_DAMAGED;
	if (fstat(fd, &st) != 0 || st.st_size < END_RECORD)
		return NULL;
	if (end_count(fd, (uint64_t)st.st_size) > PACKAGE_MAX_PARTS) {
		*flag = PART_TOO_LARGE;
		return NULL;
	}
	Package *p = mem_alloc(sizeof *p);
	memset(p, 0, sizeof *p);
	p->origin = (Origin){.fd = fd, .size = (uint64_t)st.st_size};
	zip_error_init(&p->origin.fault);
	zip_error_t fault;
	zip_error_init(&fault);
	zip_source_t *src = zip_source_function_create(origin_answer, &p->origin, &fault);
	if (src)
		p->zip = zip_open_from_source(src, ZIP_RDONLY, &fault);
	if (src && !p->zip)
		zip_source_free(src);
	zip_error_fini(&fault);
	if (!p->zip) {
		package_close(p);
		return NULL;
	}
	list_names(p);
	*flag = p->n > PACKAGE_MAX_PARTS ? PART_TOO_LARGE : 0;
	if (*flag) {
		package_close(p);
		return NULL;
	}
	return p;
}

void package_close(Package *p) {
	if (!p)
		return;
	if (p->zip)
		zip_discard(p->zip);
	for (size_t i = 0; i < p->n; i++)
		free(p->name[i]);
	free(p->name);
	if (p->parser)
		XML_ParserFree(p->parser);
	zip_error_fini(&p->origin.fault);
	free(p);
}

static ptrdiff_t locate(const Package *p, const char *name) {
	for (size_t i = 0; i < p->n; i++)
		if (!strcasecmp(p->name[i], name))
			return (ptrdiff_t)i;
	return -1;
}

bool package_has(const Package *p, const char *name) {
	return locate(p, name) >= 0;
}

bool package_has_under(const Package *p, const char *folder) {
	for (size_t i = 0; i < p->n; i++)
		if (!strncasecmp(p->name[i], folder, strlen(folder)))
			return true;
	return false;
}

bool package_has_picture(const Package *p, const char *folder) {
	static const char *const suffix[] = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif"};
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; !strncasecmp(p->name[i], folder, strlen(folder)) && k < sizeof suffix / sizeof *suffix; k++)
			if (str_ends_nocase(str_of(p->name[i]), suffix[k]))
				return true;
	return false;
}

size_t package_head(Package *p, const char *name, char *buf, size_t n) {
	ptrdiff_t at = locate(p, name);
	zip_file_t *f = at < 0 ? NULL : zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
	if (!f)
		return 0;
	zip_int64_t got = zip_fread(f, buf, n);
	zip_fclose(f);
	return got > 0 ? (size_t)got : 0;
}

static const char *local_name(const char *name) {
	const char *colon = strchr(name, ':');
	return colon ? colon + 1 : name;
}

static void halt(Package *p, unsigned flag) {
	p->flag |= flag;
	p->stopped = true;
	XML_StopParser(p->parser, XML_FALSE);
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attr) {
	Package *p = ctx;
	if (++p->depth > XML_MAX_DEPTH) {
		halt(p, PART_TOO_DEEP);
		return;
	}
	if (!p->stopped && p->use->start)
		p->use->start(p->ctx, local_name(name), attr);
}

static void XMLCALL on_end(void *ctx, const XML_Char *name) {
	Package *p = ctx;
	p->depth--;
	if (!p->stopped && p->use->end)
		p->use->end(p->ctx, local_name(name));
}

static void XMLCALL on_text(void *ctx, const XML_Char *s, int n) {
	Package *p = ctx;
	if (!p->stopped)
		p->use->text(p->ctx, s, (size_t)n);
}

/* No Office program writes one, and only a bomb or a spy has a use for it. */
static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *sysid,
                               const XML_Char *pubid, int internal) {
	(void)name, (void)sysid, (void)pubid, (void)internal;
	halt(ctx, PART_DAMAGED);
}

void package_stop(Package *p) {
	halt(p, 0);
}

void package_text(Package *p, bool on) {
	XML_SetCharacterDataHandler(p->parser, on && p->use->text ? on_text : NULL);
}

static void begin(Package *p, const XmlUse *use, void *ctx) {
	if (p->parser)
		XML_ParserReset(p->parser, NULL);
	else if (!(p->parser = XML_ParserCreate(NULL)))
		abort(); /* no memory */
	XML_SetUserData(p->parser, p);
	XML_SetElementHandler(p->parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(p->parser, on_doctype);
	p->use = use;
	p->ctx = ctx;
	p->depth = 0;
	p->flag = 0;
	p->stopped = false;
	package_text(p, true);
}

static bool over(const Package *p, uint64_t out, uint64_t packed) {
	return out > PACKAGE_MAX_PART || p->total > PACKAGE_MAX_TOTAL ||
	       (out > PACKAGE_RATIO_FROM && out / REPORT_MAX_RATIO > packed);
}

/* Nothing more comes, and libzip has found the checksum right.  To tell the parser so
 * together with the last bytes spares it a walk over all of them. */
static bool at_end(zip_file_t *f, uint64_t out, const zip_stat_t *st, bool *broken) {
	char more;
	if (!(st->valid & ZIP_STAT_SIZE) || out < st->size)
		return false;
	*broken = zip_fread(f, &more, 1) != 0;
	return true;
}

static unsigned pump(Package *p, zip_file_t *f, const zip_stat_t *st) {
	uint64_t out = 0;
	for (bool end = false; !end;) {
		bool broken = false;
		void *buf = XML_GetBuffer(p->parser, READ_BYTES);
		if (!buf)
			return PART_DAMAGED;
		zip_int64_t n = zip_fread(f, buf, READ_BYTES);
		if (n < 0)
			return PART_DAMAGED;
		out += (uint64_t)n;
		p->total += (uint64_t)n;
		if (over(p, out, st->comp_size))
			return PART_TOO_LARGE;
		end = n == 0 || at_end(f, out, st, &broken);
		if (broken)
			return PART_DAMAGED;
		enum XML_Status ok = XML_ParseBuffer(p->parser, (int)n, end);
		if (p->stopped)
			return p->flag;
		if (ok != XML_STATUS_OK)
			return PART_DAMAGED;
	}
	return 0;
}

/* Opens a part for reading; what stands in the way of that as a PART_ flag. */
static unsigned part_open(Package *p, const char *name, zip_stat_t *st, zip_file_t **out) {
	ptrdiff_t at = locate(p, name);
	if (at < 0 || zip_stat_index(p->zip, (zip_uint64_t)at, 0, st) != 0)
		return PART_DAMAGED;
	if ((st->valid & ZIP_STAT_ENCRYPTION_METHOD) && st->encryption_method != ZIP_EM_NONE)
		return PART_ENCRYPTED;
	if ((st->valid & ZIP_STAT_SIZE) && over(p, st->size, st->comp_size))
		return PART_TOO_LARGE;
	*out = zip_fopen_index(p->zip, (zip_uint64_t)at, 0);
	return *out ? 0 : PART_DAMAGED;
}

unsigned package_parse(Package *p, const char *name, const XmlUse *use, void *ctx) {
	zip_stat_t st;
	zip_file_t *f;
	unsigned flag = part_open(p, name, &st, &f);
	if (flag)
		return flag;
	begin(p, use, ctx);
	flag = pump(p, f, &st);
	zip_fclose(f);
	return flag;
}

static unsigned copy(Package *p, zip_file_t *f, const zip_stat_t *st, int fd, uint64_t most, uint64_t *bytes) {
	char *buf = mem_alloc(READ_BYTES);
	zip_int64_t n;
	unsigned flag = 0;
	while (!flag && (n = zip_fread(f, buf, READ_BYTES)) != 0) {
		*bytes += n > 0 ? (uint64_t)n : 0;
		p->total += n > 0 ? (uint64_t)n : 0;
		if (n < 0)
			flag = PART_DAMAGED;
		else if (*bytes > most || over(p, *bytes, st->comp_size) || file_write_all(fd, buf, (size_t)n, NULL) != 0)
			flag = PART_TOO_LARGE;
	}
	free(buf);
	return flag;
}

unsigned package_copy(Package *p, const char *name, int fd, uint64_t most, uint64_t *bytes) {
	zip_stat_t st;
	zip_file_t *f;
	*bytes = 0;
	unsigned flag = part_open(p, name, &st, &f);
	if (flag)
		return flag;
	flag = copy(p, f, &st, fd, most, bytes);
	zip_fclose(f);
	return flag;
}

const char *xml_attr(const char **attr, const char *name) {
	for (; attr[0]; attr += 2)
		if (!strcmp(local_name(attr[0]), name))
			return attr[1];
	return NULL;
}

bool xml_true(const char *v) {
	return v && (!strcmp(v, "1") || !strcasecmp(v, "true") || !strcasecmp(v, "on"));
}

/* Relationships. */

typedef struct {
	Package *package;
	Arena *arena;
	const char *of;
	Relations *out;
} RelRead;

/* "../a/b" or "a/b" against the folder of `of`; "/a/b" against the root.  Writers on
 * Windows also use '\\'. */
static const char *resolve(Arena *a, const char *of, const char *target) {
	char path[MAX_NAME] = "";
	size_t n = 0;
	const char *slash = strrchr(of, '/');
	if (target[0] != '/' && target[0] != '\\' && slash) {
		n = (size_t)(slash - of);
		if (n >= sizeof path)
			return "";
		memcpy(path, of, n);
	}
	while (*target) {
		size_t step = strcspn(target, "/\\");
		if (step == 2 && !strncmp(target, "..", 2)) {
			while (n && path[--n] != '/') {
			}
		} else if (step && !(step == 1 && target[0] == '.')) {
			if (n + step + 2 > sizeof path)
				return "";
			if (n)
				path[n++] = '/';
			memcpy(path + n, target, step);
			n += step;
		}
		target += step + (target[step] != '\0');
	}
	return arena_copy(a, path, n);
}

static void relation_start(void *ctx, const char *name, const char **attr) {
	RelRead *r = ctx;
	if (strcmp(name, "Relationship") != 0 || r->out->n >= MAX_RELATIONS)
		return;
	const char *mode = xml_attr(attr, "TargetMode");
	const char *target = xml_attr(attr, "Target");
	if (!target || (mode && !strcasecmp(mode, "External")))
		return;
	Relation *rel = vec_push(r->out);
	rel->id = arena_str(r->arena, xml_attr(attr, "Id"));
	rel->type = arena_str(r->arena, xml_attr(attr, "Type"));
	rel->target = resolve(r->arena, r->of, target);
}

unsigned package_relations(Package *p, Arena *a, const char *of, Relations *out) {
	const char *slash = strrchr(of, '/');
	int folder = slash ? (int)(slash + 1 - of) : 0;
	const char *name = arena_fmt(a, "%.*s_rels/%s.rels", folder, of, of + folder);
	if (!package_has(p, name))
		return 0;
	RelRead r = {.package = p, .arena = a, .of = of, .out = out};
	return package_parse(p, name, &(XmlUse){.start = relation_start}, &r);
}

const char *relation_of_kind(const Relations *r, const char *kind) {
	size_t n = strlen(kind);
	for (size_t i = 0; i < r->n; i++) {
		size_t len = strlen(r->v[i].type);
		if (len > n && r->v[i].type[len - n - 1] == '/' && !strcasecmp(r->v[i].type + len - n, kind))
			return r->v[i].target;
	}
	return NULL;
}

const char *relation_of_id(const Relations *r, const char *id) {
	for (size_t i = 0; i < r->n; i++)
		if (id && !strcmp(r->v[i].id, id))
			return r->v[i].target;
	return NULL;
}

/* Between reader and judge: the report as a record, and the names of file types.
 * Refuses to believe the reader: each index, enum, flag and count is checked, and what
 * must stand on one line is made one line again. */
#include "reader/report.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"
#include "reader/formmap.h"
#include "reader/wire.h"

#define PART_ALL ((PART_PICTURES << 1) - 1)
#define ROBOT_ALL ((ROBOT_SUPPRESS << 1) - 1)
#define MAX_BYTES ((uint64_t)1 << 40) /* no file of ours is larger */
#define MAX_PREFIXES 10000
#define MAX_SHEETS 10000
#define MAX_LISTED 100000 /* addresses, links */
/* RFC 3339 has years of four digits: 0001-01-01 to 9999-12-31. */
#define FIRST_MOMENT (-62135596800)
#define LAST_MOMENT 253402300799

/* Least bytes of one thing in the record: 8 a number, 4 an empty text. */
#define EACH_ADDR (2 * 4)
#define EACH_PART (2 * 4 + 6 * 8 + 4 + HASH_BYTES)
#define EACH_VALUE (4 * 8 + 3 * 4)
#define EACH_PLACE (8 + 2 * 4)
#define EACH_FORM (6 * 8 + 5 * 4 + 8)
#define EACH_CELL (2 * 4)
#define EACH_SHEET (4 + 2 * 8)
#define EACH_DECISION (6 * 4)
#define EACH_OPEN (3 * 4)
#define EACH_BOOK (2 * 4 + 4 * 8)

static const struct {
	const char *name, *media;
} types[TYPE_COUNT] = {
	[TYPE_UNKNOWN] = {"unknown", "application/octet-stream"},
	[TYPE_EMPTY] = {"empty", "application/octet-stream"},
	[TYPE_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	[TYPE_XLS] = {"xls", "application/vnd.ms-excel"},
	[TYPE_XLSB] = {"xlsb", "application/vnd.ms-excel.sheet.binary.macroenabled.12"},
	[TYPE_DOCX] = {"docx",
	               "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	[TYPE_DOC] = {"doc", "application/msword"},
	[TYPE_PPTX] = {"pptx",
	               "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	[TYPE_WPS_OLD] = {"wps", "application/vnd.ms-works"},
	[TYPE_OLE_ENCRYPTED] = {"ole-encrypted", "application/octet-stream"},
	[TYPE_OLE] = {"ole", "application/x-ole-storage"},
	[TYPE_MSG] = {"msg", "application/vnd.ms-outlook"},
	[TYPE_IWORK] = {"iwork", "application/octet-stream"},
	[TYPE_ODS] = {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
	[TYPE_PDF] = {"pdf", "application/pdf"},
	[TYPE_OFD] = {"ofd", "application/ofd"},
	[TYPE_JPEG] = {"jpg", "image/jpeg"},
	[TYPE_PNG] = {"png", "image/png"},
	[TYPE_GIF] = {"gif", "image/gif"},
	[TYPE_BMP] = {"bmp", "image/bmp"},
	[TYPE_TIFF] = {"tiff", "image/tiff"},
	[TYPE_WEBP] = {"webp", "image/webp"},
	[TYPE_HEIC] = {"heic", "image/heic"},
	[TYPE_ZIP] = {"zip", "application/zip"},
	[TYPE_RAR] = {"rar", "application/vnd.rar"},
	[TYPE_7Z] = {"7z", "application/x-7z-compressed"},
	[TYPE_GZIP] = {"gz", "application/gzip"},
	[TYPE_TNEF] = {"tnef", "application/vnd.ms-tnef"},
	[TYPE_EML] = {"eml", "message/rfc822"},
	[TYPE_HTML] = {"html", "text/html"},
	[TYPE_TEXT] = {"txt", "text/plain"},
	[TYPE_CALENDAR] = {"ics", "text/calendar"},
	[TYPE_SIGNATURE] = {"signature", "application/pkcs7-signature"},
	[TYPE_SMIME] = {"p7m", "application/pkcs7-mime"},
	[TYPE_VIDEO] = {"video", "application/octet-stream"},
	[TYPE_AUDIO] = {"audio", "application/octet-stream"},
};

/* Other names that rules may give as a format. */
static const struct {
	const char *name;
	FileType type;
} also[] = {
	{"jpeg", TYPE_JPEG}, {"tif", TYPE_TIFF},  {"gzip", TYPE_GZIP}, {"htm", TYPE_HTML},
	{"text", TYPE_TEXT}, {"heif", TYPE_HEIC}, {"et", TYPE_WPS_OLD}, {"dps", TYPE_WPS_OLD},
};

const char *type_name(FileType t) {
	return types[(unsigned)t < TYPE_COUNT ? t : TYPE_UNKNOWN].name;
}

const char *type_media(FileType t) {
	return types[(unsigned)t < TYPE_COUNT ? t : TYPE_UNKNOWN].media;
}

FileType type_of_name(const char *name) {
	for (size_t i = 0; i < TYPE_COUNT; i++)
		if (str_is_nocase(str_of(name), types[i].name))
			return (FileType)i;
	for (size_t i = 0; i < sizeof also / sizeof *also; i++)
		if (str_is_nocase(str_of(name), also[i].name))
			return also[i].type;
	return TYPE_UNKNOWN;
}

bool type_is_archive(FileType t) {
	return t == TYPE_ZIP || t == TYPE_RAR || t == TYPE_7Z || t == TYPE_GZIP;
}

/* An index that may be -1 travels as index + 1. */
static void put_index(Buf *b, int64_t i) {
	rec_put_num(b, (uint64_t)(i + 1));
}

/* -1, or an index below n. */
static int get_index(RecIn *r, size_t n) {
	return (int)rec_count(r, n) - 1;
}

static int get_enum(RecIn *r, int last) {
	return (int)rec_count(r, (size_t)last);
}

static bool get_bool(RecIn *r) {
	return rec_count(r, 1) != 0;
}

static unsigned get_flags(RecIn *r, unsigned all) {
	uint64_t v = rec_num(r);
	if (v & ~(uint64_t)all)
		r->bad = true;
	return r->bad ? 0 : (unsigned)v;
}

/* A date that nobody could show is no date; it is no reason to refuse the mail. */
static int64_t get_moment(RecIn *r) {
	int64_t t = (int64_t)rec_num(r);
	return t < FIRST_MOMENT || t > LAST_MOMENT ? WHEN_NONE : t;
}

/* Most texts of a report are empty: they cost no memory, so that a record never grows
 * to many times its size. */
static const char *get_text(RecIn *r, Arena *a) {
	Str s = rec_bytes(r);
	return s.n ? text_clean(a, s) : "";
}

static const char *get_line(RecIn *r, Arena *a) {
	Str s = rec_bytes(r);
	return s.n ? text_line(a, s) : "";
}

static void put_addr(Buf *b, const MailAddr *m) {
	rec_put_text(b, m->name);
	rec_put_text(b, m->addr);
}

static MailAddr get_addr(RecIn *r, Arena *a) {
	MailAddr m;
	m.name = get_line(r, a);
	m.addr = get_line(r, a);
	return m;
}

static void put_part(Buf *b, const Part *p) {
	rec_put_text(b, p->name);
	rec_put_text(b, p->path);
	put_index(b, p->parent);
	rec_put_num(b, p->type);
	rec_put_num(b, p->bytes);
	rec_put_bytes(b, p->sha256.b, HASH_BYTES);
	rec_put_num(b, p->flags);
	put_index(b, p->spill);
	put_index(b, p->form);
}

/* Parents come before their members, so a chain of parents always ends. */
static void get_part(RecIn *r, Arena *a, Part *p, size_t own_index, size_t form_n) {
	p->name = get_line(r, a);
	p->path = get_line(r, a);
	p->parent = get_index(r, own_index);
	p->type = (FileType)get_enum(r, TYPE_COUNT - 1);
	p->bytes = rec_count(r, MAX_BYTES);
	Str hash = rec_bytes(r);
	if (hash.n == HASH_BYTES)
		memcpy(p->sha256.b, hash.p, HASH_BYTES);
	else
		r->bad = true;
	p->flags = get_flags(r, PART_ALL);
	p->spill = get_index(r, WIRE_MAX_SPILLS);
	p->form = get_index(r, form_n);
}

static void put_value(Buf *b, const FormValue *v) {
	rec_put_num(b, v->field);
	rec_put_num(b, v->row);
	rec_put_text(b, v->text);
	rec_put_num(b, v->raw);
	rec_put_num(b, v->percent);
	rec_put_text(b, v->sheet);
	rec_put_text(b, v->cell);
}

static void get_value(RecIn *r, Arena *a, FormValue *v) {
	v->field = rec_count(r, FORMMAP_MAX_FIELDS - 1);
	v->row = rec_count(r, REPORT_MAX_CELLS);
	v->text = get_text(r, a);
	v->raw = (RawKind)get_enum(r, RAW_PICTURE);
	v->percent = get_bool(r);
	v->sheet = get_text(r, a);
	v->cell = get_line(r, a);
}

static void put_form(Buf *b, const FormRead *f) {
	rec_put_num(b, f->source);
	put_index(b, f->part);
	rec_put_text(b, f->edition);
	rec_put_text(b, f->track);
	rec_put_text(b, f->version);
	rec_put_text(b, f->token);
	rec_put_num(b, f->by_name);
	rec_put_num(b, f->labels);
	rec_put_text(b, f->title);
	rec_put_num(b, f->value_n);
	for (size_t i = 0; i < f->value_n; i++)
		put_value(b, &f->value[i]);
	rec_put_num(b, f->place_n);
	for (size_t i = 0; i < f->place_n; i++) {
		rec_put_num(b, f->place[i].field);
		rec_put_text(b, f->place[i].sheet);
		rec_put_text(b, f->place[i].cell);
	}
	rec_put_num(b, f->too_large);
}

static void get_form(RecIn *r, Arena *a, FormRead *f, size_t part_n) {
	f->source = (FormSource)get_enum(r, FORM_BODY);
	f->part = get_index(r, part_n);
	f->edition = get_line(r, a);
	f->track = get_line(r, a);
	f->version = get_line(r, a);
	f->token = get_line(r, a);
	f->by_name = get_bool(r);
	f->labels = rec_count(r, REPORT_MAX_CELLS);
	f->title = get_text(r, a);
	f->value_n = wire_count(r, REPORT_MAX_CELLS, EACH_VALUE);
	f->value = arena_array(a, f->value_n, sizeof *f->value);
	for (size_t i = 0; i < f->value_n && !r->bad; i++)
		get_value(r, a, &f->value[i]);
	f->place_n = wire_count(r, REPORT_MAX_CELLS, EACH_PLACE);
	f->place = arena_array(a, f->place_n, sizeof *f->place);
	for (size_t i = 0; i < f->place_n && !r->bad; i++) {
		f->place[i].field = rec_count(r, FORMMAP_MAX_FIELDS - 1);
		f->place[i].sheet = get_text(r, a);
		f->place[i].cell = get_line(r, a);
	}
	f->too_large = get_bool(r);
}

static void put_decisions(Buf *b, const DecisionBook *d) {
	put_index(b, d->part);
	rec_put_text(b, d->edition);
	rec_put_text(b, d->made);
	rec_put_num(b, d->row_n);
	for (size_t i = 0; i < d->row_n; i++) {
		rec_put_text(b, d->row[i].token);
		rec_put_text(b, d->row[i].decision);
		rec_put_text(b, d->row[i].reason);
		rec_put_text(b, d->row[i].sheet);
		rec_put_text(b, d->row[i].cell);
		rec_put_num(b, d->row[i].open_n);
		for (size_t k = 0; k < d->row[i].open_n; k++) {
			rec_put_text(b, d->row[i].open[k].heading);
			rec_put_text(b, d->row[i].open[k].value);
			rec_put_text(b, d->row[i].open[k].cell);
		}
	}
	rec_put_num(b, d->open);
	rec_put_num(b, d->cut);
}

static void get_open(RecIn *r, Arena *a, DecisionRow *row) {
	row->open_n = wire_count(r, REPORT_MAX_OPEN, EACH_OPEN);
	row->open = arena_array(a, row->open_n, sizeof *row->open);
	for (size_t i = 0; i < row->open_n && !r->bad; i++) {
		row->open[i].heading = get_line(r, a);
		row->open[i].value = get_text(r, a);
		row->open[i].cell = get_line(r, a);
	}
}

static void get_decisions(RecIn *r, Arena *a, DecisionBook *d, size_t part_n) {
	d->part = get_index(r, part_n);
	d->edition = get_line(r, a);
	d->made = get_line(r, a);
	d->row_n = wire_count(r, REPORT_MAX_DECISIONS, EACH_DECISION);
	d->row = arena_array(a, d->row_n, sizeof *d->row);
	for (size_t i = 0; i < d->row_n && !r->bad; i++) {
		d->row[i].token = get_line(r, a);
		d->row[i].decision = get_line(r, a);
		d->row[i].reason = get_text(r, a);
		d->row[i].sheet = get_line(r, a);
		d->row[i].cell = get_line(r, a);
		get_open(r, a, &d->row[i]);
	}
	d->open = rec_count(r, REPORT_MAX_CELLS);
	d->cut = get_bool(r);
}

static void put_sheet(Buf *b, const SheetRead *s) {
	rec_put_text(b, s->name);
	rec_put_num(b, s->hidden);
	rec_put_num(b, s->cell_n);
	for (size_t i = 0; i < s->cell_n; i++) {
		rec_put_text(b, s->cell[i].cell);
		rec_put_text(b, s->cell[i].text);
	}
}

static void get_sheet(RecIn *r, Arena *a, SheetRead *s) {
	s->name = get_text(r, a);
	s->hidden = get_bool(r);
	s->cell_n = wire_count(r, REPORT_MAX_CELLS, EACH_CELL);
	s->cell = arena_array(a, s->cell_n, sizeof *s->cell);
	for (size_t i = 0; i < s->cell_n && !r->bad; i++) {
		s->cell[i].cell = get_line(r, a);
		s->cell[i].text = get_text(r, a);
	}
}

static void put_mail(Buf *b, const Report *m) {
	put_addr(b, &m->from);
	put_addr(b, &m->sender);
	put_addr(b, &m->reply_to);
	rec_put_text(b, m->return_path);
	rec_put_num(b, m->to_n);
	for (size_t i = 0; i < m->to_n; i++)
		put_addr(b, &m->to[i]);
	rec_put_text(b, m->subject);
	rec_put_text(b, m->subject_bare);
	rec_put_num(b, m->reply_prefixes);
	rec_put_num(b, m->forward_prefixes);
	rec_put_text(b, m->message_id);
	rec_put_text(b, m->in_reply_to);
	rec_put_text(b, m->references);
	rec_put_num(b, (uint64_t)m->date);
	rec_put_num(b, (uint64_t)m->received);
	rec_put_text(b, m->mailer);
	rec_put_text(b, m->auth_results);
	rec_put_num(b, m->robot);
	rec_put_text(b, m->own_mark);
}

static void get_mail(RecIn *r, Arena *a, Report *m) {
	m->from = get_addr(r, a);
	m->sender = get_addr(r, a);
	m->reply_to = get_addr(r, a);
	m->return_path = get_line(r, a);
	m->to_n = wire_count(r, MAX_LISTED, EACH_ADDR);
	m->to = arena_array(a, m->to_n, sizeof *m->to);
	for (size_t i = 0; i < m->to_n && !r->bad; i++)
		m->to[i] = get_addr(r, a);
	m->subject = get_line(r, a);
	m->subject_bare = get_line(r, a);
	m->reply_prefixes = (unsigned)rec_count(r, MAX_PREFIXES);
	m->forward_prefixes = (unsigned)rec_count(r, MAX_PREFIXES);
	m->message_id = get_line(r, a);
	m->in_reply_to = get_line(r, a);
	m->references = get_line(r, a);
	m->date = get_moment(r);
	m->received = get_moment(r);
	m->mailer = get_line(r, a);
	m->auth_results = get_text(r, a);
	m->robot = get_flags(r, ROBOT_ALL);
	m->own_mark = get_line(r, a);
}

static void put_body(Buf *b, const Report *m) {
	rec_put_text(b, m->bounce_of);
	rec_put_text(b, m->bounce_to);
	rec_put_text(b, m->bounce_status);
	rec_put_text(b, m->bounce_text);
	rec_put_text(b, m->calendar_uid);
	rec_put_text(b, m->calendar_answer);
	rec_put_text(b, m->text);
	rec_put_text(b, m->text_whole);
	rec_put_num(b, m->link_n);
	for (size_t i = 0; i < m->link_n; i++)
		rec_put_text(b, m->link[i]);
	put_addr(b, &m->inner_from);
	rec_put_num(b, (uint64_t)m->inner_received);
}

static void get_body(RecIn *r, Arena *a, Report *m) {
	m->bounce_of = get_line(r, a);
	m->bounce_to = get_line(r, a);
	m->bounce_status = get_line(r, a);
	m->bounce_text = get_line(r, a);
	m->calendar_uid = get_line(r, a);
	m->calendar_answer = get_line(r, a);
	m->text = get_text(r, a);
	m->text_whole = get_text(r, a);
	m->link_n = wire_count(r, MAX_LISTED, 4);
	m->link = arena_array(a, m->link_n, sizeof *m->link);
	for (size_t i = 0; i < m->link_n && !r->bad; i++)
		m->link[i] = get_line(r, a);
	m->inner_from = get_addr(r, a);
	m->inner_received = get_moment(r);
}

void report_put(Buf *out, const Report *r) {
	rec_put_num(out, r->kind);
	put_mail(out, r);
	put_body(out, r);
	rec_put_num(out, r->part_n); /* both counts first: parts and forms name each other */
	rec_put_num(out, r->form_n);
	for (size_t i = 0; i < r->part_n; i++)
		put_part(out, &r->part[i]);
	for (size_t i = 0; i < r->form_n; i++)
		put_form(out, &r->form[i]);
	rec_put_num(out, r->decision_n);
	for (size_t i = 0; i < r->decision_n; i++)
		put_decisions(out, &r->decision[i]);
	rec_put_num(out, r->sheet_n);
	for (size_t i = 0; i < r->sheet_n; i++)
		put_sheet(out, &r->sheet[i]);
	rec_put_num(out, r->parts_cut);
}

int report_get(RecIn *in, Arena *a, Report *out) {
	memset(out, 0, sizeof *out);
	out->kind = (ReportKind)get_enum(in, REPORT_OTHER);
	get_mail(in, a, out);
	get_body(in, a, out);
	out->part_n = wire_count(in, REPORT_MAX_PARTS, EACH_PART);
	out->form_n = wire_count(in, REPORT_MAX_FORMS, EACH_FORM);
	out->part = arena_array(a, out->part_n, sizeof *out->part);
	for (size_t i = 0; i < out->part_n && !in->bad; i++)
		get_part(in, a, &out->part[i], i, out->form_n);
	out->form = arena_array(a, out->form_n, sizeof *out->form);
	for (size_t i = 0; i < out->form_n && !in->bad; i++)
		get_form(in, a, &out->form[i], out->part_n);
	out->decision_n = wire_count(in, REPORT_MAX_DECISION_BOOKS, EACH_BOOK);
	out->decision = arena_array(a, out->decision_n, sizeof *out->decision);
	for (size_t i = 0; i < out->decision_n && !in->bad; i++)
		get_decisions(in, a, &out->decision[i], out->part_n);
	out->sheet_n = wire_count(in, MAX_SHEETS, EACH_SHEET);
	out->sheet = arena_array(a, out->sheet_n, sizeof *out->sheet);
	for (size_t i = 0; i < out->sheet_n && !in->bad; i++)
		get_sheet(in, a, &out->sheet[i]);
	out->parts_cut = get_bool(in);
	return in->bad ? -1 : 0;
}

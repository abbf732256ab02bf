/* What the secretariat is shown of a batch that is held: how many mails of which kind, three of them whole, all of them in a
 * workbook, what is held back and why, and the code that lets exactly these go. */
#include <string.h>
#include <unistd.h>

#include "base/code.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/when.h"
#include "course/notice_inner.h"
#include "home/bookout.h"
#include "home/outbox.h"

#define SAMPLES 3
#define BACK_SHOWN 10
#define BOOK "spool/tmp/notices.xlsx"
#define BOOK_MAX_BYTES (8u << 20)
#define SAMPLE_MAX_BYTES (1u << 20)

/* ---- the code */

int notice_code(World *w, Arena *a, const NoticeRow *row, const char **code, Err *e) {
	SealKey key;
	if (seal_key(w->env->home, &key, e) < 0)
		return -1;
	*code = code_make(a, CODE_RELEASE, &key, arena_fmt(a, "release:%s:%s:%lld:%s", w->rules->edition, row->key,
	                                                   (long long)row->round, hash_text(a, row->digest)));
	return 0;
}

/* ---- the workbook */

typedef struct {
	World *w;
	Arena *a;
	const NoticeSet *s;
	BookOut out;
} Show;

static const char *say(const Show *h, const char *key) {
	return words(h->w->rules, key);
}

static const char *kind_name(const Show *h, const char *mail) {
	return say(h, arena_fmt(h->a, "notice.event_%s", mail));
}

static void begin_sheet(Show *h, const char *name, const char *const *col, size_t n) {
	bookout_texts(&h->out, "sheet", say(h, name), "", h->s->row.title, "", "", NULL);
	bookout_num(&h->out, (int64_t)n / 3);
	for (size_t i = 0; i < n; i += 3)
		bookout_texts(&h->out, col[i], col[i + 1], say(h, col[i + 2]), NULL);
}

/* Values of all entries of the letter, U+3001 between. */
static const char *joined(Arena *a, const NoticeSet *s, const Letter *l, const char *(*of)(const NoticeItem *item)) {
	Buf b = {0};
	for (size_t i = 0; i < l->item_n; i++) {
		const char *text = of(&s->item[l->item[i]]);
		if (*text)
			buf_fmt(&b, "%s%s", b.n ? "\u3001" : "", text);
	}
	const char *out = arena_str(a, buf_cstr(&b));
	buf_free(&b);
	return out;
}

static const char *number_of(const NoticeItem *item) {
	return item->row->number;
}

static const char *title_of(const NoticeItem *item) {
	return item->about ? item->entry.title : "";
}

static const char *org_of(const NoticeItem *item) {
	return item->about ? item->entry.org : "";
}

static int show_letter(void *ctx, size_t i, const Outgoing *o, Err *e) {
	Show *h = ctx;
	const Letter *l = &h->s->letter[i];
	Arena *a = arena_new();
	OutboxRow row = {.kind = o->kind, .to = o->to_addr, .subject = o->subject, .message_id = o->message_id};
	bookout_texts(&h->out, "row", "", NULL);
	bookout_num(&h->out, (int64_t)i + 1);
	bookout_texts(&h->out, kind_name(h, l->mail), o->to_name, o->to_addr, o->subject, joined(a, h->s, l, number_of),
	              joined(a, h->s, l, title_of), joined(a, h->s, l, org_of), NULL);
	arena_free(a);
	return store_notice_mail_add(h->w->store, h->s->row.id, (int64_t)i, &row, e);
}

static void show_back(Show *h) {
	static const char *const col[] = {"c", "14", "notice.col_number", "f", "44", "notice.col_title", "f", "34",
	                                  "notice.col_org", "f", "44", "notice.col_why"};
	begin_sheet(h, "notice.sheet_back", col, sizeof col / sizeof *col);
	for (size_t i = 0; i < h->s->item_n; i++) {
		const NoticeItem *item = &h->s->item[i];
		if (item->back)
			bookout_texts(&h->out, "row", "", item->row->number, title_of(item), org_of(item), say(h, item->back), NULL);
	}
}

/* Makes every mail once: its digest, its line in the workbook, its place among what is held. */
static int make_all(Show *h, NoticeRow *row, Err *e) {
	static const char *const col[] = {"n", "8", "notice.col_no", "c", "18", "notice.col_kind", "c", "14",
	                                  "notice.col_name", "f", "30", "notice.col_to", "f", "50", "notice.col_subject", "c",
	                                  "16", "notice.col_number", "f", "44", "notice.col_title", "f", "34", "notice.col_org"};
	World *w = h->w;
	if (file_mkdirs(w->env->home, "spool/tmp", 0700, e) < 0 ||
	    store_notice_mails_clear(w->store, row->id, e) < 0 ||
	    bookout_start(&h->out, w->env, arena_fmt(h->a, "%s/%s", w->env->home_path, BOOK), e) < 0)
		return -1;
	bookout_texts(&h->out, "book", row->title, w->rules->committee, say(h, "form.font"), "0", NULL);
	begin_sheet(h, "notice.sheet_list", col, sizeof col / sizeof *col);
	Err late = {0};
	int rc = notice_digest(w, h->s, show_letter, h, &row->digest, &late);
	if (h->s->back)
		show_back(h);
	if (bookout_end(&h->out) < 0)
		return -1;
	if (rc < 0)
		*e = late;
	return rc;
}

/* ---- the mail */

/* One of each kind as far as they go, then from the middle and the end. */
static size_t choose(const NoticeSet *s, size_t out[SAMPLES]) {
	size_t n = 0, more[] = {s->letter_n / 2, s->letter_n ? s->letter_n - 1 : 0, 0, 1};
	for (size_t i = 0; i < s->letter_n && n < SAMPLES; i++) {
		bool have = false;
		for (size_t k = 0; k < n; k++)
			have |= !strcmp(s->letter[out[k]].mail, s->letter[i].mail);
		if (!have)
			out[n++] = i;
	}
	for (size_t m = 0; m < sizeof more / sizeof *more && n < SAMPLES && n < s->letter_n; m++) {
		bool have = more[m] >= s->letter_n;
		for (size_t k = 0; k < n; k++)
			have |= out[k] == more[m];
		if (!have)
			out[n++] = more[m];
	}
	return n;
}

static int put_sample(Show *h, Data *d, size_t no, const Letter *l, Attachment *att, size_t *att_n, Err *e) {
	Outgoing o;
	Buf subject = {0}, text = {0}, html = {0};
	if (notice_letter(h->w, h->a, h->s, l, h->s->row.shown, &o, e) < 0)
		return -1;
	int rc = template_render(h->w->templates, l->mail, notice_data(h->w, h->a, h->s, l), &subject, &text, &html, e);
	Data *x = data_item(d, "samples");
	data_fmt(x, "no", "%zu", no);
	data_text(x, "kind", kind_name(h, l->mail));
	data_text(x, "to", o.to_addr);
	data_text(x, "name", o.to_name);
	data_text(x, "subject", o.subject);
	data_text(x, "text", buf_cstr(&text));
	if (o.bytes.n <= SAMPLE_MAX_BYTES)
		att[(*att_n)++] = (Attachment){
			.name = words_fill(h->w->rules, h->a, "notice.sample_file", "no", arena_fmt(h->a, "%zu", no), NULL),
			.media = "message/rfc822", .bytes = o.bytes};
	buf_free(&subject);
	buf_free(&text);
	buf_free(&html);
	return rc;
}

static void put_kinds(const Show *h, Data *d) {
	for (size_t k = 0; rules_notice_events[k]; k++) {
		size_t n = 0;
		for (size_t i = 0; i < h->s->letter_n; i++)
			n += !strcmp(h->s->letter[i].mail, rules_notice_events[k]);
		if (!n)
			continue;
		Data *x = data_item(d, "kinds");
		data_text(x, "kind", kind_name(h, rules_notice_events[k]));
		data_fmt(x, "count", "%zu", n);
	}
}

static void put_back(const Show *h, Data *d) {
	size_t n = 0;
	for (size_t i = 0; i < h->s->item_n; i++) {
		const NoticeItem *item = &h->s->item[i];
		if (!item->back || ++n > BACK_SHOWN)
			continue;
		Data *x = data_item(d, "backs");
		data_text(x, "number", item->row->number);
		data_text(x, "title", text_cut(h->a, text_line(h->a, str_of(title_of(item))), 40));
		data_text(x, "why", say(h, item->back));
	}
	if (n)
		data_fmt(d, "back_count", "%zu", n);
	if (n > BACK_SHOWN)
		data_fmt(d, "back_more", "%zu", n - BACK_SHOWN);
}

static Data *preview_data(const Show *h, const NoticeRow *row, const char *code) {
	const Rules *r = h->w->rules;
	Data *d = data_new(h->a);
	int64_t now = h->w->env->now, due = rules_office_moment(r, now);
	data_text(d, "title", row->title);
	data_fmt(d, "mail_count", "%zu", h->s->letter_n);
	data_fmt(d, "people_count", "%zu", h->s->people);
	data_text(d, "entry_count", h->s->entries ? arena_fmt(h->a, "%zu", h->s->entries) : "");
	data_text(d, "code", code_shown(h->a, code));
	data_flag(d, "again", row->round > 1);
	data_text(d, "due", due > now ? words_moment(r, h->a, due) : "");
	data_text(d, "until", row->until < INT64_MAX ? words_moment(r, h->a, row->until) : "");
	data_flag(d, "nobody", h->s->letter_n == 0);
	data_flag(d, "everybody", h->s->everybody);
	data_text(d, "word", h->s->letter_n == 0 ? say(h, "notice.word_nobody")
	                     : h->s->everybody   ? say(h, "notice.word_everybody")
	                                         : "");
	put_kinds(h, d);
	put_back(h, d);
	return d;
}

static int enclose_list(Show *h, const NoticeRow *row, Attachment *att, size_t *n, Err *e) {
	Buf bytes = {0};
	if (file_read(h->w->env->home, BOOK, BOOK_MAX_BYTES, &bytes, e) < 0)
		return -1;
	unlinkat(h->w->env->home, BOOK, 0);
	const char *name = words_fill(h->w->rules, h->a, "notice.file", "title", row->title, NULL);
	att[(*n)++] = (Attachment){.name = text_filename(h->a, name, 120), .media = type_media(TYPE_XLSX),
	                           .bytes = {arena_copy(h->a, bytes.p, bytes.n), bytes.n}};
	buf_free(&bytes);
	return 0;
}

static int tell(Show *h, const NoticeRow *row, const char *code, Err *e) {
	World *w = h->w;
	Attachment att[SAMPLES + 1];
	size_t sample[SAMPLES], samples = choose(h->s, sample), n = 0;
	Data *d = preview_data(h, row, code);
	const char *key = arena_fmt(h->a, "preview %s %lld", row->key, (long long)row->round);
	if (enclose_list(h, row, att, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < samples; i++)
		if (put_sample(h, d, i + 1, &h->s->letter[sample[i]], att, &n, e) < 0)
			return -1;
	return outbox_tell_office(w, h->a, &(OwnMail){.mail = "notice_preview", .key = key, .data = d, .file = att, .file_n = n}, NULL, e);
}

int notice_show(World *w, NoticeRow *row, const char *by, Err *e) {
	Arena *a = arena_new();
	NoticeSet s;
	Show h = {.w = w, .a = a, .s = &s};
	const char *code;
	row->round++;
	row->shown = w->env->now;
	row->state = "held";
	int rc = world_templates(w, e) < 0 ? -1 : notice_set(w, a, row, &s, e);
	if (rc == 0)
		rc = make_all(&h, row, e);
	row->mails = rc == 0 ? (int64_t)s.letter_n : 0;
	if (rc == 0 && (store_notice_set(w->store, row, w->env->now, by, e) < 0 || notice_code(w, a, row, &code, e) < 0 ||
	                store_notice_code_add(w->store, code, row->id, row->round, e) < 0 || tell(&h, row, code, e) < 0))
		rc = -1;
	if (rc == 0)
		log_info("notices %s: %zu mails are held, shown for the %lld. time", row->key, s.letter_n, (long long)row->round);
	arena_free(a);
	return rc;
}

/* Meant as an entry, but without a form that can be read: why, as exactly as the bytes tell.
 * Each reason has one answer and one thing to do; links are never followed. */
#include <string.h>

#include "base/text.h"
#include "judge/inner.h"

const char *near_sentence(const Judge *j, Arena *a, const char *name, const char *file, const char *kind) {
	return words_fill(j->rules, a, arena_fmt(a, "near.%s", name), "file", file, "kind", kind, "other", "", "fields", "", NULL);
}

void near_miss(Case *c, const char *name, const char *file) {
	Verdict *v = c->v;
	bool conflict;
	v->outcome = OUTCOME_REJECTED;
	v->reply = "near_miss";
	v->near = name;
	v->near_file = file;
	v->detail = arena_fmt(c->a, "no form: %s", name);
	v->asked = route_named(c->j, c->a, c->r->subject_bare, false, &conflict);
	problem_add(&c->problem, SEVERITY_ERROR, *file ? file : words(c->j->rules, "where.mail"), "",
	            near_sentence(c->j, c->a, name, file, v->near_kind));
}

static bool name_ends(const Part *p, const char *const *suffix) {
	for (; *suffix; suffix++)
		if (str_ends_nocase(str_of(p->name), *suffix))
			return true;
	return false;
}

/* A form's file by its name, whatever its bytes. */
static bool called_form(const Part *p) {
	static const char *const suffix[] = {".xlsx", ".xls", ".docx", ".xlsm", ".ods", ".zip", ".rar", ".7z", NULL};
	return name_ends(p, suffix);
}

/* An archive of a kind that is not read: by its bytes, or by its name alone. */
static bool is_other_archive(const Part *p) {
	static const char *const suffix[] = {".xz", ".bz2", ".tar", ".lzh", ".cab", ".arj", ".zst", ".ace", ".iso", ".z", NULL};
	return (type_is_archive(p->type) && p->flags & PART_UNSUPPORTED) || (p->type == TYPE_UNKNOWN && name_ends(p, suffix));
}

static bool is_picture(const Part *p) {
	return p->type == TYPE_PDF || p->type == TYPE_OFD || (p->type >= TYPE_JPEG && p->type <= TYPE_HEIC);
}

static bool is_unreadable_kind(const Part *p) {
	static const char *const suffix[] = {".et",  ".wps", ".ett",  ".doc", ".odt", ".numbers", ".pages", ".csv", ".fods",
	                                     ".uos", ".uof", ".html", ".htm", ".mht", ".mhtml",   ".rtf",   ".xml", NULL};
	return p->type == TYPE_WPS_OLD || p->type == TYPE_DOC || p->type == TYPE_XLSB || p->type == TYPE_IWORK ||
	       p->type == TYPE_OLE || p->flags & PART_UNSUPPORTED || (name_ends(p, suffix) && p->type != TYPE_PDF);
}

/* In the order of what helps most: a locked form before a picture of it. */
typedef enum {
	WHY_NOTHING,
	WHY_SCAN,
	WHY_OTHER,
	WHY_LOCK_FILE,
	WHY_TOO_MANY,
	WHY_KIND,
	WHY_ARCHIVE_KIND,
	WHY_MAIL_FILE,
	WHY_DAMAGED,
	WHY_UNOPENABLE,
	WHY_TOO_DEEP,
	WHY_TOO_LARGE,
	WHY_FORM_TOO_LARGE,
	WHY_ARCHIVE_ENCRYPTED,
	WHY_ENCRYPTED,
	WHY_VOLUME,
	WHY_MAIL_ENCRYPTED,
} Why;

static const char *const why_name[] = {
	[WHY_SCAN] = "scan_only",          [WHY_OTHER] = "no_form",
	[WHY_KIND] = "unreadable_kind",    [WHY_DAMAGED] = "damaged",
	[WHY_TOO_MANY] = "too_many_files", [WHY_MAIL_FILE] = "mail_file",
	[WHY_LOCK_FILE] = "lock_file",     [WHY_ARCHIVE_KIND] = "archive_kind",
	[WHY_UNOPENABLE] = "unopenable",   [WHY_VOLUME] = "split_archive",
	[WHY_TOO_LARGE] = "archive_too_large", [WHY_ARCHIVE_ENCRYPTED] = "archive_encrypted",
	[WHY_ENCRYPTED] = "encrypted",     [WHY_TOO_DEEP] = "too_deep",
	[WHY_FORM_TOO_LARGE] = "form_too_large", [WHY_MAIL_ENCRYPTED] = "mail_encrypted",
};

/* Not looked into: mails in mails, a workbook, or an archive. */
static Why why_cut(const Part *p) {
	static const char *const form[] = {".xlsx", ".xls", ".docx", ".xlsm", ".ods", NULL};
	bool workbook = p->type == TYPE_XLSX || p->type == TYPE_XLS || p->type == TYPE_ODS || p->type == TYPE_DOCX ||
	                name_ends(p, form);
	if (p->flags & PART_TOO_LARGE && workbook)
		return WHY_FORM_TOO_LARGE;
	if (type_is_archive(p->type))
		return WHY_TOO_LARGE;
	if (p->flags & PART_TOO_DEEP)
		return WHY_TOO_DEEP;
	return is_picture(p) ? WHY_SCAN : WHY_OTHER;
}

static Why why(const Part *p) {
	if (p->type == TYPE_SMIME && p->flags & PART_ENCRYPTED)
		return WHY_MAIL_ENCRYPTED;
	if (p->flags & PART_ENCRYPTED && p->flags & PART_DAMAGED)
		return is_picture(p) ? WHY_SCAN : WHY_UNOPENABLE;
	if (p->type == TYPE_MSG && !(p->flags & PART_CONTAINER))
		return WHY_MAIL_FILE;
	if (p->type == TYPE_OLE_ENCRYPTED || (p->flags & PART_ENCRYPTED && !type_is_archive(p->type)))
		return is_picture(p) ? WHY_SCAN : WHY_ENCRYPTED;
	if (p->flags & PART_ENCRYPTED)
		return WHY_ARCHIVE_ENCRYPTED;
	if (p->flags & (PART_TOO_LARGE | PART_TOO_DEEP))
		return why_cut(p);
	if (p->flags & PART_DAMAGED)
		return is_picture(p) ? WHY_SCAN : WHY_DAMAGED;
	if (called_form(p) && (p->type == TYPE_UNKNOWN || p->type == TYPE_EMPTY || p->type == TYPE_TEXT))
		return WHY_DAMAGED;
	if (is_other_archive(p))
		return WHY_ARCHIVE_KIND;
	if (is_unreadable_kind(p) || (called_form(p) && p->type == TYPE_HTML))
		return WHY_KIND;
	return is_picture(p) ? WHY_SCAN : WHY_OTHER;
}

/* What its bytes are, for people; "" where they tell nothing. */
static const char *kind_word(const Case *c, const Part *p) {
	return p->type == TYPE_UNKNOWN || type_is_archive(p->type) || p->flags & PART_CONTAINER
	           ? ""
	           : words(c->j->rules, arena_fmt(c->a, "kind.%s", type_name(p->type)));
}

/* Apple's documents and saved web pages are containers to us: what is in them says nothing to the sender. */
static bool is_one_document(const Part *p) {
	static const char *const suffix[] = {".numbers", ".pages", ".mht", ".mhtml", NULL};
	return p->flags & PART_CONTAINER && name_ends(p, suffix);
}

/* What Excel keeps beside a workbook while it is open. */
static bool is_lock_file(const Part *p) {
	return p->flags & PART_JUNK && strncmp(p->name, "~$", 2) == 0 && called_form(p);
}

/* The piece of a split archive that part i is, or came out of, and not whole; -1: it is none. */
static int volume_of(const Report *r, int i) {
	while (i >= 0 && !file_is_volume(&r->part[i]))
		i = r->part[i].parent < i ? r->part[i].parent : -1;
	return i;
}

bool near_files(Case *c) {
	Why worst = WHY_NOTHING;
	const char *file = "";
	for (size_t i = 0; i < c->r->part_n; i++) {
		const Part *p = &c->r->part[i];
		bool one_document = is_one_document(p), lock = is_lock_file(p);
		if (!one_document && !lock && !file_counts(c->r, i))
			continue;
		int volume = volume_of(c->r, (int)i), at = volume < 0 ? (int)i : volume;
		Why one = one_document ? WHY_KIND : lock ? WHY_LOCK_FILE : volume >= 0 ? WHY_VOLUME : why(p);
		if (one > worst) {
			worst = one;
			c->v->near_kind = kind_word(c, &c->r->part[at]);
			file = part_name(c->j, c->a, c->r, at);
		}
	}
	if (files_cut(c->r) && worst <= WHY_OTHER)
		worst = WHY_TOO_MANY;
	if (c->r->link_n && worst <= WHY_OTHER) {
		near_miss(c, "link_only", "");
		return true;
	}
	if (worst != WHY_NOTHING)
		near_miss(c, why_name[worst], file);
	return worst != WHY_NOTHING;
}

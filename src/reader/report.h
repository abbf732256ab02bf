/* Report: what the reader saw in a message or a file, as plain data.  It comes
 * out of the walled process as a record (base/record.h); nothing in it has
 * been judged, every text is valid UTF-8 made clean at the door.
 *
 * Pointers live in the arena given to report_get(); texts are never NULL. */
#ifndef XINLV_READER_REPORT_H
#define XINLV_READER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/record.h"
#include "rules/values.h" /* RawKind */

/* Limits of the reader.  What goes past one is reported by a flag and never
 * read further. */
#define REPORT_MAX_DEPTH 8            /* MIME nesting that carries parts we look into */
#define REPORT_MAX_PARTS 1000         /* parts and archive members, all together */
#define REPORT_MAX_ARCHIVE_DEPTH 3    /* archives in archives */
#define REPORT_MAX_UNPACKED (256u << 20) /* bytes unpacked from archives, all together */
#define REPORT_MAX_RATIO 200          /* unpacked : packed, above 1 MiB */
#define REPORT_MAX_FORMS 200          /* forms in one message */
#define REPORT_MAX_DECISION_BOOKS 20  /* workbooks of decisions in one message */
#define REPORT_MAX_OPEN 40           /* columns to fill in, of a workbook of decisions */
#define REPORT_MAX_DECISIONS 60000    /* rows filled in, in one of them */
#define REPORT_MAX_TEXT 65536         /* bytes of body text kept */
#define REPORT_MAX_VALUE 65536        /* bytes of one cell kept */
#define REPORT_MAX_CELLS 2000000      /* cells looked at in one workbook */
#define REPORT_MAX_BYTES (64u << 20)  /* of the record itself */

/* What a file is, by its bytes. */
typedef enum {
	TYPE_UNKNOWN,
	TYPE_EMPTY,
	TYPE_XLSX,
	TYPE_XLS,
	TYPE_XLSB, /* Excel's binary workbook: told, not read */
	TYPE_DOCX,
	TYPE_DOC,
	TYPE_PPTX,
	TYPE_WPS_OLD,        /* .et, .wps, .dps: OLE of WPS */
	TYPE_OLE_ENCRYPTED,  /* password-protected Office file (EncryptedPackage) */
	TYPE_OLE,            /* another OLE file */
	TYPE_MSG,            /* a mail that Outlook saved */
	TYPE_ODS,
	TYPE_IWORK,          /* Numbers, Pages and Keynote */
	TYPE_PDF,
	TYPE_OFD,            /* GB/T 33190: fixed pages, as a PDF */
	TYPE_JPEG,
	TYPE_PNG,
	TYPE_GIF,
	TYPE_BMP,
	TYPE_TIFF,
	TYPE_WEBP,
	TYPE_HEIC,
	TYPE_ZIP,
	TYPE_RAR,
	TYPE_7Z,
	TYPE_GZIP,
	TYPE_TNEF,
	TYPE_EML,
	TYPE_HTML,
	TYPE_TEXT,
	TYPE_CALENDAR,
	TYPE_SIGNATURE, /* S/MIME or PGP signature */
	TYPE_SMIME,     /* opaque or enveloped S/MIME */
	TYPE_VIDEO,
	TYPE_AUDIO,
	TYPE_COUNT,
} FileType;

/* Short lower-case name as in --json and the rules' formats: "xlsx", "pdf". */
const char *type_name(FileType t);
FileType type_of_name(const char *name); /* TYPE_UNKNOWN when none */
bool type_is_archive(FileType t);
/* Media type (RFC 6838) for an attachment of ours. */
const char *type_media(FileType t);

enum {
	PART_INLINE = 1 << 0,    /* Content-Disposition: inline, or no disposition */
	PART_ENCRYPTED = 1 << 1, /* password-protected */
	PART_DAMAGED = 1 << 2,   /* truncated or not what it begins as */
	PART_TOO_DEEP = 1 << 3,  /* not looked into: nesting */
	PART_TOO_LARGE = 1 << 4, /* not looked into: size, count, ratio */
	PART_JUNK = 1 << 5,      /* __MACOSX, ~$ lock files, Thumbs.db, .DS_Store: not a file of the entry */
	PART_CONTAINER = 1 << 6, /* an archive, winmail.dat or .eml whose members follow */
	PART_RELATED = 1 << 7,   /* a picture that the HTML shows by cid */
	PART_UNSUPPORTED = 1 << 8, /* a kind of archive or coding we cannot read */
	PART_ABSENT = 1 << 9,    /* its bytes did not come out: it is told, and there is nothing to file */
	PART_PICTURES = 1 << 10, /* a workbook or document that shows pictures (pasted in: no files) */
};

/* A file that came with the message, in the order met.  Members of a container
 * follow it. */
typedef struct {
	const char *name; /* last component of its decoded name, made one line; "" when none */
	const char *path; /* folder inside its container, "/" between, "" at the top */
	int parent;       /* index of the container part, or -1 */
	FileType type;
	uint64_t bytes;
	Hash sha256;
	unsigned flags;
	int spill;        /* index of the spill file that holds its bytes, or -1 */
	int form;         /* index of the first form read from it, or -1 */
} Part;

/* One value found at a place the form map names. */
typedef struct {
	size_t field; /* FormMap index */
	size_t row;   /* 0 plain, 1.. table rows in order met, empty ones left out */
	const char *text;
	RawKind raw;
	bool percent;      /* cell formatted as a percentage */
	const char *sheet; /* sheet's name; a docx: "表格1"-like words come from the judge, here "" */
	const char *cell;  /* C7; a docx: "1.2.4" table.row.column; a body: line number */
} FormValue;

typedef enum { FORM_XLSX, FORM_XLS, FORM_ODS, FORM_DOCX, FORM_BODY } FormSource;

typedef struct {
	FormSource source;
	int part; /* the part it was read from; -1: the mail's body */
	/* The hidden identity of our own forms; "" where lost. */
	const char *edition, *track, *version, *token;
	bool by_name;   /* defined names were found */
	size_t labels;  /* labels of the map that were recognised */
	const char *title; /* text of the first filled cell, to tell other forms by */
	FormValue *value;
	size_t value_n;
	/* Where each field's cell is, filled or not: for marking empty ones. */
	struct FormPlace {
		size_t field;
		const char *sheet, *cell;
	} *place;
	size_t place_n;
	bool too_large; /* stopped at REPORT_MAX_CELLS */
} FormRead;

/* A cell to fill in, by what heads its column. */
typedef struct {
	const char *heading, *value;
	const char *cell; /* as C7; "" when it did not come out of a sheet */
} OpenCell;

/* A row of a workbook of decisions that somebody filled in: sealed by its token, which the reader cannot check. */
typedef struct {
	const char *token;
	const char *decision, *reason; /* as typed; one of them may be "" */
	const char *sheet, *cell;      /* of the decision */
	OpenCell *open;                /* what else was to be filled in, by the workbook's hidden sheet; blank ones, too */
	size_t open_n;
} DecisionRow;

/* A workbook that this robot hands out to be decided on and that comes back; or one made to look so. */
typedef struct {
	int part;
	const char *edition, *made; /* of its hidden sheet; "" where that is lost */
	DecisionRow *row;           /* in order of sheets and rows */
	size_t row_n;
	size_t open;                /* rows left blank */
	bool cut;                   /* more than REPORT_MAX_DECISIONS */
} DecisionBook;

/* A sheet as `inspect` shows it; only when asked for. */
typedef struct {
	const char *name;
	bool hidden;
	struct SheetCell {
		const char *cell, *text;
	} *cell;
	size_t cell_n;
} SheetRead;

typedef struct {
	const char *name; /* "" when none */
	const char *addr; /* bare; "" when there is none to be found */
} MailAddr;

typedef enum { REPORT_MAIL, REPORT_WORKBOOK, REPORT_DOCUMENT, REPORT_ARCHIVE, REPORT_OTHER } ReportKind;

/* Marks of robots in the header; the judge decides what they mean. */
enum {
	ROBOT_AUTO_SUBMITTED = 1 << 0,  /* RFC 3834, value other than no */
	ROBOT_AUTO_HEADER = 1 << 1,     /* X-Autoreply, X-QQ-AUTO-REPLY, ... */
	ROBOT_PRECEDENCE = 1 << 2,      /* bulk, junk, auto_reply */
	ROBOT_LIST = 1 << 3,            /* List-Id, List-Unsubscribe or Precedence: list */
	ROBOT_REPORT = 1 << 4,          /* multipart/report: delivery-status */
	ROBOT_RECEIPT = 1 << 5,         /* multipart/report: disposition-notification */
	ROBOT_NULL_PATH = 1 << 6,       /* Return-Path: <> */
	ROBOT_AUTO_PATH = 1 << 7,       /* +auto_= in the envelope */
	ROBOT_DAEMON = 1 << 8,          /* From mailer-daemon, postmaster, no-reply, 系统管理员 */
	ROBOT_BOUNCE_SUBJECT = 1 << 9,
	ROBOT_AUTO_SUBJECT = 1 << 10,
	ROBOT_RECEIPT_SUBJECT = 1 << 11,
	ROBOT_CALENDAR = 1 << 12,       /* text/calendar with METHOD:REPLY */
	ROBOT_FEEDBACK = 1 << 13,       /* an unsubscribe or feedback-report */
	ROBOT_BOUNCE_BODY = 1 << 14,    /* the Chinese text forms of a bounce */
	ROBOT_SUPPRESS = 1 << 15,       /* X-Auto-Response-Suppress: wants no answer, whoever wrote it */
};

typedef struct {
	ReportKind kind;
	/* kind == REPORT_MAIL */
	MailAddr from, sender, reply_to;
	const char *return_path; /* bare; "" when absent or empty */
	MailAddr *to;            /* To and Cc */
	size_t to_n;
	const char *subject;      /* decoded, one line */
	const char *subject_bare; /* without 回复: Re: 转发: [SPAM] and the like */
	unsigned reply_prefixes;  /* how many reply (not forward) prefixes were taken off */
	unsigned forward_prefixes;
	const char *message_id;  /* without <>, "" when missing */
	const char *in_reply_to; /* first one, without <> */
	const char *references;  /* all, blanks between, without <> */
	int64_t date;            /* Date header, WHEN_NONE when hopeless */
	int64_t received;        /* topmost Received's date, WHEN_NONE when none */
	const char *mailer;
	const char *auth_results; /* Authentication-Results, all, "\n" between */
	unsigned robot;           /* ROBOT_... */
	const char *own_mark;     /* X-Xinlv: header of our own mails, "" */
	/* A bounce: what it is about. */
	const char *bounce_of;      /* Message-ID of the mail that came back, "" */
	const char *bounce_to;      /* the recipient that failed, "" */
	const char *bounce_status;  /* 5.1.1, "" */
	const char *bounce_text;    /* a line of reason, "" */
	/* A calendar's answer. */
	const char *calendar_uid;    /* of the appointment, "" */
	const char *calendar_answer; /* ACCEPTED, DECLINED, TENTATIVE, ...; "" */
	const char *text;       /* body as plain text, quoted history cut off */
	const char *text_whole; /* with the history */
	const char **link;      /* cloud-attachment links met: the file lies at the provider */
	size_t link_n;
	/* A forward as attachment or inside: the original sender, "" when none. */
	MailAddr inner_from;
	int64_t inner_received;
	/* all kinds */
	Part *part;
	size_t part_n;
	FormRead *form;
	size_t form_n;
	DecisionBook *decision;
	size_t decision_n;
	SheetRead *sheet; /* when asked for */
	size_t sheet_n;
	bool parts_cut; /* more than REPORT_MAX_PARTS */
} Report;

void report_put(Buf *out, const Report *r);
/* -1 when the record is not well-formed (every index is checked). */
int report_get(RecIn *in, Arena *a, Report *out);

#endif

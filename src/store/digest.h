/* Digest: what the audit chain vouches for, as SHA-256 over one agreed form of each row.  Personal values
 * enter only as a digest of their own under a salt; when they and the salt are purged, that digest stays,
 * and the chain still verifies.  Private to the room. */
#ifndef XINLV_STORE_DIGEST_H
#define XINLV_STORE_DIGEST_H

#include "store/record.h"
#include "store/report.h"
#include "store/store.h"

#define SALT_BYTES 16

typedef struct {
	uint8_t b[SALT_BYTES];
} Salt;

Salt salt_new(void);

/* `personal` is the result of the function with that name. */
Hash digest_head(Salt salt, const OutcomeRow *o);
Hash digest_outcome(const MessageRow *m, const OutcomeRow *o, Hash personal);
Hash digest_entry_personal(Salt salt, const EntryRow *en, const FieldRow *f, size_t fn);
Hash digest_entry(const EntryRow *en, const FieldRow *f, size_t fn, const FileRow *file, size_t file_n,
                  Hash personal);
/* The files of one supplement. */
Hash digest_supplement(const char *number, const FileRow *file, size_t n);
/* The form without its sender; who sent it, and what is said of a message, under the salt of its head. */
Hash digest_form(const FormRow *f);
Hash digest_form_sender(Salt salt, const FormRow *f);
Hash digest_said(Salt salt, const SaidRow *d);
Hash digest_event_personal(Salt salt, const EventRow *ev);
Hash digest_event(const char *number, const EventRow *ev, Hash personal);
Hash digest_ruling_personal(Salt salt, const RulingRow *r);
Hash digest_ruling(const RulingRow *r, Hash personal);
Hash digest_outbox_personal(Salt salt, const OutboxRow *o);
Hash digest_outbox(const OutboxRow *o, Hash body, Hash personal);
Hash digest_paper(const PaperRow *p);
Hash digest_objection(const ObjectionRow *o);
Hash digest_objection_personal(Salt salt, const ObjectionRow *o);
Hash digest_objection_end(const ObjectionRow *o, Hash personal);
Hash digest_record_personal(Salt salt, const RecordRow *r);
Hash digest_record(const RecordRow *r, Hash personal);
Hash digest_rules(const char *hash, int64_t at);

#endif

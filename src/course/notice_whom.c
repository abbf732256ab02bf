/* Who hears of an entry.  A person whose mail comes back is not written to again while there is another way. */
#include <string.h>
#include <strings.h>

#include "course/enter.h"
#include "course/notice_inner.h"

/* What the rules say, unless the form chose. */
static int chosen(World *w, Arena *a, const EntryRow *en, bool *contact, bool *sender, Err *e) {
	const Track *t = rules_track(w->rules, en->track);
	const Field *f = t ? t->form.role[ROLE_NOTICE_TO] : NULL;
	const char *value;
	*contact = w->rules->notices.to_contact;
	*sender = w->rules->notices.to_sender;
	if (entry_role(w, a, en, ROLE_NOTICE_TO, &value, e) < 0)
		return -1;
	for (size_t i = 0; f && *value && i < f->choice_n && i < 3; i++)
		if (!strcmp(value, f->choice[i])) {
			*contact = i != 2;
			*sender = i != 1;
		}
	return 0;
}

static void put(Address *to, size_t *n, const char *name, const char *addr) {
	if (!*addr)
		return;
	for (size_t i = 0; i < *n; i++)
		if (!strcasecmp(to[i].addr, addr))
			return;
	to[(*n)++] = (Address){name, addr};
}

/* The contact; the second one when the first cannot be reached and there is one who can. */
static int put_contact(World *w, Arena *a, const EntryRow *en, Address *to, size_t *n, Err *e) {
	const char *name, *addr;
	int bounced = *en->email ? store_address_bounced(w->store, en->email, e) : 1;
	if (bounced < 0)
		return -1;
	if (!bounced) {
		put(to, n, en->contact, en->email);
		return 0;
	}
	if (entry_role(w, a, en, ROLE_CONTACT2_MAIL, &addr, e) < 0 || entry_role(w, a, en, ROLE_CONTACT2_NAME, &name, e) < 0)
		return -1;
	int second = *addr ? store_address_bounced(w->store, addr, e) : 1;
	if (second == 0)
		put(to, n, name, addr);
	return second < 0 ? -1 : 0;
}

static int put_sender(World *w, const EntryRow *en, Address *to, size_t *n, Err *e) {
	int bounced = *en->sender ? store_address_bounced(w->store, en->sender, e) : 1;
	if (bounced == 0)
		put(to, n, "", en->sender);
	return bounced < 0 ? -1 : 0;
}

int notice_whom(World *w, Arena *a, const EntryRow *en, Address **to, size_t *n, Err *e) {
	bool contact, sender;
	*to = arena_array(a, 4, sizeof **to);
	*n = 0;
	if (chosen(w, a, en, &contact, &sender, e) < 0 || (contact && put_contact(w, a, en, *to, n, e) < 0) ||
	    (sender && put_sender(w, en, *to, n, e) < 0))
		return -1;
	if (*n == 0) { /* nobody else is left to hear of it */
		put(*to, n, en->contact, en->email);
		put(*to, n, "", en->sender);
	}
	return 0;
}

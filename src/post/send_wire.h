/* Wire: what xinlv and xinlv-send say to each other over their one socket.  Every frame (base/record.h) begins
 * with one of these numbers; the rest is below.  Private to the room.
 *
 *	xinlv-send                  xinlv
 *	READY               ->
 *	                    <-      HELLO           the name for EHLO, the accounts
 *	                    <-      MAIL + fd       account, seconds, from, to; the mail is the descriptor's bytes
 *	                    <-      TRY             account, seconds
 *	RESULT              ->                      kind, code, text, err, reached */
#ifndef XINLV_POST_SEND_WIRE_H
#define XINLV_POST_SEND_WIRE_H

#include "base/record.h"
#include "post/sender.h"

#define SEND_SOCKET 3 /* the child's end */
#define SEND_MAX_FRAME ((size_t)1 << 20)
#define SEND_MAX_ACCOUNTS 64

enum {
	SEND_READY = 0x73310001, /* the low half grows when the records change */
	SEND_HELLO,
	SEND_MAIL,
	SEND_TRY,
	SEND_RESULT,
};

#endif

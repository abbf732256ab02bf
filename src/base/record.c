/* Between the processes: how the reader's findings come back to the parent.
 * Refuses to believe any length, count or byte that the other side sent. */
#include "base/record.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/text.h"
#include "base/when.h"

#define FDS_MAX 8 /* so many may ride along before we look; all but one are closed */

static void put_u32(unsigned char *p, uint32_t v) {
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}

static uint32_t get_u32(const unsigned char *p) {
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void rec_put_num(Buf *b, uint64_t v) {
	unsigned char p[8];
	put_u32(p, (uint32_t)v);
	put_u32(p + 4, (uint32_t)(v >> 32));
	buf_add(b, p, sizeof p);
}

void rec_put_bytes(Buf *b, const void *p, size_t n) {
	unsigned char len[4];
	/* What no length can say is sent as a length that cannot be met: the
	 * reading side turns `bad` instead of reading something else. */
	put_u32(len, n > UINT32_MAX ? UINT32_MAX : (uint32_t)n);
	buf_add(b, len, sizeof len);
	if (n <= UINT32_MAX)
		buf_add(b, p, n);
}

void rec_put_text(Buf *b, const char *s) {
	rec_put_bytes(b, s, s ? strlen(s) : 0);
}

/* n bytes off the front, or NULL. */
static const void *take(RecIn *r, size_t n) {
	if (r->bad || r->n < n) {
		r->bad = true;
		return NULL;
	}
	const char *p = r->p;
	r->p += n;
	r->n -= n;
	return p;
}

uint64_t rec_num(RecIn *r) {
	const unsigned char *p = take(r, 8);
	return p ? get_u32(p) | (uint64_t)get_u32(p + 4) << 32 : 0;
}

size_t rec_count(RecIn *r, size_t max) {
	uint64_t v = rec_num(r);
	if (v <= max)
		return (size_t)v;
	r->bad = true;
	return 0;
}

Str rec_bytes(RecIn *r) {
	const unsigned char *len = take(r, 4);
	size_t n = len ? get_u32(len) : 0;
	const char *p = len && n ? take(r, n) : NULL;
	return p ? (Str){p, n} : (Str){"", 0};
}

char *rec_text(RecIn *r, Arena *a) {
	return text_clean(a, rec_bytes(r));
}

/* Waits until fd is ready for `events` or the deadline (-1: none) is over. */
static int wait_for(int fd, short events, int64_t deadline, Err *e) {
	for (;;) {
		int ms = -1;
		if (deadline >= 0) {
			int64_t left = deadline - when_monotonic_ms();
			ms = left <= 0 ? 0 : left > 60000 ? 60000 : (int)left;
		}
		struct pollfd p = {.fd = fd, .events = events};
		int n = poll(&p, 1, ms);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_errno(e, ERR_BUG, "frame: poll");
		if (n == 0 && deadline >= 0 && when_monotonic_ms() >= deadline)
			return err_set(e, ERR_SERVER, "frame: no answer in time");
	}
}

/* One sendmsg(2), or writev(2) where the stream is a pipe. */
static ssize_t send_some(int sock, struct iovec *v, size_t n, int fd) {
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr m = {.msg_iov = v, .msg_iovlen = n};
	if (fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof control.bytes;
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	ssize_t done = sendmsg(sock, &m, MSG_NOSIGNAL);
	if (done < 0 && errno == ENOTSOCK && fd < 0)
		return writev(sock, v, (int)n);
	return done;
}

int frame_send(int sock, Str body, int fd, Err *e) {
	unsigned char len[4];
	if (body.n > UINT32_MAX)
		return err_set(e, ERR_BUG, "frame: %zu bytes are too many", body.n);
	put_u32(len, (uint32_t)body.n);
	size_t sent = 0, all = sizeof len + body.n;
	while (sent < all) {
		struct iovec v[2];
		size_t n = 0;
		if (sent < sizeof len)
			v[n++] = (struct iovec){len + sent, sizeof len - sent};
		size_t off = sent < sizeof len ? 0 : sent - sizeof len;
		if (off < body.n)
			v[n++] = (struct iovec){(void *)(uintptr_t)(body.p + off), body.n - off};
		ssize_t done = send_some(sock, v, n, fd);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN) {
			if (wait_for(sock, POLLOUT, -1, e))
				return -1;
			continue;
		}
		if (done < 0)
			return err_errno(e, ERR_BUG, "frame: send");
		sent += (size_t)done;
		fd = -1; /* it rode with the first bytes */
	}
	return 0;
}

/* Keeps the first descriptor of a message in *fd, closes all others. */
static void keep_fd(struct msghdr *m, int *fd) {
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int one;
			memcpy(&one, CMSG_DATA(c) + i * sizeof one, sizeof one);
			if (*fd < 0)
				*fd = one;
			else
				close(one);
		}
	}
}

static ssize_t recv_some(int sock, void *p, size_t n, int *fd) {
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;
	struct iovec v = {p, n};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = &control,
	                   .msg_controllen = sizeof control.bytes};
	ssize_t done = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	if (done < 0 && errno == ENOTSOCK)
		return read(sock, p, n);
	if (done >= 0)
		keep_fd(&m, fd);
	return done;
}

/* n bytes: 1, or 0 when the stream ended before the first, or -1. */
static int recv_all(int sock, char *p, size_t n, int *fd, int64_t deadline, Err *e) {
	for (size_t got = 0; got < n;) {
		if (wait_for(sock, POLLIN, deadline, e))
			return -1;
		ssize_t done = recv_some(sock, p + got, n - got, fd);
		if (done < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (done < 0)
			return err_errno(e, ERR_BUG, "frame: receive");
		if (done == 0 && got == 0)
			return 0;
		if (done == 0)
			return err_set(e, ERR_BUG, "frame: cut short after %zu of %zu bytes", got, n);
		got += (size_t)done;
	}
	return 1;
}

static int recv_frame(int sock, Buf *body, size_t max, int *fd, int64_t deadline, Err *e) {
	unsigned char len[4];
	int r = recv_all(sock, (char *)len, sizeof len, fd, deadline, e);
	if (r <= 0)
		return r;
	size_t n = get_u32(len);
	if (n > max)
		return err_set(e, ERR_BUG, "frame: %zu bytes, at most %zu allowed", n, max);
	if (n == 0)
		return 1;
	buf_reserve(body, n);
	r = recv_all(sock, body->p + body->n, n, fd, deadline, e);
	if (r == 0)
		return err_set(e, ERR_BUG, "frame: cut short after its length");
	if (r == 1)
		body->n += n;
	body->p[body->n] = '\0';
	return r;
}

int frame_recv(int sock, Buf *body, size_t max, int *fd, int timeout_ms, Err *e) {
	int came = -1;
	int64_t deadline = timeout_ms < 0 ? -1 : when_monotonic_ms() + timeout_ms;
	int r = recv_frame(sock, body, max, &came, deadline, e);
	if (came >= 0 && (r != 1 || !fd)) {
		close(came);
		came = -1;
	}
	if (fd)
		*fd = came;
	return r;
}

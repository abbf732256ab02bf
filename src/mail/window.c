/* On a mail's way: between the message's file and GMime.  Refuses to write, to move the descriptor's offset, and to hold more
 * of a message than one window. */
#include "mail/window.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

typedef struct {
	int fd;
	unsigned users; /* streams that look through it */
	gint64 at;      /* offset of its first byte in the file */
	size_t n;
	char bytes[WINDOW_BYTES];
} Window;

typedef struct {
	GMimeStream parent;
	Window *window;
	gboolean ended;
} WindowStream;

typedef struct {
	GMimeStreamClass parent;
} WindowStreamClass;

static GType window_stream_get_type(void);
G_DEFINE_TYPE(WindowStream, window_stream, GMIME_TYPE_STREAM)

static WindowStream *self(gpointer stream) {
	return stream;
}

static GMimeStream *look_through(Window *w, gint64 start, gint64 end) {
	WindowStream *s = g_object_new(window_stream_get_type(), NULL);
	g_mime_stream_construct(&s->parent, start, end);
	s->window = w;
	w->users++;
	return &s->parent;
}

static ssize_t read_at(int fd, char *buf, size_t n, gint64 at) {
	ssize_t got;
	do
		got = pread(fd, buf, n, at);
	while (got < 0 && errno == EINTR);
	return got;
}

/* What the window shows of the file from `at` on, filled anew when that is nothing; -1: not readable. */
static ssize_t shown(Window *w, gint64 at, const char **from) {
	if (at < w->at || at >= w->at + (gint64)w->n) {
		ssize_t got = read_at(w->fd, w->bytes, sizeof w->bytes, at);
		if (got == 0) /* the end of the file; what the window shows is still true */
			return 0;
		w->at = at;
		w->n = got > 0 ? (size_t)got : 0;
		if (got < 0)
			return -1;
	}
	*from = w->bytes + (at - w->at);
	return (ssize_t)(w->at + (gint64)w->n - at);
}

static ssize_t stream_read(GMimeStream *stream, char *buf, size_t n) {
	const char *from;
	if (stream->bound_end != -1) {
		gint64 left = stream->bound_end - stream->position;
		if (left <= 0)
			return 0;
		n = (gint64)n < left ? n : (size_t)left;
	}
	ssize_t got = shown(self(stream)->window, stream->position, &from);
	if (got > 0) {
		got = (size_t)got < n ? got : (ssize_t)n;
		memcpy(buf, from, (size_t)got);
		stream->position += got;
	}
	self(stream)->ended = got == 0;
	return got;
}

static ssize_t stream_write(GMimeStream *stream, const char *buf, size_t n) {
	(void)stream, (void)buf, (void)n;
	errno = EBADF;
	return -1;
}

static int stream_done(GMimeStream *stream) {
	(void)stream;
	return 0;
}

static gboolean stream_eos(GMimeStream *stream) {
	return stream->bound_end != -1 ? stream->position >= stream->bound_end : self(stream)->ended;
}

static gint64 stream_end(GMimeStream *stream) {
	struct stat st;
	if (stream->bound_end != -1)
		return stream->bound_end;
	return fstat(self(stream)->window->fd, &st) == 0 ? (gint64)st.st_size : -1;
}

static gint64 stream_seek(GMimeStream *stream, gint64 offset, GMimeSeekWhence whence) {
	gint64 base = whence == GMIME_STREAM_SEEK_SET ? 0 : whence == GMIME_STREAM_SEEK_CUR ? stream->position : stream_end(stream);
	gint64 to = base + offset;
	if (base < 0 || to < stream->bound_start || (stream->bound_end != -1 && to > stream->bound_end)) {
		errno = EINVAL;
		return -1;
	}
	self(stream)->ended = FALSE;
	stream->position = to;
	return to;
}

static int stream_reset(GMimeStream *stream) {
	return stream_seek(stream, stream->bound_start, GMIME_STREAM_SEEK_SET) < 0 ? -1 : 0;
}

static gint64 stream_tell(GMimeStream *stream) {
	return stream->position;
}

static gint64 stream_length(GMimeStream *stream) {
	gint64 end = stream_end(stream);
	return end < stream->bound_start ? -1 : end - stream->bound_start;
}

static GMimeStream *stream_part(GMimeStream *stream, gint64 start, gint64 end) {
	return look_through(self(stream)->window, start, end);
}

static void stream_finalize(GObject *object) {
	Window *w = self(object)->window;
	if (w && --w->users == 0)
		free(w);
	G_OBJECT_CLASS(window_stream_parent_class)->finalize(object);
}

static void window_stream_class_init(WindowStreamClass *class) {
	G_OBJECT_CLASS(class)->finalize = stream_finalize;
	class->parent.read = stream_read;
	class->parent.write = stream_write;
	class->parent.flush = stream_done;
	class->parent.close = stream_done;
	class->parent.eos = stream_eos;
	class->parent.reset = stream_reset;
	class->parent.seek = stream_seek;
	class->parent.tell = stream_tell;
	class->parent.length = stream_length;
	class->parent.substream = stream_part;
}

static void window_stream_init(WindowStream *s) {
	s->window = NULL;
	s->ended = FALSE;
}

GMimeStream *window_stream(int fd, int64_t from) {
	Window *w = mem_alloc(sizeof *w);
	w->fd = fd;
	w->users = 0;
	w->at = from;
	w->n = 0;
	return look_through(w, from, -1);
}

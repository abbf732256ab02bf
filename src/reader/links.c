/* On a mail's way: links that stand where an attachment should.  They are told,
 * never followed.  Refuses to go by a style sheet's words: every page copied from a web
 * mail has those. */
#include <string.h>

#include "base/text.h"
#include "reader/message.h"

#define URL_LOOKED_AT 2048 /* bytes */
#define HOST_LOOKED_AT 100 /* bytes, the start of the path counted */

/* Hosts that keep files for mail programs, and drives that people share from.  A host
 * also stands for what is under it; path: what the URL's path must begin with. */
static const struct {
	const char *host, *path;
} cloud[] = {
	{"mail.ftn.qq.com", ""},
	{"wx.mail.qq.com", "/ftn/"},
	{"iwx.mail.qq.com", "/"},
	{"mail.qq.com", "/cgi-bin/ftn"},
	{"exmail.qq.com", "/cgi-bin/ftn"},
	{"exmail.qq.com", "/ftn/"},
	{"mail.163.com", "/large-attachment-download"},
	{"mail.126.com", "/large-attachment-download"},
	{"mail.yeah.net", "/large-attachment-download"},
	{"fs.163.com", ""},
	{"fs.qiye.163.com", ""},
	{"edisk.qiye.163.com", ""},
	{"dashi.163.com", "/html/cloud-attachment-download"},
	{"u.163.com", ""},
	{"download.cloud.189.cn", ""},
	{"cloud.189.cn", ""},
	{"mail.10086.cn", "/"},
	{"yun.139.com", ""},
	{"caiyun.139.com", ""},
	{"docs.qq.com", ""},
	{"share.weiyun.com", ""},
	{"kdocs.cn", ""},
	{"feishu.cn", ""},
	{"pan.baidu.com", ""},
	{"yun.baidu.com", ""},
	{"aliyundrive.com", ""},
	{"alipan.com", ""},
	{"pan.quark.cn", ""},
	{"jianguoyun.com", ""},
	{"1drv.ms", ""},
	{"onedrive.live.com", ""},
	{"drive.google.com", ""},
	{"docs.google.com", ""},
	{"dropbox.com", ""},
};

static Str without_scheme(Str url) {
	if (str_starts_nocase(url, "https://"))
		return str_from(url, 8);
	if (str_starts_nocase(url, "http://"))
		return str_from(url, 7);
	return (Str){"", 0};
}

static bool host_under(Str host, const char *of) {
	size_t n = strlen(of);
	return str_is_nocase(host, of) ||
	       (str_ends_nocase(host, of) && host.p[host.n - n - 1] == '.');
}

static bool is_cloud(Str url) {
	Str s = without_scheme(url);
	size_t n = 0;
	while (n < s.n && !strchr("/?#:", s.p[n]))
		n++;
	Str host = str_sub(s, 0, n), path = str_from(s, n);
	if (path.n && path.p[0] == ':') {
		const char *slash = memchr(path.p, '/', path.n);
		path = str_from(path, slash ? (size_t)(slash - path.p) : path.n);
	}
	for (size_t i = 0; host.n && i < sizeof cloud / sizeof *cloud; i++)
		if (host_under(host, cloud[i].host) && str_starts_nocase(path, cloud[i].path))
			return true;
	return false;
}

void links_add(Pointers *p, Str url, bool sure) {
	url = str_trim(url);
	if (without_scheme(url).n == 0 || p->link.n >= MESSAGE_MAX_LINKS || (!sure && !is_cloud(url)))
		return;
	for (size_t i = 0; i < p->link.n; i++)
		if (str_is(url, p->link.v[i]))
			return;
	*vec_push(&p->link) = text_line(p->arena, url);
}

/* Where a URL in running text ends. */
static size_t url_length(const char *s) {
	size_t n = 0;
	while (n < URL_LOOKED_AT && (unsigned char)s[n] > ' ' && (unsigned char)s[n] < 0x7F &&
	       !strchr("<>\"'\\^`{|}", s[n]))
		n++;
	while (n && strchr(".,;:!?)]", s[n - 1]))
		n--;
	return n;
}

void links_scan(Pointers *p, const char *text) {
	const char *end = text + strlen(text), *at = text;
	for (; (at = memchr(at, ':', (size_t)(end - at))); at++) {
		const char *start = NULL;
		if (at[1] != '/' || at[2] != '/')
			continue;
		if (at - text >= 5 && str_is_nocase((Str){at - 5, 5}, "https"))
			start = at - 5;
		else if (at - text >= 4 && str_is_nocase((Str){at - 4, 4}, "http"))
			start = at - 4;
		/* The host first: a text may be nothing but beginnings of URLs. */
		if (start && is_cloud((Str){start, strnlen(start, HOST_LOOKED_AT)}))
			links_add(p, (Str){start, url_length(start)}, false);
	}
}

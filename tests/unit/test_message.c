/* Whole mails, small and odd, through read_mail() (QUIRKS 3, 4, 5). */
#include "row.h"

#include <unistd.h>

#include "base/hash.h"
#include "base/when.h"
#include "mail/mime.h"
#include "mailfile.h"
#include "reader/message.h"

/* ---- a report as lines, for comparing ---- */

static void put(Buf *b, const char *key, const char *value) {
	buf_fmt(b, "%s: ", key);
	for (; *value; value++)
		if (*value == '\n')
			buf_str(b, " / ");
		else
			buf_char(b, *value);
	buf_char(b, '\n');
}

static void put_addr(Buf *b, const char *key, const MailAddr *m) {
	buf_fmt(b, "%s: %s|%s\n", key, m->name, m->addr);
}

static void put_robot(Buf *b, unsigned robot) {
	static const char *const names[] = {
		"auto-submitted", "auto-header", "precedence", "list", "report", "receipt", "null-path",
		"auto-path", "daemon", "bounce-subject", "auto-subject", "receipt-subject", "calendar",
		"feedback", "bounce-body", "suppress",
	};
	buf_str(b, "robot:");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (robot & 1u << i)
			buf_fmt(b, " %s", names[i]);
	buf_char(b, '\n');
}

static void put_part(Buf *b, size_t i, const Part *p) {
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{PART_INLINE, "inline"}, {PART_TOO_DEEP, "too-deep"}, {PART_JUNK, "junk"},
		{PART_CONTAINER, "container"}, {PART_RELATED, "related"}, {PART_TOO_LARGE, "too-large"},
		{PART_ENCRYPTED, "encrypted"}, {PART_UNSUPPORTED, "unsupported"},
	};
	buf_fmt(b, "part %zu: %s %s", i, p->name, type_name(p->type));
	if (p->parent >= 0)
		buf_fmt(b, " in %d", p->parent);
	for (size_t k = 0; k < sizeof flags / sizeof *flags; k++)
		if (p->flags & flags[k].flag)
			buf_fmt(b, " %s", flags[k].name);
	buf_char(b, '\n');
}

static void render(Buf *b, Arena *a, const ReadJob *j) {
	const Report *r = j->report;
	buf_char(b, '\n');
	put_addr(b, "from", &r->from);
	put_addr(b, "sender", &r->sender);
	put_addr(b, "reply-to", &r->reply_to);
	put(b, "return-path", r->return_path);
	for (size_t i = 0; i < r->to_n; i++)
		put_addr(b, "to", &r->to[i]);
	put(b, "subject", r->subject);
	put(b, "bare", r->subject_bare);
	buf_fmt(b, "prefixes: %u %u\n", r->reply_prefixes, r->forward_prefixes);
	put(b, "id", r->message_id);
	put(b, "reply", r->in_reply_to);
	put(b, "references", r->references);
	put(b, "date", r->date == WHEN_NONE ? "none" : when_text(a, r->date));
	put(b, "received", r->received == WHEN_NONE ? "none" : when_text(a, r->received));
	put(b, "mailer", r->mailer);
	put(b, "auth", r->auth_results);
	put(b, "mark", r->own_mark);
	put(b, "bounce-of", r->bounce_of);
	put(b, "bounce-to", r->bounce_to);
	put(b, "bounce-status", r->bounce_status);
	put(b, "bounce-text", r->bounce_text);
	put(b, "calendar-uid", r->calendar_uid);
	put(b, "calendar-answer", r->calendar_answer);
	put(b, "text", r->text);
	put(b, "whole", r->text_whole);
	put_addr(b, "inner", &r->inner_from);
	put(b, "inner-received", r->inner_received == WHEN_NONE ? "none" : when_text(a, r->inner_received));
	put_robot(b, r->robot);
	for (size_t i = 0; i < r->link_n; i++)
		put(b, "link", r->link[i]);
	buf_fmt(b, "links: %zu\n", r->link_n);
	for (size_t i = 0; i < j->part.n; i++)
		put_part(b, i, &j->part.v[i]);
	buf_fmt(b, "parts: %zu%s\n", j->part.n, r->parts_cut ? " cut" : "");
}

static Report fresh(void) {
	const MailAddr nobody = {"", ""};
	return (Report){
		.from = nobody, .sender = nobody, .reply_to = nobody, .inner_from = nobody,
		.return_path = "", .subject = "", .subject_bare = "", .message_id = "", .in_reply_to = "",
		.references = "", .mailer = "", .auth_results = "", .own_mark = "", .bounce_of = "",
		.bounce_to = "", .bounce_status = "", .bounce_text = "", .calendar_uid = "", .calendar_answer = "", .text = "", .text_whole = "",
		.date = WHEN_NONE, .received = WHEN_NONE, .inner_received = WHEN_NONE,
	};
}

static void job_free(ReadJob *j) {
	vec_free(&j->part);
	vec_free(&j->form);
	vec_free(&j->sheet);
	arena_free(j->arena);
}

/* ---- the mails ---- */

/* Milliseconds; far above what it takes, since the machine may be busy. */
#ifdef __SANITIZE_ADDRESS__
#define IN_TIME 60000
#else
#define IN_TIME 4000
#endif

#define RAW(lit) {lit, sizeof(lit) - 1}
#define HTML "Content-Type: text/html; charset=utf-8\n\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"
#define ALT "Content-Type: multipart/alternative; boundary=a\n\n"
#define FILE_OF(name) "Content-Type: application/octet-stream; name=" name "\nContent-Disposition: attachment; filename=" name "\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n"

typedef struct {
	const char *row;
	Str raw;
	/* Lines that the report must have, each ended by \n; with '!' in front, must not. */
	const char *want;
} Row;

static const Row headers[] = {
	{"the usual", RAW("Return-Path: <a@qq.com>\nReceived: from x by y; Thu, 30 Mar 2023 09:00:05 +0800 (CST)\n"
	 "Received: from z; Thu, 30 Mar 2023 08:00:00 +0800\nFrom: \"=?gb18030?B?1cXI/Q==?=\" <A@QQ.com>\n"
	 "To: x@y.cn, =?gb18030?B?1cXI/Q==?= <z@y.cn>\nCc: c@d.cn\nReply-To: r@d.cn\nSender: s@d.cn\n"
	 "Subject: =?utf-8?B?55Sz5oql?=\nMessage-ID: <tencent_1@qq.com>\nIn-Reply-To: <i@x>\nReferences: <h@x>\n <i@x>\n"
	 "Date: Fri, 09 Aug 2013 09:23:42 +0800 (CST)\nX-Mailer: QQMail 2.x\nX-Xinlv: 1 receipt\n"
	 "Authentication-Results: mx; dkim=pass\nAuthentication-Results: mx; spf=pass\n\nhi"),
	 "from: 张三|A@qq.com\nto: |x@y.cn\nto: 张三|z@y.cn\nto: |c@d.cn\nreply-to: |r@d.cn\nsender: |s@d.cn\n"
	 "return-path: a@qq.com\nsubject: 申报\nid: tencent_1@qq.com\nreply: i@x\nreferences: h@x i@x\n"
	 "date: 2013-08-09T09:23:42+08:00\nreceived: 2023-03-30T09:00:05+08:00\nmailer: QQMail 2.x\nmark: 1 receipt\n"
	 "auth: mx; dkim=pass / mx; spf=pass\ntext: hi\nparts: 0\nrobot:\n"},
	{"nothing at all", RAW(""), "from: |\nsubject: \ndate: none\nreceived: none\ntext: \nparts: 0\nid: \n"},
	{"date with a full-width comma", RAW("Date: wed，30 Jun 2021 1:02:03 +0800\n\n"), "date: 2021-06-30T01:02:03+08:00\n"},
	{"date hopeless", RAW("Date: soon\n\n"), "date: none\n"},
	{"id without brackets", RAW("Message-ID: 12b5e9fd-aaaa\n\n"), "id: 12b5e9fd-aaaa\n"},
	{"no blank after the colon", RAW("X-CM-TRANSID:abc\nSubject:x\n\n"), "subject: x\n"},
	{"from without an address", RAW("From: =?gb18030?B?1cXI/Q==?=\nSender: s@d.cn\n\n"), "from: 张三|s@d.cn\n"},
	{"from with a semicolon", RAW("From: 张三 <a@b.cn>;\n\n"), "from: 张三|a@b.cn\n"},
	{"mime-version in odd case", RAW("Mime-Version: 1.0\nX-Has-Attach: no\nX-Mailer: Foxmail 7.2.25.259[cn]\n\nx"), "mailer: Foxmail 7.2.25.259[cn]\n"},
};

static const Row texts[] = {
	{"gbk, base64", RAW("Content-Type: text/plain; charset=GBK\nContent-Transfer-Encoding: base64\n\nyeqxqMrp\n"), "text: 申报书\n"},
	{"gb2312 that is gb18030", RAW("Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\nlTSyNdKw\n"), "text: 𠮷野\n"},
	{"flowed lines", RAW("Content-Type: text/plain; charset=utf-8; format=flowed\n\n项目 \n名称：绿色\nthe \nend \n"), "text: 项目名称：绿色 / the end\n"},
	{"flowed lines, the blanks put in", RAW("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\nab \r\ncd \r\n 空\r\n\r\n-- \r\n名"), "text: abcd空 /  / --  / 名\n"},
	{"label that lies", RAW("Content-Type: text/plain; charset=utf-8\n\n\xC9\xEA\xB1\xA8"), "text: 申报\n"},
	{"html charset inside", RAW("Content-Type: text/html\n\n<meta charset=gbk><p>\xC9\xEA\xB1\xA8"), "text: 申报\n"},
	{"plain before html", RAW(ALT "--a\n\nplain\n--a\n" HTML "<p>html\n--a--"), "text: plain\n"},
	{"plain is blank", RAW(ALT "--a\n\n \n--a\n" HTML "<p>html\n--a--"), "text: html\n"},
	{"html alone", RAW(HTML "<html><head><title>T</title><style>p{color:red}</style></head><body><script>x()</script><p>a&nbsp;&lt;b&gt;&amp;</p>c<br>d</body>"),
	 "text: a <b>& / c / d\n"},
	{"table cells that hold paragraphs", RAW(HTML "<table><tr><td><p>单位</p></td><td><p></p></td>\n<td><p>某公司</p><p>二部</p></td></tr><tr><td><p>x</p></td><td><br></td></tr></table>y"), "text: 单位\t\t某公司 / 二部 / x\t / y\n"},
	{"a table that lays out tables", RAW(HTML "<table><tr><td><table><tr><td>甲</td></tr></table></td><td>乙</td></tr></table>"), "text: 甲 / 乙\n"},
	{"table cells", RAW(HTML "<table><tr><td>单位</td><td>某公司</td></tr><tr><td>x</td></tr></table>"), "text: 单位\t某公司 / x\n"},
	{"style never closed", RAW(HTML "<style>a<p>b"), "text: a / b\n"},
	{"comments", RAW(HTML "a<!-- x <b> -->b<!DOCTYPE y>c"), "text: abc\n"},
	{"comment never closed", RAW(HTML "a<!-- x"), "text: a<!-- x\n"},
	{"entities", RAW(HTML "&#20013;&#x6587;&unknown;&#0;&quot"), "text: 中文&unknown;&#0;\"\n"},
	{"less-than in text", RAW(HTML "1 < 2 <3"), "text: 1 < 2 <3\n"},
	{"quote never closed in a tag", RAW(HTML "<a href=\"x>b</a>c"), "text: bc\n"},
	{"link is kept", RAW(HTML "<a href=\"https://example.cn/x?a=1&amp;b=2\">here</a>."), "text: here <https://example.cn/x?a=1&b=2>.\nlinks: 0\n"},
	{"link that shows itself", RAW(HTML "<a href=\"https://example.cn/\">https://example.cn/</a>"), "text: https://example.cn/\n"},
	{"apple: text, file, text", RAW(MIXED "--b\n\none\n--b\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: inline\n\n%PDF-1.4\n--b\n\ntwo\n--b--"),
	 "text: one / two\npart 0: a.pdf pdf inline\nparts: 1\n"},
	{"apple: mixed in alternative", RAW(ALT "--a\n\nplain\n--a\n" MIXED "--b\n" HTML "<p>h1\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF-1.4\n--b\n" HTML "h2\n--b--\n--a--"),
	 "text: plain\npart 0: a.pdf pdf inline\nparts: 1\n"},
	{"a named text is a file", RAW("Content-Type: text/plain; name=a.txt\n\nhello"), "text: \npart 0: a.txt txt inline\n"},
	{"an attached text is a file", RAW("Content-Type: text/plain\nContent-Disposition: attachment\n\nhello"), "text: \npart 0:  txt\n"},
	{"controls go", RAW("Content-Type: text/plain\n\na\1b\2c\3d\x7F" "e"), "text: a b c de\n"},
};

#define Q "Content-Type: text/plain; charset=utf-8\n\n新内容\n\n"

static const Row histories[] = {
	{"qq", RAW(Q "------------------ 原始邮件 ------------------\n发件人: \"张三\" <a@qq.com>;\n发送时间: 2020年10月27日(星期二) 中午11:16\n收件人: \"x\"\n主题: 旧\n\n旧内容"),
	 "text: 新内容\n"},
	{"qq html", RAW(HTML "<div>新内容</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>发件人: x</div>旧"), "text: 新内容\n"},
	{"163", RAW(Q "在 2018-05-11 12:57:55，\"X\" <a@163.com> 写道：\n旧"), "text: 新内容\n"},
	{"163, half-width", RAW(Q "在 2018-05-11 12:57:55,\"X\" <a@163.com> 写道:\n>旧"), "text: 新内容\n"},
	{"163 html", RAW(HTML "新内容<br>At 2018-05-11 12:57:55, \"X\" &lt;a@163.com&gt; wrote:<blockquote id=\"isReplyContent\">旧</blockquote>"), "text: 新内容\n"},
	{"163 phone", RAW(Q "---- 回复的原邮件 ----\n| 发件人 | X |\n旧"), "text: 新内容\n"},
	{"163 forward", RAW(Q "-------- 转发邮件信息 --------\n发件人：\"X\" <a@163.com>\n旧"), "text: 新内容\n"},
	{"outlook", RAW(Q "-----Original Message-----\nFrom: X\nSent: Monday\n旧"), "text: 新内容\n"},
	{"outlook chinese", RAW(Q "________________________________\n发件人: X <a@b.cn>\n发送时间: 2023年3月5日 15:12\n收件人: Y\n主题: 旧\n\n旧"), "text: 新内容\n"},
	{"outlook html", RAW(HTML "<p>新内容</p><div id=\"divRplyFwdMsg\"><b>发件人:</b> X</div><div>旧</div>"), "text: 新内容\n"},
	{"foxmail", RAW(Q "发件人： 张三\n发送时间： 2023-03-05 15:12\n收件人： 李四\n主题： 旧\n旧"), "text: 新内容\n"},
	{"foxmail html", RAW(HTML "<div>新内容</div><blockquote><div><b>发件人：</b>&nbsp;张三</div><div><b>发送时间：</b>&nbsp;2023</div>旧</blockquote>"), "text: 新内容\n"},
	{"apple", RAW(Q "> 在 2023年3月5日，下午3:12，张三 <a@b.cn> 写道：\n> \n> 旧"), "text: 新内容\n"},
	{"apple, new form", RAW(Q "> 2023年3月5日 下午3:12，张三 <a@b.cn> 写道：\n> 旧"), "text: 新内容\n"},
	{"apple english, two lines", RAW(Q "On Mar 5, 2023, at 3:12 PM, Zhang San\n<a@b.cn> wrote:\n\n> 旧"), "text: 新内容\n"},
	{"apple html", RAW(HTML "<div>新内容</div><blockquote type=\"cite\"><div>旧</div><blockquote>更旧</blockquote></blockquote>尾"), "text: 新内容 / 尾\n"},
	{"gmail", RAW(Q "张三 <a@b.cn> 于2023年3月5日周日 15:12写道：\n\n> 旧"), "text: 新内容\n"},
	{"gmail html", RAW(HTML "<div>新内容</div><div class=\"gmail_quote x\"><div>张三 于2023年写</div>旧</div>"), "text: 新内容\n"},
	{"english header", RAW(Q "*From:* X <a@b.cn>\n*Sent:* Monday\n*To:* Y\n*Subject:* z\n旧"), "text: 新内容\n"},
	{"quoted lines between answers", RAW("X: y\n\n> 问\n答\n> 问二\n答二"), "text: 答 / 答二\n"},
	{"whole keeps it", RAW(HTML "新<blockquote type=cite>旧</blockquote>"), "text: 新\nwhole: 新 / 旧\n"},
	{"a form's own From is no history", RAW(Q "发件人：张三\n单位：某公司"), "text: 新内容 /  / 发件人：张三 / 单位：某公司\n"},
	{"a rule without words", RAW(Q "----------\n下文"), "text: 新内容 /  / ---------- / 下文\n"},
	{"a year in the text", RAW(Q "2023年3月完成\n下文"), "text: 新内容 /  / 2023年3月完成 / 下文\n"},
	{"blockquote of one's own", RAW(HTML "新<blockquote>引用</blockquote>"), "text: 新 / 引用\n"},
};

static const Row links[] = {
	{"qq plain", RAW("X: y\n\n从QQ邮箱发来的超大附件\nepoch70.pth (128.03M, 2020年11月27日 21:59 到期)进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=12&code=7684decd"),
	 "link: http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=12&code=7684decd\nlinks: 1\n"},
	{"qq html", RAW(HTML "<div id=\"QQMailBigAttach\"><hr><span class=\"qqmailbgattach\" expiretime=\"1\" downloadlink=\"https://wx.mail.qq.com/ftn/download?func=3&amp;key=k&amp;code=c\">x</span></div>"),
	 "link: https://wx.mail.qq.com/ftn/download?func=3&key=k&code=c\nlinks: 1\n"},
	{"exmail", RAW(HTML "<a href=https://iwx.mail.qq.com/ftn/download?k=1>x</a>"), "link: https://iwx.mail.qq.com/ftn/download?k=1\n"},
	{"ftn host", RAW("X: y\n\nhttp://xa.mail.ftn.qq.com/ftn_handler?x=1。"), "link: http://xa.mail.ftn.qq.com/ftn_handler?x=1\n"},
	{"netease", RAW(HTML "<div id=\"divNeteaseBigAttach\"><a href=\"https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&file=f\" filename=\"B205.mp4\">x</a>(60.57M, 2011年12月27日 19:39 到期)</div>"),
	 "link: https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&file=f\nlinks: 1\n"},
	{"netease, old host", RAW(HTML "<a href=\"http://fs.163.com/fs/display/?p=X-NETEASE-HUGE-ATTACHMENT&file=f\">x"), "links: 1\n"},
	{"netease, enterprise", RAW(HTML "<div class=\"divNeteaseSiriusCloudAttachItem\"><a href=\"https://unknown.example.com/d?f=1\">x</a></div>"), "links: 1\n"},
	{"foxmail", RAW(HTML "<div class=\"FoxmailClientBigAttachEntry\"><div><a href=\"http://unknown.example.com/f\">x</a></div></div><a href=\"http://unknown.example.com/g\">y</a>"),
	 "link: http://unknown.example.com/f\nlinks: 1\n"},
	{"the css word is none", RAW(HTML "<style>#divNeteaseBigAttach{display:none}</style><p>divNeteaseBigAttach</p><a href=\"http://example.com/\">x</a>"), "links: 0\n"},
	{"baidu", RAW("X: y\n\n链接：https://pan.baidu.com/s/1abc 提取码：x1y2"), "link: https://pan.baidu.com/s/1abc\n"},
	{"one, said twice", RAW(HTML "<a href=\"https://pan.baidu.com/s/1\">https://pan.baidu.com/s/1</a>"), "links: 1\n"},
	{"drives", RAW("X: y\n\nhttps://download.cloud.189.cn/x https://docs.qq.com/sheet/1 https://www.kdocs.cn/l/1 https://a.feishu.cn/x https://1drv.ms/x https://drive.google.com/f https://mail.10086.cn/x"), "links: 7\n"},
	{"other hosts", RAW("X: y\n\nhttps://mail.qq.com/ https://notpan.baidu.com.evil.cn/ https://example.cn/pan.baidu.com https://wx.mail.qq.com/home"), "links: 0\n"},
};

#define DSN "Content-Type: Multipart/report; report-type=delivery-status; boundary=\"--B=_1\"\n\n" \
	"----B=_1\nContent-Type: Multipart/Alternative; boundary=\"a\"\n\n--a\nContent-Type: Text/Plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\n" \
	"safHuKOsxPq1xNPKvP6xu83Lu9jAtMHLoa2hrQrK1bz+yMujunhAMTYzLmNvbQrNy9DF1K3S8qO6uMPTw7unsru05tTaCtOizsTLtcP3OnJlamVjdGVkIGJ5IHN5c3RlbQo=\n--a--\n"

#define STATUS "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nx\n--b\n" \
	"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"

static const Row robots[] = {
	{"a person", RAW("From: a@b.cn\nReturn-Path: <a@b.cn>\nSubject: hi\nAuto-Submitted: no\n\nx"), "robot:\n"},
	{"netease bounce", RAW("From: Postmaster@163.com\nSubject: =?gb2312?B?z7XNs83L0MU=?=\nX-CM-Original-Message-ID: <orig@x>\n" DSN
	 "----B=_1\nContent-Type: Message/delivery-status\n\nFinal-Recipient: rfc822; x@163.com\nAction: failed\nStatus: 5.0.0\n"
	 "----B=_1\nContent-Type: Message/Rfc822\n\nMessage-ID: <other@x>\n" MIXED "--b\n\nx\n--b\n" FILE_OF("form.xlsx") "--b--\n----B=_1--\n"),
	 "subject: 系统退信\nrobot: report daemon bounce-subject bounce-body\nbounce-of: orig@x\nbounce-to: x@163.com\nbounce-status: 5.0.0\nbounce-text: 该用户不存在\n"
	 "part 0:  eml inline container\npart 1: form.xlsx pdf in 0\nparts: 2\ninner: |\n"},
	{"21cn bounce, no status", RAW("From: =?gbk?B?z7XNs7ncwO3UsQ==?= <Postmaster@corp.21cn.com>\nSubject: =?gb2312?B?z7XNs83L0MU=?=\n"
	 "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>收件人：<a>y@21cn.com</a></p>\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <o@x>\nTo: z@21cn.com\n\nx\n--b--"),
	 "robot: report daemon bounce-subject\nbounce-of: o@x\nbounce-to: y@21cn.com\n"},
	{"bounce in html alone", RAW("From: PostMaster@qq.com\nSubject: 系统退信/The email is returned\n" HTML "<p>抱歉，您的邮件被退回来了</p><table><tr><td>收件人</td><td>q@qq.com</td></tr><tr><td>退信原因</td><td>该用户不存在</td></tr></table>"),
	 "robot: daemon bounce-subject bounce-body\nbounce-to: q@qq.com\nbounce-text: 该用户不存在\n"},
	{"postfix bounce", RAW("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
	 "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; n@b.cn\nOriginal-Recipient: rfc822;m@b.cn\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n such user\n"
	 "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <mine@x>\nTo: n@b.cn\n--b--"),
	 "robot: auto-submitted report null-path daemon bounce-subject\nbounce-of: mine@x\nbounce-to: n@b.cn\nbounce-status: 5.1.1\nbounce-text: 550 no such user\nparts: 0\n"},
	{"of several, the one that failed", RAW("Subject: x\n" STATUS "Final-Recipient: rfc822; ok@b.cn\nAction: delivered\nStatus: 2.0.0\n \r\n"
	 "Final-Recipient: rfc822; later@b.cn\nAction: delayed\nStatus: 4.4.1\n\nFinal-Recipient: rfc822; no@b.cn\nAction: Failed\nStatus: 5.1.1\n\n"
	 "Final-Recipient: rfc822; no2@b.cn\nAction: failed\nStatus: 5.2.2\n\n--b--"),
	 "robot: report\nbounce-to: no@b.cn\nbounce-status: 5.1.1\n"},
	{"all arrived", RAW("Subject: x\n" STATUS "Final-Recipient: rfc822; ok@b.cn\nAction: relayed\n\n--b--"),
	 "robot: report\nbounce-to: ok@b.cn\nbounce-status: 2.0.0\n"},
	{"on its way", RAW("Subject: x\n" STATUS "Final-Recipient: rfc822; ok@b.cn\nAction: delayed\n\n--b--"),
	 "robot: report\nbounce-to: ok@b.cn\nbounce-status: 4.0.0\n"},
	{"qq auto-reply, 2024", RAW("X-QQ-AUTO-REPLY: true\nFrom: a@qq.com\nSender: user+auto_=robot=example.org@qq.com\nSubject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOueUs+aKpQ==?=\nIn-Reply-To: <m@x>\n" HTML "这是来自QQ邮箱的假期自动回复邮件。<br /><br />你好"),
	 "robot: auto-header auto-path auto-subject\nreply: m@x\n"},
	{"qq auto-reply, 2020", RAW("X-QQ-HolidayReply: true\nSubject: =?gbk?B?19S2r7vYuLQ6yeqxqA==?=\n\nx"), "robot: auto-header auto-subject\nsubject: 自动回复:申报\n"},
	{"auto-submitted", RAW("Auto-Submitted: auto-replied (vacation)\n\nx"), "robot: auto-submitted\n"},
	{"no answer wanted", RAW("X-Auto-Response-Suppress: OOF\nSubject: T4\n\nx"), "robot: suppress\n"},
	{"outlook", RAW("X-Auto-Response-Suppress: All\nSubject: Automatic reply: x\n\nx"), "robot: auto-subject suppress\n"},
	{"precedence", RAW("Precedence: bulk\n\nx"), "robot: precedence\n"},
	{"list", RAW("List-Id: <l.x>\nPrecedence: list\n\nx"), "robot: list\n"},
	{"empty path", RAW("Return-Path: <>\n\nx"), "robot: null-path\nreturn-path: \n"},
	{"auto path", RAW("Return-Path: <user+auto_=a=b@qq.com>\n\nx"), "robot: auto-path\n"},
	{"no-reply", RAW("From: no-reply@x.cn\n\nx"), "robot: daemon\n"},
	{"read receipt", RAW("Subject: 已读: 申报\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\nDisposition: x\n--b--"),
	 "robot: receipt receipt-subject\nparts: 0\n"},
	{"calendar reply whole", RAW("Subject: Declined: x\n" ALT "--a\n\nno\n--a\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n"
	 "ATTENDEE;CN=\"A\";PARTS\n TAT=declined:mailto:a@x\nUID:xinlv-2023.T4-0007@exa\n mple.org\nEND:VEVENT\n--a--"),
	 "robot: calendar\ncalendar-uid: xinlv-2023.T4-0007@example.org\ncalendar-answer: DECLINED\n"},
	{"calendar reply", RAW("Subject: Accepted: x\n" ALT "--a\n\nyes\n--a\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n--a--"), "robot: calendar\n"},
	{"a person answers an auto-reply", RAW("Subject: 回复: 自动回复: x\n\nx"), "robot:\n"},
	{"a person quotes a bounce", RAW("Subject: help\n\n请看\n-----Original Message-----\n您的邮件被退回来了"), "robot:\n"},
};

/* Made by hand: signed data of RFC 5652 around a mail of a text and a file; in pieces of unsaid length; cut; encrypted. */
#define P7M "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Disposition: attachment; filename=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
#define SIGNED "MIGwBgkqhkiG9w0BBwKggaIwgZ8CAQExADCBlQYJKoZIhvcNAQcBoIGHBIGEQ29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PWINCg0KLS1iDQoNCnNpZ25lZCB0ZXh0DQotLWINCkNvbnRlbnQtVHlwZTogYXBwbGljYXRpb24vcGRmOyBuYW1lPWEucGRmDQoNCiVQREYtMS40DQotLWItLQ0KMQA=\n"
#define SIGNED_PIECES "MIAGCSqGSIb3DQEHAqCAMIACAQExgDALBgkqhkiG9w0BBwkAADCABgkqhkiG9w0BBwGggCSABChDb250ZW50LVR5cGU6IG11bHRpcGFydC9taXhlZDsgYm91bmRhcnk9JGAEFGINCg0KLS1iDQoNCnNpZ25lZCB0BEhleHQNCi0tYg0KQ29udGVudC1UeXBlOiBhcHBsaWNhdGlvbi9wZGY7IG5hbWU9YS5wZGYNCg0KJVBERi0xLjQNCi0tYi0tDQoAAAAAAAAAAAAAAAA=\n"
#define SIGNED_CUT "MIGwBgkqhkiG9w0BBwKggaIwgZ8CAQExADCBlQYJKoZIhvcNAQcBoIGHBIGEQ29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PWINCg0KLS1iDQoNCnNpZw==\n"
#define ENVELOPED "MBIGCSqGSIb3DQEHA6AFMAMCAQA=\n"

static const Row parts[] = {
	{"signed as a whole", RAW("Subject: x\n" P7M SIGNED), "text: signed text\npart 0: a.pdf pdf inline\nparts: 1\nsubject: x\n"},
	{"signed, in pieces", RAW("Subject: x\n" P7M SIGNED_PIECES), "text: signed text\npart 0: a.pdf pdf inline\nparts: 1\n"},
	{"signed, cut", RAW("Subject: x\n" P7M SIGNED_CUT), "text: \npart 0: smime.p7m p7m unsupported\nparts: 1\n"},
	{"signed, with a list's footer", RAW("Subject: x\n" MIXED "--b\n" P7M SIGNED "--b\n\nfooter\n--b--"), "text: footer\npart 0: smime.p7m p7m container\npart 1: a.pdf pdf in 0 inline\n"},
	{"encrypted", RAW("Subject: x\n" P7M ENVELOPED), "part 0: smime.p7m p7m encrypted\nparts: 1\n"},
	{"encrypted by PGP", RAW("Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\nx\n--b--"), "part 1:  p7m inline encrypted\n"},
	{"file in the text", RAW("X: y\n\nhello\nbegin 644 \xC9\xEA\xB1\xA8.pdf\n))5!$1BTQ+C0*\n`\nend\nbye\n"), "text: hello / bye\npart 0: 申报.pdf pdf\nparts: 1\n"},
	{"file in the text, CRLF and no end", RAW("X: y\n\nbegin 666 a.pdf\r\n))5!$1BTQ+C0*\r\n"), "text: \npart 0: a.pdf pdf\n"},
	{"two files in the text", RAW("X: y\n\nbegin 644 a.pdf\n))5!$1BTQ+C0*\n`\nend\nand\nbegin 600 b.txt\n#:&D*\n \nend\n"), "text: and\npart 0: a.pdf pdf\npart 1: b.txt txt\nparts: 2\n"},
	{"a line that begins like one", RAW("X: y\n\nbegin 100 times\nwith an explanation of how it was done, in many words\n"), "text: begin 100 times / with an explanation of how it was done, in many words\nparts: 0\n"},
	{"begin at the end", RAW("X: y\n\nbegin 644 x"), "text: begin 644 x\nparts: 0\n"},
	{"foxmail: the root is a file", RAW("X-Mailer: Foxmail 7.2.25.259[cn]\n" FILE_OF("a.pdf")), "text: \npart 0: a.pdf pdf\nparts: 1\n"},
	{"folders in a name", RAW(FILE_OF("\"C:\\temp\\..\\a/b.pdf\"")), "part 0: b.pdf pdf\n"},
	{"picture shown by the html", RAW("Content-Type: multipart/related; boundary=b\n\n--b\n" HTML "<img src=\"cid:x@y\">\n--b\nContent-Type: image/png; name=a.png\nContent-ID: <x@y>\n\n\x89PNG\r\n\x1a\n\n--b\nContent-Type: image/png; name=b.png\nContent-ID: <z@y>\n\n\x89PNG\r\n\x1a\n\n--b--"),
	 "part 0: a.png png inline related\npart 1: b.png png inline\n"},
	{"signature", RAW("Content-Type: multipart/signed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Disposition: attachment; filename=smime.p7s\n\nx\n--b--"),
	 "text: hi\npart 0: smime.p7s signature junk\n"},
	{"mail in a mail", RAW("Subject: Fw: x\n" MIXED "--b\n\nsee\n--b\nContent-Type: message/rfc822\n\nReceived: by x; Thu, 30 Mar 2023 09:00:05 +0800\nFrom: =?gb18030?B?1cXI/Q==?= <in@b.cn>\nSubject: =?utf-8?B?55Sz5oql?=\n" "Content-Type: multipart/mixed; boundary=c\n\n--c\n\ninner text\n--c\n" FILE_OF("a.pdf") "--c--\n--b--"),
	 "text: see\ninner: 张三|in@b.cn\ninner-received: 2023-03-30T09:00:05+08:00\npart 0: 申报.eml eml inline container\npart 1: a.pdf pdf in 0\nparts: 2\nprefixes: 0 1\n"},
	{"mail in a mail, base64", RAW(MIXED "--b\nContent-Type: message/rfc822; name=a.eml\nContent-Transfer-Encoding: base64\n\nRnJvbTogaW5AYi5jbgpTdWJqZWN0OiB4CgpoaQo=\n--b--"),
	 "inner: |in@b.cn\npart 0: a.eml eml inline container\nparts: 1\n"},
	{"mail as octet-stream", RAW(MIXED "--b\nContent-Type: application/octet-stream; name=a.eml\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nRnJvbTogaW5AYi5jbgpTdWJqZWN0OiB4Ck1lc3NhZ2UtSUQ6IDxhQGI+CkRhdGU6IFRodSwgMzAgTWFyIDIwMjMgMDk6MDA6MDUgKzA4MDAKCmhpCg==\n--b--"),
	 "inner: |in@b.cn\npart 0: a.eml eml container\nparts: 1\n"},
	{"mail without fields known", RAW(MIXED "--b\nContent-Type: message/rfc822\n\nX-Y: z\n\nhi\n--b--"), "part 0: .eml eml inline container\nparts: 1\n"},
	{"forward in the text", RAW("Subject: 转发：申报\n\n请看\n\n发件人：张三 <in@b.cn>\n发送时间：2023\n收件人：x"), "text: 请看\ninner: 张三|in@b.cn\nbare: 申报\n"},
	{"alternatives that are no files", RAW(ALT "--a\n\nplain\n--a\nContent-Type: text/x-amp-html\n\n<html>\n--a--"), "parts: 0\n"},
	{"empty file", RAW(MIXED "--b\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment\n\n\n--b--"), "part 0: a.pdf empty\n"},
	{"link in the inner mail", RAW(MIXED "--b\nContent-Type: message/rfc822\n\nFrom: a@b\n\nhttps://pan.baidu.com/s/1\n--b--"), "links: 1\n"},
};

static bool has_line(const char *all, Str line) {
	Buf b = {0};
	buf_char(&b, '\n');
	buf_slice(&b, line);
	buf_char(&b, '\n');
	bool found = strstr(all, b.p) != NULL;
	buf_free(&b);
	return found;
}

static void check(const Row *row) {
	Report r = fresh();
	ReadJob j = {.arena = arena_new(), .report = &r};
	Buf got = {0};
	int fd = mail_file(row->raw);
	read_mail(&j, fd);
	render(&got, j.arena, &j);
	Str rest = str_of(row->want), line;
	while (str_next(&rest, '\n', &line)) {
		bool not = str_starts(line, "!");
		if (has_line(got.p, str_from(line, not)) == not)
			fail_msg("row %s: wanted \"%.*s\" in%s", row->row, (int)line.n, line.p, got.p);
	}
	buf_free(&got);
	close(fd);
	job_free(&j);
}

#define TABLE(name)                                              \
	static void test_##name(void **state) {                  \
		(void)state;                                     \
		for (size_t i = 0; i < sizeof name / sizeof *name; i++) \
			check(&name[i]);                         \
	}
TABLE(headers)
TABLE(texts)
TABLE(histories)
TABLE(links)
TABLE(robots)
TABLE(parts)

static const struct {
	const char *subject, *bare;
	unsigned replies, forwards;
} subjects[] = {
	{"申报", "申报", 0, 0},
	{"回复:申报", "申报", 1, 0},
	{"回复：申报", "申报", 1, 0},
	{"答复: 回复: 申报", "申报", 2, 0},
	{"转发: 申报", "申报", 0, 1},
	{"转发：Fw: 申报", "申报", 0, 2},
	{"Re[2]: 申报", "申报", 1, 0},
	{"RE: Fwd: Re: 申报", "申报", 2, 1},
	{"Re ：申报", "申报", 1, 0},
	{"[SPAM] 申报", "申报", 0, 0},
	{"[***SPAM***] Re: 申报", "申报", 1, 0},
	{"【疑似垃圾邮件】申报", "申报", 0, 0},
	{"(可能是垃圾邮件)回复：申报", "申报", 1, 0},
	{"Re: 【疑似垃圾邮件】　转发：申报", "申报", 1, 1},
	{"【新绿杯】申报", "【新绿杯】申报", 0, 0},
	{"[T4-0007] 申报", "[T4-0007] 申报", 0, 0},
	{"Report: 申报", "Report: 申报", 0, 0},
	{"回复率: 90", "回复率: 90", 0, 0},
	{"自动回复: x", "自动回复: x", 0, 0},
	{"Re:", "", 1, 0},
	{"", "", 0, 0},
};

static void test_subjects(void **state) {
	(void)state;
	Arena *a = arena_new();
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		unsigned replies, forwards;
		ROW_STR(subjects[i].subject, subject_bare(a, subjects[i].subject, &replies, &forwards), subjects[i].bare);
		ROW_INT(subjects[i].subject, replies, subjects[i].replies);
		ROW_INT(subjects[i].subject, forwards, subjects[i].forwards);
	}
	arena_free(a);
}

/* ---- spill files, limits ---- */

static int spilled;

static int spill_open(Spill *s, int *index) {
	(void)s;
	*index = spilled++;
	return memfd_create("spill", MFD_CLOEXEC);
}

static void test_spill(void **state) {
	(void)state;
	Report r = fresh();
	Spill spill = {.open = spill_open};
	ReadJob j = {.arena = arena_new(), .report = &r, .spill = &spill};
	int fd = mail_file(STR(MIXED "--b\n" FILE_OF("a.pdf") "--b\n" FILE_OF("b.pdf") "--b--\n"));
	spilled = 0;
	read_mail(&j, fd);
	assert_int_equal(j.part.n, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(j.part.v[i].spill, i);
		assert_int_equal(j.part.v[i].bytes, 9);
		assert_true(hash_eq(j.part.v[i].sha256, hash_of("%PDF-1.4\n", 9)));
	}
	close(fd);
	job_free(&j);
}

/* Mails in mails: REPORT_MAX_DEPTH of them are opened, the next is only told. */
static void test_depth(void **state) {
	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		Buf b = {0};
		Report r = fresh();
		ReadJob j = {.arena = arena_new(), .report = &r};
		for (int i = 0; i < REPORT_MAX_DEPTH + extra; i++)
			buf_str(&b, "From: a@b.cn\nSubject: x\nDate: Thu, 30 Mar 2023 09:00:05 +0800\nContent-Type: message/rfc822\n\n");
		buf_str(&b, "From: a@b.cn\nSubject: last\nDate: Thu, 30 Mar 2023 09:00:05 +0800\n" FILE_OF("a.pdf"));
		int fd = mail_file(buf_view(&b));
		read_mail(&j, fd);
		size_t last = j.part.n - 1;
		ROW_INT("parts", j.part.n, REPORT_MAX_DEPTH + 1);
		ROW_INT("last", j.part.v[last].type, extra ? TYPE_EML : TYPE_PDF);
		ROW_INT("flag", (j.part.v[last].flags & PART_TOO_DEEP) != 0, extra);
		close(fd);
		buf_free(&b);
		job_free(&j);
	}
}

static void test_limits(void **state) {
	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		Buf b = {0};
		Report r = fresh();
		ReadJob j = {.arena = arena_new(), .report = &r};
		buf_str(&b, MIXED);
		for (int i = 0; i < REPORT_MAX_PARTS + extra; i++)
			buf_str(&b, "--b\nContent-Type: application/pdf\n\n%PDF-1.4\n");
		buf_str(&b, "--b--\n");
		int fd = mail_file(buf_view(&b));
		read_mail(&j, fd);
		ROW_INT("parts", j.part.n, REPORT_MAX_PARTS);
		ROW_INT("cut", r.parts_cut, extra);
		close(fd);
		buf_free(&b);
		job_free(&j);
	}
}

static const struct {
	const char *row, *head, *piece;
	size_t times;
} hostile[] = {
	{"open tags", HTML, "<a ", 1000000},
	{"open quotes", HTML, "<a href=\"", 400000},
	{"quotes and ends", HTML, "<a x='>", 500000},
	{"open comments", HTML, "<!-- ", 800000},
	{"open styles", HTML, "<style>", 500000},
	{"links", HTML, "<a href=https://pan.baidu.com/s/1>", 100000},
	{"quotes nested", HTML, "<blockquote type=cite>", 150000},
	{"entities", HTML, "&#1", 1000000},
	{"lines", "X: y\n\n", "\n", 4000000},
	{"history words", "X: y\n\n", "发件人：x\n", 200000},
	{"years", "X: y\n\n", "2023-01-01 x\n", 200000},
	{"urls", "X: y\n\n", "http://", 500000},
	{"one line", "X: y\n\n", "写道：", 400000},
	{"subject", "Subject: ", "Re: ", 1000000},
	{"nested parts", "", "Content-Type: message/rfc822\n\n", 50000},
};

static void test_hostile(void **state) {
	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		Buf b = {0};
		Report r = fresh();
		ReadJob j = {.arena = arena_new(), .report = &r};
		buf_str(&b, hostile[i].head);
		for (size_t k = 0; k < hostile[i].times; k++)
			buf_str(&b, hostile[i].piece);
		int fd = mail_file(buf_view(&b));
		int64_t start = when_monotonic_ms();
		read_mail(&j, fd);
		ROW_TRUE(hostile[i].row, when_monotonic_ms() - start < IN_TIME);
		ROW_TRUE(hostile[i].row, strlen(r.text) <= REPORT_MAX_TEXT);
		close(fd);
		buf_free(&b);
		job_free(&j);
	}
}

static int preload(void **state) {
	(void)state;
	mime_preload();
	return when_zone("Asia/Shanghai", NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers), cmocka_unit_test(test_texts),
		cmocka_unit_test(test_histories), cmocka_unit_test(test_links),
		cmocka_unit_test(test_robots), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_subjects), cmocka_unit_test(test_spill),
		cmocka_unit_test(test_depth), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, preload, NULL);
}

"""Mail that comes back: the contact whom a form names cannot be reached, so the one who sent the form hears of it, once; an
invented bounce makes nobody write."""
import base64
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples
from fake_smtp import FakeSmtp

NOW = "2023-03-30T09:00:00+08:00"
LATER = "2023-03-30T10:00:00+08:00"
CONTACT = "contact@unreached.example"


def entered(name, *senders):
    """A home where these senders entered a form each, with one and the same contact."""
    h = homes.Home.fresh(os.path.join(homes.STORY, name))
    h.run("forms", check=0)
    for i, sender in enumerate(senders):
        h.lay(mails.mail(sender, "申报", "", [("申报表.xlsx", form(h, i)), ("盖章.pdf", samples.PDF)]), "2023-03-29T10:00:00+08:00")
    h.run("run", now=NOW, check=0)
    assert len(h.json("list", now=NOW)) == len(senders), h.json("log", now=NOW)
    return h


def form(h, i, contact=CONTACT):
    return samples.form(h, "T4", project__title="数据中心第%d期节能改造" % (i + 1), contact__mail=contact)


def confirmation(h):
    return [m["message_id"] for m in h.json("queue", now=NOW) if m["kind"] == "confirm"][0]


def told(h):
    return [(m["to"], m["state"]) for m in h.json("queue", now=NOW) if m["kind"] == "unreachable"]


def report(of, status="5.1.1", to=CONTACT, action="failed"):
    """A bounce as RFC 3464 wants it."""
    return ("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: entries@example.org\r\nSubject: Undelivered Mail\r\n"
            "Message-ID: <%s@mx.example.net>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
            "Final-Recipient: rfc822; %s\r\nAction: %s\r\nStatus: %s\r\nDiagnostic-Code: smtp; 550 no such user here\r\n"
            "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%s>\r\nTo: %s\r\n\r\n--b--\r\n"
            % (os.urandom(6).hex(), to, action, status, of, to)).encode()


def test_the_sender_hears_of_it_once():
    h = entered("once", "first@sender.example")
    for _ in range(2):
        h.lay(report(confirmation(h)), NOW)
    h.run("run", now=LATER, check=0)
    h.lay(report(confirmation(h), to="other@unreached.example"), LATER)
    h.run("run", now=LATER, check=0)
    assert told(h) == [("first@sender.example", "sent")], told(h)
    mail = [m for m in h.outbox() if "联系人邮箱无法送达" in m["Subject"]][0]
    text = mail.get_body(("plain",)).get_content()
    assert CONTACT in text and "T4-0001" in text and "550 no such user here" in text, text
    h.run("verify", now=LATER, check=0)


def test_several_entries_of_one_contact():
    h = entered("several", "first@sender.example", "second@sender.example", "first@sender.example", CONTACT)
    h.lay(report(confirmation(h)), NOW)
    h.run("run", now=LATER, check=0)
    assert sorted(told(h)) == [("first@sender.example", "sent"), ("second@sender.example", "sent")], told(h)
    mail = [m for m in h.outbox() if m["To"].endswith("first@sender.example") and "无法送达" in m["Subject"]][0]
    text = mail.get_body(("plain",)).get_content()
    assert "第1期" in text and "第3期" in text and "第2期" not in text, text


def test_a_bounce_that_names_nobody():
    """What the digest can say of it: who sent it, and when it came; its subject once."""
    h = homes.Home.fresh(os.path.join(homes.STORY, "nameless"))
    h.lay(mails.mail("Postmaster@163.com", "系统退信", "抱歉，您的邮件被退回来了", headers=["Return-Path: <>"]), "2023-03-29T12:00:00+08:00")
    h.run("run", now=NOW, check=0)
    h.run("digest", now=NOW, check=0)
    text = h.outbox(digest=True)[-1].get_body(("plain",)).get_content()
    part = text[text.index("联系不上"):text.index("各赛项累计受理")]
    assert part.count("系统退信") == 1 and "Postmaster@163.com" in part and "3月29日（星期三）12:00到达" in part, part


def test_a_chinese_bounce():
    h = entered("chinese", "first@sender.example")
    h.lay(mails.mail("Postmaster@163.com", "系统退信", "抱歉，您的邮件被退回来了\n收件人：%s\n退信原因：用户不存在\n" % CONTACT,
                     headers=["Return-Path: <>"]), NOW)
    h.run("run", now=LATER, check=0)
    assert told(h) == [("first@sender.example", "sent")], told(h)


def netease(of, form, to=CONTACT):
    """As NetEase bounces: mixed case, no Reporting-MTA, no blank line before the boundary, the mail with its form enclosed."""
    says = base64.b64encode(("抱歉，您的邮件被退回来了。\r\n收件人：%s\r\n退信原因：该用户不存在\r\n" % to).encode("gbk")).decode()
    inner = mails.mail("entries@example.org", "确认", "", [("申报表.xlsx", form)], message_id="<%s>" % of)
    return ("From: Postmaster@163.com\r\nTo: entries@example.org\r\nSubject: =?gb2312?B?z7XNs83L0MU=?=\r\nMessage-Id: <600C21C1.92BF04@163mx3.163.com>\r\n"
            "X-Mailer: Coremail MTA server\r\nX-CM-Original-Message-ID: <%s>\r\nMime-Version: 1.0\r\n"
            "Content-Type: Multipart/report; report-type=delivery-status;\r\n boundary=\"------------Boundary-00=_182E1KS\"\r\n\r\n"
            "--------------Boundary-00=_182E1KS\r\nContent-Type: Text/Plain; charset=\"gb2312\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"
            "--------------Boundary-00=_182E1KS\r\nContent-Type: Message/delivery-status\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.0.0\r\n"
            "--------------Boundary-00=_182E1KS\r\nContent-Type: Message/Rfc822\r\n\r\n" % (of, says, to)).encode() + inner + \
        b"\r\n--------------Boundary-00=_182E1KS--\r\n"


def test_a_netease_bounce_that_encloses_the_form():
    """It tells the sender, and is no entry of its own."""
    h = entered("netease", "first@sender.example")
    h.lay(netease(confirmation(h), form(h, 5)), NOW)
    h.run("run", now=LATER, check=0)
    assert told(h) == [("first@sender.example", "sent")], told(h)
    assert len(h.json("list", now=NOW)) == 1 and [m["outcome"] for m in h.json("log", now=NOW)] == ["accepted", "bounce"]


QQ_AWAY = "这是来自QQ邮箱的假期自动回复邮件。<br /><br />你好，我最近正在休假中，无法亲自回复你的邮件。我将在假期结束后，尽快给你回复。"
ROBOTS = (  # subject, text, more headers, what it is
    ("自动回复:T4-0001 申报已登记", QQ_AWAY, ["X-QQ-AUTO-REPLY: true", "Sender: u+auto_=entries=example.org@qq.com"], "auto-reply"),
    ("自动回复: 申报已登记", QQ_AWAY, ["X-QQ-HolidayReply: true"], "auto-reply"),
    ("Automatic reply: 申报表有1处需要修改", "I am out of the office.", ["X-Auto-Response-Suppress: All"], "auto-reply"),
    ("申报已登记", "已收到，谢谢。", ["Auto-Submitted: auto-replied"], "auto-reply"),
    ("已读: 申报已登记", "您的邮件已被阅读。", ["Auto-Submitted: auto-replied"], "auto-reply"),
    ("系统退信/The email is returned", "您的邮箱账号（entries@example.org）发送的邮件被系统退回\n收件人：x@qq.com", ["Return-Path: <>"], "bounce"),
    ("[SPAM] Undelivered Mail Returned to Sender", "This is the mail system at host mx.example.net.", ["Return-Path: <>"], "bounce"),
    ("本周行业动态", "通讯", ["List-Id: <news.example.net>", "Precedence: bulk"], "bulk"),
)


def test_robots_are_never_answered():
    h = homes.Home.fresh(os.path.join(homes.STORY, "robots"))
    for i, (subject, text, headers, _) in enumerate(ROBOTS):
        sender = "postmaster@mx.example.net" if ROBOTS[i][3] == "bounce" else "someone@example.cn"
        h.lay(mails.mail(sender, subject, text, headers=headers, message_id="<r%d@x>" % i), NOW)
    h.run("run", now=LATER, check=0)
    got = [m["outcome"] for m in h.json("log", now=NOW)]
    assert got == [r[3] for r in ROBOTS], list(zip(ROBOTS, got))
    assert [m for m in h.outbox() if "office@" not in m["To"]] == []


def test_two_robots_come_to_an_end():
    """A robot that marks nothing, and answers each of our mails: the day's cap ends it, and the digest has it."""
    h = homes.Home.fresh(os.path.join(homes.STORY, "loop"))
    path = h.path + "/rules/mail.yaml"
    text = open(path, encoding="utf-8").read().replace("per_address_per_day: 50", "per_address_per_day: 6")
    open(path, "w", encoding="utf-8").write(text)
    h.lay(mails.mail("bot@example.cn", "你好", "您的来信已收到，我们会尽快处理。", message_id="<0@bot>"), NOW)
    for n in range(1, 20):
        before = len(h.outbox())
        h.run("run", now=LATER, check=0)
        ours = [m for m in h.outbox() if m["To"].endswith("bot@example.cn")]
        if len(h.outbox()) == before:
            break
        h.lay(mails.mail("bot@example.cn", "回复: " + ours[-1]["Subject"], "您的来信已收到，我们会尽快处理。%d" % n, message_id="<%d@bot>" % n,
                         headers=["In-Reply-To: " + ours[-1]["Message-ID"]]), NOW)
    assert n < 19 and len(ours) <= 6, (n, len(ours))


def test_who_is_not_told():
    """Not yet given up, about somebody we did not write to, about the sender's own mail, of an entry that never was."""
    h = entered("nobody", "first@sender.example")
    receipt = [m["message_id"] for m in h.json("queue", now=NOW) if m["kind"] == "receipt"][0]
    for data in (report(confirmation(h), status="4.4.1", action="delayed"), report("invented@example.org", to="x@example.cn"),
                 report(receipt, to="first@sender.example")):
        h.lay(data, NOW)
    h.run("run", now=LATER, check=0)
    assert told(h) == []
    assert [m["outcome"] for m in h.json("log", now=NOW)].count("bounce") == 3
    h.run("verify", now=LATER, check=0)


def test_an_address_refused_at_once():
    """The server does not even take the mail to the contact: the sender hears of it by the same run."""
    h = homes.Home.fresh(os.path.join(homes.STORY, "refused"))
    h.run("forms", check=0)
    with FakeSmtp() as server:
        usual = server.answer_for
        refused = []

        def answer(stage, otherwise):
            if stage == "RCPT" and CONTACT in server.lines[-1]:
                refused.append(1)
                return "550 5.1.2 domain does not take mail"
            return usual(stage, otherwise)
        server.answer_for = answer
        with open(h.path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
            f.write("robot: entries@example.org\nsecretariat: [office@example.org]\nfetch: {url: \"maildir:spool/inbox\"}\n"
                    "send: {url: \"smtp://127.0.0.1:%d\", tls: none}\n" % server.port)
        h.lay(mails.mail("first@sender.example", "申报", "", [("申报表.xlsx", form(h, 0)), ("盖章.pdf", samples.PDF)]),
              "2023-03-29T10:00:00+08:00")
        h.run("run", now=NOW, check=0)
        h.run("run", now=LATER, check=0)
        assert len(refused) == 1 and told(h) == [("first@sender.example", "sent")], (server.lines, told(h))
        h.run("verify", now=LATER, check=0)
        h.run("replay", now=LATER, check=0)   # a server's word is not in the journal: nothing is missed


def test_a_report_of_arrival_is_no_bounce():
    h = entered("arrived", "first@sender.example")
    h.lay(report(confirmation(h), status="2.0.0", action="delivered"), NOW)
    h.run("run", now=LATER, check=0)
    assert [m["outcome"] for m in h.json("log", now=LATER)].count("auto-reply") == 1, h.json("log", now=LATER)
    assert told(h) == [], told(h)

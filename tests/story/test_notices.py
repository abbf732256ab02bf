"""Notices: what a decision means goes out by itself to a few; to many it waits until the secretariat, having seen exactly what
would go, sends back the code.  What changed since is shown anew, and what left is not sent again."""
import email
import email.policy
import hashlib
import io
import os
import re
import shutil
import sys

import openpyxl
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples
import sealed

WHERE = homes.STORY
OFFICE = "office@example.org"
ENTRIES = 8
_base = None
_n = 0


def clock(hour, minute=0, day=10):
    """2023-04-10 is a Monday on which the office works."""
    return "2023-04-%02dT%02d:%02d:00+08:00" % (day, hour, minute)


def fresh(name, **notices):
    """A home with T3-0001 .. T3-0008 accepted, by eight senders of whom the last two are one, each with a contact of its own."""
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "base"))
        rules(_base, quiet)
        _base.run("forms", check=0)
        for n in range(1, ENTRIES + 1):
            data = samples.form(_base, "T3", org__name="第%d科技有限公司" % n, project__title="第%d项目绿色园区" % n,
                                contact__mail="c%d@example.cn" % n)
            _base.lay(mails.mail("a%d@example.cn" % min(n, ENTRIES - 1), "T3 申报表", "", [("T3.xlsx", data), ("盖章.pdf", samples.PDF)],
                                 message_id="<%d@example.cn>" % n), "2023-03-09T10:%02d:00+08:00" % n)
        _base.run("run", now="2023-03-10T09:00:00+08:00", check=0)
        sealed.key(_base)
        _base.run("run", now=clock(8, 59, day=9), check=0)
        shutil.rmtree(_base.path + "/spool/outbox/new")
        os.makedirs(_base.path + "/spool/outbox/new")
    home = _base.copy(os.path.join(WHERE, name))
    if notices:
        rules(home, lambda c: c["notices"].update(notices))
    return home


def quiet(c):
    """No phase tells anything of itself: that is another story."""
    for p in c["phases"]:
        p.pop("remind", None)
        p.pop("tell", None)


def rules(home, change):
    path = home.path + "/rules/contest.yaml"
    with open(path, encoding="utf-8") as f:
        c = yaml.safe_load(f)
    change(c)
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(c, f, allow_unicode=True, sort_keys=False)


def number(n):
    return "T3-%04d" % n


def tok(home, n, now=clock(9)):
    return sealed.token(home, "eligibility", number(n), sealed.version(home, number(n), now))


def mail_in(home, now, subject, text, sender=OFFICE, files=(), run=True, env=None, **more):
    global _n
    _n += 1
    home.lay(mails.mail(sender, subject, text, list(files), message_id="<notices-%d@example.org>" % _n, **more), now)
    return home.run("run", now=now, env=env) if run else None


def decide(home, now, rows, **more):
    """rows: (n, decision, reason)."""
    wb = sealed.data(sealed.book([(tok(home, n, now), d, why) for n, d, why in rows]))
    return mail_in(home, now, "回复：今日工作簿", "请处理。", files=[("工作簿.xlsx", wb)], **more)


def many(home, now=clock(9), last="通过", **more):
    return decide(home, now, [(n, "通过", "") for n in range(1, ENTRIES)] + [(ENTRIES, last, "" if last == "通过" else "注册地不符")], **more)


def kinds(home, now=clock(20)):
    """Mails sent so far: (kind, to), without the digest and what was sent before the story began."""
    return sorted((m["kind"], m["to"]) for m in home.json("queue", now=now)
                  if m["state"] == "sent" and m["kind"] not in ("digest", "receipt", "confirm"))


def out(home, kind):
    return [m for m in home.outbox() if (m["X-Xinlv"] or "").endswith(" " + kind)]


def to(mail):
    return mail["To"].addresses[0].addr_spec


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def code_of(mail):
    return re.search(r"^ +(R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4})", text_of(mail), re.M).group(1)


def held(home, now=clock(20)):
    return [m for m in home.json("queue", "--state", "held", now=now)]


def answers(home):
    return [m["Subject"] for m in out(home, "notice_answer")]


def verify(home):
    home.run("verify", now=clock(23), check=0)


# ---- a few: at once

def test_a_few_are_told_at_once_and_one_person_once():
    home = fresh("few")
    decide(home, clock(9), [(1, "通过", ""), (7, "通过", ""), (8, "通过", "")])
    assert held(home) == [] and out(home, "notice_preview") == []
    assert kinds(home) == [("decision", OFFICE), ("eligible", "a1@example.cn"), ("eligible", "a7@example.cn"),
                           ("eligible", "c1@example.cn"), ("eligible", "c7@example.cn"), ("eligible", "c8@example.cn")], kinds(home)
    both, = [m for m in out(home, "eligible") if to(m) == "a7@example.cn"]
    assert "T3-0007" in text_of(both) and "T3-0008" in text_of(both) and both["Subject"].startswith("T3-0007等2项"), both["Subject"]
    assert both["Auto-Submitted"] == "auto-generated"
    verify(home)


def test_the_rules_may_tell_nothing_or_hold_all():
    home = fresh("none", events={"eligible": "none"})
    decide(home, clock(9), [(1, "通过", ""), (2, "不通过", "注册地不符")])
    assert [k for k in kinds(home) if k[0] in ("eligible", "ineligible")] == [], kinds(home)
    home = fresh("contact", to=["contact"], events={"eligible": "at_once", "ineligible": "held"})
    decide(home, clock(9), [(1, "通过", "")])
    assert kinds(home) == [("decision", OFFICE), ("eligible", "c1@example.cn")], kinds(home)
    decide(home, clock(10), [(2, "不通过", "注册地不符")])
    assert [(m["kind"], m["to"], m["state"]) for m in held(home)] == [("ineligible", "c2@example.cn", "held")]


def test_a_late_entry_that_is_ruled_out_is_told_to_its_sender():
    home = fresh("late")
    data = mails.mail("late@example.cn", "迟到的申报", "", [("T3.xlsx", samples.form(home, "T3", org__name="迟到公司")),
                                                     ("盖章.pdf", samples.PDF)], message_id="<late@example.cn>")
    home.lay(data, clock(9))
    home.run("run", now=clock(9), check=0)
    sha = hashlib.sha256(data).hexdigest()
    assert [m["outcome"] for m in home.json("log", now=clock(20)) if m["sha256"] == sha] == ["late"]
    wb = sealed.book([(sealed.token(home, "late", sha, 0), "不予受理", "逾期十日，没有不可抗力")], kind="late")
    mail_in(home, clock(10), "回复：今日工作簿", "请处理。", files=[("工作簿.xlsx", sealed.data(wb))])
    told, = out(home, "late_refused")
    assert to(told) == "late@example.cn", told["To"]
    for part in ("迟到的申报", "逾期十日，没有不可抗力", "4月10日"):
        assert part in text_of(told), (part, text_of(told))


def test_the_second_contact_when_the_first_cannot_be_reached():
    home = fresh("bounce")
    mail_in(home, clock(9), "Undelivered Mail Returned to Sender", "<c1@example.cn>: user unknown", sender="mailer-daemon@example.org",
            env=None, headers=["Auto-Submitted: auto-replied", "X-Failed-Recipients: c1@example.cn"])
    log = home.json("log", "--outcome", "bounce", now=clock(20))
    assert len(log) == 1, log
    decide(home, clock(10), [(1, "通过", "")])
    heard = [k[1] for k in kinds(home) if k[0] == "eligible"]
    second = home.json("show", "T3-0001", now=clock(20))[0]["fields"].get("contact2.mail", "")
    assert "c1@example.cn" not in heard and "a1@example.cn" in heard and (not second or second in heard), (heard, second)


# ---- many: held, shown, released

def test_many_are_held_shown_and_released_by_the_code():
    home = fresh("release")
    many(home, last="不通过")
    assert [k for k in kinds(home) if "eligible" in k[0]] == []
    waiting = held(home)
    assert len(waiting) == 16 and all(m["id"] is None and m["message_id"] for m in waiting), waiting
    status = home.json("status", now=clock(20))[0]
    assert {"state": "held", "count": 16} in status["queue"], status["queue"]
    assert [(n["title"], n["mails"]) for n in status["held"]] == [("审核结果通知", 16)], status
    preview, = out(home, "notice_preview")
    text = text_of(preview)
    assert "16封" in preview["Subject"] and "资格审核通过：14封" in text and "资格审核未通过：2封" in text, text
    names = [p.get_filename() for p in preview.iter_attachments()]
    assert names == ["待放行名单：审核结果通知.xlsx", "样例1.eml", "样例2.eml", "样例3.eml"], names
    parts = list(preview.iter_attachments())
    sheet = openpyxl.load_workbook(io.BytesIO(parts[0].get_payload(decode=True))).worksheets[0]
    listed = [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]
    assert [r[3] for r in listed] == [m["to"] for m in waiting] and listed[0][5] == "T3-0001", listed[:2]
    sample = email.message_from_bytes(parts[1].get_payload(0).as_bytes(), policy=email.policy.default)
    assert sample["To"] and "资格审核" in sample["Subject"]
    code = code_of(preview)
    assert code not in preview["Subject"]
    home.run("digest", now=clock(9, 30), check=0)
    digest = [text_of(m) for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1]
    assert "待放行的通知 1" in digest and "16封" in digest and code not in digest, digest
    # all of the entries: the word is wanted beside the code
    mail_in(home, clock(10), "Re: " + preview["Subject"], code)
    assert "确认" in answers(home)[-1] and len(held(home)) == 16, answers(home)
    mail_in(home, clock(10, 5), "Re: " + preview["Subject"], "%s 确认全体\n\n张三" % code.lower().replace("-", " "))
    assert "已放行" in answers(home)[-1], answers(home)
    assert held(home) == []
    assert len([k for k in kinds(home) if "eligible" in k[0]]) == 16
    for m in waiting:
        assert [x["state"] for x in home.json("queue", now=clock(20)) if x["message_id"] == m["message_id"]] == ["sent"], m
    mail_in(home, clock(11), "Re: " + preview["Subject"], code)
    assert "此前已放行" in answers(home)[-1] and len([k for k in kinds(home) if "eligible" in k[0]]) == 16
    log = home.json("log", "--outcome", "decision", now=clock(20))
    assert len(log) == 4, log
    verify(home)


def one_fewer(home, now=clock(9)):
    """Seven of eight, so that it is not everybody."""
    decide(home, now, [(n, "通过", "") for n in range(1, ENTRIES)])
    preview, = out(home, "notice_preview")
    return code_of(preview)


def test_a_code_is_read_as_people_type_it():
    home = fresh("typed")
    code = one_fewer(home)
    wide = "".join(chr(ord(c) + 0xFEE0) if c != "-" else "－" for c in code)
    variants = [("放行 " + wide, ""), ("", code.replace("-", "")), ("", "放行码：" + code.lower() + "\n谢谢"),
                ("回复：[新绿杯大赛] 待放行", code.replace("-", " - "))]
    for i, (subject, text) in enumerate(variants):
        copy = homes.Home(shutil.copytree(home.path, home.path + "-%d" % i, dirs_exist_ok=True))
        mail_in(copy, clock(10), subject, text)
        assert held(copy) == [] and "已放行" in answers(copy)[-1], (subject, text, answers(copy))


def test_what_is_not_plain_releases_nothing():
    home = fresh("unclear")
    code = one_fewer(home)
    other = "R" + "".join("Z" if c != "Z" else "Y" for c in code[1:].replace("-", ""))
    said = [("先不要放行 " + code, "", "没有放行"), ("", code + "\n先别发", "没有放行"), ("", code + " 这批人是不是太多了？", "没有放行"),
            ("", "放行 " + other, "不对")]
    for i, (subject, text, want) in enumerate(said):
        mail_in(home, clock(10, i), subject, text)
        assert len(held(home)) == 14 and want in answers(home)[-1], (subject, text, answers(home))
    # somebody else
    n = len(answers(home))
    mail_in(home, clock(11), "放行", code, sender="stranger@example.net")
    mail_in(home, clock(11, 1), "放行", code, sender="stranger@example.net")
    assert len(held(home)) == 14 and len(answers(home)) == n
    told, = out(home, "decision_refused")
    assert "放行码" in told["Subject"] and "stranger@example.net" in text_of(told)
    assert [m for m in home.outbox() if "stranger" in to(m)] == []
    verify(home)


def test_the_code_cancels_with_the_word():
    home = fresh("cancel")
    code = one_fewer(home)
    mail_in(home, clock(10), "取消 " + code, "")
    assert held(home) == [] and "已取消" in answers(home)[-1], answers(home)
    mail_in(home, clock(11), "放行 " + code, "")
    assert "此前已取消" in answers(home)[-1] and [k for k in kinds(home) if k[0] == "eligible"] == []
    assert home.json("status", now=clock(20))[0]["held"] == []
    verify(home)


# ---- what changed since

def test_a_new_decision_voids_the_code():
    home = fresh("decided")
    code = one_fewer(home)
    decide(home, clock(10), [(2, "不通过", "重新核对后，注册地不符")])
    assert ("ineligible", "c2@example.cn") in kinds(home)
    mail_in(home, clock(11), "放行 " + code, "")
    assert "内容有变" in answers(home)[-1] and [k for k in kinds(home) if k[0] == "eligible"] == [], answers(home)
    preview = out(home, "notice_preview")[-1]
    text = text_of(preview)
    assert "T3-0002" in text and "原放行码已作废" in text, text
    assert len(held(home)) == 12, len(held(home))
    mail_in(home, clock(12), "放行 " + code, "")
    assert "已作废" in answers(home)[-1], answers(home)
    mail_in(home, clock(13), "", code_of(preview))
    assert "已放行" in answers(home)[-1]
    heard = {k[1] for k in kinds(home) if k[0] == "eligible"}
    assert "c2@example.cn" not in heard and len(heard) == 12, heard
    verify(home)


def test_new_wording_and_new_rules_void_the_code():
    for what in ("templates", "rules"):
        home = fresh("changed-" + what)
        code = one_fewer(home)
        if what == "templates":
            with open(home.path + "/templates/mail/eligible.txt", "a", encoding="utf-8") as f:
                f.write("特此通知。\n")
        else:
            rules(home, lambda c: c["notices"].update(to=["contact"]))
        mail_in(home, clock(10), "放行 " + code, "")
        assert "内容有变" in answers(home)[-1] and [k for k in kinds(home) if k[0] == "eligible"] == [], (what, answers(home))
        preview = out(home, "notice_preview")[-1]
        mail_in(home, clock(11), "", code_of(preview))
        assert "已放行" in answers(home)[-1], answers(home)
        got = out(home, "eligible")
        if what == "templates":
            assert len(got) == 14 and all("特此通知。" in text_of(m) for m in got)
        else:
            assert len(got) == 7 and all(to(m).startswith("c") for m in got)


# ---- hours

def test_mass_mail_keeps_the_hours_of_the_office():
    home = fresh("hours")
    code = one_fewer(home, clock(9, day=28))                 # a Friday before five days off
    mail_in(home, clock(18, 30, day=28), "放行 " + code, "")
    assert "5月4日" in text_of(out(home, "notice_answer")[-1]), text_of(out(home, "notice_answer")[-1])
    now = "2023-05-03T12:00:00+08:00"
    home.run("run", now=now, check=0)
    assert out(home, "eligible") == []
    home.run("run", now="2023-05-04T09:00:00+08:00", check=0)
    got = out(home, "eligible")
    assert len(got) == 14 and got[0]["Date"].startswith("Thu, 04 May 2023 09:00:00"), got and got[0]["Date"]


# ---- never twice, never lost

def end_of(home, now=clock(22)):
    return {"log": home.json("log", now=now), "list": home.json("list", now=now),
            "queue": sorted((m["message_id"], m["kind"], m["to"], m["state"]) for m in home.json("queue", now=now)
                            if m["kind"] not in ("digest", "notice"))}


def forget(home):
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))


def test_the_journal_gives_the_same_batches_again():
    home = fresh("replay")
    code = one_fewer(home)
    decide(home, clock(10), [(2, "不通过", "注册地不符")])
    mail_in(home, clock(11), "放行 " + code, "")
    mail_in(home, clock(12), "", code_of(out(home, "notice_preview")[-1]))
    decide(home, clock(13), [(8, "通过", "")])
    decide(home, clock(14), [(n, "不通过", "复核后改为不通过") for n in (1, 3, 4)])
    assert len(held(home)) == 6
    want, code = end_of(home), code_of(out(home, "notice_preview")[-1])
    left = len(os.listdir(home.path + "/spool/outbox/new"))
    forget(home)
    home.run("run", now=clock(15), check=0)
    got = end_of(home)
    for k in want:
        assert got[k] == want[k], (k, [x for x in zip(want[k], got[k]) if x[0] != x[1]][:3], len(want[k]), len(got[k]))
    assert len(os.listdir(home.path + "/spool/outbox/new")) == left
    mail_in(home, clock(16), "放行", code)                    # handed out before the loss
    assert "已放行" in answers(home)[-1] and held(home) == []
    verify(home)


def test_killed_anywhere_each_mail_leaves_once():
    for step in range(1, 60):
        home = fresh("kill")
        many(home, run=False)
        r = home.run("run", now=clock(9), env={"XINLV_CRASH_AT": "*:%d" % step})
        if r.returncode == 0:
            break
        home.run("run", now=clock(9, 1), check=0)
        preview, = out(home, "notice_preview")
        mail_in(home, clock(10), "", code_of(preview) + " 确认全体", run=False)
        home.run("run", now=clock(10), env={"XINLV_CRASH_AT": "*:%d" % step})
        home.run("run", now=clock(10, 1), check=0)
        got = sorted(to(m) for m in out(home, "eligible"))
        assert len(got) == len(set(got)) == 15 and held(home) == [], (step, got)
        assert len(answers(home)) == 1, (step, answers(home))
    assert step > 3, step

"""The calendar: reminders before a closing, what stands at it, and that a phase is counted only once all mail that arrived in time
has been fetched."""
import os
import shutil
import sqlite3
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
OFFICE = "office@example.org"


def at(month, day, hour=9, minute=0, second=0):
    return "2023-%02d-%02dT%02d:%02d:%02d+08:00" % (month, day, hour, minute, second)


def rules(home, change):
    path = home.path + "/rules/contest.yaml"
    with open(path, encoding="utf-8") as f:
        c = yaml.safe_load(f)
    change(c)
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(c, f, allow_unicode=True, sort_keys=False)


def collection(c):
    return [p for p in c["phases"] if p["id"] == "collection"][0]


def fresh(name, change=None):
    home = homes.Home.fresh(os.path.join(WHERE, name))
    if change:
        rules(home, change)
    home.run("forms", check=0)
    home.run("run", now=at(3, 1), check=0)
    return home


def entry(home, n, when, **more):
    data = samples.form(home, "T3", org__name="第%d科技有限公司" % n, project__title="第%d项目绿色园区" % n,
                        contact__mail=more.pop("contact__mail", "c%d@example.cn" % n), **more)
    home.lay(mails.mail("a%d@example.cn" % n, "T3 申报表", "", [("T3.xlsx", data), ("盖章.pdf", samples.PDF)],
                        message_id="<%d@example.cn>" % n), when)


def ask(home, who, when):
    home.lay(mails.mail(who, "索取申报表", "请发一份申报表。", message_id="<ask-%s>" % who), when)


def out(home, kind):
    return [m for m in home.outbox() if (m["X-Xinlv"] or "").endswith(" " + kind)]


def to(mail):
    return mail["To"].addresses[0].addr_spec


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def status(home, now):
    return home.json("status", now=now)[0]


def code_of(mail):
    return [line.split()[0] for line in text_of(mail).splitlines() if line.strip().startswith("R") and line.startswith("    ")][0]


def release(home, now, preview, word=""):
    home.lay(mails.mail(OFFICE, "Re: " + preview["Subject"], code_of(preview) + " " + word,
                        message_id="<release-%s>" % now), now)
    home.run("run", now=now, check=0)


def test_who_has_not_sent_is_reminded_before_the_closing():
    home = fresh("remind")
    ask(home, "asked@example.cn", at(3, 2))
    ask(home, "a2@example.cn", at(3, 2, 10))
    ask(home, OFFICE, at(3, 2, 11))
    entry(home, 1, at(3, 3))                                    # accepted
    entry(home, 2, at(3, 4))                                    # asked before, accepted
    entry(home, 3, at(3, 5), contact__mail="nobody")            # turned away
    entry(home, 4, at(3, 6), contact__mail="nobody")            # turned away, and back
    entry(home, 4, at(3, 7))
    home.run("run", now=at(3, 8), check=0)
    # the closing is on a Friday, the 31st: a week before is a Friday, too
    assert [(c["at"], c["what"]) for c in status(home, at(3, 8))["coming"]][:3] == [
        (at(3, 24), "reminder"), (at(3, 29), "reminder"), (at(3, 31, 23, 59, 59), "closes")], status(home, at(3, 8))
    # the next one opens in the second behind it
    assert [(c["phase"], c["what"]) for c in status(home, at(3, 30))["coming"]][:2] == [
        ("collection", "closes"), ("preliminary", "opens")], status(home, at(3, 30))
    home.run("run", now=at(3, 24, 8, 59), check=0)
    assert out(home, "notice_preview") == []
    home.run("run", now=at(3, 24), check=0)
    preview, = out(home, "notice_preview")
    assert "还有7天" in preview["Subject"] and "2封" in preview["Subject"], preview["Subject"]
    release(home, at(3, 24, 10), preview)
    got = {to(m): text_of(m) for m in out(home, "phase_closing")}
    assert sorted(got) == ["a3@example.cn", "asked@example.cn"], sorted(got)
    assert "需要修改之处" in got["a3@example.cn"] and "索取申报表" in got["asked@example.cn"], got
    assert "3月31日" in got["asked@example.cn"] and out(home, "phase_closing")[0]["Subject"].endswith("还有7天截止，请及时提交")
    # once
    home.run("run", now=at(3, 25), check=0)
    assert len(out(home, "notice_preview")) == 1
    # one that nobody released is of no use behind the closing
    home.run("run", now=at(3, 29), check=0)
    second = out(home, "notice_preview")[-1]
    assert "还有2天" in second["Subject"]
    assert len(status(home, at(3, 31, 23))["held"]) == 1
    home.run("run", now=at(4, 1), check=0)
    assert [h["title"] for h in status(home, at(4, 1))["held"]] == ["“案例征集阶段”截止通知"], status(home, at(4, 1))["held"]
    release(home, at(4, 1, 10), second)
    assert "已过期" in out(home, "notice_answer")[-1]["Subject"] and len(out(home, "phase_closing")) == 2
    home.run("verify", now=at(4, 2), check=0)


def test_who_was_to_be_reminded_twice_while_nothing_ran_is_reminded_once():
    home = fresh("still", lambda c: collection(c).update(remind=["7d", "4d", "2d"]))
    ask(home, "asked@example.cn", at(3, 2))
    home.run("run", now=at(3, 2, 10), check=0)
    home.run("run", now=at(3, 30, 8), check=0)
    held = [m for m in home.json("queue", now=at(3, 30)) if m["kind"] == "phase_closing"]
    assert [m["to"] for m in held] == ["asked@example.cn"] and "1天" in held[0]["subject"], held
    assert len(out(home, "notice_preview")) == 1
    home.run("replay", now=at(3, 30), check=0)


def test_a_home_of_before_moments_had_an_order():
    """It has the second alone of what was done last: all of that second, and nothing behind it."""
    home = fresh("older", lambda c: collection(c).update(remind=["7d", "2d"]))
    ask(home, "asked@example.cn", at(3, 2))
    home.run("run", now=at(3, 24, 9), check=0)
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    done, = db.execute("SELECT value FROM fact WHERE key = 'phase.done'").fetchone()
    db.execute("UPDATE fact SET value = ? WHERE key = 'phase.done'", (done.split()[0],))
    db.commit()
    db.close()
    home.run("run", now=at(3, 24, 10), check=0)
    home.run("run", now=at(3, 29, 9), check=0)
    assert [m["subject"][-12:] for m in home.json("queue", now=at(3, 29)) if m["kind"] == "phase_closing"] == [
        "还有7天截止，请及时提交", "还有2天截止，请及时提交"]


def test_a_closing_is_counted_when_the_mailbox_was_fetched_behind_it():
    home = fresh("closing", lambda c: collection(c).update(grace="10m"))
    entry(home, 1, at(3, 3))
    home.run("run", now=at(3, 31, 23, 50), check=0)
    entry(home, 2, at(3, 31, 23, 58))                           # in time, read later
    entry(home, 3, at(4, 1, 0, 5))                              # in the grace
    entry(home, 4, at(4, 1, 0, 11))                             # late
    shutil.move(home.path + "/spool/inbox/new", home.path + "/spool/inbox/away")
    os.makedirs(home.path + "/spool/inbox/new")
    with open(home.path + "/rules/mail.yaml", encoding="utf-8") as f:
        mail = f.read()
    with open(home.path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
        f.write(mail.replace("url: maildir:spool/inbox", "url: imap://robot@127.0.0.1:1/INBOX\n  tls: none\n  password_env: NONE"))
    home.run("run", now=at(4, 1, 1), env={"NONE": "x"}, check=69)
    s = status(home, at(4, 1, 1))["closed"]
    assert s == [{"phase": "collection", "counted": False, "counted_at": None}], s
    assert out(home, "notice_preview") == []
    with open(home.path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
        f.write(mail)
    os.rmdir(home.path + "/spool/inbox/new")
    shutil.move(home.path + "/spool/inbox/away", home.path + "/spool/inbox/new")
    home.run("run", now=at(4, 1, 8), check=0)
    assert [m["outcome"] for m in home.json("log", now=at(4, 1, 8))] == ["accepted"] * 3 + ["late"]
    s = status(home, at(4, 1, 8))["closed"]
    assert s == [{"phase": "collection", "counted": True, "entries": 3, "counted_at": at(4, 1, 8)}], s
    preview = out(home, "notice_preview")[-1]
    assert "案例征集阶段" in preview["Subject"] and "6封" in preview["Subject"], preview["Subject"]
    release(home, at(4, 3, 9), preview, "确认全体")
    got = out(home, "phase_closed")
    assert len(got) == 6 and all("已受理" in m["Subject"] or "T3-000" in text_of(m) for m in got), [m["Subject"] for m in got]
    digest = [m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1]
    assert "共受理3项" in text_of(digest), text_of(digest)
    home.run("verify", now=at(4, 4), check=0)


def test_who_comes_in_the_grace_is_told_of_the_time_to_mend_they_have():
    home = fresh("grace_mend", lambda c: collection(c).update(grace="10m"))
    entry(home, 1, at(4, 1, 0, 5), contact__mail="no address")
    home.run("run", now=at(4, 1, 0, 6), check=0)
    report = text_of(out(home, "faults")[-1])
    assert "仍视为按时提交" in report and "4月4日" in report, report
    entry(home, 1, at(4, 2))
    home.run("run", now=at(4, 2, 1), check=0)
    assert [m["outcome"] for m in home.json("log", now=at(4, 2, 1))] == ["rejected", "accepted"]


def test_the_journal_tells_the_phases_again_and_nobody_twice():
    home = fresh("replay")
    ask(home, "asked@example.cn", at(3, 2))
    entry(home, 1, at(3, 3))
    for now in (at(3, 24), at(4, 1, 9), at(4, 2, 9)):
        home.run("run", now=now, check=0)
    kinds = lambda: sorted((m["kind"], m["to"], m["message_id"], m["state"]) for m in home.json("queue", now=at(4, 3))
                           if m["kind"] not in ("digest", "notice"))
    want, closed = kinds(), status(home, at(4, 3))["closed"]
    assert [k[0] for k in want if k[0].startswith("phase")] == ["phase_closed", "phase_closed"], want
    sent = len(os.listdir(home.path + "/spool/outbox/new"))
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=at(4, 2, 9, 1), check=0)
    assert kinds() == want and status(home, at(4, 3))["closed"] == closed
    assert len(os.listdir(home.path + "/spool/outbox/new")) == sent


def test_a_phase_that_opens_as_another_closes_is_told_too():
    def change(c):
        collection(c).update(tell=["closing"], remind=[])
        [p for p in c["phases"] if p["id"] == "preliminary"][0]["tell"] = ["opening"]
        c["notices"]["events"].update(phase_opened="at_once", phase_closed="at_once")
    home = fresh("both", change)
    entry(home, 1, at(3, 3))
    home.run("run", now=at(3, 4), check=0)
    home.run("run", now=at(4, 1, 0, 0, 0), check=0)
    assert len(out(home, "phase_closed")) == len(out(home, "phase_opened")) == 2
    assert "初赛阶段" in out(home, "phase_opened")[0]["Subject"] and "T3-0001" in text_of(out(home, "phase_opened")[0])


def test_an_opening_is_told_to_who_waits_for_it():
    def change(c):
        collection(c).update(opens="2023-03-06", tell=["opening"])
        c["notices"]["events"]["phase_opened"] = "at_once"
    home = fresh("opening", change)
    ask(home, "asked@example.cn", at(3, 2))
    entry(home, 1, at(3, 3))                                    # too early
    home.run("run", now=at(3, 5), check=0)
    home.run("run", now=at(3, 6, 9), check=0)
    got = {to(m): text_of(m) for m in out(home, "phase_opened")}
    assert sorted(got) == ["a1@example.cn", "asked@example.cn"], sorted(got)
    assert "请重新发送一次" in got["a1@example.cn"] and "重新发送" not in got["asked@example.cn"]


def two(c):
    c["phases"].insert(2, {"id": "second", "name": "第二次征集", "opens": "2023-03-20", "closes": "2023-03-31",
                           "accepts": ["entries", "supplements"]})
    collection(c)["closes"] = "2023-03-05"


def test_between_two_windows_the_next_is_told():
    home = fresh("between", two)
    entry(home, 1, at(3, 10))
    home.lay(mails.mail("p1@example.cn", "申报", "见附件", [("扫描件.pdf", samples.PDF)]), at(3, 10))
    home.run("run", now=at(3, 10), check=0)
    late = text_of(out(home, "late")[0])
    assert "3月5日（星期日）24:00" in late and "3月20日（星期一）00:00开始，至3月31日（星期五）24:00截止" in late, late
    assert "下一次征集自3月20日" in text_of(out(home, "near_miss")[0])
    home.run("digest", now=at(3, 11), check=0)
    digest = text_of([m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1])
    assert "超过截止4天9小时" in digest, digest
    entry(home, 2, at(3, 20, 0))
    home.run("run", now=at(3, 20, 1), check=0)
    assert len(home.json("list", now=at(3, 20, 1))) == 1


def test_of_two_windows_the_last_that_closes_is_counted():
    """One that lies within another tells of its own day only."""
    def within(c):
        c["phases"].insert(2, {"id": "second", "name": "第二次征集", "opens": "2023-03-10", "closes": "2023-03-20",
                               "accepts": ["entries", "supplements"]})

    home = fresh("within", within)
    entry(home, 1, at(3, 3))
    home.run("run", now=at(3, 21, 8), check=0)
    entry(home, 2, at(3, 25))
    home.run("run", now=at(4, 1, 8), check=0)
    home.run("run", now=at(4, 1, 9), check=0)
    assert [(c["phase"], c["entries"]) for c in status(home, at(4, 1, 9))["closed"]] == [("collection", 2), ("second", 1)]
    digest = text_of([m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1])
    assert "共受理2项" in digest, digest


def asked(base, n, arrived, read):
    """What a question and a check are told of the time, that arrived then and are read now."""
    home = base.copy(os.path.join(WHERE, "asked-%d" % n))
    home.lay(mails.mail("help@example.cn", "帮助", ""), arrived)
    form = samples.form(home, "T3", contact__mobile="1")
    home.lay(mails.mail("check@example.cn", "预检", "", [("T3.xlsx", form)]), arrived)
    home.lay(mails.mail("fault@example.cn", "申报", "", [("T3.xlsx", form)]), arrived)
    home.run("run", now=read, check=0)
    return [text_of(out(home, kind)[0]) for kind in ("help", "precheck", "faults")]


def test_what_can_still_be_done_follows_the_clock():
    """However early a question arrived: the one who reads the answer is told what is open now, and what is to come."""
    base = fresh("clock", lambda c: (two(c), c.update(mend_hours=1)))
    first, again = "3月5日（星期日）24:00", "下一次征集自3月20日（星期一）00:00开始，至3月31日（星期五）24:00截止"
    for said in asked(base, 1, at(3, 5, 22), at(3, 5, 23)):
        assert first in said and "距现在还有59分钟" in said and "征集自" not in said, said
    for said in asked(base, 2, at(3, 5, 22), at(3, 7)):
        assert again in said or "仍视为按时提交" in said, said
    whole, check, fault = asked(base, 3, at(3, 5, 22), at(3, 21))
    for said in (whole, check):
        assert "申报截止时间：3月31日（星期五）24:00" in said and "截止。" not in said, said
    assert "10:00前送达，仍视为按时提交" in fault, fault
    whole, check, fault = asked(fresh("clock0", lambda c: (two(c), c.update(mend_hours=0))), 4, at(3, 5, 22), at(3, 21))
    assert "申报已于" + first in fault and "新一次征集已于3月20日（星期一）00:00开始，至3月31日（星期五）24:00截止" in fault, fault
    whole, check, fault = asked(fresh("clock1", lambda c: (two(c), c.update(mend_hours=0))), 5, at(3, 5, 22), at(3, 7))
    assert "申报已于" + first in fault and again in fault, fault
    home = homes.Home.fresh(os.path.join(WHERE, "clock2"))
    rules(home, lambda c: (two(c), collection(c).update(opens="2023-03-01")))
    home.lay(mails.mail("help@example.cn", "帮助", ""), at(2, 20))
    home.run("run", now=at(2, 20), check=0)
    said = text_of(out(home, "help")[0])
    assert "申报自3月1日（星期三）00:00开始" in said and first in said and "下一次征集" not in said, said


def test_no_time_to_mend_is_no_moment_in_the_past():
    home = fresh("mend0", lambda c: c.update(mend_hours="0"))
    entry(home, 1, at(3, 31, 23), contact__mobile="1")
    home.run("run", now=at(4, 1, 0, 10), check=0)
    said = text_of(out(home, "faults")[0])
    assert "申报已于3月31日（星期五）24:00截止。修改后的申报表也会完整保存" in said and "00:10" not in said, said
    assert "即可登记" not in said, said


def test_a_phase_that_closed_before_the_first_run_waits_for_nothing():
    home = homes.Home.fresh(os.path.join(WHERE, "began-late"))
    home.run("forms", check=0)
    home.run("run", now=at(4, 3), check=0)
    assert status(home, at(4, 3))["closed"] == []
    assert "still be in the mailbox" not in home.run("status", now=at(4, 3)).stdout


def test_what_was_prepared_for_a_closing_goes_when_the_closing_is_moved():
    home = fresh("moved", lambda c: collection(c).update(tell=["closing"]))
    entry(home, 1, at(3, 20))
    home.run("run", now=at(3, 20), check=0)
    home.run("run", now=at(4, 1, 9), check=0)
    assert [h["title"] for h in status(home, at(4, 1, 9))["held"]] == ["“案例征集阶段”截止通知"]
    rules(home, lambda c: collection(c).update(closes="2023-04-10"))
    home.run("run", now=at(4, 1, 10), check=0)
    assert status(home, at(4, 1, 10))["held"] == [], "nobody is to hear that it has closed"
    home.run("run", now=at(4, 11, 9), check=0)
    assert [h["title"] for h in status(home, at(4, 11, 9))["held"]] == ["“案例征集阶段”截止通知"]
    assert home.run("replay", now=at(4, 11, 9)).returncode == 0


def test_a_mail_without_a_form_leaves_time_for_one_entry():
    home = fresh("nameless")
    home.lay(mails.mail("a1@example.cn", "申报", "见附件", [("申报表.pdf", samples.PDF)]), at(3, 31, 23, 50))
    home.run("run", now=at(4, 1, 0, 10), check=0)
    for n in (1, 2):
        form = samples.form(home, "T3", org__name="第%d科技有限公司" % n, project__title="第%d项目绿色园区" % n)
        home.lay(mails.mail("a1@example.cn", "申报", "", [("T3.xlsx", form), ("盖章.pdf", samples.PDF)]), at(4, 1, 9, n))
    home.run("run", now=at(4, 1, 10), check=0)
    assert [m["outcome"] for m in home.json("log", now=at(4, 1, 10))] == ["rejected", "accepted", "late"]


def test_when_nothing_is_to_come_no_heading_says_so():
    home = fresh("nothing-to-come")
    home.lay(mails.mail("now@example.cn", "帮助", ""), at(3, 10))
    home.run("run", now=at(3, 10, 1), check=0)
    assert "赛程安排" in text_of(out(home, "help")[-1])
    later = "2031-01-01T09:00:00+08:00"
    home.lay(mails.mail("later@example.cn", "帮助", ""), later)
    home.run("run", now=later, check=0)
    answer = [m for m in out(home, "help") if "later@" in str(m["To"])][0]
    assert "赛程安排" not in text_of(answer) and "赛程安排" not in answer.get_body(("html",)).get_content(), text_of(answer)

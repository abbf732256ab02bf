"""Checked and never submitted: reminded a day and three hours before the entries close, once each; who sent in since is left in
peace; a reply to the reminder with the form and the word files it; replay makes the same mails."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
CHECKED = "2023-03-20T10:00:00+08:00"


def fresh(name, mail_yaml=None):
    home = homes.Home.fresh(os.path.join(WHERE, name))
    home.run("forms", check=0)
    if mail_yaml:
        path = os.path.join(home.path, "rules/mail.yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("  remind: [24h, 3h] ", mail_yaml))
    return home


def form(home, title, org, **more):
    return samples.form(home, "T4", project__title=title, org__name=org, **more)


def check(home, sender, title, org, at=CHECKED, **more):
    home.lay(mails.mail(sender, "预检 T4", "请先看看", [("申报表.xlsx", form(home, title, org, **more)), ("盖章.pdf", samples.PDF)]), at)


def submit(home, sender, title, org, at, **more):
    home.lay(mails.mail(sender, "T4 申报", "请查收", [("申报表.xlsx", form(home, title, org, **more)), ("盖章.pdf", samples.PDF)]), at)


def reminders(home):
    return [m for m in home.outbox() if "申报即将截止" in m["Subject"]]


def run(home, now):
    home.run("run", now=now, check=0)


def contest(name):
    home = fresh(name)
    check(home, "waits@example.cn", "间接蒸发冷却改造", "甲省绿能科技有限公司")
    check(home, "faulty@example.cn", "机房余热供暖工程", "乙省云算数据有限公司", contact__mobile="1380")
    check(home, "done@example.cn", "园区光储直柔示范", "丙省储能设备有限公司")
    check(home, "other@example.cn", "算力调度节能平台", "丁省算力科技有限公司")
    check(home, "tried@example.cn", "配电网降损技术", "戊省电力研究院")
    run(home, "2023-03-20T11:00:00+08:00")
    submit(home, "done@example.cn", "园区光储直柔示范", "丙省储能设备有限公司", "2023-03-21T10:00:00+08:00")
    submit(home, "colleague@example.cn", "算力调度节能平台", "丁省算力科技有限公司", "2023-03-21T10:01:00+08:00")
    submit(home, "tried@example.cn", "配电网降损技术", "戊省电力研究院", "2023-03-21T10:02:00+08:00", contact__mobile="1380")
    run(home, "2023-03-21T11:00:00+08:00")
    return home


def test_a_day_and_three_hours_before():
    home = contest("twice")
    run(home, "2023-03-30T23:59:58+08:00")
    assert reminders(home) == []
    run(home, "2023-03-30T23:59:59+08:00")
    first = reminders(home)
    assert sorted(m["To"] for m in first) == ["faulty@example.cn", "waits@example.cn"], first
    text = {m["To"]: m.get_body(("plain",)).get_content() for m in first}
    assert "间接蒸发冷却改造" in text["waits@example.cn"] and "提交" in text["waits@example.cn"]
    assert "3月31日" in text["waits@example.cn"] and "处需要修改" not in text["waits@example.cn"], text["waits@example.cn"]
    assert "有1处需要修改" in text["faulty@example.cn"], text["faulty@example.cn"]
    assert all("【尚未提交】" in m["Subject"] and m["Auto-Submitted"] == "auto-generated" for m in first)
    run(home, "2023-03-31T12:00:00+08:00")
    assert len(reminders(home)) == 2
    # One of them answers the reminder.
    waits = [m for m in first if m["To"] == "waits@example.cn"][0]
    home.lay(mails.mail("waits@example.cn", "回复: " + waits["Subject"], "提交\n", [
        ("申报表.xlsx", form(home, "间接蒸发冷却改造", "甲省绿能科技有限公司")), ("盖章.pdf", samples.PDF)],
        headers=["In-Reply-To: " + waits["Message-ID"]]), "2023-03-31T13:00:00+08:00")
    run(home, "2023-03-31T13:01:00+08:00")
    assert home.json("log", "--from", "waits@example.cn", now="2023-03-31T13:01:00+08:00")[-1]["outcome"] == "accepted"
    run(home, "2023-03-31T21:00:00+08:00")
    second = reminders(home)
    assert sorted(m["To"] for m in second) == ["faulty@example.cn", "faulty@example.cn", "waits@example.cn"], second
    for later in ("2023-03-31T23:00:00+08:00", "2023-04-02T09:00:00+08:00"):
        run(home, later)
    assert len(reminders(home)) == 3
    home.run("verify", now="2023-04-02T09:00:00+08:00", check=0)


def test_without_the_word_it_stays_a_check():
    home = contest("word")
    run(home, "2023-03-31T09:00:00+08:00")
    m = [m for m in reminders(home) if m["To"] == "waits@example.cn"][0]
    home.lay(mails.mail("waits@example.cn", "回复: " + m["Subject"], "您好，改好了", [
        ("申报表.xlsx", form(home, "间接蒸发冷却改造", "甲省绿能科技有限公司")), ("盖章.pdf", samples.PDF)],
        headers=["In-Reply-To: " + m["Message-ID"]]), "2023-03-31T10:00:00+08:00")
    run(home, "2023-03-31T10:01:00+08:00")
    assert home.json("log", "--from", "waits@example.cn", now="2023-03-31T10:01:00+08:00")[-1]["outcome"] == "precheck"
    run(home, "2023-03-31T21:30:00+08:00")
    assert len([x for x in reminders(home) if x["To"] == "waits@example.cn"]) == 2


def test_a_robot_that_stood_still_says_it_once():
    home = contest("still")
    run(home, "2023-03-31T22:00:00+08:00")
    assert len(reminders(home)) == 2
    run(home, "2023-03-31T22:01:00+08:00")
    assert len(reminders(home)) == 2


def test_after_the_closing_nobody_is_reminded():
    home = contest("over")
    run(home, "2023-04-01T00:00:00+08:00")
    assert reminders(home) == []


def test_the_rules_say_when():
    home = fresh("rules", "  remind: [2d] ")
    check(home, "waits@example.cn", "间接蒸发冷却改造", "甲省绿能科技有限公司")
    run(home, "2023-03-29T23:00:00+08:00")
    assert reminders(home) == []
    run(home, "2023-03-30T00:00:00+08:00")
    assert len(reminders(home)) == 1
    run(home, "2023-03-31T22:00:00+08:00")
    assert len(reminders(home)) == 1
    home = fresh("nobody", "  remind: [] ")
    check(home, "waits@example.cn", "间接蒸发冷却改造", "甲省绿能科技有限公司")
    run(home, "2023-03-31T22:00:00+08:00")
    assert reminders(home) == []


def test_replay_makes_the_same():
    home = contest("replay")
    run(home, "2023-03-31T09:00:00+08:00")
    before = sorted(m["Message-ID"] for m in home.outbox())
    home.run("replay", now="2023-03-31T09:05:00+08:00", check=0)
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.unlink(os.path.join(home.path, "spool", name))
    run(home, "2023-03-31T09:10:00+08:00")
    assert sorted(m["Message-ID"] for m in home.outbox()) == before
    queued = [q for q in home.json("queue", now="2023-03-31T09:10:00+08:00") if q["kind"] == "unsubmitted"]
    assert len(queued) == 2 and {q["state"] for q in queued} == {"sent"}, queued

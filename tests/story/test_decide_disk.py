"""Every kind of row that is decided in a workbook, decided from disk: a process of its own has all that it needs for it, and
the journal gives the same again when the database is lost."""
import os
import re
import sqlite3
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import office
import samples

WHERE = homes.STORY
OFFICE = "office@example.org"
_n = 0


def at(month, day, hour=9, minute=0):
    return "2023-%02d-%02dT%02d:%02d:00+08:00" % (month, day, hour, minute)


def send(home, sender, subject, now, text="", files=()):
    """A mail and the answer to it."""
    global _n
    _n += 1
    ident = "<disk-%d@example.org>" % _n
    home.lay(mails.mail(sender, subject, text, files, message_id=ident), now)
    home.run("run", now=now, check=0)
    return [m for m in home.outbox() if m["In-Reply-To"] == ident][0]


def morning(home, now):
    home.run("digest", now=now, check=0)
    return office.book([m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1])


def records(home):
    db = sqlite3.connect("file:%s/spool/xinlv.db?mode=ro" % home.path, uri=True)
    rows = db.execute("SELECT kind, round, ref, who, at, state, data, actor, addr, detail"
                      " FROM record JOIN record_personal ON record = id ORDER BY id").fetchall()
    db.close()
    return rows


def picture(home, now):
    """What must come back; what went to people at an hour of the day was made by no message."""
    entries = home.json("list", now=now)
    return (entries, [home.json("show", e["number"], now=now) for e in entries], home.json("log", now=now),
            sorted((m["kind"], m["to"], m["subject"], m["message_id"]) for m in home.json("queue", now=now)
                   if m["kind"] not in ("digest", "notice")), records(home))


def decide(home, wb, now, rows):
    """From disk: so many rows are done; the same comes of the journal."""
    path = os.path.join(home.path, "工作簿.xlsx")
    with open(path, "wb") as f:
        f.write(office.data(wb))
    r = home.run("decide", path, now=now)
    assert r.returncode == 0 and "%d done" % rows in r.stdout and " 0 refused" in r.stdout, (r.returncode, r.stdout, r.stderr)
    home.run("run", now=now, check=0)
    before = picture(home, now)
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=now, check=0)
    for a, b in zip(before, picture(home, now)):
        assert a == b, ([x for x in a if x not in b][:3], [x for x in b if x not in a][:3])
    home.run("verify", now=now, check=0)


def states(home, now):
    return [e["state"] for e in home.json("list", now=now)]


# ---- what came by mail

def test_messages_petitions_and_settings():
    home = homes.Home.fresh(os.path.join(WHERE, "messages"))
    home.run("forms", check=0)
    for day, now in ((samples.first_day, at(3, 30)), (samples.last_days, at(4, 1))):
        for _, when, data, _ in day(home):
            home.lay(data, when)
        home.run("run", now=now, check=0)
    senders = {e["number"]: e["sender"] for e in home.json("list", now=at(4, 1))}
    send(home, senders["T1-0001"], "变更申请：T1-0001 联系人", at(4, 1, 10), "联系人改为李明。")
    send(home, senders["T5-0001"], "撤回申请 T5-0001", at(4, 1, 11), "我单位申请撤回。", [("盖章页.pdf", samples.PDF)])
    send(home, senders["T4-0001"], "异议申请 T4-0001", at(4, 1, 12), "对审核有异议，理由见后。")
    for i, (sheet, by, change) in enumerate((
            ("逾期待裁", "来信邮箱", {"tardy@example.cn": {"决定": "受理", "理由": "同意"}}),
            ("疑似重复", "来信邮箱", {"colleague@lvyuan.example.cn": {"决定": "非重复"}}),
            ("待人工阅读", "来信邮箱", {"asks@example.cn": {"决定": "已处理", "理由": "已电话答复"}}),
            ("变更与撤回", "编号", {"T1-0001": {"决定": "同意", "新联系人": "李明", "新邮箱": "liming@example.cn"}}),
            ("变更与撤回", "编号", {"T5-0001": {"决定": "同意"}}),
            ("变更与撤回", "编号", {"T4-0001": {"决定": "不同意", "理由": "没有依据"}}))):
        wb = morning(home, at(4, 2, 9 + i))
        office.fill(wb[sheet], by, change)
        decide(home, wb, at(4, 2, 9 + i, 30), 1)
    wb = office.book(send(home, OFFICE, "设置", at(4, 3)))
    office.fill(wb["文字"], wb["文字"].cell(2, 1).value, {"邮件通知": {"新的文字": "电话暂停接听，请来信。"}})
    decide(home, wb, at(4, 3, 10), 1)
    assert home.json("status", now=at(4, 3, 11))[0]["settings"]


def test_a_setting_that_a_second_person_confirms():
    home = homes.Home.fresh(os.path.join(WHERE, "confirmed"))
    for name, a, b in (("contest.yaml", "confirm: false", "confirm: true"),
                       ("mail.yaml", "  - 大赛秘书处 <office@example.org>\n",
                        "  - 大赛秘书处 <office@example.org>\n  - 王老师 <second@example.org>\n")):
        path = os.path.join(home.path, "rules", name)
        text = open(path, encoding="utf-8").read()
        assert a in text, a
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(a, b))
    home.run("forms", check=0)
    wb = office.book(send(home, OFFICE, "设置", at(4, 3)))
    office.fill(wb["文字"], wb["文字"].cell(2, 1).value, {"邮件通知": {"新的文字": "电话暂停接听，请来信。"}})
    decide(home, wb, at(4, 3, 10), 1)
    status = home.json("status", now=at(4, 3, 11))[0]
    assert status["settings"] == [], status
    ask, = [m for m in home.outbox() if m["To"].addresses[0].addr_spec == OFFICE and (m["X-Xinlv"] or "").endswith(" setting")]
    code = re.search(r"S\w{3}-\w{4}-\w{4}", ask.get_body(("plain",)).get_content())[0]
    home.lay(mails.mail("second@example.org", "回复：" + ask["Subject"], code), at(4, 3, 12))
    home.run("run", now=at(4, 3, 12), check=0)
    assert home.json("status", now=at(4, 3, 13))[0]["settings"]


# ---- what a contest comes to

def change_rules(home):
    path = home.path + "/rules/contest.yaml"
    with open(path, encoding="utf-8") as f:
        c = yaml.safe_load(f)
    c["awards"] = [{"name": "一等奖", "quota": 1}, {"name": "二等奖", "quota": 5}]
    c["publicity"] = {"days": 3}
    first, last = c["rounds"]
    first.update(experts=1, recommend={"per_track": 3})
    last.update(experts=1, drop={"highest": 0, "lowest": 0})
    c["roadshow"] = {"days": [{"date": "2023-05-20", "start": "09:00", "end": "17:00"}], "rooms": ["第一会场"], "minutes": 20,
                     "place": "会议中心"}
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(c, f, allow_unicode=True, sort_keys=False)


def mark(wb):
    for ws in wb:
        if ws.title != "_xinlv" and "编号" in [c.value for row in ws.iter_rows(max_row=9) for c in row]:
            points = [h for h in office.heads(ws)[1] if "（0~" in h]
            office.fill(ws, "编号", lambda r: {h: 20 - int(r["编号"][-1]) for h in points})


def entered(home):
    for mail in samples.projects(home, 4):
        home.lay(mail, at(3, 1))
    home.run("run", now=at(3, 1, 10), check=0)
    for day, sheet in ((1, "待资格审核"), (2, "待形式审查")):
        wb = morning(home, at(4, day))
        office.fill(wb[sheet], "编号", lambda row: {"决定": "通过"})
        decide(home, wb, at(4, day, 10), 4)


def recommended(home):
    wb = office.book(send(home, OFFICE, "专家", at(4, 4)))
    rows = iter([{"姓名": "专家", "单位": "评审机构", "邮箱": "expert@panel.example.net"}])
    office.fill(wb["专家名单"], "姓名", lambda row: next(rows, None))
    decide(home, wb, at(4, 4, 10), 1)
    send(home, "expert@panel.example.net", "回复：请确认评审保密承诺", at(4, 5), "同意。")
    decide(home, office.book(send(home, OFFICE, "分派 初赛评审", at(4, 6))), at(4, 6, 10), 4)
    wb = office.book([m for m in home.outbox() if (m["X-Xinlv"] or "").endswith(" review")][-1])
    mark(wb)
    send(home, "expert@panel.example.net", "回复：评分表", at(4, 7), files=[("评分表.xlsx", office.data(wb))])
    wb = office.book(send(home, OFFICE, "推荐 初赛评审", at(4, 20)))
    office.fill(wb.worksheets[0], "编号", lambda r: {"决定": "不推荐" if r["编号"] == "T4-0004" else "推荐"})
    decide(home, wb, at(4, 20, 10), 4)
    assert states(home, at(4, 20, 11)).count("shortlisted") == 3


def test_entries_rounds_roadshow_and_awards():
    home = homes.Home.fresh(os.path.join(WHERE, "rounds"))
    change_rules(home)
    home.run("forms", check=0)
    entered(home)
    recommended(home)
    send(home, OFFICE, "路演 种子：上证综指5月5日收盘3334.50", at(5, 5))
    decide(home, office.book(send(home, OFFICE, "路演", at(5, 8))), at(5, 8, 10), 3)
    wb = office.book(send(home, OFFICE, "评分 总决赛评审", at(6, 1)), "录入")
    mark(wb)
    decide(home, wb, at(6, 1, 10), 3)
    wb = office.book(send(home, OFFICE, "获奖名单", at(6, 2)))
    office.fill(wb["获奖名单"], "编号", lambda r: {"奖项": "一等奖" if r["编号"] == "T4-0001" else "二等奖"})
    decide(home, wb, at(6, 2, 10), 3)
    send(home, "citizen@example.com", "异议：T4-0002 数据不实", at(6, 3), "理由和依据见后。")
    wb = office.book(send(home, OFFICE, "获奖名单", at(6, 4)))
    office.fill(wb["异议处理"], "序号", {"异议1": {"决定": "成立", "理由": "数据不实"}})
    decide(home, wb, at(6, 4, 10), 1)

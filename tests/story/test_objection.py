"""Objections to the list of awards: one that is upheld when the list is in force already, and one that names no entry."""
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

OFFICE = "office@example.org"
WHERE = homes.STORY
GIVEN = {"T4-0001": "一等奖", "T4-0002": "二等奖", "T4-0003": "二等奖", "T4-0004": "未获奖"}
_base = None
_n = 0


def at(month, day, hour=9, minute=0):
    return "2023-%02d-%02dT%02d:%02d:00+08:00" % (month, day, hour, minute)


def change_rules(home):
    path = home.path + "/rules/contest.yaml"
    with open(path, encoding="utf-8") as f:
        c = yaml.safe_load(f)
    c["awards"] = [{"name": "一等奖", "quota": 1}, {"name": "二等奖", "quota": 5}]
    c["publicity"] = {"days": 3}
    c["rounds"] = [{"id": "first", "name": "初赛", "phase": "preliminary", "criteria": [{"key": "a", "label": "甲"}],
                    "recommend": {"per_track": 4}}]
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(c, f, allow_unicode=True, sort_keys=False)


def send(home, sender, subject, now, wb=None, text="", run=True):
    """A mail and the answer to it."""
    global _n
    _n += 1
    files = [("工作簿.xlsx", office.data(wb))] if wb else []
    home.lay(mails.mail(sender, subject, text, files, message_id="<objection-%d@example.org>" % _n), now)
    if run:
        home.run("run", now=now, check=0)
        return [m for m in home.outbox() if m["In-Reply-To"] == "<objection-%d@example.org>" % _n][0]
    return None


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def states(home, now):
    return {e["number"]: e["state"] for e in home.json("list", now=now)}


def mails_of(home, now, kind):
    return [(m["to"], m["state"]) for m in home.json("queue", now=now) if m["kind"] == kind]


def morning(home, now):
    home.run("digest", now=now, check=0)
    return office.book([m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1])


def proposed(name):
    """A home whose list of awards was proposed on 1 June, open to objections until the end of 4 June."""
    global _base
    if _base is None:
        home = homes.Home.fresh(os.path.join(WHERE, "base"))
        change_rules(home)
        home.run("forms", check=0)
        for mail in samples.projects(home, 4):
            home.lay(mail, at(3, 1))
        home.run("run", now=at(3, 1, 10), check=0)
        for day, sheet in ((1, "待资格审核"), (2, "待形式审查")):
            wb = morning(home, at(4, day))
            office.fill(wb[sheet], "编号", lambda row: {"决定": "通过"})
            send(home, OFFICE, "回复：日报", at(4, day, 10), wb)
        wb = office.book(send(home, OFFICE, "推荐", at(4, 10)))
        office.fill(wb.worksheets[0], "编号", lambda row: {"决定": "推荐", "理由": "会议决定"})
        send(home, OFFICE, "回复：推荐", at(4, 10, 10), wb)
        wb = office.book(send(home, OFFICE, "获奖名单", at(6, 1)))
        office.fill(wb["获奖名单"], "编号", lambda row: {"奖项": GIVEN[row["编号"]], "说明": "会议决定"})
        send(home, OFFICE, "回复：获奖名单", at(6, 1, 10), wb)
        _base = home
    return _base.copy(os.path.join(WHERE, name))


def certificates(home, now):
    return [n for n in office.enclosed(send(home, OFFICE, "获奖名单", now)) if "证书" in n]


def release(home, now):
    """Sends back the code of each batch of awards as it was shown last, and again where it had changed meanwhile."""
    for _ in range(2):
        last = {}
        for m in home.outbox():
            found = re.search(r"名单第\d+版", m["Subject"])
            code = re.search(r"\n +(R\w{3}-\w{4}-\w{4}(?: 确认\w+)?)\s*\n", text_of(m))
            if "待放行" in m["Subject"] and found and code:
                last[found.group(0)] = (m["Subject"], code.group(1))
        for subject, code in last.values():
            send(home, OFFICE, "回复：" + subject, now, text=code)


def test_upheld_when_the_list_is_in_force():
    home = proposed("in-force")
    home.run("run", now=at(6, 5, 0, 10), check=0)
    assert states(home, at(6, 5))["T4-0002"] == "awarded"
    assert certificates(home, at(6, 5, 7))
    send(home, "citizen@example.com", "异议：T4-0002 数据不实", at(6, 3), text="理由和依据见后。", run=False)
    wb = office.book(send(home, OFFICE, "获奖名单", at(6, 5, 8)))
    office.fill(wb["异议处理"], "序号", {"异议1": {"决定": "成立", "理由": "数据不实"}})
    send(home, OFFICE, "回复：获奖名单", at(6, 5, 9), wb)
    # The list in force stays until the next one is; it is sound, but nobody prints a certificate of it.
    home.run("run", now=at(6, 5, 9, 10), check=0)
    answer = send(home, OFFICE, "获奖名单", at(6, 5, 9, 20))
    assert "第1版已生效" in answer["Subject"] and "拟获奖名单第2版" in text_of(answer), text_of(answer)
    assert not certificates(home, at(6, 5, 9, 30))
    home.run("verify", now=at(6, 5, 9, 40), check=0)
    home.run("run", now=at(6, 8, 23, 59), check=0)
    assert states(home, at(6, 8))["T4-0002"] == "awarded"
    home.run("run", now=at(6, 9, 0, 10), check=0)
    assert states(home, at(6, 9)) == {"T4-0001": "awarded", "T4-0002": "unplaced", "T4-0003": "awarded", "T4-0004": "unplaced"}
    with open(home.path + "/spool/publish/awards/index.html", encoding="utf-8") as f:
        page = f.read()
    assert "T4-0001" in page and "T4-0002" not in page
    assert certificates(home, at(6, 9, 8))
    release(home, at(6, 9, 10))
    home.run("run", now=at(6, 9, 10, 30), check=0)
    told = mails_of(home, at(6, 9, 11), "awarded")
    assert sorted(told) == sorted((a + "%d@example.cn" % n, "sent") for a in "ac" for n in (1, 3)), told
    assert ("c2@example.cn", "sent") in mails_of(home, at(6, 9, 11), "unplaced")
    home.run("verify", now=at(6, 9, 11), check=0)
    assert home.run("replay", now=at(6, 9, 11)).returncode == 0


def test_an_objection_that_names_no_entry():
    home = proposed("nameless")
    answer = send(home, "citizen@example.com", "异议", at(6, 2), text="有个项目抄袭了我们的成果。")
    assert "异议1" in answer["Subject"] and "已转组委会秘书处核查" in text_of(answer), text_of(answer)
    # It may be about any: nothing comes into force before it is decided, and the digest says that it waits.
    home.run("run", now=at(6, 5, 0, 10), check=0)
    assert set(states(home, at(6, 5)).values()) == {"shortlisted"}
    home.run("digest", now=at(6, 5, 8), check=0)
    assert "异议1" in text_of([m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1])
    wb = office.book(send(home, OFFICE, "获奖名单", at(6, 5, 9)))
    assert office.rows(wb["异议处理"])[0]["涉及编号"] is None
    office.fill(wb["异议处理"], "序号", {"异议1": {"决定": "成立", "理由": "抄袭属实"}})
    refused = send(home, OFFICE, "回复：获奖名单", at(6, 5, 9, 10), wb)
    assert "涉及编号" in text_of(refused), text_of(refused)
    back = office.book(refused)
    office.fill(back.worksheets[0], "编号", {"异议1": {"涉及编号": "T4-0001"}})
    send(home, OFFICE, "回复：决定", at(6, 5, 9, 20), back)
    home.run("run", now=at(6, 9, 0, 10), check=0)
    assert states(home, at(6, 9)) == {"T4-0001": "unplaced", "T4-0002": "awarded", "T4-0003": "awarded", "T4-0004": "unplaced"}


def test_a_nameless_objection_dismissed_lets_the_list_through():
    home = proposed("dismissed")
    send(home, "citizen@example.com", "异议", at(6, 2), text="有个项目抄袭了我们的成果。")
    home.run("run", now=at(6, 5, 0, 10), check=0)
    wb = office.book(send(home, OFFICE, "获奖名单", at(6, 5, 9)))
    office.fill(wb["异议处理"], "序号", {"异议1": {"决定": "不成立", "理由": "没有依据"}})
    send(home, OFFICE, "回复：获奖名单", at(6, 5, 9, 10), wb)
    home.run("run", now=at(6, 5, 9, 20), check=0)
    assert states(home, at(6, 5)) == {"T4-0001": "awarded", "T4-0002": "awarded", "T4-0003": "awarded", "T4-0004": "unplaced"}


def test_a_nameless_objection_read_late_holds_what_was_not_told():
    home = proposed("nameless-late")
    home.run("run", now=at(6, 5, 0, 10), check=0)
    send(home, "citizen@example.com", "异议", at(6, 3), text="有个项目抄袭了我们的成果。", run=False)
    home.run("run", now=at(6, 5, 8), check=0)
    release(home, at(6, 5, 10))
    home.run("run", now=at(6, 5, 10, 30), check=0)
    assert not [m for m in mails_of(home, at(6, 5, 11), "awarded") if m[1] == "sent"]


def test_no_objection_takes_the_number_of_another():
    """One could not be read when it came; once the database is made again it can."""
    home = proposed("numbers")
    mock, real = homes.with_mock_reader(os.path.join(WHERE, "mock")), homes.PROGRAM
    send(home, "first@qq.com", "异议：T4-0001 数据有误", at(6, 2), text="T4-0001 的数据有误。", run=False)
    homes.PROGRAM = mock
    try:
        home.run("run", now=at(6, 2), check=0)
    finally:
        homes.PROGRAM = real
    assert "异议1" in text_of(send(home, "second@qq.com", "异议：T4-0002 重复申报", at(6, 3), text="T4-0002 重复申报。"))
    assert "异议2" in text_of(send(home, "third@qq.com", "异议：T4-0003 重复申报", at(6, 3, 10), text="T4-0003 重复申报。"))
    wb = office.book(send(home, OFFICE, "获奖名单", at(6, 4)))
    office.fill(wb["异议处理"], "序号", {"异议1": {"决定": "不成立", "理由": "查无实据"}})
    send(home, OFFICE, "回复：获奖名单", at(6, 4, 10), wb)

    def heard():
        return sqlite3.connect(home.path + "/spool/xinlv.db").execute(
            "SELECT o.id, o.number, x.decision FROM objection o LEFT JOIN objection_end x ON x.objection = o.id ORDER BY o.id").fetchall()
    want = heard()
    assert want == [(1, "T4-0002", "dismissed"), (2, "T4-0003", None)], want
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=at(6, 4, 11), check=0)
    assert heard() == want, heard()
    home.run("verify", now=at(6, 4, 11), check=0)
    home.run("replay", now=at(6, 4, 11), check=0)


def award(home, now, given):
    """The workbook of awards sent back -> how many of its rows came back."""
    wb = office.book(send(home, OFFICE, "获奖名单", now))
    office.fill(wb["获奖名单"], "编号", lambda row: {"奖项": given[row["编号"]], "说明": "会议另行决定"} if row["编号"] in given else None)
    send(home, OFFICE, "回复：获奖名单", now, wb)
    return len([m for m in home.json("log", now=now) if m["subject"] == "回复：获奖名单"][-1]["problems"])


def test_a_row_that_falls_must_not_stand_in_the_quota_of_another():
    home = proposed("quota")
    with open(home.path + "/rules/contest.yaml", encoding="utf-8") as f:
        rules = f.read()
    with open(home.path + "/rules/contest.yaml", "w", encoding="utf-8") as f:
        f.write(rules.replace("quota: 5", "quota: 2"))
    assert award(home, at(6, 2, 9), {"T4-0001": "二等奖", "T4-0003": "未获奖", "T4-0004": "一等奖"}) == 0
    # The last one's second prize is one too many: it keeps the first prize, which is then nobody else's.
    fell = award(home, at(6, 2, 10), {"T4-0001": "一等奖", "T4-0003": "二等奖", "T4-0004": "二等奖"})
    with open(home.path + "/spool/publish/proposed/index.html", encoding="utf-8") as f:
        assert fell == 3 and f.read().count("一等奖") == 1


def test_certificates_of_a_list_that_was_proposed_again_as_it_stands():
    home = proposed("as-it-stands")
    home.run("run", now=at(6, 5, 0, 10), check=0)
    assert award(home, at(6, 5, 8), {"T4-0002": "未获奖"}) == 0
    assert award(home, at(6, 5, 9), {"T4-0002": "二等奖"}) == 0
    assert not certificates(home, at(6, 5, 10)), "it is open to objections again"
    home.run("run", now=at(6, 9, 0, 10), check=0)
    assert states(home, at(6, 9))["T4-0002"] == "awarded"
    assert certificates(home, at(6, 9, 8)), "nothing is taken away by it"

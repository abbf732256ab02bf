"""The preliminary round, from the roster to the recommended list: workbooks mailed out, filled in by openpyxl, and mailed
back by the secretariat and by experts from their own addresses; what others try changes nothing; and a lost database comes
back the same."""
import glob
import io
import os
import re
import shutil
import sqlite3
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import openpyxl

import home as homes
import mails
import office
import samples
import sealed

WHERE = homes.STORY
OFFICE = "office@example.org"
EXPERTS = [("李明", "清源大学", "", "liming@qingyuan.example.edu.cn", "T3、T4"), ("王芳", "绿能研究院", "", "wangfang@163.com", ""),
           ("赵强", "第1科技有限公司", "", "zhaoqiang@qq.com", "T3"), ("孙丽", "低碳中心", "", "sunli@lowcarbon.example.com", "T3"),
           ("周杰", "数字学会", "", "zhoujie@digital.example.net", "")]
_base = None
_n = 0


def at(minutes, day=3):
    return "2023-04-%02dT%02d:%02d:00+08:00" % (day, 9 + minutes // 60, minutes % 60)


def base():
    """Six entries in T3 and two in T4, all reviewed."""
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "experts"))
        _base.run("forms", check=0)
        for i in range(1, 9):
            track = "T3" if i <= 6 else "T4"
            data = samples.form(_base, track, org__name="第%d科技有限公司" % i, project__title="第%d号零碳示范项目" % i,
                                rights__number=["11010519491231002X"])
            _base.lay(mails.mail("a%d@firm%d.example.cn" % (i, i), "%s 申报表" % track, "", [(track + ".xlsx", data), ("盖章.pdf", samples.PDF)],
                                 message_id="<a%d@example.cn>" % i), "2023-03-20T10:%02d:00+08:00" % i)
        _base.run("run", now="2023-03-21T09:00:00+08:00", check=0)
        numbers = [e["number"] for e in _base.json("list")]
        assert len(numbers) == 8, numbers
        for kind, minute in (("eligibility", 1), ("formal", 2)):
            rows = [(sealed.token(_base, kind, n, sealed.version(_base, n, at(minute))), "通过", "") for n in numbers]
            send(_base, OFFICE, "回复：工作簿", at(minute), sealed.data(sealed.book(rows, kind)))
        assert set(states(_base).values()) == {"reviewed"}
    return _base


def fresh(name):
    return base().copy(os.path.join(WHERE, "experts-" + name))


def send(home, sender, subject, now, workbook=None, text="", **more):
    """Mails it and runs the robot; the message as the log has it."""
    global _n
    _n += 1
    files = [] if workbook is None else [("表格.xlsx", workbook if isinstance(workbook, bytes) else sealed.data(workbook))]
    ident = "<experts-%d@example.org>" % _n
    home.lay(mails.mail(sender, subject, text, files, message_id=ident, **more), now)
    home.run("run", now=now, check=0)
    return [m for m in home.json("log", now=now) if m["message_id"] == ident[1:-1]][0]


def states(home):
    return {e["number"]: e["state"] for e in home.json("list", now=at(0))}


def sent(home, kind, to=None):
    """Mails of that kind that have left, as their parsed selves."""
    ids = {"<%s>" % m["message_id"] for m in home.json("queue", now=at(0)) if m["kind"] == kind and (to is None or m["to"] == to)}
    return [m for m in home.outbox() if m["Message-ID"] in ids]


def book(mail):
    for part in mail.iter_attachments():
        if part.get_filename().endswith(".xlsx"):
            return openpyxl.load_workbook(io.BytesIO(part.get_payload(decode=True)))
    raise AssertionError("no workbook in " + mail["Subject"])


def text(mail):
    return mail.get_body(("plain",)).get_content()


def heads(ws):
    return {c.value: c.column for c in ws[2] if c.value}


def rows(ws):
    """Each row as heading -> value."""
    at_ = heads(ws)
    return [{h: ws.cell(r, c).value for h, c in at_.items()} for r in range(3, ws.max_row + 1) if ws.cell(r, at_.get("_xinlv", 1)).value]


def put(ws, key, values, column="编号"):
    """Fills in the row whose column says so."""
    at_ = heads(ws)
    for r in range(3, ws.max_row + 1):
        if ws.cell(r, at_[column]).value == key:
            for h, v in values.items():
                ws.cell(r, at_[h]).value = v
            return
    raise AssertionError("no row " + key)


def roster(home, minute=10, who=EXPERTS):
    send(home, OFFICE, "专家", at(minute))
    wb = book(sent(home, "ask_experts")[-1])
    ws = wb["专家名单"]
    at_ = heads(ws)
    blank = next(r for r in range(3, ws.max_row + 1) if not ws.cell(r, at_["姓名"]).value)
    for i, (name, org, uscc, mail, tracks) in enumerate(who):
        for h, v in (("姓名", name), ("单位", org), ("统一社会信用代码", uscc), ("邮箱", mail), ("评审赛项", tracks)):
            ws.cell(blank + i, at_[h]).value = v or None
    return send(home, OFFICE, "回复：专家名单", at(minute + 1), wb)


def promise(home, addresses, minute=15):
    for a in addresses:
        m = send(home, a, "回复：请确认评审保密承诺", at(minute), text="同意。")
        assert m["outcome"] == "decision", m


def assigned(home, minute=20):
    """Proposal, taken as it is; who scores what."""
    send(home, OFFICE, "分派 初赛评审", at(minute))
    wb = book(sent(home, "ask_assign")[-1])
    m = send(home, OFFICE, "回复：专家分派表", at(minute + 1), wb)
    assert m["problems"] == [], m
    return {r["编号"]: [r["专家%d" % i] for i in (1, 2, 3) if r["专家%d" % i]] for r in rows(wb["专家分派"])}


def address(name):
    return next(e[3] for e in EXPERTS if e[0] == name)


def sheet_of(home, name):
    return book(sent(home, "review", address(name))[-1])


CRITERIA = ("创新性（0~30）", "节能降碳成效（0~30）", "可行性与成熟度（0~20）", "推广价值（0~20）")


def score(wb, number, marks, **more):
    for ws in wb.worksheets:
        if ws.title != "_xinlv" and any(r["编号"] == number for r in rows(ws)):
            put(ws, number, {**dict(zip(CRITERIA, marks)), **more})
            return
    raise AssertionError(number)


def ready(name):
    home = fresh(name)
    roster(home)
    promise(home, [e[3] for e in EXPERTS])
    return home, assigned(home)


def score_all(home, who, minute=30, points=None):
    """Every expert returns all of theirs: entry N gets about N points less than full."""
    for name in sorted({x for v in who.values() for x in v}):
        wb = sheet_of(home, name)
        for number, names in who.items():
            if name in names:
                n = int(number[-1])
                score(wb, number, points(number, name) if points else (30 - n, 30 - n, 20, 20))
        m = send(home, address(name), "回复：评分表", at(minute), wb)
        assert m["outcome"] == "decision" and m["problems"] == [], m
        minute += 1


def contact(home, number):
    """The contact's mobile on the form."""
    return home.json("show", number, now=at(0))[0]["fields"]["contact.mobile"]


# ---- roster and promise

def test_the_roster():
    home = fresh("roster")
    m = roster(home)
    assert m["problems"] == [] and "5 done" in m["detail"] and "25 left open" in m["detail"], m
    asked = sent(home, "expert_promise")
    assert sorted(x["To"].addresses[0].addr_spec for x in asked) == sorted(e[3] for e in EXPERTS)
    assert "严格保密" in text(asked[0]) and "同意" in text(asked[0])
    promise(home, [EXPERTS[0][3]])
    assert "已登记" in text(sent(home, "expert_said", EXPERTS[0][3])[0])
    m = send(home, "stranger@example.com", "回复：请确认评审保密承诺", at(16), text="同意")
    assert m["outcome"] != "decision", m
    send(home, OFFICE, "专家", at(17))
    wb = book(sent(home, "ask_experts")[-1])
    ws = wb["专家名单"]
    stand = {r["姓名"]: r["情况"] for r in rows(ws) if r["姓名"]}
    assert stand == {"李明": "已承诺", "王芳": "待承诺", "赵强": "待承诺", "孙丽": "待承诺", "周杰": "待承诺"}, stand
    put(ws, "孙丽", {"状态": "停用"}, "姓名")
    put(ws, "周杰", {"手机": "13800000001", "评审赛项": "T9"}, "姓名")
    put(ws, "赵强", {"邮箱": "WangFang@163.com"}, "姓名")
    put(ws, "王芳", {"单位": "绿能研究院有限公司"}, "姓名")
    m = send(home, OFFICE, "回复：专家名单", at(18), wb)
    says = " ".join(p["problem"] for p in m["problems"])
    assert "2 done, 1 stood already, 2 refused" in m["detail"] and "T9" in says and "另一位专家" in says, m
    home.run("verify", now=at(19), check=0)


def test_bad_rows_of_the_roster():
    home = fresh("roster-bad")
    m = roster(home, who=[("甲", "", "", "nobody", ""), ("", "乙单位", "", "b@example.cn", ""), ("丙", "", "", OFFICE, ""),
                          ("丁", "", "1234", "d@example.cn", ""), ("戊", "", "", "e@example.cn", ""), ("己", "", "", "E@example.cn", "")])
    assert "1 done" in m["detail"] and len(m["problems"]) == 5, m
    assert all(p["where"].startswith("专家名单!") for p in m["problems"]), m
    back = book(sent(home, "decision")[-1])
    ws = back["专家"]
    assert len(rows(ws)) == 5
    put(ws, "nobody", {"邮箱": "jia@example.cn"}, "邮箱")
    m = send(home, OFFICE, "回复：决定", at(15), back)
    assert "1 done" in m["detail"], m


# ---- who scores what

def test_the_proposal_is_even_and_free_of_conflicts():
    home, who = ready("assign")
    assert sorted(who) == sorted(states(home)) and all(len(v) == len(set(v)) == 3 for n, v in who.items() if n[:2] == "T3"), who
    assert "赵强" not in who["T3-0001"]                       # of the same organisation
    assert all(x not in ("赵强", "孙丽") for n in ("T4-0001", "T4-0002") for x in who[n]), who
    load = {n: sum(n in v for v in who.values()) for n, *_ in EXPERTS}
    assert max(load.values()) - min(load.values()) <= 1, load
    for name in load:
        wb = sheet_of(home, name)
        theirs = {r["编号"] for ws in wb.worksheets if ws.title != "_xinlv" for r in rows(ws)}
        assert theirs == {n for n, v in who.items() if name in v}
    mail = sent(home, "review", address("李明"))[-1]
    page = [p for p in mail.iter_attachments() if p.get_filename().endswith(".html")][0].get_payload(decode=True).decode()
    mine = [n for n, v in who.items() if "李明" in v]
    assert all('id="%s"' % n in page for n in mine), mine
    assert not any(n in page for n in who if n not in mine) and contact(home, mine[0]) not in page
    assert "110105********002X" in page and "11010519491231002X" not in page, "an identity number that stands elsewhere"


def test_no_promise_no_sheet():
    home = fresh("promise")
    roster(home)
    promise(home, [EXPERTS[0][3]])
    assigned(home)
    assert {m["To"].addresses[0].addr_spec for m in sent(home, "review")} == {EXPERTS[0][3]}
    promise(home, [EXPERTS[1][3]], 30)
    assert len(sent(home, "review", EXPERTS[1][3])) == 1


def test_the_office_changes_the_proposal():
    home = fresh("changed")
    roster(home)
    promise(home, [e[3] for e in EXPERTS])
    send(home, OFFICE, "分派", at(20))
    wb = book(sent(home, "ask_assign")[-1])
    ws = wb["专家分派"]
    put(ws, "T3-0001", {"专家1": "赵强", "专家2": "王芳", "专家3": "李明"})
    put(ws, "T3-0002", {"专家1": "王芳", "专家2": "王芳", "专家3": "李明"})
    put(ws, "T3-0003", {"专家1": "没有这人", "专家2": "王芳", "专家3": "李明"})
    m = send(home, OFFICE, "回复", at(21), wb)
    says = [p["problem"] for p in m["problems"]]
    assert len(says) == 3 and "同单位" in says[0] and "两次" in says[1] and "没有这人" in says[2], m
    assert "5 done" in m["detail"], m


# ---- scores

def test_scores_are_checked_cell_by_cell():
    home, who = ready("scores")
    mine = [n for n, v in sorted(who.items()) if "王芳" in v]
    wb = sheet_of(home, "王芳")
    score(wb, mine[0], (31, 20, "十八", None))
    score(wb, mine[1], (28.5, "２７", 19, 18), 评语="扎实")
    m = send(home, address("王芳"), "回复：评分表", at(30), wb)
    assert "1 done" in m["detail"] and len(m["problems"]) == 1, m
    says = m["problems"][0]["problem"]
    assert "超出范围" in says and "十八" in says and "没有打分" in says and "!" in says, says
    mail = sent(home, "decision", address("王芳"))[-1]
    assert "总分92.50" in text(mail), text(mail)
    back = book(mail)["评分"]
    assert [r["编号"] for r in rows(back)] == [mine[0]]
    score(wb, mine[1], (20, 20, 10, 10))                     # the first sheet again, with other points
    score(wb, mine[0], (30, 20, 18, 10))
    m = send(home, address("王芳"), "回复：评分表", at(31), wb)
    assert "2 done" in m["detail"] and m["problems"] == [], m
    m = send(home, address("王芳"), "回复：评分表", at(32), wb)
    assert "2 stood already" in m["detail"], m
    m = send(home, address("王芳"), "回复：评分表", "2023-05-01T00:00:00+08:00", wb)
    assert "已于" in m["problems"][0]["problem"] or "2 stood" in m["detail"], m


def test_recusal_proposes_anew():
    home, who = ready("recusal")
    number = next(n for n, v in sorted(who.items()) if "李明" in v and n[:2] == "T3")
    wb = sheet_of(home, "李明")
    score(wb, number, (), 回避="回避", 评语="曾任其顾问")
    m = send(home, address("李明"), "回复：评分表", at(30), wb)
    assert "1 done" in m["detail"], m
    mail = sent(home, "assign_again")[-1]
    assert "曾任其顾问" in text(mail) and number in mail["Subject"]
    new = book(mail)
    row, = rows(new["专家分派"])
    names = [row["专家%d" % i] for i in (1, 2, 3)]
    assert row["编号"] == number and "李明" not in names and len([n for n in names if n]) == 3, names
    send(home, OFFICE, "回复：请另行安排", at(31), new)
    added = next(n for n in names if n not in who[number])
    assert number in {r["编号"] for ws in sheet_of(home, added).worksheets if ws.title != "_xinlv" for r in rows(ws)}
    score(wb, number, (20, 20, 10, 10), 回避=None)
    m = send(home, address("李明"), "回复：评分表", at(32), wb)
    assert "不再需要您评分" in m["problems"][0]["problem"], m
    # the same in a line
    other = next(n for n, v in sorted(who.items()) if "王芳" in v)
    m = send(home, address("王芳"), "回复：请评审", at(33), text="回避 %s\n与负责人有合作" % other)
    assert m["outcome"] == "decision" and other in text(sent(home, "expert_said", address("王芳"))[-1]), m
    assert other in sent(home, "assign_again")[-1]["Subject"]


def test_of_two_rounds_the_open_one_is_meant():
    """Who has an entry in a round that closed, and in one that is held now, steps back from the latter."""
    home = fresh("two-rounds")
    rule(home, "  - id: preliminary\n    name: 初赛阶段\n", "  - id: first\n    name: 先行阶段\n    opens: 2023-04-01\n    closes: 2023-04-03\n"
         "  - id: preliminary\n    name: 初赛阶段\n")
    rule(home, "rounds:\n", "rounds:\n  - id: first\n    name: 先行评审\n    phase: first\n    from: reviewed\n    experts: 3\n"
         "    recommend: {per_track: 6}\n    criteria:\n      - {key: all, label: 总体, max: 100, help: 总体印象}\n")
    roster(home)
    promise(home, [e[3] for e in EXPERTS])
    who = {}
    for name, day in (("先行评审", 3), ("初赛评审", 5)):
        send(home, OFFICE, "分派 " + name, at(20, day))
        wb = book(sent(home, "ask_assign")[-1])
        m = send(home, OFFICE, "回复：专家分派表", at(21, day), wb)
        assert m["problems"] == [], m
        who[name] = {r["编号"]: [r["专家%d" % i] for i in (1, 2, 3)] for r in rows(wb["专家分派"])}
    both = next(n for n, v in sorted(who["先行评审"].items()) if "王芳" in v and "王芳" in who["初赛评审"][n])
    m = send(home, address("王芳"), "回复：请评审", at(33, 5), text="回避 %s\n与负责人有合作" % both)
    assert m["outcome"] == "decision", m
    mail = sent(home, "assign_again")[-1]
    assert "初赛评审" in text(mail) and "先行评审" not in text(mail), text(mail)


def test_files_on_request():
    home, who = ready("material")
    mine = next(n for n, v in sorted(who.items()) if "王芳" in v)
    foreign = next(n for n, v in sorted(who.items()) if "王芳" not in v)
    m = send(home, address("王芳"), "材料 " + mine, at(30))
    assert m["outcome"] == "request", m
    names = [p.get_filename() for p in sent(home, "ask_files", address("王芳"))[-1].iter_attachments()]
    assert any(n.endswith(".pdf") for n in names), names
    send(home, address("王芳"), "材料 " + foreign, at(31))
    assert len(sent(home, "ask_files", address("王芳"))) == 1
    assert "不在您的评审任务中" in text(sent(home, "expert_said", address("王芳"))[-1])
    send(home, "stranger@example.com", "材料 " + mine, at(32))
    assert not sent(home, "ask_files", "stranger@example.com")


def test_reminders_and_the_digest():
    home = fresh("remind")
    roster(home)
    promise(home, [e[3] for e in EXPERTS[:4]])
    who = assigned(home)
    theirs = [n for n, v in who.items() if "李明" in v]
    wb = sheet_of(home, "李明")
    for n in theirs:
        score(wb, n, (20, 20, 10, 10))
    send(home, address("李明"), "回复：评分表", at(30), wb)
    wb = sheet_of(home, "王芳")
    score(wb, next(n for n, v in who.items() if "王芳" in v), (21.5, 20, 10, 10))
    send(home, address("王芳"), "回复：评分表", at(31), wb)
    home.run("run", now="2023-04-22T10:00:00+08:00", check=0)
    assert sent(home, "expert_reminder") == []
    home.run("run", now="2023-04-23T09:00:30+08:00", check=0)     # seven days before the closing
    home.run("run", now="2023-04-23T11:00:00+08:00", check=0)
    reminded = {m["To"].addresses[0].addr_spec: m for m in sent(home, "expert_reminder")}
    assert len(sent(home, "expert_reminder")) == 4 and sorted(reminded) == sorted(e[3] for e in EXPERTS[1:]), list(reminded)
    assert "请确认保密承诺" in reminded[EXPERTS[4][3]]["Subject"]
    again = book(reminded[address("王芳")])
    given = [r for ws in again.worksheets if ws.title != "_xinlv" for r in rows(ws) if r[CRITERIA[0]] is not None]
    assert [r[CRITERIA[0]] for r in given] == [21.5], given
    digest = [m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1]
    assert "专家尚未评完" in text(digest) and "王芳" in text(digest) and "李明" not in text(digest)
    home.run("run", now="2023-04-27T09:00:30+08:00", check=0)     # three days before
    assert len(sent(home, "expert_reminder")) == 8
    # one day before is a holiday: the last working day before it
    home.run("run", now="2023-04-28T08:59:59+08:00", check=0)
    assert len(sent(home, "expert_reminder")) == 8
    home.run("run", now="2023-04-28T09:00:00+08:00", check=0)
    assert len(sent(home, "expert_reminder")) == 12
    home.run("run", now="2023-04-29T09:00:30+08:00", check=0)
    assert len(sent(home, "expert_reminder")) == 12


def test_the_folders_to_hand_over():
    home, who = ready("folders")
    base_ = os.path.join(home.path, "spool/review")
    assert sorted(os.listdir(base_)) == sorted(e[0] for e in EXPERTS)
    mine = sorted(n for n, v in who.items() if "王芳" in v)
    folder = os.path.join(base_, "王芳")
    assert sorted(os.listdir(folder)) == sorted(mine + ["初赛评审评审手册.html"]), os.listdir(folder)
    page = open(os.path.join(folder, "初赛评审评审手册.html"), encoding="utf-8").read()
    links = [urllib.parse.unquote(x) for x in re.findall(r'href="([^"#]+)"', page)]
    assert links and all(os.path.exists(os.path.join(folder, x)) for x in links), links
    send(home, address("王芳"), "回复：请评审", at(30), text="回避 " + mine[0])
    assert mine[0] not in os.listdir(folder)


# ---- the list

def test_the_recommended_list():
    home, who = ready("list")
    score_all(home, who)
    send(home, OFFICE, "评分", at(50))
    mail = sent(home, "ask_scores")[-1]
    assert "24/24" in mail["Subject"] and "截止时间为4月30日" in text(mail), text(mail)  # the round's, not the contest's
    send(home, OFFICE, "推荐", at(51))
    assert "4月30日（星期日）24:00前完成" in text(sent(home, "ask_recommend")[-1]), text(sent(home, "ask_recommend")[-1])
    wb = book(sent(home, "ask_recommend")[-1])
    ws = wb.worksheets[0]
    table = rows(ws)
    assert [r["编号"] for r in table] == ["T3-000%d" % i for i in range(1, 7)], table
    assert [r["得分"] for r in table][:2] == ["98.00", "96.00"] and table[0]["名次"] == "1", table
    assert all(r["决定"] == "推荐" for r in table)               # six places
    put(ws, "T3-0006", {"决定": "不推荐"})
    m = send(home, OFFICE, "回复：推荐名单", at(52), wb)
    assert len(m["problems"]) == 1 and "理由" in m["problems"][0]["problem"] and "7 done" in m["detail"], m
    assert states(home)["T3-0001"] == "shortlisted" and states(home)["T3-0006"] == "reviewed"
    back = book(sent(home, "decision", OFFICE)[-1])
    put(back["推荐"], "T3-0006", {"决定": "不推荐", "理由": "与已获奖项目重复"})
    send(home, OFFICE, "回复：决定", at(53), back)
    assert states(home)["T3-0006"] == "eliminated"
    last = home.json("show", "T3-0006", now=at(54))[0]["history"][-1]
    assert (last["event"], last["by"], last["detail"]) == ("eliminated", OFFICE, "与已获奖项目重复")
    told = [q for q in home.json("queue", now=at(54)) if q["kind"] in ("shortlisted", "eliminated")]
    assert [q for q in told if q["state"] == "sent" and q["kind"] == "shortlisted"] == [], told   # seven wait for a release
    code = re.search(r"R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", text(sent(home, "notice_preview")[0]))[0]
    send(home, OFFICE, "回复：请核对", at(54), text=code)
    told = {q["to"] for q in home.json("queue", now=at(54)) if q["kind"] == "shortlisted"}
    assert {"a%d@firm%d.example.cn" % (i, i) for i in (1, 2, 3, 4, 5, 7, 8)} <= told and "a6@firm6.example.cn" not in told, told
    wb = sheet_of(home, who["T3-0001"][0])
    score(wb, "T3-0001", (1, 1, 1, 1))
    m = send(home, address(who["T3-0001"][0]), "回复：评分表", at(54), wb)
    assert "结果已定" in m["problems"][0]["problem"], m


def test_a_track_whose_name_no_sheet_can_have():
    """Sheets are named after the tracks: what a spreadsheet does not take in a sheet's name is no reason for no sheet."""
    home = fresh("slash")
    path = os.path.join(home.path, "rules/tracks/T3.yaml")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("name: 数字技术赋能城乡绿色智慧发展", "name: \"图文/视频: [绿色]智慧*发展?\\\\'\"", 1))
    home.run("check", check=0)
    roster(home)
    promise(home, [e[3] for e in EXPERTS])
    score_all(home, assigned(home))
    send(home, OFFICE, "推荐", at(51))
    titles = [ws.title for ws in book(sent(home, "ask_recommend")[-1]).worksheets]
    assert titles[0].startswith("T3 图文") and "视频" in titles[0] and not set("[]:*?/\\") & set(titles[0]), titles


def test_the_list_after_the_closing():
    """What counts is when it arrived, not when it was read; an extension opens the list again."""
    home, who = ready("list-late")
    score_all(home, who)
    send(home, OFFICE, "推荐", at(51))
    wb = book(sent(home, "ask_recommend")[-1])
    late, read = "2023-05-01T00:00:00+08:00", "2023-05-02T09:00:00+08:00"
    m = send(home, OFFICE, "回复：推荐名单", late, wb)
    assert m["problems"] and all("逾期" in p["problem"] and "4月30日" in p["problem"] for p in m["problems"]), m
    assert set(states(home).values()) == {"reviewed"}
    assert "逾期" in text(sent(home, "decision", OFFICE)[-1])
    home.lay(mails.mail(OFFICE, "回复：推荐名单", "", [("表格.xlsx", sealed.data(wb))], message_id="<in-time@example.org>"),
             "2023-04-30T23:59:59+08:00")
    extended = homes.Home(home.path + "-extended")
    shutil.rmtree(extended.path, ignore_errors=True)
    shutil.copytree(home.path, extended.path, copy_function=shutil.copy2)
    home.run("run", now=read, check=0)
    assert set(states(home).values()) == {"shortlisted"}
    for name in os.listdir(extended.path + "/spool/inbox/new"):
        os.remove(extended.path + "/spool/inbox/new/" + name)
    rule(extended, "closes: 2023-04-30", "closes: 2023-05-01")
    m = send(extended, OFFICE, "回复：推荐名单", "2023-05-01T10:00:00+08:00", wb)
    assert m["problems"] == [] and set(states(extended).values()) == {"shortlisted"}, m


def rule(home, before, after, name="contest"):
    path = home.path + "/rules/%s.yaml" % name
    rules = open(path, encoding="utf-8").read()
    assert before in rules, before
    with open(path, "w", encoding="utf-8") as f:
        f.write(rules.replace(before, after))


def test_ties_at_the_border_and_the_quota():
    home, who = ready("ties")
    rule(home, "{per_track: 6}", "{per_track: 2}")
    score_all(home, who, points=lambda number, name: (30, 30, 20, 20) if number == "T3-0004" else (20, 20, 20, 20))
    send(home, OFFICE, "推荐名单", at(50))
    ws = (wb := book(sent(home, "ask_recommend")[-1])).worksheets[0]
    table = {r["编号"]: r for r in rows(ws)}
    assert table["T3-0004"]["决定"] == "推荐" and table["T3-0004"]["名次"] == "1"
    assert all(not table["T3-000%d" % i]["决定"] and "并列" in table["T3-000%d" % i]["提示"] for i in (1, 2, 3, 5, 6)), table
    for i in (1, 2, 3):
        put(ws, "T3-000%d" % i, {"决定": "推荐", "理由": "专家合议"})
    m = send(home, OFFICE, "回复：推荐名单", at(51), wb)
    over = [p for p in m["problems"] if "超出名额" in p["problem"]]
    assert len(over) == 4 and states(home)["T3-0004"] == "reviewed", m
    for i in (2, 3):
        put(ws, "T3-000%d" % i, {"决定": "不推荐", "理由": "专家合议"})
    m = send(home, OFFICE, "回复：推荐名单", at(52), wb)
    assert m["problems"] == [], m
    now = states(home)
    assert [now["T3-000%d" % i] for i in range(1, 7)] == ["shortlisted", "eliminated", "eliminated", "shortlisted", "reviewed", "reviewed"]


# ---- the formal review

def test_the_formal_review_by_experts():
    home = fresh("formal")
    rule(home, "formal: office ", "formal: experts ")
    home.run("forms", check=0)
    data = samples.form(home, "T3", org__name="第9科技有限公司", project__title="第9号零碳示范项目")
    home.lay(mails.mail("a9@firm9.example.cn", "T3 申报表", "", [("T3.xlsx", data), ("盖章.pdf", samples.PDF)],
                        message_id="<a9@example.cn>"), "2023-03-20T11:00:00+08:00")
    home.run("run", now=at(5), check=0)
    number = "T3-0007"
    send(home, OFFICE, "回复：工作簿", at(6), sealed.data(sealed.book([(sealed.token(home, "eligibility", number, 1), "通过", "")])))
    assert states(home)[number] == "eligible"
    roster(home)
    promise(home, [e[3] for e in EXPERTS])
    send(home, OFFICE, "分派 形式审查", at(20))
    wb = book(sent(home, "ask_assign")[-1])
    row, = rows(wb["专家分派"])
    assert row["编号"] == number and row["专家1"], row
    send(home, OFFICE, "回复：专家分派表", at(21), wb)
    name = row["专家1"]
    mail = sent(home, "review", address(name))[-1]
    assert "形式审查" in mail["Subject"] and "评分项" not in text(mail)
    sheet = book(mail)
    put(sheet.worksheets[0], number, {"决定": "不通过"})
    m = send(home, address(name), "回复：形式审查", at(22), sheet)
    assert "理由" in m["problems"][0]["problem"], m
    office = sealed.token(home, "formal", number, sealed.version(home, number, at(23)))
    m = send(home, OFFICE, "回复：工作簿", at(23), sealed.data(sealed.book([(office, "通过", "")], "formal")))
    assert "0 done" in m["detail"] and states(home)[number] == "eligible", m
    other = next(e[0] for e in EXPERTS if e[0] != name)
    put(sheet.worksheets[0], number, {"决定": "通过"})
    m = send(home, address(other), "回复：形式审查", at(24), sheet)
    assert "0 done" in m["detail"], m
    m = send(home, address(name), "回复：形式审查", at(25), sheet)
    assert "1 done" in m["detail"] and states(home)[number] == "reviewed", m
    last = home.json("show", number, now=at(26))[0]["history"][-1]
    assert (last["event"], last["by"]) == ("reviewed", address(name))


# ---- on paper

def test_a_scorer_and_a_second_person():
    home = fresh("scorer")
    rule(home, "    experts: 3 ", "    scored_by: scorer\n    experts: 3 ")
    rule(home, "drop: {highest: 0, lowest: 0}", "drop: {highest: 1, lowest: 1}")
    assert 'the round "preliminary" count only when a second person' in home.run("check", check=0).stdout
    rule(home, "  - 大赛秘书处 <office@example.org>\n", "  - 大赛秘书处 <office@example.org>\n  - second@example.org\n", "mail")
    assert "a second person" not in home.run("check", check=0).stdout
    send(home, OFFICE, "分派", at(9))
    assert "不需要分派专家" in text(sent(home, "ask_assign")[-1])
    send(home, OFFICE, "评分 初赛评审", at(10))
    mail = sent(home, "ask_scores")[-1]
    wb = [openpyxl.load_workbook(io.BytesIO(p.get_payload(decode=True))) for p in mail.iter_attachments()
          if "录入" in p.get_filename()][0]
    assert wb.sheetnames[:3] == ["评委1", "评委2", "评委3"], wb.sheetnames
    for i, marks in enumerate(((30, 30, 20, 20), (20, 20, 20, 20), (1, 1, 1, 1))):
        put(wb["评委%d" % (i + 1)], "T3-0001", dict(zip(CRITERIA, marks)))
    put(wb["评委1"], "T3-0002", dict(zip(CRITERIA, (40, 1, 1, 1))))
    m = send(home, OFFICE, "回复：评分录入", at(11), wb)
    assert "3 done" in m["detail"] and "超出范围" in m["problems"][0]["problem"], m
    shown = sent(home, "scores_confirm")
    assert sorted(x["To"].addresses[0].addr_spec for x in shown) == [OFFICE, "second@example.org"]
    code = shown[0]["Subject"].split()[-1]
    assert code in text(shown[0]) and "T3-0001 评委3　1 / 1 / 1 / 1" in text(shown[0]), text(shown[0])

    def result():
        send(home, OFFICE, "推荐", at(40))
        return [r["得分"] for r in rows(book(sent(home, "ask_recommend")[-1]).worksheets[0]) if r["编号"] == "T3-0001"][0]
    send(home, OFFICE, "回复：请复核", at(12), text=code)
    assert "另一位" in text(sent(home, "ask_confirm")[-1])
    send(home, "stranger@example.com", "确认 " + code, at(13))
    send(home, "second@example.org", "确认 1234-5678", at(14))
    assert "无效" in sent(home, "ask_confirm", "second@example.org")[-1]["Subject"]
    put(wb["评委3"], "T3-0001", dict(zip(CRITERIA, (10, 10, 10, 10))))
    send(home, OFFICE, "回复：评分录入", at(15), wb)               # a point changed: the code is void
    send(home, "second@example.org", "回复：请复核", at(16), text=code)
    assert "无效" in sent(home, "ask_confirm", "second@example.org")[-1]["Subject"]
    assert not result()
    again = sent(home, "scores_confirm", "second@example.org")[-1]["Subject"].split()[-1]
    assert again != code
    m = send(home, "second@example.org", "回复：请复核", at(41), text="确认 " + again.replace("-", " ") + "\n\n> 原文")
    assert m["outcome"] == "decision" and "3份评分已生效" in sent(home, "ask_confirm", "second@example.org")[-1]["Subject"], m
    assert result() == "80.00"                                     # the highest and the lowest are dropped
    home.run("verify", now=at(42), check=0)


def test_names_are_hidden():
    home = fresh("anonymous")
    rule(home, "anonymous: false", "anonymous: true")
    roster(home)
    promise(home, [e[3] for e in EXPERTS])
    who = assigned(home)
    mine = next(n for n, v in sorted(who.items()) if "王芳" in v)
    mail = sent(home, "review", address("王芳"))[-1]
    page = [p for p in mail.iter_attachments() if p.get_filename().endswith(".html")][0].get_payload(decode=True).decode()
    sheets = str([rows(ws) for ws in book(mail).worksheets if ws.title != "_xinlv"])
    org = [e["org"] for e in home.json("list") if e["number"] == mine][0]
    assert mine in page and "零碳示范项目" in page
    for hidden in (org, "科技有限公司", home.json("show", mine)[0]["fields"]["org.uscc"], contact(home, mine), "某某大学", "075400"):
        assert hidden not in page and hidden not in sheets and hidden not in text(mail), hidden
    send(home, address("王芳"), "材料 " + mine, at(30))
    assert not sent(home, "ask_files", address("王芳")) and "匿名评审" in text(sent(home, "expert_said", address("王芳"))[-1])


# ---- attacks

def test_what_others_try_changes_nothing():
    home, who = ready("attacks")
    number, mine, other = next((n, a, b) for n, v in sorted(who.items()) for a in v for b, *_ in EXPERTS if b not in v)
    wb = sheet_of(home, mine)
    score(wb, number, (30, 30, 20, 20))
    m = send(home, address(other), "回复：评分表", at(30), wb)                  # another expert's sheet
    assert len(m["problems"]) == 1 and "0 done" in m["detail"], m
    m = send(home, "stranger@example.com", "回复：评分表", at(31), wb)         # a stranger
    assert "refused" in m["detail"] and not [q for q in home.json("queue", now=at(31)) if q["to"] == "stranger@example.com"], m
    m = send(home, OFFICE, "回复：评分表", at(32), wb)                         # the office scores for nobody
    assert "0 done" in m["detail"], m
    t = sealed.token(home, "eligibility", number, sealed.version(home, number, at(32)))
    m = send(home, address(other), "回复：工作簿", at(33), sealed.data(sealed.book([(t, "不通过", "理由")])))   # an office seal
    assert "0 done" in m["detail"] and states(home)[number] == "reviewed", m
    code = next(r["_xinlv"] for ws in wb.worksheets if ws.title != "_xinlv" for r in rows(ws)).split(":")[1]
    forged = (sealed.token(home, "score", number, 0, role=code, round_="preliminary", secret=b"x" * 32),
              sealed.token(home, "score", number, 0, role=code, round_="semifinal"),       # no such round
              sealed.token(home, "score", number, 0, role="e999-01", round_="preliminary"))
    for i, token in enumerate(forged):
        score(wb, number, (30, 30, 20, 20), _xinlv=token)
        m = send(home, address(mine), "回复：评分表", at(34 + i), wb)
        assert "0 done" in m["detail"] and len(m["problems"]) == 1, m
    send(home, OFFICE, "评分", at(40))
    assert "：0/24" in sent(home, "ask_scores")[-1]["Subject"]
    home.run("verify", now=at(41), check=0)


# ---- the journal

def test_a_lost_database_comes_back():
    home, who = ready("replay")
    score_all(home, who)
    wb = sheet_of(home, who["T3-0001"][0])
    score(wb, "T3-0001", (), 回避="回避")
    send(home, address(who["T3-0001"][0]), "回复：评分表", at(49), wb)
    send(home, OFFICE, "推荐", at(50))
    send(home, OFFICE, "回复：推荐名单", at(51), book(sent(home, "ask_recommend")[-1]))
    now = at(55)

    def end():
        return (home.json("log", now=now), [home.json("show", e["number"], now=now) for e in home.json("list", now=now)],
                sorted((m["message_id"], m["state"]) for m in home.json("queue", now=now)))
    home.run("replay", now=now, check=0)                           # row by row the same
    want = end()
    shutil.rmtree(home.path + "/spool/outbox/new")
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=now, check=0)
    got = end()
    for i in range(3):
        assert got[i] == want[i], (i, [p for p in zip(want[i], got[i]) if p[0] != p[1]][:1])
    assert os.listdir(home.path + "/spool/outbox/new") == []
    home.run("verify", now=now, check=0)


# ---- the awards

def in_force(name, publicity=False):
    """Eight finalists with their awards in force, and the notices held: (home, code of release).  publicity: for a day."""
    home, who = ready(name)
    if publicity:
        rule(home, "awards:\n  - {name: 一等奖}", "publicity: {days: 1}\nawards:\n  - {name: 一等奖}")
    score_all(home, who)
    send(home, OFFICE, "推荐", at(51))
    send(home, OFFICE, "回复：推荐名单", at(52), book(sent(home, "ask_recommend")[-1]))
    assert set(states(home).values()) == {"shortlisted"}
    send(home, OFFICE, "获奖名单", at(53))
    wb = office.book(sent(home, "ask_awards")[-1])
    office.fill(wb["获奖名单"], "编号", lambda r: {"奖项": "优秀奖", "说明": "按评审会议决定"})
    m = send(home, OFFICE, "回复：获奖名单", at(54), wb)
    assert m["problems"] == [], m
    if publicity:
        home.run("run", now="2023-04-05T00:00:00+08:00", check=0)
    assert set(states(home).values()) == {"awarded"}
    shown = [p for p in sent(home, "notice_preview") if "名单第1版" in p["Subject"]]
    return home, re.search(r"R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", text(shown[-1]))[0]


def awarded(home):
    return [q for q in home.json("queue", now=at(58)) if q["kind"] == "awarded" and q["state"] != "held"]


def test_the_casebook_goes_without_what_is_missing():
    """A file that somebody took from an entry's folder, and all of them after a purge: told, and no run fails of it."""
    home, _ = in_force("casebook")
    laid = home.path + "/spool/publish/casebook"
    count = lambda: sum(len(names) for folder, _, names in os.walk(laid) if folder != laid)
    want = count()
    assert want >= 8, want
    lost = sorted(glob.glob(home.path + "/spool/tracks/T3/*/*.pdf"))[0]
    os.rename(lost, lost + ".away")
    send(home, OFFICE, "案例集", at(57))
    assert count() == want - 1
    r = home.run("run", now=at(59), check=0)
    assert r.stderr == "", "nothing of it is left to do: " + r.stderr
    os.rename(lost + ".away", lost)
    send(home, OFFICE, "案例集", at(60))
    assert count() == want
    home.run("purge", "--confirm", "2024-06-30", "--early", "2023-04-03", now=at(61), check=0)
    send(home, OFFICE, "案例集", at(62))
    r = home.run("run", now=at(63), check=0)
    assert r.stderr == "" and count() == 0 and os.path.exists(laid + "/book.html")
    home.run("verify", now=at(64), check=0)


def test_a_list_changed_after_its_notices_were_shown():
    """The code lets nothing go while the frozen list lacks its checksum; once it is as it was, the same code does,
    and what is laid out says what the notices say."""
    home, code = in_force("frozen")
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    trigger = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'paper'").fetchall()
    page = home.path + "/spool/publish/awards/index.html"
    laid = open(page, encoding="utf-8").read()
    assert "优秀奖" in laid
    with open(page, "w", encoding="utf-8") as f:
        f.write(laid.replace("优秀奖", "特等奖"))
    before = db.execute("SELECT body FROM paper WHERE kind = 'awards'").fetchone()[0]
    for body, said in ((before.replace("优秀奖", "一等奖", 1), "校验不符"), (before, "已放行")):
        for name, _ in trigger:
            db.execute("DROP TRIGGER " + name)
        db.execute("UPDATE paper SET body = ? WHERE kind = 'awards'", (body,))
        for _, sql in trigger:
            db.execute(sql)
        db.commit()
        send(home, OFFICE, "回复：请核对", at(56), text=code + " 确认全体")
        answer = sent(home, "notice_answer")[-1]
        assert said in answer["Subject"], answer["Subject"]
        if body != before:
            assert "xinlv verify" in text(answer) and code in text(answer) and awarded(home) == [], text(answer)
    db.close()
    assert {"a%d@firm%d.example.cn" % (i, i) for i in range(1, 9)} <= {q["to"] for q in awarded(home)}
    assert open(page, encoding="utf-8").read() == laid      # laid anew from the list that was checked
    home.run("verify", now=at(59), check=0)


def test_an_objection_in_time_that_is_read_later():
    """The list is in force when it is read: what was not told yet waits for the ruling, and then goes or does not."""
    home, code = in_force("objection", True)
    home.lay(mails.mail("citizen@example.com", "异议：T3-0001 与往年项目重复", "理由见后。", message_id="<objection@example.com>"),
             "2023-04-04T23:59:59+08:00")
    home.run("run", now=at(60, 6), check=0)
    assert "异议1" in sent(home, "objection")[-1]["Subject"]
    urgent = sent(home, "forward")[-1]
    assert "紧急" in urgent["Subject"] and "还没有发出" in text(urgent) and "T3-0001" in text(urgent), text(urgent)
    send(home, OFFICE, "回复：请核对", at(61, 6), text=code + " 确认全体")
    assert "内容有变" in sent(home, "notice_answer")[-1]["Subject"] and awarded(home) == []
    again = text(sent(home, "notice_preview")[-1])
    assert "T3-0001" in again and "有异议尚未处理" in again, again
    home.run("digest", now=at(61, 6), check=0)
    digest = [text(m) for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1]
    assert "获奖名单异议，待处理" in digest and "异议1" in digest and "T3-0001" in digest, digest
    send(home, OFFICE, "获奖名单", at(62, 6))
    wb = office.book(sent(home, "ask_awards")[-1], "填写")
    office.fill(wb["异议处理"], "序号", {"异议1": {"决定": "不成立", "理由": "经核查，两个项目内容不同"}})
    m = send(home, OFFICE, "回复：获奖名单", at(63, 6), wb)
    assert m["problems"] == [], m
    code = re.search(r"R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", again)[0]
    send(home, OFFICE, "回复：请核对", at(64, 6), text=code)
    code = re.search(r"R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", text(sent(home, "notice_preview")[-1]))[0]
    send(home, OFFICE, "回复：请核对", at(65, 6), text=code + " 确认全体")
    assert "a1@firm1.example.cn" in {q["to"] for q in awarded(home)}, awarded(home)
    # once it has gone out, another is told so
    home.lay(mails.mail("other@example.com", "异议：T3-0001 数据不实", "理由见后。", message_id="<objection-2@example.com>"),
             "2023-04-04T23:59:58+08:00")
    home.run("run", now=at(66, 6), check=0)
    urgent = text(sent(home, "forward")[-1])
    assert "已放行" in urgent and "第1科技有限公司" in urgent and "没有撤回" in urgent, urgent

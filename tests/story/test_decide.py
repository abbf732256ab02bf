"""Decisions by reply: workbooks that come back from the secretariat, from strangers and from forgers, by mail and from
disk; and that a lost database comes back with all of it."""
import email
import email.policy
import hashlib
import io
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import openpyxl

import home as homes
import mails
import samples
import sealed

DAY = "2023-04-01T09:00:00+08:00"
WHERE = homes.STORY
OFFICE = "office@example.org"
_base = None
_n = 0


def fresh(name):
    """A home of its own with the demo's two days run in it: T1-0001, T4-0001, T5-0001, T7-0001 accepted, one late, a
    twin, one to read."""
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "decide"))
        _base.run("forms", check=0)
        for day, now in ((samples.first_day, "2023-03-30T09:00:00+08:00"), (samples.last_days, DAY)):
            for _, at, data, _ in day(_base):
                _base.lay(data, at)
            _base.run("run", now=now, check=0)
        sealed.key(_base)
    return _base.copy(os.path.join(WHERE, "decide-" + name))


def clock(minutes):
    return "2023-04-01T%02d:%02d:00+08:00" % (9 + minutes // 60, minutes % 60)


def returned(home, wb, now, sender=OFFICE, subject="回复：今日工作簿", headers=(), name="工作簿.xlsx", run=True, **more):
    """Mails the workbook to the robot and runs it; the message as `log` has it."""
    global _n
    _n += 1
    raw = wb if isinstance(wb, bytes) else sealed.data(wb)
    data = mails.mail(sender, subject, "请处理。", [(name, raw)], message_id="<decide-%d@example.org>" % _n,
                      headers=list(headers), **more)
    home.lay(data, now)
    if not run:
        return hashlib.sha256(data).hexdigest()
    home.run("run", now=now, check=0)
    return message(home, hashlib.sha256(data).hexdigest(), now)


def message(home, sha, now=DAY):
    return [m for m in home.json("log", now=now) if m["sha256"] == sha][0]


def states(home):
    return {e["number"]: e["state"] for e in home.json("list", now=DAY)}


def history(home, number):
    return [(h["event"], h["by"], h["detail"]) for h in home.json("show", number, now=DAY)[0]["history"]]


def tok(home, number, kind="eligibility", version=None, **more):
    return sealed.token(home, kind, number, sealed.version(home, number, DAY) if version is None else version, **more)


def mails_of(home, kind, now=DAY):
    return [m for m in home.json("queue", now=now) if m["kind"] == kind]


def sent(home, message_id):
    return [m for m in home.outbox(digest=True) if m["Message-ID"] == "<%s>" % message_id][0]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def enclosed(mail):
    for part in mail.iter_attachments():
        return openpyxl.load_workbook(io.BytesIO(part.get_payload(decode=True)))
    return None


def decided(home, outcome="late"):
    return [m for m in home.json("log", "--outcome", outcome, now=DAY)]


# ---- what holds is done

def test_good_rows_take_effect_and_bad_ones_come_back():
    home = fresh("good")
    t = {n: tok(home, n) for n in states(home)}
    wb = sealed.book([(t["T1-0001"], "通过", ""), (t["T4-0001"], " 不通过　", "未在境内注册"), (t["T5-0001"], "补正", ""),
                      (t["T7-0001"], "同意", "")])
    m = returned(home, wb, clock(1))
    assert m["outcome"] == "decision" and m["entries"] == [], m
    assert states(home) == {"T1-0001": "eligible", "T4-0001": "ineligible", "T5-0001": "accepted", "T7-0001": "accepted"}
    assert history(home, "T4-0001")[-1] == ("ineligible", OFFICE, "未在境内注册")
    assert [p["where"] for p in m["problems"]] == ["待资格审核!C5", "待资格审核!C6"], m["problems"]
    assert "补正" in m["problems"][0]["problem"] and "同意" in m["problems"][1]["problem"]
    row, = mails_of(home, "decision")
    mail = sent(home, row["message_id"])
    assert row["to"] == OFFICE and mail["In-Reply-To"] == "<%s>" % m["message_id"], row
    text = text_of(mail)
    for part in ("T1-0001", "待资格审核!C5", "待资格审核!C6", "未在境内注册", "现在是“资格审核通过”"):
        assert part in text, (part, text)
    back = enclosed(mail)
    ws = back["资格审核"]
    rows = [r for r in ws.iter_rows(values_only=True) if r[-1] and r[-1].count(":") == 5]
    assert [r[-1] for r in rows] == [t["T5-0001"], t["T7-0001"]], rows
    assert back["_xinlv"].sheet_state != "visible"
    home.run("verify", now=clock(2), check=0)


def test_the_rows_that_come_back_can_be_returned():
    home = fresh("back")
    wb = sealed.book([(tok(home, "T5-0001"), "补正", ""), (tok(home, "T7-0001", version=9), "通过", "")])
    returned(home, wb, clock(1))
    back = enclosed(sent(home, mails_of(home, "decision")[0]["message_id"]))
    ws = back["资格审核"]
    head = [c.value for c in ws[2]]
    at = {h: i + 1 for i, h in enumerate(head)}
    for r in range(3, ws.max_row + 1):
        if ws.cell(r, at["编号"]).value == "T5-0001":
            assert ws.cell(r, at["决定"]).value == "补正"
            ws.cell(r, at["理由"]).value = "请补盖章页"
        elif ws.cell(r, at["编号"]).value == "T7-0001":
            assert not ws.cell(r, at["决定"]).value, "a stale choice is not laid in again"
            ws.cell(r, at["决定"]).value = "通过"
    m = returned(home, back, clock(2))
    assert m["problems"] == [], m
    assert states(home)["T7-0001"] == "eligible" and history(home, "T5-0001")[-1] == ("amend", OFFICE, "请补盖章页")
    assert states(home)["T5-0001"] == "accepted"


def test_returned_twice_changes_nothing():
    home = fresh("twice")
    wb = sealed.data(sealed.book([(tok(home, "T1-0001"), "通过", ""), (tok(home, "T4-0001"), "不通过", "理由"),
                                  (tok(home, "T5-0001"), "补正", "缺页")]))
    returned(home, wb, clock(1))
    before = (states(home), history(home, "T4-0001"), history(home, "T5-0001"))
    m = returned(home, wb, clock(2))
    assert before == (states(home), history(home, "T4-0001"), history(home, "T5-0001"))
    assert m["problems"] == [] and "3 stood already" in m["detail"], m
    mail = sent(home, mails_of(home, "decision")[1]["message_id"])
    assert "此前已作同样的决定，没有重复执行：3项" in text_of(mail) and enclosed(mail) is None


def test_two_reasons_for_one_entry_are_a_question():
    """A copied row, or two books in one mail: the same choice for two reasons, of which the entrant would be told one."""
    home = fresh("reasons")
    t = {n: tok(home, n) for n in ("T1-0001", "T4-0001", "T5-0001")}
    rows = [(t["T4-0001"], "不通过", "资料不全"), (t["T5-0001"], "补正", ""), (t["T1-0001"], "通过", ""), (t["T1-0001"], "通过", "已核"),
            (t["T5-0001"], "补正", "缺盖章页"), (t["T4-0001"], "不通过", "未在境内注册")]
    m = returned(home, sealed.book(rows), clock(1))
    assert states(home) | {"T7-0001": ""} == {"T1-0001": "eligible", "T4-0001": "accepted", "T5-0001": "accepted", "T7-0001": ""}
    assert [p["where"][-2:] for p in m["problems"]] == ["C3", "C4", "C8"], m["problems"]
    assert history(home, "T5-0001")[-1] == ("amend", OFFICE, "缺盖章页")


def test_stale_rows_are_not_done():
    home = fresh("stale")
    old = {n: tok(home, n) for n in ("T1-0001", "T4-0001")}
    returned(home, sealed.book([(old["T1-0001"], "不通过", "资料不全")]), clock(1))
    m = returned(home, sealed.book([(old["T1-0001"], "通过", "再次核对"), (old["T4-0001"], "通过", "")]), clock(2))
    assert states(home)["T1-0001"] == "ineligible" and states(home)["T4-0001"] == "eligible"
    assert len(m["problems"]) == 1 and "资格审核未通过" in m["problems"][0]["problem"], m


def test_a_decision_is_overturned_with_a_reason_only():
    home = fresh("overturn")
    returned(home, sealed.book([(tok(home, "T1-0001"), "不通过", "资料不全")]), clock(1))
    m = returned(home, sealed.book([(tok(home, "T1-0001"), "通过", "")]), clock(2))
    assert len(m["problems"]) == 1 and states(home)["T1-0001"] == "ineligible"
    returned(home, sealed.book([(tok(home, "T1-0001"), "通过", "资料已补")]), clock(3))
    assert [h[0] for h in history(home, "T1-0001")] == ["accepted", "ineligible", "eligible"]
    assert states(home)["T1-0001"] == "eligible"


def test_formal_review_follows_eligibility():
    home = fresh("formal")
    m = returned(home, sealed.book([(tok(home, "T1-0001", "formal"), "通过", "")], "formal"), clock(1))
    assert len(m["problems"]) == 1 and states(home)["T1-0001"] == "accepted", m
    returned(home, sealed.book([(tok(home, "T1-0001"), "通过", ""), (tok(home, "T4-0001"), "通过", "")]), clock(2))
    returned(home, sealed.book([(tok(home, "T1-0001", "formal"), "通过", ""),
                                (tok(home, "T4-0001", "formal"), "不通过", "缺附件")], "formal"), clock(3))
    assert states(home)["T1-0001"] == "reviewed" and states(home)["T4-0001"] == "unfit"
    m = returned(home, sealed.book([(tok(home, "T1-0001"), "不通过", "再议")]), clock(4))
    assert len(m["problems"]) == 1 and states(home)["T1-0001"] == "reviewed"


def test_one_thing_decided_in_two_ways_is_asked_back():
    home = fresh("both")
    t1, t4 = tok(home, "T1-0001"), tok(home, "T4-0001")
    m = returned(home, sealed.book([(t1, "通过", ""), (t4, "通过", ""), (t1, "不通过", "不是"), (t4, "通过", "")]), clock(1))
    assert states(home)["T1-0001"] == "accepted" and states(home)["T4-0001"] == "eligible"
    assert [p["where"] for p in m["problems"]] == ["待资格审核!C3", "待资格审核!C5"], m["problems"]


def test_a_blank_workbook_is_told_so():
    home = fresh("blank")
    m = returned(home, sealed.book([(tok(home, "T1-0001"), "", "")]), clock(1))
    assert m["outcome"] == "decision" and "1 left open" in m["detail"]
    assert "没有填写" in mails_of(home, "decision")[0]["subject"]


# ---- the workbook of the morning's digest

def digest_book(home):
    """The last one that was mailed."""
    for mail in reversed(home.outbox(digest=True)):
        for part in mail.iter_attachments():
            data = part.get_payload(decode=True)
            if (part.get_filename() or "").endswith(".xlsx") and "_xinlv" in openpyxl.load_workbook(io.BytesIO(data)).sheetnames:
                return data
    raise AssertionError("no digest")


def fill_in(wb, sheet, decide):
    """decide: a cell's text of the row -> (decision, reason)."""
    ws = wb[sheet]
    head = next(r for r in range(1, 10) if "_xinlv" in [c.value for c in ws[r]])
    names = [c.value for c in ws[head]]
    filled = 0
    for r in range(head + 1, ws.max_row + 1):
        for c in ws[r]:
            if c.value in decide:
                choice = decide[c.value]
                ws.cell(r, names.index("决定") + 1).value, ws.cell(r, names.index("理由") + 1).value = choice
                filled += 1
                break
    assert filled == len(decide), (sheet, filled)


def fill_digest(wb):
    fill_in(wb, "待资格审核", {"T1-0001": ("通过", None), "T4-0001": ("不通过", "境外注册"), "T5-0001": ("补正", "缺盖章页")})
    fill_in(wb, "逾期待裁", {"tardy@example.cn": ("受理", None)})
    fill_in(wb, "疑似重复", {"colleague@lvyuan.example.cn": ("非重复", None)})
    fill_in(wb, "待人工阅读", {"asks@example.cn": ("已处理", "已电话答复")})


def look_at_digest(home, m):
    assert "6 done, 0 stood already, 0 refused" in m["detail"], m
    assert states(home) == {"T1-0001": "eligible", "T2-0001": "accepted", "T4-0001": "ineligible", "T4-0002": "accepted",
                            "T5-0001": "accepted", "T7-0001": "accepted"}, states(home)


def test_the_digest_comes_back():
    home = fresh("digest")
    wb = openpyxl.load_workbook(io.BytesIO(digest_book(home)))
    fill_digest(wb)
    look_at_digest(home, returned(home, wb, clock(1)))
    home.run("digest", now=clock(2), check=0)
    home.run("send", now=clock(2), check=0)
    wb = openpyxl.load_workbook(io.BytesIO(digest_book(home)))
    fill_in(wb, "待形式审查", {"T1-0001": ("通过", None)})
    m = returned(home, wb, clock(3))
    assert "1 done" in m["detail"] and states(home)["T1-0001"] == "reviewed", m
    home.run("verify", now=clock(4), check=0)


# ---- what programs and people do to workbooks

def reshaped():
    """(name, what is done to a workbook of two filled rows and a blank one)"""
    def sort_with_heading(wb):
        ws = wb.worksheets[0]
        rows = [[c.value for c in r] for r in ws.iter_rows()]
        rows = rows[2:3] + rows[0:2] + rows[:2:-1]
        for i, r in enumerate(rows):
            for k in range(5):
                ws.cell(i + 1, k + 1).value = r[k] if k < len(r) else None

    def sort(wb):
        ws = wb.worksheets[0]
        rows = [[c.value for c in r] for r in ws.iter_rows(min_row=3)]
        for i, r in enumerate(reversed(rows)):
            for k, v in enumerate(r):
                ws.cell(i + 3, k + 1).value = v

    def drop_row(wb):
        wb.worksheets[0].delete_rows(5)

    def insert_column(wb):
        wb.worksheets[0].insert_cols(4)
        wb.worksheets[0]["D2"] = "备注"

    def insert_first(wb):
        wb.worksheets[0].insert_cols(1, 3)

    def swap(wb):
        ws = wb.worksheets[0]
        for r in range(2, ws.max_row + 1):
            a, b = ws.cell(r, 3).value, ws.cell(r, 4).value
            ws.cell(r, 3).value, ws.cell(r, 4).value = b, a

    def headings_lost(wb):
        wb.worksheets[0]["C2"] = wb.worksheets[0]["D2"] = None

    def all_headings_lost(wb):
        wb.worksheets[0].delete_rows(1, 2)

    def headings_dressed(wb):
        wb.worksheets[0]["C2"] = " 决 定 "

    def hidden_lost(wb):
        del wb["_xinlv"]

    def sheet_named(wb):
        wb.worksheets[0].title = "Sheet1"

    def shown(wb):
        wb["_xinlv"].sheet_state = "visible"
        wb.worksheets[0].column_dimensions["E"].hidden = False

    return [f for f in locals().values() if callable(f)]


def test_workbooks_survive_what_is_done_to_them():
    for change in reshaped():
        home = fresh("reshaped")
        wb = sealed.book([(tok(home, "T1-0001"), "通过", ""), (tok(home, "T4-0001"), "不通过", "不符"),
                          (tok(home, "T5-0001"), "", "")])
        change(wb)
        m = returned(home, wb, clock(1))
        s = states(home)
        assert m["problems"] == [] and (s["T1-0001"], s["T4-0001"], s["T5-0001"]) == (
            "eligible", "ineligible", "accepted"), (change.__name__, m, s)


def test_old_excel_and_zip():
    import xlwt
    home = fresh("xls")
    old = xlwt.Workbook()
    ws = old.add_sheet("待资格审核")
    for c, v in enumerate(["编号", "名称", "决定", "理由", "_xinlv"]):
        ws.write(0, c, v)
    for c, v in enumerate(["T1-0001", "x", "通过", "", tok(home, "T1-0001")]):
        ws.write(1, c, v)
    hidden = old.add_sheet("_xinlv")
    for r, (k, v) in enumerate((("kind", "decision"), ("edition", "xinlv-2023"))):
        hidden.write(r, 0, k)
        hidden.write(r, 1, v)
    out = io.BytesIO()
    old.save(out)
    m = returned(home, out.getvalue(), clock(1), name="工作簿.xls")
    assert m["problems"] == [] and states(home)["T1-0001"] == "eligible", m
    zipped = samples.gbk_zip([("工作簿.xlsx", sealed.data(sealed.book([(tok(home, "T4-0001"), "通过", "")])))])
    returned(home, zipped, clock(2), name="工作簿.zip")
    assert states(home)["T4-0001"] == "eligible"


# ---- attacks

def forged_tokens(home):
    """(what was done, token): each wrong in its own way; more than a hundred."""
    good = tok(home, "T1-0001")
    kind, role, round_, ref, version, mac = good.split(":")
    body = good[:good.rindex(":")]
    out = []
    for i in range(24):  # one digit of the seal
        c = "0" if mac[i] != "0" else "1"
        out.append(("digit %d of the seal" % i, body + ":" + mac[:i] + c + mac[i + 1:]))
    for i, c in enumerate(body):  # one character of what is sealed
        if c == ":":
            continue
        out.append(("character %d" % i, body[:i] + ("x" if c != "x" else "y") + body[i + 1:] + ":" + mac))
        out.append(("without character %d" % i, body[:i] + body[i + 1:] + ":" + mac))
    for n in range(0, 24, 2):
        out.append(("seal cut to %d" % n, body + ":" + mac[:n]))
    out += [
        ("seal twice", body + ":" + mac + mac), ("seal of another row", body + ":" + tok(home, "T4-0001").split(":")[5]),
        ("another entry", good.replace("T1-0001", "T4-0001")), ("another kind", good.replace("eligibility", "formal")),
        ("another version", good.replace(":1:", ":2:")), ("version as text", good.replace(":1:", ":1.0:")),
        ("version with sign", good.replace(":1:", ":+1:")), ("version with blank", good.replace(":1:", ": 1:")),
        ("upper case", body + ":" + mac.upper() + "A"), ("a part more", good + ":x"), ("a part less", body),
        ("no key", sealed.token(home, kind, ref, 1, secret=b"")), ("zero key", sealed.token(home, kind, ref, 1, secret=bytes(32))),
        ("another key", sealed.token(home, kind, ref, 1, secret=b"k" * 32)), ("one colon", ":"), ("five colons", ":::::"),
        ("empty parts", ":::::" + mac), ("a hash alone", hashlib.sha256(body.encode()).hexdigest()),
        ("plain hash", body + ":" + hashlib.sha256(body.encode()).hexdigest()[:24]),
        ("full-width digits", good.replace("T1", "T１")), ("NUL-like", good.replace("T1-0001", "T1-0001%00")),
        ("formula", "=" + good), ("quote", "'" + good), ("long", body + "x" * 300 + ":" + mac),
        ("expert's role", sealed.token(home, kind, ref, 1, role="expert-1")),
        ("no role", sealed.token(home, kind, ref, 1, role="")),
        ("unknown kind", sealed.token(home, "award", ref, 1)), ("kind of a message", sealed.token(home, "late", ref, 1)),
        ("no such entry", sealed.token(home, kind, "T1-0099", 1)), ("no such message", sealed.token(home, "read", "0" * 64, 0)),
        ("stale", sealed.token(home, kind, ref, 7)), ("of the future", sealed.token(home, kind, ref, 2 ** 62)),
    ]
    return out


def test_forged_tokens_do_nothing():
    home = fresh("forged")
    before = {n: history(home, n) for n in states(home)}
    forged = forged_tokens(home)
    assert len(forged) >= 100, len(forged)
    for i, (what, t) in enumerate(forged):
        assert t != tok(home, "T1-0001"), what
    wb = sealed.book([])
    ws = wb.worksheets[0]
    for what, t in forged:
        ws.append([what, "x", "不通过", "伪造", None])
        ws.cell(ws.max_row, 5).value = t
        ws.cell(ws.max_row, 5).data_type = "s"
    m = returned(home, wb, clock(1))
    assert {n: history(home, n) for n in states(home)} == before
    assert " 0 done, 0 stood already" in m["detail"], m["detail"]
    assert len(m["problems"]) >= len(forged) - 3, (len(m["problems"]), len(forged))  # too long or empty: no token at all
    assert len(mails_of(home, "decision")) == 1  # the secretariat hears of it
    home.run("verify", now=clock(2), check=0)


def strangers():
    out = ["entrant@qq.com", "office@example.com", "office@example.org.cn", "xoffice@example.org", "office@mail.example.org",
           "0ffice@example.org", "office@examp1e.org", "office.@example.org", "office+x@example.org", "entries@example.org",
           "\"office@example.org\" <x@evil.example>", "office@example.org <x@evil.example>",
           "=?utf-8?B?b2ZmaWNlQGV4YW1wbGUub3Jn?= <x@evil.example>", "<x@evil.example> office@example.org",
           "office@example.org@evil.example", "office@еxample.org", "office@example.org\t<x@evil.example>",
           "(office@example.org) x@evil.example", "x@evil.example (office@example.org)", "root@localhost"]
    return out


def test_strangers_do_nothing_and_are_told_nothing():
    home = fresh("strangers")
    before = {n: history(home, n) for n in states(home)}
    token = tok(home, "T1-0001")
    queued = {q["message_id"] for q in home.json("queue", now=DAY)}
    shas = {}
    for i, frm in enumerate(strangers()):
        raw = mails.mail("x@evil.example", "回复", "", [("工作簿.xlsx", sealed.data(sealed.book([(token, "不通过", "x")])))],
                         message_id="<stranger%d@evil.example>" % i,
                         headers=["Reply-To: office@example.org", "Sender: office@example.org",
                                  "Authentication-Results: mx.example.org; dkim=pass header.d=example.org"])
        data = raw.replace(b"From: x@evil.example\r\n", ("From: %s\r\n" % frm).encode())
        assert data != raw or frm == "x@evil.example"
        home.lay(data, clock(1))
        shas[hashlib.sha256(data).hexdigest()] = frm
    home.run("run", now=clock(2), check=0)
    assert {n: history(home, n) for n in states(home)} == before
    for sha, frm in shas.items():
        m = message(home, sha)
        assert m["outcome"] in ("decision", "loop"), (frm, m)
        assert "done" not in m["detail"], (frm, m)
    told = [q for q in home.json("queue", now=DAY) if q["message_id"] not in queued]
    assert told and all(q["to"] == OFFICE and q["kind"] == "decision_refused" for q in told), told
    assert "entrant@qq.com" in text_of(sent(home, told[0]["message_id"]))
    home.run("verify", now=clock(2), check=0)


def test_a_flood_is_told_once_a_day():
    home = fresh("flood")
    for i in range(5):
        returned(home, sealed.book([(tok(home, "T1-0001"), "不通过", "x%d" % i)]), clock(i), sender="evil@qq.com", run=False)
    home.run("run", now=clock(9), check=0)
    assert len(mails_of(home, "decision_refused")) == 1
    assert len(decided(home, "decision")) == 5


GOOD_AUTH = [
    "mx.example.org; dkim=pass header.d=example.org",
    "mx.example.org; dkim=pass (2048-bit key; dkim=fail) header.d=example.org header.b=abc",
    "mx.example.org 1; spf=pass smtp.mailfrom=office@example.org; dkim=none",
    "MX.Example.ORG; dmarc=pass (p=reject dis=none) header.from=example.org",
    "mx.example.org;\r\n\tdkim=fail reason=\"bad; dkim=pass\" header.d=example.org;\r\n\tdmarc=pass header.from=example.org",
    "mx.example.org; auth=pass smtp.auth=office@example.org",
    "\"mx.example.org\"; dkim = pass header.i=@example.org",
    "mx2.example.org; dkim=pass header.d=example.org",
]
BAD_AUTH = [
    None, "", "mx.example.org; none", "mx.example.org; dkim=fail header.d=example.org", "mx.example.org; dkim=none",
    "mx.example.org; dkim=pass header.d=evil.example", "mx.example.org; dkim=pass header.d=org",
    "mx.example.org; dkim=pass header.d=mail.example.org", "mx.example.org; dkim=pass header.d=notexample.org",
    "mx.example.org; dkim=pass", "mx.example.org; dkim=pass header.d=", "mx.example.org; spf=pass smtp.mailfrom=x@evil.example",
    "mx.example.org; spf=pass smtp.helo=example.org", "mx.example.org; spf=softfail smtp.mailfrom=office@example.org",
    "mx.example.org; dmarc=pass header.from=evil.example", "mx.example.org; dmarc=fail header.from=example.org",
    "mx.example.org; iprev=pass policy.iprev=1.2.3.4", "mx.example.org; auth=pass smtp.auth=other@example.org",
    "evil.example; dkim=pass header.d=example.org", "mx.example.org.evil.example; dkim=pass header.d=example.org",
    "xmx.example.org; dkim=pass header.d=example.org", "(mx.example.org) evil.example; dkim=pass header.d=example.org",
    "mx.example.org; dkim=fail (dkim=pass header.d=example.org)", "mx.example.org; x=\"; dkim=pass header.d=example.org\"",
    "mx.example.org; spf=pass smtp.mailfrom=\"a; dkim=pass header.d=example.org\"@evil.example",
    "mx.example.org; spf=pass smtp.mailfrom=\"=?utf-8?q?a=22;_dkim=3Dpass_header.d=3Dexample.org?=\"@evil.example",
    "mx.example.org; dkim=pass header.d=evil.example header.d=example.org", "dkim=pass header.d=example.org",
    "mx.example.org dkim=pass header.d=example.org", "mx.example.org; dkim=pass header.d=example.org.evil.example",
    "mx.example.org; dkim=fail header.d=example.org\r\nAuthentication-Results: mx.example.org; dkim=pass header.d=example.org",
    "mx.example.org; (((((dkim=pass header.d=example.org", "mx.example.org; dkim=\"pass header.d=example.org",
    "mx.example.org; dkim=passed header.d=example.org", "mx.example.org; pass=dkim header.d=example.org",
]


def test_a_trusted_server_must_vouch_where_one_is_named():
    home = fresh("auth")
    path = os.path.join(home.path, "rules/mail.yaml")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert "trusted_authserv: []" in text
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("trusted_authserv: []", "trusted_authserv: [mx.example.org, mx2.example.org]"))
    before = {n: history(home, n) for n in states(home)}
    wb = sealed.data(sealed.book([(tok(home, "T1-0001"), "通过", "")]))
    bad = [returned(home, wb, clock(1), headers=[] if a is None else ["Authentication-Results: " + a], run=False)
           for a in BAD_AUTH]
    home.run("run", now=clock(2), check=0)
    for a, sha in zip(BAD_AUTH, bad):
        m = message(home, sha)
        assert m["outcome"] == "decision" and "no trusted server" in m["detail"], (a, m)
    assert {n: history(home, n) for n in states(home)} == before
    assert "冒名" in text_of(sent(home, mails_of(home, "decision_refused")[0]["message_id"]))
    for i, a in enumerate(GOOD_AUTH):
        decision = ("通过", "补") if i % 2 == 0 else ("不通过", "查")
        m = returned(home, sealed.book([(tok(home, "T1-0001"),) + decision]), clock(10 + i),
                     headers=["Authentication-Results: " + a])
        assert "1 done" in m["detail"], (a, m)


def test_other_editions_and_robots():
    home = fresh("edition")
    wb = sealed.book([(tok(home, "T1-0001"), "通过", "")], edition="xinlv-2022")
    m = returned(home, wb, clock(1))
    assert len(m["problems"]) == 1 and states(home)["T1-0001"] == "accepted", m
    m = returned(home, sealed.book([(tok(home, "T1-0001"), "通过", "")]), clock(2), headers=["Auto-Submitted: auto-replied"])
    assert m["outcome"] == "auto-reply" and states(home)["T1-0001"] == "accepted", m


# ---- rulings on messages

def of_message(home, m, kind, version=0):
    return sealed.token(home, kind, m["sha256"], version)


def test_a_late_entry_is_taken():
    home = fresh("late")
    late = [m for m in decided(home) if m["from"] == "tardy@example.cn"][0]
    wb = sealed.data(sealed.book([(of_message(home, late, "late"), "受理", "")], "late"))
    m = returned(home, wb, clock(1))
    again = message(home, late["sha256"])
    assert again["outcome"] == "late" and again["entries"] == ["T2-0001"], again
    assert states(home)["T2-0001"] == "accepted" and history(home, "T2-0001")[1] == ("take", OFFICE, "")
    receipt = [q for q in mails_of(home, "receipt") if q["to"] == "tardy@example.cn"]
    assert len(receipt) == 1 and "T2-0001" in receipt[0]["subject"], receipt
    assert "T2-0001" in text_of(sent(home, mails_of(home, "decision")[0]["message_id"])), m
    entry = home.json("show", "T2-0001", now=DAY)[0]
    for f in entry["files"]:
        assert os.path.exists(os.path.join(home.path, f["path"])), f
    m = returned(home, wb, clock(2))
    assert "1 stood already" in m["detail"] and len(home.json("list", now=DAY)) == 5
    m = returned(home, sealed.book([(of_message(home, late, "late", 1), "不予受理", "改主意")], "late"), clock(3))
    assert "T2-0001" in m["problems"][0]["problem"], m
    # What is taken is there for later duplicates, too.
    twin = samples.form(home, "T2", org__name="迟到科技有限公司")
    home.lay(mails.mail("tardy@example.cn", "T2", "", [("T2.xlsx", twin), ("盖章.pdf", samples.PDF)]), "2023-03-31T10:00:00+08:00")
    home.run("run", now=clock(4), check=0)
    assert [m["outcome"] for m in home.json("log", "--from", "tardy@example.cn", now=DAY)] == ["late", "duplicate"]
    home.run("verify", now=clock(5), check=0)


def test_a_late_entry_is_refused_and_then_taken():
    home = fresh("refused")
    late = [m for m in decided(home) if m["from"] == "tardy@example.cn"][0]
    m = returned(home, sealed.book([(of_message(home, late, "late"), "不予受理", "")], "late"), clock(1))
    assert len(m["problems"]) == 1
    returned(home, sealed.book([(of_message(home, late, "late"), "不予受理", "逾期")], "late"), clock(2))
    assert message(home, late["sha256"])["entries"] == []
    m = returned(home, sealed.book([(of_message(home, late, "late", 1), "受理", "")], "late"), clock(3))
    assert len(m["problems"]) == 1, m
    returned(home, sealed.book([(of_message(home, late, "late", 1), "受理", "领导同意")], "late"), clock(4))
    assert message(home, late["sha256"])["entries"] == ["T2-0001"]


def test_a_late_entry_with_faults_gets_its_report():
    home = fresh("latefaults")
    faulty = samples.form(home, "T3", org__name="又迟到公司", contact__mobile="12")
    data = mails.mail("slow@example.cn", "T3", "", [("T3.xlsx", faulty), ("盖章.pdf", samples.PDF)])
    home.lay(data, "2023-04-01T08:00:00+08:00")
    home.run("run", now=clock(0), check=0)
    late = message(home, hashlib.sha256(data).hexdigest())
    assert late["outcome"] == "late"
    returned(home, sealed.book([(of_message(home, late, "late"), "受理", "")], "late"), clock(1))
    report = [q for q in mails_of(home, "faults") if q["to"] == "slow@example.cn"]
    assert len(report) == 1 and message(home, late["sha256"])["entries"] == []
    assert "4月4日" in text_of(sent(home, report[0]["message_id"])), text_of(sent(home, report[0]["message_id"]))
    mended = samples.form(home, "T3", org__name="又迟到公司")
    home.lay(mails.mail("slow@example.cn", "回复：需要修改", "", [("T3.xlsx", mended), ("盖章.pdf", samples.PDF)]), clock(30))
    home.run("run", now=clock(31), check=0)
    last = home.json("log", "--from", "slow@example.cn", now=DAY)[-1]
    assert last["outcome"] == "accepted" and last["entries"] == ["T3-0001"], last


def test_a_twin_is_none():
    home = fresh("twin")
    twin = [m for m in decided(home, "duplicate") if m["from"] == "colleague@lvyuan.example.cn"][0]
    wb = sealed.book([(of_message(home, twin, "twin"), "非重复", "")], "twin")
    returned(home, wb, clock(1))
    assert message(home, twin["sha256"])["entries"] == ["T4-0002"] and message(home, twin["sha256"])["outcome"] == "duplicate"
    assert history(home, "T4-0002")[1][:2] == ("not_twin", OFFICE)
    assert [q for q in mails_of(home, "receipt") if q["to"] == "colleague@lvyuan.example.cn"]
    same = [m for m in decided(home, "duplicate") if m["from"] == "lvyuan@qq.com"][0]
    returned(home, sealed.book([(of_message(home, same, "twin"), "重复", "")], "twin"), clock(2))
    assert message(home, same["sha256"])["entries"] == []
    ask = decided(home, "unrecognised")[0]
    queued = len(home.json("queue", now=DAY))
    m = returned(home, sealed.book([(of_message(home, ask, "read"), "已处理", "已电话答复"),
                                    (of_message(home, ask, "late"), "受理", "", "逾期待裁")], "read"), clock(3))
    assert "1 done" in m["detail"] and len(m["problems"]) == 1, m
    assert len(home.json("queue", now=DAY)) == queued + 1  # the transcript only
    home.run("verify", now=clock(4), check=0)


def test_a_late_twin_needs_both():
    home = fresh("latetwin")
    form = samples.form(home, "T4", org__name="河北绿源数据科技有限公司", project__title="寒区数据中心间接蒸发冷却改造",
                        contact__name="王五")
    data = mails.mail("third@example.cn", "T4", "", [("T4.xlsx", form), ("盖章.pdf", samples.PDF)])
    home.lay(data, "2023-04-01T08:00:00+08:00")
    home.run("run", now=clock(0), check=0)
    late = message(home, hashlib.sha256(data).hexdigest())
    assert late["outcome"] == "late", late
    m = returned(home, sealed.book([(of_message(home, late, "late"), "受理", "")], "late"), clock(1))
    assert "1 done" in m["detail"] and message(home, late["sha256"])["entries"] == []
    assert "疑似重复" in text_of(sent(home, mails_of(home, "decision")[0]["message_id"]))
    returned(home, sealed.book([(of_message(home, late, "twin", 1), "非重复", "")], "twin"), clock(2))
    assert message(home, late["sha256"])["entries"] == ["T4-0002"]


# ---- from disk, and again from the journal

def save(home, name, wb):
    path = os.path.join(home.path, name)
    with open(path, "wb") as f:
        f.write(sealed.data(wb))
    return path


def test_from_disk():
    home = fresh("disk")
    path = save(home, "a.xlsx", sealed.book([(tok(home, "T1-0001"), "通过", ""), (tok(home, "T4-0001"), "补正", "")]))
    again = os.path.join(home.path, "again.xlsx")
    r = home.run("decide", "-o", again, path, now=clock(1), check=0)
    assert "T1-0001" in r.stdout and "1 done" in r.stdout and "待资格审核!C4" in r.stdout, r.stdout
    assert states(home)["T1-0001"] == "eligible"
    assert history(home, "T1-0001")[-1][1].startswith("operator "), history(home, "T1-0001")
    assert openpyxl.load_workbook(again)["资格审核"]
    assert mails_of(home, "decision") == []
    home.run("decide", path, now=clock(2), check=0)  # stands already
    with open(os.path.join(home.path, "spool/archive/journal"), encoding="utf-8") as f:
        lines = [json.loads(x) for x in f if '"kind":"decision"' in x]
    assert len(lines) == 1 and lines[0]["name"].startswith("operator "), lines
    home.run("verify", now=clock(3), check=0)


def test_from_disk_refused():
    home = fresh("disk65")
    cases = [sealed.book([(tok(home, "T1-0001")[:-1] + "g", "通过", "")]), sealed.book([(tok(home, "T1-0001"), "", "")]),
             sealed.book([(tok(home, "T1-0001"), "不通过", "")]), openpyxl.Workbook()]
    for wb in cases:
        home.run("decide", save(home, "x.xlsx", wb), now=clock(1), check=65)
    home.run("decide", os.path.join(home.path, "nothing.xlsx"), now=clock(1), check=66)
    home.run("decide", os.path.join(home.path, "rules/mail.yaml"), now=clock(1), check=65)
    home.run("decide", now=clock(1), check=64)
    assert states(home)["T1-0001"] == "accepted"
    home.run("verify", now=clock(3), check=0)


def all_of(home):
    """What must come back: entries with their histories, messages with their entries, mails with their ids."""
    return ({n: history(home, n) for n in states(home)}, states(home),
            [(m["sha256"], m["outcome"], m["entries"], m["detail"], [p["problem"] for p in m["problems"]])
             for m in home.json("log", now=DAY)],
            sorted((q["kind"], q["to"], q["subject"], q["message_id"]) for q in home.json("queue", now=DAY)
                   if q["kind"] not in ("digest", "notice")))  # no message made these


def test_a_lost_database_comes_back():
    home = fresh("replay")
    late = [m for m in decided(home) if m["from"] == "tardy@example.cn"][0]
    twin = [m for m in decided(home, "duplicate") if m["from"] == "colleague@lvyuan.example.cn"][0]
    path = save(home, "late.xlsx", sealed.book([(of_message(home, late, "late"), "受理", "同意"),
                                                (tok(home, "T4-0001"), "不通过", "境外", "待资格审核")], "late"))
    home.run("decide", path, now=clock(1), check=0)
    returned(home, sealed.book([(tok(home, "T1-0001"), "通过", ""), (tok(home, "T5-0001"), "补正", "缺页"),
                                (tok(home, "T7-0001")[:-1], "通过", ""),
                                (of_message(home, twin, "twin"), "非重复", "", "疑似重复")]), clock(2))
    returned(home, sealed.book([(tok(home, "T4-0001"), "通过", "已核实")]), clock(3), sender="evil@qq.com")
    path = save(home, "b.xlsx", sealed.book([(tok(home, "T4-0001"), "通过", "已核实")]))
    home.run("decide", path, now=clock(4), check=0)
    home.run("run", now=clock(5), check=0)
    before = all_of(home)
    assert len(before[0]) == 6 and before[1]["T4-0001"] == "eligible", before[1]
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=clock(6), check=0)
    after = all_of(home)
    for a, b in zip(before, after):
        assert a == b, (a, b)
    home.run("verify", now=clock(7), check=0)


def test_stopped_anywhere_it_is_done_once():
    for at in ("journal.write", "journal.sync", "journal.synced", "lay.rename"):
        home = fresh("crash")
        late = [m for m in decided(home) if m["from"] == "tardy@example.cn"][0]
        path = save(home, "late.xlsx", sealed.book([(of_message(home, late, "late"), "受理", "同意")], "late"))
        home.run("decide", path, now=clock(1), env={"XINLV_CRASH_AT": at})
        home.run("decide", path, now=clock(2), check=0)
        home.run("run", now=clock(3), check=0)
        assert message(home, late["sha256"])["entries"] == ["T2-0001"], at
        assert [h[0] for h in history(home, "T2-0001")] == ["accepted", "take"], at
        assert len([q for q in mails_of(home, "receipt") if q["to"] == "tardy@example.cn"]) == 1, at
        home.run("verify", now=clock(4), check=0)


def test_late_files_for_an_entry_wait_for_a_ruling():
    home = fresh("late-files")
    sender = home.json("show", "T4-0001", now=DAY)[0]["sender"]
    def sends(name):
        data = mails.mail(sender, "T4-0001 补充材料", "请补充。", [(name, samples.PDF + name.encode())])
        home.lay(data, clock(1))
        home.run("run", now=clock(1), check=0)
        return message(home, hashlib.sha256(data).hexdigest())
    taken, refused = sends("检测报告.pdf"), sends("证书.pdf")
    assert taken["outcome"] == refused["outcome"] == "late" and taken["entry"] is None, (taken, refused)
    told = [sent(home, m["message_id"]) for m in mails_of(home, "late_files")]
    assert len(told) == 2 and "已登记的申报不受影响" in text_of(told[0]) and "检测报告.pdf" in text_of(told[0])
    home.run("digest", now=clock(2), check=0)
    digest = [m for m in home.outbox(digest=True) if (m["X-Xinlv"] or "").endswith(" digest")][-1]
    books = [openpyxl.load_workbook(io.BytesIO(p.get_payload(decode=True))) for p in digest.iter_attachments()
             if (p.get_filename() or "").endswith(".xlsx")]
    late = [ws for wb in books for ws in wb if ws.title == "逾期待裁"][0]
    assert sum("T4-0001的补充材料" in str(c.value) for row in late.iter_rows() for c in row) == 2
    wb = sealed.book([(of_message(home, taken, "late"), "受理", ""), (of_message(home, refused, "late"), "不予受理", "已过期")],
                     "late")
    returned(home, wb, clock(3))
    files = home.json("show", "T4-0001", now=DAY)[0]["files"]
    assert [f["name"] for f in files if f["supplement"]] == ["检测报告.pdf"], files
    assert len(mails_of(home, "supplement")) == 1
    assert message(home, taken["sha256"])["outcome"] == "late"
    # What was filed stays filed, and is filed once.
    returned(home, sealed.book([(of_message(home, taken, "late", 1), "不予受理", "改主意")], "late"), clock(4))
    returned(home, sealed.book([(of_message(home, taken, "late", 1), "受理", "再次")], "late"), clock(5))
    files = home.json("show", "T4-0001", now=DAY)[0]["files"]
    assert [f["name"] for f in files if f["supplement"]] == ["检测报告.pdf"], files
    home.run("verify", now=clock(6), check=0)
    assert home.run("replay", now=clock(6)).returncode == 0


def test_a_colleague_who_names_an_entry_is_read_by_a_person():
    home = fresh("colleague")
    data = mails.mail("colleague@example.cn", "T4-0001 补充材料", "请补充。", [("检测报告.pdf", samples.PDF)])
    home.lay(data, clock(1))
    home.run("run", now=clock(1), check=0)
    m = message(home, hashlib.sha256(data).hexdigest())
    assert m["outcome"] == "unrecognised" and m["problems"] == [], m
    assert "colleague@example.cn" in {q["to"] for q in mails_of(home, "unrecognised")}

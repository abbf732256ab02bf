"""The secretariat's morning: when the digest goes out, what it says, and the two workbooks that come with it."""
import io
import os
import random
import re
import sqlite3
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import openpyxl
import home as homes
import mails
import samples

WHERE = homes.STORY
DECIDE = {"待资格审核": "eligibility", "待形式审查": "formal", "逾期待裁": "late", "待人工阅读": "read", "联系不上": "read",
          "疑似重复": "twin"}
SHEETS = ["概览", "待资格审核", "待形式审查", "逾期待裁", "退回待改", "待人工阅读", "联系不上", "疑似重复", "疑似雷同", "变更与撤回", "全部项目"]
HOSTILE = ["=HYPERLINK(\"http://evil.example/\",\"中奖\")", "+cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3", "<b>&amp;</b>\x0b"]
_busy = None


def fresh(name, office=None):
    home = homes.Home.fresh(os.path.join(WHERE, name))
    home.run("forms", check=0)
    if office:
        path = os.path.join(home.path, "rules/mail.yaml")
        text = open(path, encoding="utf-8").read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("  - 大赛秘书处 <office@example.org>\n", "".join("  - %s\n" % a for a in office)))
    return home


def digests(home):
    return [m for m in home.outbox(digest=True) if "日报" in m["Subject"]]


def text(mail):
    return mail.get_body(("plain",)).get_content()


def books(mail):
    return [(a.get_filename(), a.get_content()) for a in mail.iter_attachments()]


def busy():
    """A contest with something of every kind, and texts that would be formulas; its digest of 1 April."""
    global _busy
    if _busy:
        return _busy
    home = fresh("busy")
    for _, at, data, _ in list(samples.first_day(home)) + list(samples.last_days(home)):
        home.lay(data, at)
    for i, evil in enumerate(HOSTILE):
        form = samples.form(home, "T4", org__name="恶意%d有限公司" % i, project__title=evil.replace("\x0b", "") + "示范工程项目")
        home.lay(mails.mail("evil%d@example.cn" % i, evil, files=[("表.xlsx", form)]), "2023-03-30T10:0%d:00+08:00" % i)
        home.lay(mails.mail("ask%d@example.cn" % i, evil, evil + "请问参赛单位的分公司能不能单独盖章？另外联合申报怎么署名？",
                            name=evil), "2023-03-30T11:0%d:00+08:00" % i)
    home.run("run", now="2023-04-01T09:00:00+08:00", check=0)
    _busy = home, digests(home)[0]
    return _busy


def test_once_a_day_to_each_of_the_office():
    home = fresh("once", ["甲 <a@example.org>", "乙 <b@example.org>"])
    home.run("run", now="2023-03-01T08:29:59+08:00", check=0)
    assert digests(home) == []
    home.run("run", now="2023-03-01T08:30:00+08:00", check=0)
    first = digests(home)
    assert sorted(m["To"] for m in first) == ["乙 <b@example.org>", "甲 <a@example.org>"] or len(first) == 2, first
    assert len({m["Message-ID"] for m in first}) == 2
    for m in first:
        assert m["Auto-Submitted"] == "auto-generated", m["Auto-Submitted"]
    for later in ("2023-03-01T08:31:00+08:00", "2023-03-01T23:59:00+08:00", "2023-03-02T08:29:00+08:00"):
        home.run("run", now=later, check=0)
    assert len(digests(home)) == 2
    home.run("run", now="2023-03-02T08:30:00+08:00", check=0)
    assert len(digests(home)) == 4
    home.run("run", now="2023-03-01T12:00:00+08:00", check=0)
    assert len(digests(home)) == 4, "a clock set back made another one"


def test_an_empty_day():
    home = fresh("empty")
    home.run("run", now="2023-03-01T09:00:00+08:00", check=0)
    m = digests(home)[0]
    assert "没有需要人工处理" in text(m) and "距征集截止还有30天" in text(m), text(m)
    assert "来信0封" in m["Subject"] and "待处理" not in m["Subject"], m["Subject"]
    assert len(books(m)) == 2


def test_neither_fetch_nor_send_make_one():
    home = fresh("stages")
    home.run("fetch", now="2023-03-01T09:00:00+08:00", check=0)
    home.run("send", now="2023-03-01T09:00:00+08:00", check=0)
    assert digests(home) == []


def test_missed_days_come_in_one():
    home = fresh("missed")
    home.run("run", now="2023-03-01T09:00:00+08:00", check=0)
    home.lay(mails.mail("x@example.cn", "谢谢", "收到，谢谢"), "2023-03-02T10:00:00+08:00")
    home.lay(mails.mail("y@example.cn", "谢谢", "收到，谢谢"), "2023-03-03T10:00:00+08:00")
    home.run("run", now="2023-03-04T09:00:00+08:00", check=0)
    assert len(digests(home)) == 2
    says = text(digests(home)[1])
    assert "3月1日" in says and "至3月3日" in says and "来信2封" in says, says
    assert "停运" in says, says


def test_asked_for_at_any_hour():
    home = fresh("asked")
    home.run("digest", now="2023-03-01T06:00:00+08:00", check=0)
    assert len(digests(home)) == 1
    home.run("digest", now="2023-03-01T06:00:00+08:00", check=0)
    assert len(digests(home)) == 1, "the same moment made two"
    home.run("run", now="2023-03-01T08:30:00+08:00", check=0)
    assert len(digests(home)) == 2, "the morning's own is still due"
    home.run("digest", now="2023-03-01T15:00:00+08:00", check=0)
    assert len(digests(home)) == 3
    assert len({m["Message-ID"] for m in digests(home)}) == 3
    home.run("digest", "today", now="2023-03-01T15:00:00+08:00", check=64)


def test_a_crash_makes_it_neither_twice_nor_not_at_all():
    home = fresh("crash")
    now = "2023-03-01T08:30:00+08:00"
    r = home.run("run", now=now, env={"XINLV_CRASH_AT": "digest.queued"})
    assert r.returncode < 0, r
    assert digests(home) == []
    home.run("run", now=now, check=0)
    home.run("run", now=now, check=0)
    assert len(digests(home)) == 1


def test_what_it_says():
    _, m = busy()
    says = text(m)
    for part in ("征集已于3月31日（星期五）24:00截止", "待人工阅读的来信", "逾期到达，待裁定", "疑似重复，待判定", "tardy@example.cn",
                 "张三 13800138000", "与T4-0001相同", "信息通信行业自身节能降碳：", "审计记录第"):
        assert part in says, (part, says)
    assert re.search(r"另有\d+件，见附件", says), says
    html = m.get_body(("html",)).get_content()
    assert "<img" not in html and "src=" not in html, "a remote picture"
    assert "<b>&amp;amp;</b>" not in html and HOSTILE[0] not in html
    assert len(bytes(m)) < 10 << 20


def test_the_audit_hash_is_the_chain():
    home = fresh("audit")
    home.run("run", now="2023-03-01T09:00:00+08:00", check=0)
    import sqlite3
    no, digest = re.search(r"审计记录第(\d+)条：([0-9a-f]{64})", text(digests(home)[0])).groups()
    db = sqlite3.connect(os.path.join(home.path, "spool/xinlv.db"))
    assert db.execute("SELECT lower(hex(hash)) FROM audit WHERE id = ?", (no,)).fetchone()[0] == digest
    home.run("verify", now="2023-03-01T09:00:00+08:00", check=0)


def test_figures_carry_nobody():
    _, m = busy()
    name, data = books(m)[0]
    assert "概览" in name, name
    wb = openpyxl.load_workbook(io.BytesIO(data))
    assert wb.sheetnames == ["概览"] and len(wb["概览"]._charts) == 3
    for row in wb["概览"].iter_rows(values_only=True):
        for value in row:
            assert not re.search(r"@|1[3-9]\d{9}|张三|有限公司", str(value or "")), value
    assert "_xinlv" not in str(zipfile.ZipFile(io.BytesIO(data)).read("xl/workbook.xml"))


def sealed():
    return books(busy()[1])[1]


def test_sheets_of_the_workbook():
    wb = openpyxl.load_workbook(io.BytesIO(sealed()[1]))
    assert wb.sheetnames == SHEETS + ["_xinlv"], wb.sheetnames
    assert wb["_xinlv"].sheet_state == "hidden"
    about = {r[0]: r[1] for r in wb["_xinlv"].iter_rows(values_only=True)}
    assert about["kind"] == "decision" and about["edition"] == "xinlv-2023", about
    assert about["made"] == "2023-04-01T09:00:00+08:00", about
    for name in SHEETS[1:]:
        ws = wb[name]
        assert ws.freeze_panes == "B3" and ws.auto_filter.ref, name
        assert ws.print_title_rows == "$1:$2", (name, ws.print_title_rows)


def test_rows_to_decide_carry_their_seal():
    home, _ = busy()
    wb = openpyxl.load_workbook(io.BytesIO(sealed()[1]))
    known = {m["sha256"] for m in home.json("log", now="2023-04-01T09:00:00+08:00")}
    numbers = {e["number"] for e in home.json("list", now="2023-04-01T09:00:00+08:00")}
    for name, kind in DECIDE.items():
        ws = wb[name]
        head = [c.value for c in ws[2]]
        assert head[-3:] == ["决定", "理由", "_xinlv"], head
        assert ws.protection.sheet
        assert ws.column_dimensions[ws.cell(2, len(head)).column_letter].hidden, name
        for row in ws.iter_rows(min_row=3):
            k, role, _, ref, version, mac = row[-1].value.split(":")
            assert k == kind and role == "office" and len(mac) == 24, row[-1].value
            if ref in numbers:
                assert version == "1" and ref == row[0].value
            else:
                assert ref in known and version == "0", row[-1].value
            assert not row[-3].protection.locked and not row[-2].protection.locked and row[0].protection.locked
        if ws.max_row > 2:
            assert len(ws.data_validations.dataValidation) == 1, name
    assert wb["待资格审核"].max_row - 2 == len(numbers)
    assert "通过,不通过,补正" in wb["待资格审核"].data_validations.dataValidation[0].formula1


def test_no_text_becomes_a_formula():
    for name, data in books(busy()[1]):
        z = zipfile.ZipFile(io.BytesIO(data))
        for member in z.namelist():
            if member.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in z.read(member) and b"<hyperlink" not in z.read(member), (name, member)
        for ws in openpyxl.load_workbook(io.BytesIO(data)):
            for row in ws.iter_rows():
                for c in row:
                    assert c.data_type != "f", (ws.title, c.coordinate, c.value)
    wb = openpyxl.load_workbook(io.BytesIO(sealed()[1]))
    subjects = [c.value for c in wb["待人工阅读"]["B"]]
    assert HOSTILE[0] in subjects, subjects


def test_who_is_stuck_and_who_came_back():
    home = fresh("stuck")
    bad = samples.form(home, "T4", org__name="卡住科技有限公司", contact__name="赵大年", contact__mobile="13911112222",
                       project__title="")
    for i in (1, 2):
        home.lay(mails.mail("stuck@example.cn", "参赛申报", "请查收第%d次" % i, files=[("表.xlsx", bad)]),
                 "2023-03-2%dT10:00:00+08:00" % i)
        home.run("run", now="2023-03-2%dT10:05:00+08:00" % i, check=0)
    home.run("run", now="2023-03-23T08:30:00+08:00", check=0)
    says = text(digests(home)[-1])
    assert "多次退回，尚未重新提交" in says and "赵大年 13911112222" in says and "已退回2次" in says, says
    ws = openpyxl.load_workbook(io.BytesIO(books(digests(home)[-1])[1][1]))["退回待改"]
    assert [c.value for c in ws[3]][:2] == ["多次退回", 2], [c.value for c in ws[3]]
    home.lay(mails.mail("stuck@example.cn", "参赛申报", files=[("表.xlsx", samples.form(home, "T4"))]),
             "2023-03-23T10:00:00+08:00")
    home.run("run", now="2023-03-24T08:30:00+08:00", check=0)
    assert "尚未重新提交" not in text(digests(home)[-1]), text(digests(home)[-1])


def test_many_still_read_well():
    home = fresh("many")
    for i in range(60):
        home.lay(mails.mail("p%d@example.cn" % i, "第%d个问题" % i, "请问参赛单位的分公司能不能单独盖章？联合申报怎么署名？"),
                 "2023-03-01T10:00:00+08:00")
    home.run("run", now="2023-03-02T09:00:00+08:00", check=0)
    says = text(digests(home)[0])
    assert "来信60封" in says and "另有55件，见附件" in says, says
    assert len(says.splitlines()) < 80
    ws = openpyxl.load_workbook(io.BytesIO(books(digests(home)[0])[1][1]))["待人工阅读"]
    assert ws.max_row == 62


def test_it_comes_back_and_is_applied():
    home = fresh("back")
    for label, at, data, _ in samples.accepted(home):
        home.lay(data, at)
    home.lay(mails.mail("ask@example.cn", "请教", "请问参赛单位的分公司能不能单独盖章？联合申报怎么署名？"), "2023-03-29T10:00:00+08:00")
    home.run("run", now="2023-03-30T09:00:00+08:00", check=0)
    wb = openpyxl.load_workbook(io.BytesIO(books(digests(home)[0])[1][1]))
    ws = wb["待资格审核"]
    number = ws["A3"].value
    columns = {c.value: c.column for c in ws[2]}
    ws.cell(3, columns["决定"]).value = "通过"
    ask = wb["待人工阅读"]
    columns = {c.value: c.column for c in ask[2]}
    ask.cell(3, columns["决定"]).value = "已处理"
    path = os.path.join(home.path, "back.xlsx")
    wb.save(path)
    home.run("decide", path, now="2023-03-30T10:00:00+08:00", check=0)
    states = {e["number"]: e["state"] for e in home.json("list", now="2023-03-30T10:00:00+08:00")}
    assert states[number] == "eligible", states
    home.run("run", now="2023-03-31T09:00:00+08:00", check=0)
    m = digests(home)[1]
    assert "没有需要人工处理" in text(m) and "待形式审查1项" in text(m), text(m)
    wb = openpyxl.load_workbook(io.BytesIO(books(m)[1][1]))
    assert wb["待形式审查"]["A3"].value == number and ":2:" in wb["待形式审查"].cell(3, wb["待形式审查"].max_column).value
    home.run("verify", now="2023-03-31T09:00:00+08:00", check=0)


def test_why_a_workbook_could_not_be_made_is_said():
    """The fault is told, and not that the program which wrote the workbook was given half of one."""
    home = busy()[0].copy(os.path.join(WHERE, "half"))
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    key, = db.execute("SELECT entry FROM entry_state WHERE state = 'accepted' ORDER BY entry LIMIT 1").fetchone()
    db.execute("INSERT INTO event(entry, at, event, state, personal) VALUES (?, 1680300000, 'amend', '', x'')", (key,))
    db.execute("DROP TABLE event_personal")
    db.commit()
    db.close()
    r = home.run("digest", now="2023-04-01T10:00:00+08:00")
    assert r.returncode == 70 and "event_personal" in r.stderr.splitlines()[-1], (r.returncode, r.stderr)


def many(home, n, chars):
    """n more entries as the database would have them, each with long texts that no packing makes small."""
    draw = random.Random(7)
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    for i in range(n):
        texts = ["".join(chr(draw.randrange(0x4e00, 0x9fa5)) for _ in range(chars)) for _ in range(2)]
        key = db.execute("INSERT INTO entry(number, track, track_seq, seq, form, received, accepted, title, org, uscc, org_kind,"
                         " province, edition, form_version, token, folder, personal) VALUES (?, 'T4', ?, 1, ?, 1680000000, 1680000000,"
                         " ?, ?, '', '', '', '', '', '', 'x', x'')", ("T4-%d" % (5000 + i), 5000 + i, 5000 + i, *texts)).lastrowid
        db.execute("INSERT INTO event(entry, at, event, state, personal) VALUES (?, 1680000000, 'accepted', 'accepted', x'')", (key,))
    db.commit()
    db.close()


def test_what_a_large_workbook_leaves_out_is_told_beside_what_is_awaited():
    home = busy()[0].copy(os.path.join(WHERE, "large"))
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    key, = db.execute("SELECT entry FROM entry_state WHERE state = 'accepted' ORDER BY entry LIMIT 1").fetchone()
    db.execute("INSERT INTO event(entry, at, event, state, personal) VALUES (?, 1680300000, 'amend', '', x'')", (key,))
    db.commit()
    db.close()
    many(home, 1600, 1400)
    home.run("digest", now="2023-04-01T10:00:00+08:00", check=0)
    book = openpyxl.load_workbook(io.BytesIO(books(digests(home)[-1])[-1][1]), read_only=True)
    rows = [[c or "" for c in row] for row in book["待资格审核"].iter_rows(values_only=True)]
    decided = [r for r in rows if str(r[-1]).startswith("eligibility:")]
    told = "".join(str(c) for r in rows[-3:] for c in r if "另有" in str(c))
    waiting = sum(e["state"] == "accepted" for e in home.json("list", now="2023-04-01T10:00:00+08:00")) - 1  # but what is awaited
    assert len(decided) == 1000 and "另有1项已请对方补正" in told, (len(decided), told[-300:])
    assert "另有%d件未列入本表" % (waiting - 1000) in told, (waiting, told[-300:])


def test_a_mail_that_failed_is_told_when_it_did():
    """Nobody can take it off the list: the old ones must not stand before the new ones for the rest of the contest."""
    home = busy()[0].copy(os.path.join(WHERE, "failed"))
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    ids = [i for i, in db.execute("SELECT id FROM outbox WHERE kind NOT LIKE 'digest%' ORDER BY id LIMIT 9")]
    last = homes.moment("2023-04-03T15:00:00+08:00")
    for i in ids:
        db.execute("UPDATE outbox SET state = 'failed', error = ?, account = 'x', tried = ? WHERE id = ?",
                   ("550 no %d" % i, last - (i != ids[-1]) * 5 * 86400, i))
    db.commit()
    db.close()
    for day, told in ((4, ["550 no %d" % ids[-1]]), (5, [])):
        home.run("digest", now="2023-04-%02dT08:40:00+08:00" % day, check=0)
        mail = text(digests(home)[-1])
        assert re.findall(r"550 no \d+", mail) == told, (day, mail)
        assert "失败9封" in mail, mail

"""What entrants really send, and what becomes of it: the form that comes back to be mended, checks before submitting,
supplements, forwards, questions.  Each test has a home of its own, made from one with its forms."""
import email
import email.policy
import io
import os
import shutil
import sys

import openpyxl

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import compound
import forms
import home as homes
import mails
import samples

WHERE = homes.STORY
DAY = "2023-03-20T09:00:00+08:00"
LATER = "2023-03-21T09:00:00+08:00"
_base = None


def fresh(name):
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "base"))
        _base.run("forms", check=0)
    return _base.copy(os.path.join(WHERE, name))


def tick(home, now, **more):
    """A run without the digest, which is another story's."""
    home.run("fetch", now=now, **more)
    home.run("send", now=now, **more)


def send(home, data, at=DAY, now=None):
    """Lays the mail, runs the robot; the message's line of the log and the mails that the run sent."""
    before = {m["Message-ID"] for m in home.outbox()}
    home.lay(data, at)
    tick(home, now or at, check=0)
    return home.json("log", now=now or at)[-1], [m for m in home.outbox() if m["Message-ID"] not in before]


def files_of(mail):
    return {p.get_filename(): p.get_payload(decode=True) for p in mail.walk() if p.get_filename()}


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def answer(mail, sender, text="", files=(), subject=None, headers=()):
    """A person's answer to a mail of ours."""
    return mails.mail(sender, subject or "回复：" + mail["Subject"], text, files,
                      headers=["In-Reply-To: " + mail["Message-ID"], "References: " + mail["Message-ID"]] + list(headers))


def mend(data, **values):
    """The workbook with these cells filled anew, by their defined names."""
    return forms.fill(io.BytesIO(data), {k.replace("__", "."): v for k, v in values.items()})


def faulty(home, code="T5", **more):
    return samples.form(home, code, **{**dict(org__uscc="91350100M000100Y", contact__mobile="1380013"), **more})


PAPERS = [("盖章.pdf", samples.PDF), ("绿色电力交易凭证.pdf", samples.PDF + b"% 2\n")]
GOOD = dict(org__uscc="91350100M000100Y43", contact__mobile="13800138000")


def red_cells(ws):
    """Addresses of the cells with a note, that the workbook marks."""
    return {c.coordinate: c.comment.text for row in ws.iter_rows() for c in row if c.comment}


# ---- the corrected form

def test_a_fault_report_carries_the_form_to_be_mended():
    home = fresh("corrected")
    m, out = send(home, mails.mail("guangfu@126.com", "赛项五", "", [("申报表.xlsx", faulty(home)), ("盖章.pdf", samples.PDF)]))
    assert m["outcome"] == "rejected", m
    (name, data), = files_of(out[0]).items()
    assert name.startswith("T5-") and name.endswith(".xlsx"), name
    assert name in text_of(out[0]) and "标红" in text_of(out[0])
    wb = openpyxl.load_workbook(io.BytesIO(data))
    assert wb.sheetnames[0] == "问题清单", wb.sheetnames
    problems = wb["问题清单"]
    said = [str(c.value) for row in problems.iter_rows() for c in row if c.value]
    assert sum("91350100M000100Y" in s for s in said) == 1, said
    for key, value in (("org.uscc", "91350100M000100Y"), ("contact.mobile", "1380013")):
        ws, row, column, _ = forms.target(wb, forms.name_of(key))
        cell = ws.cell(row, column)
        assert str(cell.value) == value and cell.comment and cell.comment.text, (key, cell.value)
        assert any(c.hyperlink and cell.coordinate in str(c.value) for r in problems.iter_rows() for c in r), key
    ws, row, column, _ = forms.target(wb, forms.name_of("project.title"))
    assert ws.cell(row, column).value and not ws.cell(row, column).comment
    # mended where it is red, and sent back with no number, from another mail program
    whole = mend(data, **GOOD)
    m, out = send(home, answer(out[0], "guangfu@126.com", "", [("a.xlsx", whole)] + PAPERS, subject=" "), LATER)
    assert m["outcome"] == "accepted", m
    assert not [p for p in m["problems"] if p["severity"] == "error"]
    home.run("verify", now=LATER, check=0)


def test_the_corrected_form_says_the_same():
    """What was poured in is what was sent: every value that had no fault is read back from the mended form."""
    home = fresh("same")
    sent = faulty(home, "T4")
    path = os.path.join(WHERE, "sent.xlsx")
    with open(path, "wb") as f:
        f.write(sent)
    _, out = send(home, mails.mail("a@qq.com", "T4", "", [("申报表.xlsx", sent), ("盖章.pdf", samples.PDF)]))
    back = os.path.join(WHERE, "back.xlsx")
    with open(back, "wb") as f:
        f.write(next(iter(files_of(out[0]).values())))
    import json
    before, after = (json.loads(home.run("validate", "--json", p, now=DAY, check=1).stdout) for p in (path, back))
    assert before["fields"] == after["fields"]
    assert [p["field"] for p in before["problems"]] == [p["field"] for p in after["problems"]], (before, after)


def test_a_faulty_row_of_a_table_is_marked_in_its_row():
    home = fresh("row")
    data = samples.form(home, "T4", members__name=["张三", "李四"], members__unit=["绿源数据科技有限公司", None])
    m, out = send(home, mails.mail("a@qq.com", "T4", "", [("申报表.xlsx", data), ("盖章.pdf", samples.PDF)]))
    faults = [p for p in m["problems"] if p["severity"] == "error" and p["field"].startswith("members.")]
    assert faults, m["problems"]
    wb = openpyxl.load_workbook(io.BytesIO(next(iter(files_of(out[0]).values()))))
    ws, row, column, _ = forms.target(wb, forms.name_of(faults[-1]["field"]))
    assert ws.cell(row + 1, column).comment, faults


def test_each_form_of_a_mail_comes_back():
    home = fresh("several")
    files = [("甲.xlsx", faulty(home, "T5", project__title="第一项目")), ("乙.xlsx", faulty(home, "T3", project__title="第二项目"))]
    m, out = send(home, mails.mail("two@qq.com", "两个项目", "", files))
    assert m["outcome"] == "rejected"
    back = files_of(out[0])
    assert sorted(n[:2] for n in back) == ["T3", "T5"], list(back)
    for name in back:
        assert name in text_of(out[0]), name


def test_one_scan_for_two_forms():
    """Both want it, and only one came: it is for both, and that is told; of two that could be meant none is given on a guess."""
    home = fresh("shared")
    with open(home.path + "/rules/form.yaml", encoding="utf-8") as f:
        rules = f.read()
    with open(home.path + "/rules/form.yaml", "w", encoding="utf-8") as f:
        f.write(rules.replace("\nfiles:\n", "\nfiles:\n  - {key: licence, label: 营业执照, required: true, formats: [pdf, jpg], names: [营业执照]}\n"))
    home.run("forms", now=DAY, check=0)

    def two(sender, *names):
        forms_ = [(n + ".xlsx", samples.form(home, code, project__title=n + "园区绿色改造项目", org__name="绿源" + sender + "有限公司"))
                  for n, code in (("甲", "T4"), ("乙", "T3"))]
        files = [(n, samples.PDF + n.encode()) for n in names]
        return send(home, mails.mail(sender + "@qq.com", "两个项目", "", forms_ + files))
    m, out = two("one", "营业执照.pdf", "盖章.pdf")
    assert m["outcome"] == "accepted" and len(m["entries"]) == 2, m
    for number in m["entries"]:
        whole = home.json("show", number, now=DAY)[0]
        assert "营业执照.pdf" in [f["name"] for f in whole["files"]], whole["files"]
        for f in whole["files"]:
            assert os.path.getsize(os.path.join(home.path, f["path"])) == f["bytes"], f
    said = [text_of(x) for x in out if "one@qq.com" in str(x["To"])]
    assert "“营业执照.pdf”已同时作为其中2份的附件" in said[0], said
    m, out = two("both", "营业执照1.pdf", "营业执照2.pdf")
    assert m["outcome"] == "rejected" and "无法判断这2个文件属于哪一份" in text_of(out[0]), m
    home.run("verify", now=DAY, check=0)


def test_the_last_editions_form_comes_back_as_this_ones():
    home = fresh("migrated")
    wb = openpyxl.load_workbook(io.BytesIO(samples.form(home, "T4", project__title="去年就想报的项目")))
    for row in wb["_xinlv"].iter_rows():
        if row[0].value == "edition":
            row[1].value = "xinlv-2022"
    old = io.BytesIO()
    wb.save(old)
    m, out = send(home, mails.mail("old@qq.com", "T4", "", [("申报表.xlsx", old.getvalue()), ("盖章.pdf", samples.PDF)]))
    assert m["outcome"] == "rejected", m
    (name, data), = files_of(out[0]).items()
    assert "已转入" in name and "已经转入" in text_of(out[0])
    m, _ = send(home, answer(out[0], "old@qq.com", "", [(name, data), ("盖章.pdf", samples.PDF)]), LATER)
    assert m["outcome"] == "accepted", m
    assert home.json("list", now=LATER)[0]["title"] == "去年就想报的项目"


def test_an_empty_form_is_answered_with_an_empty_one():
    home = fresh("empty")
    with open(home.form("T3"), "rb") as f:
        data = f.read()
    m, out = send(home, mails.mail("e@qq.com", "申报", "", [("申报表.xlsx", data)]))
    assert m["outcome"] == "rejected"
    assert [n[:2] for n in files_of(out[0])] == ["T3"], files_of(out[0]).keys()


def test_mended_after_the_closing_by_its_token_alone():
    """From another address, in a new mail: the form itself says which report it answers."""
    home = fresh("token")
    _, out = send(home, mails.mail("boss@qq.com", "T5", "", [("a.xlsx", faulty(home))] + PAPERS),
                  "2023-03-31T23:00:00+08:00", "2023-03-31T23:30:00+08:00")
    whole = mend(next(iter(files_of(out[0]).values())), **GOOD)
    other = [("a.xlsx", whole)] + PAPERS
    m, _ = send(home, mails.mail("clerk@example.cn", "修改后的申报表", "", other), "2023-04-01T08:00:00+08:00")
    assert m["outcome"] == "accepted", m


def test_mended_twice_after_the_closing():
    """Every report tells the time that the first one left, and a third try by a new mail has it too."""
    home = fresh("twice")

    def attempt(mobile, at):
        form = samples.form(home, "T4", contact__mobile=mobile)
        return send(home, mails.mail("again@example.cn", "申报", "", [("T4.xlsx", form), ("盖章.pdf", samples.PDF)]), at)

    m, _ = attempt("1", "2023-03-31T23:00:00+08:00")
    assert m["outcome"] == "rejected", m
    for mobile, at in (("12", "2023-04-02T10:00:00+08:00"), ("123", "2023-04-03T22:00:00+08:00")):
        m, out = attempt(mobile, at)
        assert m["outcome"] == "rejected", m
        says = text_of(out[-1])
        assert "4月3日（星期一）23:00前送达" in says and "请在3月31日" not in says, says
    m, _ = attempt("13900139000", "2023-04-03T23:00:00+08:00")
    assert m["outcome"] == "accepted", m
    m, _ = send(home, mails.mail("other@example.cn", "申报", "", [("T4.xlsx", samples.form(home, "T4"))]), "2023-04-03T22:30:00+08:00")
    assert m["outcome"] == "late", m


def test_a_report_goes_out_without_the_form_when_it_cannot_be_made():
    home = fresh("without")
    programs = os.path.join(WHERE, "programs")
    shutil.rmtree(programs, ignore_errors=True)
    os.makedirs(programs)
    for name in ("xinlv", "xinlv-read"):
        shutil.copy(os.path.join(homes.BUILD, name), programs)
    home.lay(mails.mail("a@qq.com", "T5", "", [("a.xlsx", faulty(home)), ("盖章.pdf", samples.PDF)]), DAY)
    import subprocess
    r = subprocess.run([os.path.join(programs, "xinlv"), "-C", home.path, "--now", DAY, "fetch"], capture_output=True, text=True)
    assert r.returncode == 0 and "could not be made" in r.stderr, r.stderr
    home.run("send", now=DAY, check=0)
    out, = home.outbox()
    assert not files_of(out) and "在您原来的申报表上" in text_of(out)


# ---- supplements

def enter(home, sender="lvyuan@qq.com", code="T4", at=DAY, **more):
    """An accepted entry; its number and its receipt."""
    m, out = send(home, mails.mail(sender, code, "", [("申报表.xlsx", samples.form(home, code, **more))] + PAPERS), at)
    assert m["outcome"] == "accepted", m
    return m["entry"], next(o for o in out if sender in o["To"])


def test_cells_of_a_table_are_read_back_with_their_unit():
    number, receipt = enter(fresh("units"), code="T5")
    row = [line for line in text_of(receipt).splitlines() if "双边交易" in line]
    assert len(row) == 1 and "万千瓦时" in row[0] and "%" in row[0], text_of(receipt)


def test_files_for_an_entry_are_filed_beside_it():
    home = fresh("supplement")
    number, receipt = enter(home)
    before = home.json("show", number, now=DAY)[0]
    test = samples.PDF + b"% measured\n"
    m, out = send(home, answer(receipt, "lvyuan@qq.com", "补充检测报告，请查收", [("节能量检测报告.pdf", test)]), LATER)
    assert m["outcome"] == "supplement" and m["entries"] == [number], m
    assert number in out[0]["Subject"] and "节能量检测报告.pdf" in text_of(out[0])
    import hashlib
    assert hashlib.sha256(test).hexdigest() in text_of(out[0])
    # by the number in the subject, the same day, under the same name
    m, _ = send(home, mails.mail("lvyuan@qq.com", number + " 补充材料", "", [("节能量检测报告.pdf", test + b"2")]), LATER)
    assert m["outcome"] == "supplement", m
    after = home.json("show", number, now=LATER)[0]
    later = [f for f in after["files"] if f["supplement"]]
    assert [f for f in after["files"] if not f["supplement"]] == before["files"]
    assert [f["name"] for f in later] == ["节能量检测报告.pdf"] * 2 and len({f["path"] for f in later}) == 2
    assert all("补充材料-2023-03-21" in f["path"] for f in later), later
    for f in later:
        with open(os.path.join(home.path, f["path"]), "rb") as fd:
            assert hashlib.sha256(fd.read()).hexdigest() == f["sha256"]
        page = os.path.join(home.path, os.path.dirname(f["path"]), "补充说明.txt")
        with open(page, encoding="utf-8") as fd:
            assert number in fd.read()
    assert [h["event"] for h in after["history"]] == ["accepted", "supplement", "supplement"]
    assert after["history"][1]["by"] == "lvyuan@qq.com" and after["fields"] == before["fields"]
    home.run("verify", now=LATER, check=0)


def test_what_the_list_names_is_asked_for():
    home = fresh("listed")
    number, receipt = enter(home, evidence__file=["检测报告.pdf", "查新报告.pdf"],
                            evidence__kind=["核查或检测报告", "其他"])
    _, out = send(home, answer(receipt, "lvyuan@qq.com", "", [("检测报告.pdf", samples.PDF + b"1")]), LATER)
    assert "查新报告.pdf”尚未收到" in text_of(out[0]) and "检测报告.pdf”尚未" not in text_of(out[0])
    _, out = send(home, answer(receipt, "lvyuan@qq.com", "", [("查新报告.pdf", samples.PDF + b"2")]), LATER)
    assert "尚未收到" not in text_of(out[0])


def test_a_strangers_files_are_no_supplement():
    home = fresh("stranger")
    number, _ = enter(home)
    m, _ = send(home, mails.mail("other@qq.com", number + " 补充材料", "请归档", [("报告.pdf", samples.PDF)]), LATER)
    assert m["outcome"] != "supplement" and len(home.json("show", number, now=LATER)[0]["history"]) == 1


def test_supplements_outlive_the_folders_and_the_database():
    home = fresh("outlive")
    number, receipt = enter(home)
    send(home, answer(receipt, "lvyuan@qq.com", "", [("报告.pdf", samples.PDF + b"1"), ("补充说明.txt", b"mine")]), LATER)
    before = home.json("show", number, now=LATER)[0]
    home.run("verify", now=LATER, check=0)
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    shutil.rmtree(home.path + "/spool/tracks")
    tick(home, LATER, check=0)
    assert home.json("show", number, now=LATER)[0] == before
    home.run("verify", now=LATER, check=0)
    later = next(f for f in before["files"] if f["name"] == "报告.pdf")
    with open(os.path.join(home.path, later["path"]), "ab") as f:
        f.write(b"x")
    assert "was changed" in home.run("verify", now=LATER, check=1).stdout


def test_a_supplement_survives_a_kill_at_every_step():
    base = fresh("killed-base")
    number, receipt = enter(base)
    base.lay(answer(receipt, "lvyuan@qq.com", "", [("报告.pdf", samples.PDF + b"1")]), LATER)
    seen = []
    for step in ("supplement.rename", "store.commit", "*:1", "*:2", "*:3", "*:4", "*:6", "*:8", "*:10"):
        home = base.copy(os.path.join(WHERE, "killed"))
        tick(home, LATER, env={"XINLV_CRASH_AT": step})
        tick(home, LATER, check=0)
        home.run("verify", now=LATER, check=0)
        whole = home.json("show", number, now=LATER)[0]
        seen.append((whole["files"], whole["history"], len(home.outbox())))
    assert all(s == seen[0] for s in seen), seen
    assert len([f for f in seen[0][0] if f["supplement"]]) == 1


# ---- checks before submitting

def test_a_check_files_nothing_until_they_say_so():
    home = fresh("precheck")
    whole = [("申报表.xlsx", samples.form(home, "T4"))] + PAPERS
    m, out = send(home, mails.mail("a@qq.com", "预检 赛项四", "", whole))
    assert m["outcome"] == "precheck" and out[0]["Subject"].startswith("【尚未提交】"), m
    assert "【尚未提交】" in text_of(out[0]) and not files_of(out[0])
    for text in ("附件请再看一下", "先不提交，请再检查一遍", "现在可以提交吗？"):
        m, more = send(home, answer(out[0], "a@qq.com", text, whole), LATER)
        assert m["outcome"] == "precheck" and more[0]["Subject"].startswith("【尚未提交】"), (text, m)
    assert home.json("list", now=LATER) == []
    m, more = send(home, answer(out[0], "a@qq.com", "提交", whole), LATER)
    assert m["outcome"] == "accepted", m


def test_a_faulty_check_brings_the_form_and_its_token():
    home = fresh("precheck-faulty")
    m, out = send(home, mails.mail("a@qq.com", "预检", "", [("申报表.xlsx", faulty(home))] + PAPERS))
    assert m["outcome"] == "precheck"
    (name, data), = files_of(out[0]).items()
    assert name in text_of(out[0])
    whole = [("a.xlsx", mend(data, **GOOD))] + PAPERS
    m, _ = send(home, mails.mail("a@qq.com", "申报表", "", whole), LATER)  # a new mail: the form has the token
    assert m["outcome"] == "precheck", m
    m, _ = send(home, mails.mail("a@qq.com", "正式提交申报表", "", whole), LATER)
    assert m["outcome"] == "accepted", m


def test_a_check_of_several_forms():
    home = fresh("precheck-several")
    files = [("甲.xlsx", samples.form(home, "T4", project__title="第一项目")), ("乙.xlsx", faulty(home, "T3"))] + PAPERS
    m, out = send(home, mails.mail("two@qq.com", "预检两个项目", "", files))
    assert m["outcome"] == "precheck" and out[0]["Subject"].startswith("【尚未提交】")
    said = text_of(out[0])
    assert said.count("结果：未发现需要修改之处") == 1 and said.count("结果：需要修改") == 1, said
    assert [n[:2] for n in files_of(out[0])] == ["T3"] and "标红" in said
    m, _ = send(home, answer(out[0], "two@qq.com", "两份都看过了", files), LATER)
    assert m["outcome"] == "precheck", m
    m, _ = send(home, answer(out[0], "two@qq.com", "您好，\n提交。", files), LATER)
    assert m["outcome"] == "accepted" and len(m["entries"]) == 1, m


# ---- no answer wanted

def test_a_wish_for_no_answer_makes_nobody_a_robot():
    home = fresh("suppress")
    quiet = ["X-Auto-Response-Suppress: DR, OOF, AutoReply"]
    m, out = send(home, mails.mail("exchange@example.cn", "T4", "", [("申报表.xlsx", samples.form(home, "T4"))] + PAPERS,
                                   headers=quiet))
    assert m["outcome"] == "accepted", m
    assert not [o for o in out if "exchange@example.cn" in o["To"]]
    assert len(out) == 1 and "请转告提交人" in text_of(out[0]), "the contact hears of it"
    m, out = send(home, mails.mail("exchange@example.cn", "两家单位联合", "我们是两家单位联合，谁来牵头合适呢？", headers=quiet))
    assert m["outcome"] == "unrecognised" and not [o for o in out if "exchange@example.cn" in o["To"]], m
    m, out = send(home, mails.mail("away@example.cn", "自动回复: 申报", "我在休假", headers=quiet))
    assert m["outcome"] == "auto-reply" and not out, m


# ---- questions

def test_a_question_goes_to_the_secretariat_at_once():
    home = fresh("question")
    ask = mails.mail("asks@example.cn", "两个系", "老师好：\n我们学院的两个系想分别组队，当面谈谈好吗", name="王老师")
    m, out = send(home, ask)
    assert m["outcome"] == "unrecognised", m
    to = {o["To"].addresses[0].addr_spec: o for o in out}
    assert set(to) == {"asks@example.cn", "office@example.org"}, to.keys()
    note = to["office@example.org"]
    assert note["Reply-To"].addresses[0].addr_spec == "asks@example.cn" and "两个系" in note["Subject"]
    assert "当面谈谈好吗" in text_of(note) and "王老师" in text_of(note) and note["Auto-Submitted"] == "auto-generated"
    inner, = [p for p in note.walk() if p.get_content_type() == "message/rfc822"]
    assert inner.get_payload(0)["Message-ID"] == email.message_from_bytes(ask)["Message-ID"]
    tick(home, LATER, check=0)
    assert len(home.outbox()) == 2


def test_a_change_names_its_entry():
    home = fresh("change")
    number, receipt = enter(home)
    m, out = send(home, answer(receipt, "lvyuan@qq.com", "申请撤回本项目"), LATER)
    note, = [o for o in out if o["To"].addresses[0].addr_spec == "office@example.org"]
    assert m["outcome"] == "change" and number in note["Subject"] and "申请变更" in note["Subject"]


def test_the_secretariats_own_questions_stay_with_it():
    home = fresh("own-question")
    m, out = send(home, mails.mail("office@example.org", "两个系", "他们想分别组队，好吗"))
    assert m["outcome"] == "unrecognised" and [o["To"].addresses[0].addr_spec for o in out] == ["office@example.org"], m


def test_a_large_question_is_told_without_it():
    home = fresh("large")
    number, _ = enter(home)
    big = [("视频.mp4", os.urandom(6 << 20))]
    m, out = send(home, mails.mail("lvyuan@qq.com", number + " 申请变更", "申请变更项目名称，说明见视频", big), LATER)
    note, = [o for o in out if o["To"].addresses[0].addr_spec == "office@example.org"]
    assert m["outcome"] == "change" and not files_of(note), m
    assert "没有随附" in text_of(note) and "视频.mp4" in text_of(note)


def test_a_question_in_eight_bits_is_enclosed_as_a_file():
    home = fresh("eight-bits")
    raw = mails.mail("asks@example.cn", "两个系", "x").split(b"\r\n\r\n")[0]
    raw = b"\r\n".join(l for l in raw.split(b"\r\n") if not l.startswith(b"Content-"))
    raw += "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n两个系想分别组队，好不好\r\n".encode()
    m, out = send(home, raw)
    note, = [o for o in out if o["To"].addresses[0].addr_spec == "office@example.org"]
    assert m["outcome"] == "unrecognised" and files_of(note) == {"asks@example.cn.eml": raw}, m


# ---- forwards

def original(home, sender="entrant@qq.com", received="Fri, 31 Mar 2023 23:50:00 +0800", **more):
    files = [("申报表.xlsx", samples.form(home, "T4", **more))] + PAPERS
    return mails.mail(sender, "参赛", "请收", files, name="原报名人", to="office@example.org",
                      headers=["Received: from mx by mail.example.org; " + received])


def test_what_the_secretariat_forwards_is_its_writers():
    home = fresh("forwarded")
    m, out = send(home, mails.mail("office@example.org", "转发: 参赛", "请登记", parts=[samples.enclosed(original(home))]),
                  "2023-03-31T23:55:00+08:00")
    assert m["outcome"] == "accepted" and m["from"] == "office@example.org", m
    warning, = [p["problem"] for p in m["problems"] if "office@example.org" in p["problem"]]
    assert "entrant@qq.com" in warning and "23:50" in warning, warning
    entry, = home.json("list", now=LATER)
    assert entry["sender"] == "entrant@qq.com", entry
    to = [o["To"].addresses[0].addr_spec for o in out]
    assert "entrant@qq.com" in to and "office@example.org" not in to, to
    # the same again from its writer is a duplicate of their own
    m, _ = send(home, original(home), "2023-03-31T23:58:00+08:00")
    assert m["outcome"] == "duplicate", m


def test_what_the_secretariat_forwards_from_outlook():
    """A mail dragged to the desktop and attached: who wrote it and when it came stand in the header that Outlook kept."""
    home = fresh("forwarded-msg")
    header = ("Microsoft Mail Internet Headers Version 2.0\r\nReceived: from mx by mail.example.org;\r\n\tFri, 31 Mar 2023 23:50:00 +0800\r\n"
              "From: =?utf-8?B?5Y6f5oql5ZCN5Lq6?= <entrant@qq.com>\r\nContent-Type: multipart/mixed;\r\n\tboundary=x\r\n\r\n")
    letter = compound.msg([("申报表.xlsx", samples.form(home, "T4"))] + PAPERS, header=header, body="请收")
    m, out = send(home, mails.mail("office@example.org", "转发: 参赛", "请登记", [("参赛.msg", letter)]), "2023-03-31T23:55:00+08:00")
    warning, = [p["problem"] for p in m["problems"] if "office@example.org" in p["problem"]]
    assert m["outcome"] == "accepted" and "entrant@qq.com" in warning and "23:50" in warning, m
    assert home.json("list", now=LATER)[0]["sender"] == "entrant@qq.com"


def test_a_late_forward_is_late_and_tells_when_it_was_sent():
    home = fresh("forwarded-late")
    m, out = send(home, mails.mail("office@example.org", "转发: 参赛", "", parts=[samples.enclosed(original(home))]),
                  "2023-04-01T09:00:00+08:00")
    assert m["outcome"] == "late" and any("3月31日" in p["problem"] and "23:50" in p["problem"] for p in m["problems"]), m
    assert [o["To"].addresses[0].addr_spec for o in out] == ["entrant@qq.com"]


def test_a_strangers_forward_stays_theirs():
    home = fresh("forwarded-stranger")
    m, out = send(home, mails.mail("agent@qq.com", "转发: 参赛", "", parts=[samples.enclosed(original(home))]))
    assert m["outcome"] == "accepted" and home.json("list", now=DAY)[0]["sender"] == "agent@qq.com", m
    assert not any("entrant@qq.com" == o["To"].addresses[0].addr_spec for o in out)


def test_a_mail_too_large_for_the_maildir_is_answered():
    """By what its header says of who wrote; after a rebuild, too, when it has long been moved."""
    home = fresh("large")
    path = os.path.join(home.path, "rules/mail.yaml")
    with open(path, encoding="utf-8") as f:
        rules = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(rules.replace("max_bytes: 60M", "max_bytes: 100K"))
    home.lay(mails.mail("large@example.cn", "申报", "材料很多", [("材料.pdf", samples.PDF + os.urandom(200000))]), DAY)
    tick(home, DAY)
    m, = home.json("log", now=DAY)
    assert (m["outcome"], m["sha256"], m["from"], m["subject"]) == ("rejected", None, "large@example.cn", "申报"), m
    assert [x["To"].addresses[0].addr_spec for x in home.outbox()] == ["large@example.cn"]
    home.run("verify", now=DAY, check=0)
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    tick(home, DAY)
    again, = home.json("log", now=DAY)
    assert again["from"] == "large@example.cn" and len(home.outbox()) == 1, again

"""Settings: what the secretariat changes in mid-contest by the 设置 workbook; an extension takes what was late, a second person
confirms where the rules say so, and nobody else can."""
import io
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
SECOND = "second@example.org"
_base = None
_n = 0


def fresh(name, confirm=False):
    """The demo's two days; one entry is late (tardy@example.cn), two people are listed."""
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "settings"))
        edit(_base, "rules/mail.yaml", "  - 大赛秘书处 <office@example.org>\n",
             "  - 大赛秘书处 <office@example.org>\n  - 王老师 <second@example.org>\n")
        _base.run("forms", check=0)
        for day, now in ((samples.first_day, "2023-03-30T09:00:00+08:00"), (samples.last_days, DAY)):
            for _, at, data, _ in day(_base):
                _base.lay(data, at)
            _base.run("run", now=now, check=0)
    home = _base.copy(os.path.join(WHERE, "settings-" + name))
    if confirm:
        edit(home, "rules/contest.yaml", "confirm: false", "confirm: true")
    return home


def edit(home, name, a, b):
    path = os.path.join(home.path, name)
    text = open(path, encoding="utf-8").read()
    assert a in text, a
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(a, b))


def clock(minutes):
    return "2023-04-01T%02d:%02d:00+08:00" % (9 + minutes // 60, minutes % 60)


def write(home, sender, subject, text="", when=None, files=(), **more):
    global _n
    _n += 1
    mid = "<settings-%d@example.org>" % _n
    before = {m["Message-ID"] for m in home.outbox(digest=True)}
    home.lay(mails.mail(sender, subject, text, files, message_id=mid, **more), when)
    home.run("run", now=when, check=0)
    m = [m for m in home.json("log", now=when) if m["message_id"] == mid.strip("<>")][0]
    new = {}
    for x in home.outbox(digest=True):
        if x["Message-ID"] not in before:
            new.setdefault(x["X-Xinlv"].split()[1], []).append(x)
    return m, new


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def workbook(home, when):
    m, new = write(home, OFFICE, "设置", "", when)
    assert m["outcome"] == "request", m
    part, = new["ask_settings"][0].iter_attachments()
    return openpyxl.load_workbook(io.BytesIO(part.get_payload(decode=True)))


def put(ws, key, row=None, **cells):
    """In the row whose first cell (or the first blank row) is `key`, by heading."""
    head = [c.value for c in ws[2]]
    for r in range(3, ws.max_row + 1):
        if (ws.cell(r, 1).value or "") == key and r != row:
            for heading, value in cells.items():
                ws.cell(r, head.index(heading) + 1).value = value
            return r
    raise AssertionError("no row of %r in %r" % (key, ws.title))


def give_back(home, wb, when, sender=OFFICE, **more):
    return write(home, sender, "设置", "请处理。", when, [("大赛设置.xlsx", sealed.data(wb))], **more)


def entries(home, now=DAY):
    return [e["number"] for e in home.json("list", now=now)]


def rebuild(home, now):
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=now, check=0)
    home.run("verify", now=now, check=0)


def late(home):
    return [m for m in home.json("log", "--outcome", "late", now=DAY) if m["from"] == "tardy@example.cn"][0]


# ---- deadlines

def test_an_extension_takes_what_was_late_and_tells_its_sender():
    home = fresh("extend")
    n = len(entries(home))
    wb = workbook(home, clock(1))
    assert wb.sheetnames[:4] == ["阶段时间", "个别延期", "秘书处名单", "文字"], wb.sheetnames
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-4-10", 理由="受天气影响")
    m, new = give_back(home, wb, clock(2))
    assert m["outcome"] == "decision" and m["problems"] == [], m
    assert {x["To"].addresses[0].addr_spec for x in new["setting"]} == {OFFICE, SECOND}
    assert "截止4月10日（星期一）24:00" in text_of(new["setting"][0]) and "1封" in text_of(new["setting"][0])
    assert len(entries(home)) == n + 1 and late(home)["entries"], "taken"
    receipt, = [x for x in new["receipt"] if x["To"].addresses[0].addr_spec == "tardy@example.cn"]
    assert late(home)["entries"][0] in receipt["Subject"]
    assert any("4月10日" in s for s in home.json("status", now=clock(3))[0]["settings"])
    assert "4月10日" in home.run("check", check=0).stdout
    m, new = write(home, "new@example.cn", "申报", "请查收附件", "2023-04-08T10:00:00+08:00",
                   [("申报表.xlsx", samples.form(home, "T4", org__name="延期后科技有限公司", project__title="延期后的项目")),
                    ("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "accepted", m
    m, new = write(home, "newer@example.cn", "申报", "请查收附件", "2023-04-11T10:00:00+08:00",
                   [("申报表.xlsx", samples.form(home, "T4", org__name="再后科技有限公司", project__title="再后的项目")),
                    ("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "late" and "4月10日" in text_of(new["late"][0])
    before = [(e["number"], e["state"]) for e in home.json("list", now=DAY)], \
             [(m["sha256"], m["outcome"], m["entries"]) for m in home.json("log", now=DAY)]
    rebuild(home, "2023-04-11T11:00:00+08:00")
    assert before == ([(e["number"], e["state"]) for e in home.json("list", now=DAY)],
                      [(m["sha256"], m["outcome"], m["entries"]) for m in home.json("log", now=DAY)])


def said_of_closing(path_or_bytes):
    """What a form says of the day it is taken until."""
    wb = openpyxl.load_workbook(path_or_bytes)
    return " ".join(str(c.value) for ws in wb.worksheets for row in ws.iter_rows(max_row=12) for c in row if c.value)


def test_forms_say_the_new_date():
    """The blank ones, made anew, and one that goes back to be mended."""
    home = fresh("forms")
    folder = os.path.join(home.path, "templates", "forms")
    t4, = [os.path.join(folder, n) for n in os.listdir(folder) if n.startswith("T4-")]
    assert "3月31日" in said_of_closing(t4)
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-4-10", 理由="受天气影响")
    give_back(home, wb, clock(2))
    assert "4月10日" in said_of_closing(t4) and "3月31日" not in said_of_closing(t4)
    home.run("forms", now=clock(3), check=0)
    assert "4月10日" in said_of_closing(t4), "by hand, too"
    m, new = write(home, "new@example.cn", "申报", "请查收附件", "2023-04-08T10:00:00+08:00",
                   [("申报表.xlsx", samples.form(home, "T4", contact__mobile="12", org__name="延期后科技有限公司")),
                    ("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "rejected", m
    mend, = [a for a in new["faults"][0].iter_attachments() if a.get_filename().endswith(".xlsx")]
    assert "4月10日" in said_of_closing(io.BytesIO(mend.get_payload(decode=True)))


def test_forms_are_not_made_of_a_database_that_is_lost():
    """It alone knows what day was set; until it is made again no form says the old one."""
    home = fresh("forms-lost")
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-4-10", 理由="受天气影响")
    give_back(home, wb, clock(2))
    t4 = home.form("T4")
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    r = home.run("forms", now=clock(3), check=66)
    assert "xinlv run" in r.stderr and "4月10日" in said_of_closing(t4), r.stderr
    home.run("run", now=clock(4), check=0)
    home.run("forms", now=clock(5), check=0)
    assert "4月10日" in said_of_closing(t4)


def test_the_same_workbook_twice_and_an_older_one_change_nothing_more():
    home = fresh("twice")
    wb, older = workbook(home, clock(1)), workbook(home, clock(2))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-04-10 18:00")
    give_back(home, wb, clock(3))
    m, new = give_back(home, wb, clock(4))
    assert "1 stood already" in m["detail"] and "setting" not in new, m
    put(older["阶段时间"], "案例征集阶段", 新的截止="2023-04-20")
    m, new = give_back(home, older, clock(5))
    assert "已有新的设置" in m["problems"][0]["problem"], m
    assert "4月10日（星期一）18:00" in home.json("status", now=clock(6))[0]["settings"][0]


def test_a_deadline_may_be_shortened_but_never_behind_anybodys_back():
    home = fresh("shorten")
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-04-20")
    give_back(home, wb, clock(2))
    n = len(entries(home))
    wb = workbook(home, clock(3))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-03-30")
    m, new = give_back(home, wb, clock(4))
    assert "不能提前到现在" in m["problems"][0]["problem"], m
    wb = workbook(home, clock(5))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-04-05")
    m, new = give_back(home, wb, clock(6))
    assert m["problems"] == [] and len(entries(home)) == n, "what stands stays"


def test_nonsense_is_named_with_its_cell():
    home = fresh("nonsense")
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="下个月")
    put(wb["阶段时间"], "初赛阶段", 新的截止="2022-01-01")
    put(wb["个别延期"], "", 准许的邮箱="not an address", 可延至="2023-04-20")
    put(wb["秘书处名单"], "", 新增人员邮箱="x@@y")
    put(wb["文字"], "邮件通知", 新的文字="长" * 1200)
    m, new = give_back(home, wb, clock(2))
    assert len(m["problems"]) == 5 and "setting" not in new, m["problems"]
    assert home.json("status", now=clock(3))[0]["settings"] == []
    part, = new["decision"][0].iter_attachments()
    back = openpyxl.load_workbook(io.BytesIO(part.get_payload(decode=True)))
    assert "设置" in back.sheetnames


# ---- one entrant, staff, texts

def test_one_entrants_exception_expires():
    home = fresh("exception")
    wb = workbook(home, clock(1))
    put(wb["个别延期"], "", 准许的邮箱="Tardy@Example.cn", 可延至="2023-04-05")
    m, new = give_back(home, wb, clock(2))
    assert m["problems"] == [], m
    assert late(home)["entries"], "theirs is taken"
    form = samples.form(home, "T4", org__name="准许科技有限公司", project__title="准许的项目")
    for sender, when, outcome in (("tardy@example.cn", "2023-04-04T10:00:00+08:00", "accepted"),
                                  ("else@example.cn", "2023-04-04T11:00:00+08:00", "late")):
        form = samples.form(home, "T4", org__name=outcome + "有限公司", project__title="准许延期的项目" + outcome)
        m, _ = write(home, sender, "申报", "请查收附件", when, [("申报表.xlsx", form), ("盖章页.pdf", samples.PDF)])
        assert m["outcome"] == outcome, (sender, m)
    form = samples.form(home, "T4", org__name="过期有限公司", project__title="过期")
    m, _ = write(home, "tardy@example.cn", "申报", "请查收附件", "2023-04-06T00:00:01+08:00",
                 [("申报表.xlsx", form), ("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "late", m
    rebuild(home, "2023-04-06T01:00:00+08:00")


def test_an_exception_is_for_what_comes_after_the_closing():
    home = fresh("early")
    form = samples.form(home, "T4", org__name="过早有限公司", project__title="过早的项目")
    home.lay(mails.mail("early@example.cn", "申报", "请查收附件", [("申报表.xlsx", form), ("盖章页.pdf", samples.PDF)],
                        message_id="<early@example.cn>"), "2023-01-02T09:00:00+08:00")
    home.run("run", now=clock(0), check=0)
    wb = workbook(home, clock(1))
    put(wb["个别延期"], "", 准许的邮箱="early@example.cn", 可延至="2023-04-05")
    m, new = give_back(home, wb, clock(2))
    early = [m for m in home.json("log", now=clock(3)) if m["message_id"] == "early@example.cn"][0]
    assert m["problems"] == [] and early["outcome"] == "late" and early["entries"] == [], early


def test_staff_come_and_go():
    home = fresh("staff")
    wb = workbook(home, clock(1))
    put(wb["秘书处名单"], "", 新增人员姓名="李老师", 新增人员邮箱="li@example.org")
    put(wb["秘书处名单"], "王老师", 处理="移除")
    m, new = give_back(home, wb, clock(2))
    assert m["problems"] == [], m
    m, new = write(home, "li@example.org", "统计", "", clock(3))
    assert "ask_figures" in new
    m, new = write(home, SECOND, "统计", "", clock(4))
    assert "ask_figures" not in new
    wb = workbook(home, clock(5))
    rows = [r[0].value for r in wb["秘书处名单"].iter_rows(min_row=3) if r[0].value]
    assert rows == ["大赛秘书处", "李老师"], rows
    put(wb["秘书处名单"], "大赛秘书处", 处理="移除")
    give_back(home, wb, clock(6))
    m, new = give_back(home, wb, clock(7))
    assert m["outcome"] == "decision" and "refused" in m["detail"], "no longer listed"
    rebuild(home, clock(8))


def test_a_purge_leaves_nobody_on_the_list_and_nobody_comes_back():
    """The addresses of settings go with the rest: who was put on the list is off it, nobody without an address is on it, and who was
    taken off stays off."""
    home = fresh("purged")
    wb = workbook(home, clock(1))
    put(wb["秘书处名单"], "", 新增人员姓名="李老师", 新增人员邮箱="li@example.org")
    put(wb["秘书处名单"], "王老师", 处理="移除")
    give_back(home, wb, clock(2))
    shown = home.run("purge", now=clock(3), check=0).stdout
    assert "li@example.org" in shown and "rules/mail.yaml" in shown, shown
    home.run("purge", "--confirm", "2024-06-30", "--early", "2023-04-01", now=clock(3), check=0)
    for n, who in enumerate((OFFICE, SECOND, "li@example.org")):
        _, new = write(home, who, "统计", "", clock(4 + n))
        assert ("ask_figures" in new) == (who == OFFICE), who
    home.lay(b"From: \r\nSubject: =?utf-8?b?57uf6K6h?=\r\nMessage-ID: <none@x>\r\n\r\n\r\n", clock(8))
    home.run("digest", now=clock(8), check=0)
    home.run("run", now=clock(9), check=0)
    assert all(q["to"] for q in home.json("queue", now=clock(9)) if q["state"] != "sent") and home.json("log", now=clock(9))[-1]["outcome"] != "request"
    digest = [m for m in home.outbox(digest=True) if "日报" in m["Subject"]][-1]
    assert "office@example.org" in digest["To"] and not [q for q in home.json("queue", now=clock(9)) if q["state"] == "failed"]
    home.run("verify", now=clock(9), check=0)
    home.run("replay", now=clock(9), check=0)


def test_somebody_stays_on_the_list():
    home = fresh("somebody")
    wb = workbook(home, clock(1))
    put(wb["秘书处名单"], "大赛秘书处", 处理="移除")
    put(wb["秘书处名单"], "王老师", 处理="移除")
    m, new = give_back(home, wb, clock(2))
    assert ["至少要保留一个" in p["problem"] for p in m["problems"]] == [True, True], m
    assert "ask_figures" in write(home, SECOND, "统计", "", clock(3))[1]
    wb = workbook(home, clock(4))
    put(wb["秘书处名单"], "王老师", 处理="移除")
    m, new = give_back(home, wb, clock(5))
    assert m["problems"] == [], m
    wb = workbook(home, clock(6))
    put(wb["秘书处名单"], "", 处理="移除", 新增人员姓名="大赛秘书处", 新增人员邮箱=OFFICE)
    m, new = give_back(home, wb, clock(7))
    assert "至少要保留一个" in m["problems"][0]["problem"], "in a blank row, too"
    wb = workbook(home, clock(8))
    put(wb["秘书处名单"], "大赛秘书处", 处理="移除")
    put(wb["秘书处名单"], "", 新增人员姓名="李老师", 新增人员邮箱="li@example.org")
    m, new = give_back(home, wb, clock(9))
    assert m["problems"] == [], "another one takes over"
    assert "ask_figures" in write(home, "li@example.org", "统计", "", clock(10))[1]
    rebuild(home, clock(11))


def test_texts_are_shown_before_and_in_mails():
    home = fresh("text")
    wb = workbook(home, clock(1))
    put(wb["文字"], "邮件通知", 新的文字="受台风影响，4月3日至5日电话暂停接听，请来信咨询。<b>")
    m, new = give_back(home, wb, clock(2))
    html = new["setting"][0].get_body(("html",)).get_content()
    assert "预览" in html and "受台风影响" in html and "&lt;b&gt;" in html
    m, new = write(home, "zhang@example.cn", "帮助", "", clock(3))
    assert "【通知】受台风影响" in text_of(new["help"][0])
    wb = workbook(home, clock(4))
    put(wb["文字"], "邮件通知", 新的文字="无")
    give_back(home, wb, clock(5))
    m, new = write(home, "zhao@example.cn", "帮助", "", clock(6))
    assert "通知】" not in text_of(new["help"][0])


# ---- a second person

def test_a_second_person_confirms():
    home = fresh("confirm", confirm=True)
    n = len(entries(home))
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-04-10")
    m, new = give_back(home, wb, clock(2))
    assert m["problems"] == [] and "另一位成员" in text_of(new["decision"][0])
    ask, = new["setting"]
    assert ask["To"].addresses[0].addr_spec == SECOND and len(entries(home)) == n
    import re
    code = re.search(r"S\w{3}-\w{4}-\w{4}", text_of(ask))[0]
    for who, text, word in ((OFFICE, code, "提出人以外"), (SECOND, "SAAA-BBBB-CCCC", "没有这个确认码"),
                            ("stranger@example.com", code, None)):
        m, new = write(home, who, "回复：" + str(ask["Subject"]), text, clock(3))
        assert len(entries(home)) == n, who
        if word:
            assert word in text_of(new["setting"][0]), text_of(new["setting"][0])
        else:
            assert m["outcome"] != "decision", m
    m, new = write(home, SECOND, "回复：" + str(ask["Subject"]), code.lower().replace("-", " ") + "\n同意\n> " + code, clock(4))
    assert m["outcome"] == "decision" and len(entries(home)) == n + 1, m
    assert "%s, %s" % (OFFICE, SECOND) in text_of(new["setting"][0])
    m, new = write(home, SECOND, "回复：" + str(ask["Subject"]), code, clock(5))
    assert "已经用过" in text_of(new["setting"][0]) and len(entries(home)) == n + 1
    rebuild(home, clock(6))
    assert len(entries(home)) == n + 1


def test_from_disk_too():
    home = fresh("disk")
    n = len(entries(home))
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-04-10")
    path = os.path.join(home.path, "设置.xlsx")
    wb.save(path)
    home.run("decide", path, now=clock(2), check=0)
    assert len(entries(home)) == n + 1
    rebuild(home, clock(3))
    assert len(entries(home)) == n + 1


def test_forged_settings_change_nothing():
    home = fresh("forged")
    n = len(entries(home))
    wb = workbook(home, clock(1))
    ws = wb["阶段时间"]
    r = put(ws, "案例征集阶段", 新的截止="2023-04-10")
    m, new = give_back(home, wb, clock(2), sender="stranger@example.com")
    assert "refused" in m["detail"] and "decision_refused" in new
    column = [c.value for c in ws[2]].index("_xinlv") + 1
    token = ws.cell(r, column).value
    for i, forged in enumerate((token[:-1] + ("0" if token[-1] != "0" else "1"), token.replace("collection", "final"),
                                token.replace(":office:", ":expert:"), token.replace(":0:", ":1:"), token[:-6], "")):
        ws.cell(r, column).value = forged or None
        m, new = give_back(home, wb, clock(3 + i))
        assert "setting" not in new and len(entries(home)) == n, forged
    assert home.json("status", now=clock(20))[0]["settings"] == []


def test_days_off_and_days_on():
    home = fresh("days")
    wb = workbook(home, clock(1))
    assert "节假日" in wb.sheetnames
    r = put(wb["节假日"], "", 日期="2023-04-06", 安排="放假")
    put(wb["节假日"], "", row=r, 日期="2023-04-22", 安排="上班")
    m, new = give_back(home, wb, clock(2))
    assert m["problems"] == [], m
    says = home.json("status", now=clock(3))[0]["settings"]
    assert says == ["2023-04-06放假", "2023-04-22上班"], says
    m, new = give_back(home, wb, clock(4))
    assert "2 stood already" in m["detail"], m
    wb = workbook(home, clock(5))
    shown = {r[0].value: r[1].value for r in wb["节假日"].iter_rows(min_row=3) if r[0].value}
    assert shown.get("2023-04-06") == "放假" and shown.get("2023-04-22") == "上班", shown
    put(wb["节假日"], "", 日期="2023-04-06", 安排="上班")
    give_back(home, wb, clock(6))
    assert "2023-04-06上班" in home.json("status", now=clock(7))[0]["settings"]
    put(wb["节假日"], "2023-04-22", 日期="2023-04-24", 安排="休息")
    m, new = give_back(home, wb, clock(8))
    assert "请选择“放假”或“上班”" in m["problems"][0]["problem"], m


def test_every_blank_row_is_one_of_its_own():
    home = fresh("many-days")
    wb = workbook(home, clock(1))
    ws, days = wb["节假日"], []
    for row in [r for r in range(3, ws.max_row + 1) if not ws.cell(r, 1).value and ws.cell(r, 6).value]:
        days.append("2023-05-%02d" % (len(days) + (8 if len(days) < 5 else 10)))
        ws.cell(row, 3).value, ws.cell(row, 4).value = days[-1], "放假"
    m, new = give_back(home, wb, clock(2))
    assert m["problems"] == [] and len(days) == 10, m
    assert home.json("status", now=clock(3))[0]["settings"] == [d + "放假" for d in days]


def test_a_day_of_25_hours_ends_when_it_ends():
    home = fresh("hours")
    edit(home, "rules/contest.yaml", "zone: Asia/Shanghai", "zone: Europe/Berlin")
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-10-29")
    put(wb["阶段时间"], "初赛阶段", 新的截止="2023-10-29 18:00")
    m, new = give_back(home, wb, clock(2))
    assert m["problems"] == [], m
    says = home.json("status", now=clock(3))[0]["settings"]
    assert any("10月29日（星期日）24:00" in s for s in says) and any("10月29日（星期日）18:00" in s for s in says), says


def test_a_proposal_that_time_has_overtaken_is_not_confirmed():
    home = fresh("overtaken", confirm=True)
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "初赛阶段", 新的截止="2023-04-02 12:00")
    m, new = give_back(home, wb, clock(2))
    assert m["problems"] == [], m
    ask, = new["setting"]
    import re
    code = re.search(r"S\w{3}-\w{4}-\w{4}", text_of(ask))[0]
    m, new = write(home, SECOND, "回复：" + str(ask["Subject"]), code, "2023-04-02T13:00:00+08:00")
    assert "已经过去" in text_of(new["setting"][0]) and "confirmed" not in m["detail"], m
    assert home.json("status", now="2023-04-02T13:01:00+08:00")[0]["settings"] == []


def test_two_proposals_together_leave_somebody_on_the_list():
    home = fresh("both", confirm=True)
    third = "third@example.org"
    edit(home, "rules/mail.yaml", "  - 王老师 <second@example.org>\n",
         "  - 王老师 <second@example.org>\n  - 李老师 <third@example.org>\n")
    import re
    asks = []
    for i, names in enumerate((("大赛秘书处", "王老师"), ("李老师",))):
        wb = workbook(home, clock(2 * i + 1))
        for name in names:
            put(wb["秘书处名单"], name, 处理="移除")
        m, new = give_back(home, wb, clock(2 * i + 2))
        assert m["problems"] == [], m
        asks.append(new["setting"][0])
    codes = [re.search(r"S\w{3}-\w{4}-\w{4}", text_of(x))[0] for x in asks]
    m, new = write(home, SECOND, "回复：" + str(asks[1]["Subject"]), codes[1], clock(6))
    assert "confirmed" in m["detail"], m
    m, new = write(home, SECOND, "回复：" + str(asks[0]["Subject"]), codes[0], clock(7))
    assert "至少要保留一个" in text_of(new["setting"][0]) and "confirmed" not in m["detail"], m
    for who in (OFFICE, SECOND):
        assert "ask_figures" in write(home, who, "统计", "", clock(8))[1], who
    assert "ask_figures" not in write(home, third, "统计", "", clock(9))[1]
    rebuild(home, clock(10))
    assert "ask_figures" in write(home, OFFICE, "统计", "", clock(11))[1]


def test_a_second_person_must_be_there():
    home = fresh("alone", confirm=True)
    assert "a second person" not in home.run("check", check=0).stdout
    edit(home, "rules/mail.yaml", "  - 王老师 <second@example.org>\n", "")
    assert "a setting holds only when a second person" in home.run("check", check=0).stdout
    wb = workbook(home, clock(1))
    put(wb["阶段时间"], "案例征集阶段", 新的截止="2023-04-10")
    m, new = give_back(home, wb, clock(2))
    assert "只有一个邮箱" in m["problems"][0]["problem"] and "setting" not in new, m


def test_who_was_allowed_to_send_late_may_mend_late():
    home = fresh("mend")
    wb = workbook(home, clock(1))
    put(wb["个别延期"], "", 准许的邮箱="slow@example.cn", 可延至="2023-04-05")
    give_back(home, wb, clock(2))
    bad = samples.form(home, "T4", org__name="缓慢有限公司", project__title="缓慢的项目", contact__mobile="123")
    m, new = write(home, "slow@example.cn", "申报", "请查收附件", "2023-04-05T20:00:00+08:00", [("申报表.xlsx", bad)])
    assert m["outcome"] == "rejected", m
    good = samples.form(home, "T4", org__name="缓慢有限公司", project__title="缓慢的项目")
    m, new = write(home, "slow@example.cn", "回复：申报", "请查收附件", "2023-04-06T20:00:00+08:00",
                   [("申报表.xlsx", good), ("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "accepted", m

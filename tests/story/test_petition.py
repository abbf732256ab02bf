"""What entrants ask for beside their entries: a change, to withdraw, an objection; and what the secretariat asks of them."""
import io
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import openpyxl

import home as homes
import mails
import samples
import sealed

DAY = "2023-03-30T09:00:00+08:00"
WHERE = homes.STORY
OFFICE = "office@example.org"
_base = None
_n = 0


def fresh(name):
    """T1-0001, T4-0001 and more of the demo's first day; the contest is open still."""
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "petition"))
        _base.run("forms", check=0)
        for _, at, data, _ in samples.first_day(_base):
            _base.lay(data, at)
        _base.run("run", now=DAY, check=0)
    return _base.copy(os.path.join(WHERE, "petition-" + name))


def at(minutes, day="2023-03-30"):
    return "%sT%02d:%02d:00+08:00" % (day, 9 + minutes // 60, minutes % 60)


def write(home, sender, subject, text="", when=None, files=(), **more):
    """-> (the message as logged, the new mails by kind)"""
    global _n
    _n += 1
    mid = "<petition-%d@example.org>" % _n
    before = {m["Message-ID"] for m in home.outbox(digest=True)}
    home.lay(mails.mail(sender, subject, text, files, message_id=mid, **more), when)
    home.run("run", now=when, check=0)
    m = [m for m in home.json("log", now=when) if m["message_id"] == mid.strip("<>")][0]
    new = {}
    for x in home.outbox(digest=True):
        if x["Message-ID"] not in before:
            new.setdefault(x["X-Xinlv"].split()[1], []).append(x)
    return m, new


def entry(home, number, now=DAY):
    return home.json("show", number, now=now)[0]


def events(home, number):
    return [h["event"] for h in entry(home, number)["history"]]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def digest_book(home, now):
    """The workbook that the secretariat gets, asked for now."""
    before = {m["Message-ID"] for m in home.outbox(digest=True)}
    home.run("digest", now=now, check=0)
    mail = [m for m in home.outbox(digest=True) if m["Message-ID"] not in before][0]
    books = [p.get_payload(decode=True) for p in mail.iter_attachments() if "工作簿" in p.get_filename()]
    return openpyxl.load_workbook(io.BytesIO(books[0])), mail


def column(ws, heading):
    return [c.value for c in ws[2]].index(heading) + 1


def fill(ws, number, **cells):
    """In the row of that entry, by heading."""
    for r in range(3, ws.max_row + 1):
        if ws.cell(r, column(ws, "编号")).value == number:
            for heading, value in cells.items():
                ws.cell(r, column(ws, heading)).value = value
            return r
    raise AssertionError("no row of " + number)


def give_back(home, wb, when):
    return write(home, OFFICE, "回复：工作簿", "", when, [("工作簿.xlsx", sealed.data(wb))])


def test_a_change_of_contact_takes_effect_for_what_comes_after():
    home = fresh("contact")
    first = entry(home, "T4-0001")
    m, new = write(home, first["sender"], "变更申请：T4-0001 联系人", "联系人改为李明。", at(1))
    assert m["outcome"] == "change" and "T4-0001" in new["change"][0]["Subject"], (m, new)
    assert m["entry"] == "T4-0001" and m["entries"] == ["T4-0001"], m
    assert "变更与撤回" in text_of(new["forward"][0])
    wb, mail = digest_book(home, at(2))
    assert "变更、撤回和异议" in text_of(mail)
    ws = wb["变更与撤回"]
    assert not any("T4-0001" == c.value for r in wb["待人工阅读"].iter_rows() for c in r), "one row for one matter"
    fill(ws, "T4-0001", 决定="同意", 新联系人="李明", 新手机="139 0013 9000", 新邮箱="liming@example.cn")
    m, new = give_back(home, wb, at(3))
    assert m["problems"] == [], m
    after = entry(home, "T4-0001")
    assert (after["contact"], after["email"]) == ("李明", "liming@example.cn") and after["sender"] == first["sender"]
    assert after["fields"] == first["fields"], "the entry stays as filed"
    assert events(home, "T4-0001")[-3:] == ["asks-change", "change-approved", "contact-changed"]
    told = {x["To"].addresses[0].addr_spec: text_of(x) for x in new["contact"]}
    assert set(told) == {first["email"], "liming@example.cn"} and "liming@example.cn" not in told[first["email"]]
    assert "已经同意" in text_of(new["petition"][0])
    assert home.json("list", "--find", "liming", now=at(4))[0]["number"] == "T4-0001"
    m, new = write(home, "liming@example.cn", "进度", "", at(5))
    assert "T4-0001" in text_of(new["progress"][0])
    # Who was its contact for a while belongs to its story.
    write(home, first["sender"], "变更申请：T4-0001 联系人", "联系人改为赵强。", at(5))
    wb, _ = digest_book(home, at(5))
    fill(wb["变更与撤回"], "T4-0001", 决定="同意", 新联系人="赵强", 新邮箱="zhaoqiang@example.cn")
    give_back(home, wb, at(5))
    _, new = write(home, OFFICE, "查 T4-0001", "", at(5))
    story = text_of(new["ask_story"][0])
    assert "liming@example.cn: 进度" in story and "zhaoqiang@example.cn: " in story, story
    home.run("verify", now=at(6), check=0)
    before = [(e["number"], e["state"], e["contact"]) for e in home.json("list", now=at(6))]
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=at(7), check=0)
    assert before == [(e["number"], e["state"], e["contact"]) for e in home.json("list", now=at(7))]
    home.run("verify", now=at(8), check=0)


def test_a_sheet_that_comes_alone_brings_the_new_contact_too():
    """Moved to a workbook of its own, without the hidden sheet that says which columns were to be filled in."""
    home = fresh("alone")
    write(home, entry(home, "T4-0001")["sender"], "变更申请：T4-0001 联系人", "联系人改为李明。", at(1))
    wb, _ = digest_book(home, at(2))
    fill(wb["变更与撤回"], "T4-0001", 决定="同意", 新联系人="李明", 新邮箱="liming@example.cn")
    for name in wb.sheetnames:
        if name != "变更与撤回":
            del wb[name]
    m, _ = give_back(home, wb, at(3))
    assert m["problems"] == [] and "1 done" in m["detail"], m
    after = entry(home, "T4-0001")
    assert (after["contact"], after["email"]) == ("李明", "liming@example.cn"), after


def test_what_is_agreed_to_from_disk_is_told_too():
    home = fresh("disk")
    write(home, entry(home, "T4-0001")["sender"], "变更申请：T4-0001 联系人", "联系人改为李明。", at(1))
    wb, _ = digest_book(home, at(2))
    fill(wb["变更与撤回"], "T4-0001", 决定="同意", 新联系人="李明", 新邮箱="liming@example.cn")
    path = os.path.join(home.path, "book.xlsx")
    wb.save(path)
    home.run("decide", path, now=at(3), check=0)
    kinds = [(m["kind"], m["to"]) for m in home.json("queue", now=at(3)) if m["kind"] in ("petition", "contact")]
    assert ("contact", "liming@example.cn") in kinds and "petition" in [k for k, _ in kinds], kinds
    home.run("run", now=at(4), check=0)
    home.run("verify", now=at(4), check=0)


def test_new_contacts_must_be_ones():
    home = fresh("bad")
    sender = entry(home, "T4-0001")["sender"]
    write(home, sender, "T4-0001 变更联系人", "", at(1))
    wb, _ = digest_book(home, at(2))
    ws = wb["变更与撤回"]
    fill(ws, "T4-0001", 决定="同意", 新邮箱="not an address")
    m, new = give_back(home, wb, at(3))
    assert "不是有效的邮箱" in m["problems"][0]["problem"], m
    back, = [p for p in new["decision"][0].iter_attachments()]
    wb = openpyxl.load_workbook(io.BytesIO(back.get_payload(decode=True)))
    ws = wb["变更"]
    fill(ws, "T4-0001", 决定="不同意", 理由="未盖章", 新邮箱="a@example.cn")
    m, new = give_back(home, wb, at(4))
    assert "只有同意变更" in m["problems"][0]["problem"], m
    fill(ws, "T4-0001", 决定="不同意", 理由="未盖章", 新邮箱=None)
    m, new = give_back(home, wb, at(5))
    assert m["problems"] == [] and "未盖章" in text_of(new["petition"][0]) and "未能同意" in text_of(new["petition"][0])
    assert events(home, "T4-0001")[-1] == "change-refused"


def test_a_withdrawal_wants_its_stamped_page_and_may_be_sent_anew():
    home = fresh("withdraw")
    sender = entry(home, "T4-0001")["sender"]
    m, new = write(home, sender, "撤回申请 T4-0001", "我单位申请撤回。", at(1))
    answer = new["change"][0]
    assert "盖章" in text_of(answer)
    wb, _ = digest_book(home, at(2))
    r = fill(wb["变更与撤回"], "T4-0001", 决定="同意")
    assert wb["变更与撤回"].cell(r, column(wb["变更与撤回"], "随信材料")).value == "缺盖章页"
    m, new = give_back(home, wb, at(3))
    assert "盖章页" in m["problems"][0]["problem"] and entry(home, "T4-0001")["state"] == "accepted"
    m, new = write(home, sender, "回复：" + str(answer["Subject"]), "附上盖章页", at(4), [("盖章页.pdf", samples.PDF)],
                   headers=["In-Reply-To: " + answer["Message-ID"]])
    assert m["outcome"] == "change", m
    wb, _ = digest_book(home, at(5))
    fill(wb["变更与撤回"], "T4-0001", 决定="同意")
    m, new = give_back(home, wb, at(6))
    assert m["problems"] == [], m
    assert entry(home, "T4-0001")["state"] == "withdrawn"
    assert "另给新的编号" in text_of(new["petition"][0])
    assert "T4-0001" not in {e["number"] for e in home.json("list", now=at(7))}
    assert [e["number"] for e in home.json("list", "--state", "withdrawn", now=at(7))] == ["T4-0001"]
    wb, mail = digest_book(home, at(7))
    assert "T4-0001" not in str([[c.value for c in r] for ws in wb for r in ws.iter_rows()])
    form = [d for label, _, d, _ in samples.accepted(home) if label.startswith("T4")][0]
    import email
    xlsx = [p.get_payload(decode=True) for p in email.message_from_bytes(form).walk() if p.get_payload(decode=True)
            and p.get_payload(decode=True)[:2] == b"PK"][0]
    m, new = write(home, sender, "重新申报", "", at(8), [("申报表.xlsx", xlsx), ("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "accepted" and m["entry"] != "T4-0001", m
    anew = m["entry"]
    m, new = write(home, sender, "重新申报", "没有收到回执", at(8, "2023-03-31"), [("申报表.xlsx", xlsx), ("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "duplicate", m
    assert anew in str(new["duplicate"][0]["Subject"]), new["duplicate"][0]["Subject"]  # the receipt again, not a twin to rule on
    home.run("verify", now=at(9), check=0)
    # it was decided: not a second time, not another way
    wb2 = openpyxl.load_workbook(io.BytesIO(sealed.data(wb)))
    m, new = give_back(home, wb2, at(10))
    assert entry(home, "T4-0001")["state"] == "withdrawn"


def test_objections_are_numbered_and_strangers_make_no_rows():
    home = fresh("object")
    one, two = entry(home, "T4-0001"), entry(home, "T1-0001")
    write(home, one["sender"], "异议：对资格审核结果", "不同意。", at(1))
    write(home, two["sender"], "申诉 T1-0001", "有异议。", at(2))
    m, new = write(home, "stranger@example.com", "撤回 T4-0001", "撤回。", at(3))
    assert m["outcome"] == "change" and "T4-0001" not in text_of(new["change"][0]).replace("形如T4-0001", "")
    wb, _ = digest_book(home, at(4))
    ws = wb["变更与撤回"]
    rows = {ws.cell(r, column(ws, "编号")).value: ws.cell(r, column(ws, "异议编号")).value for r in range(3, ws.max_row + 1)
            if ws.cell(r, column(ws, "编号")).value}
    assert rows == {"T4-0001": "1", "T1-0001": "2"}, rows
    read = wb["待人工阅读"]
    assert "stranger@example.com" in str([[c.value for c in r] for r in read.iter_rows()])
    fill(ws, "T4-0001", 决定="不同意", 理由="经复核无误")
    m, new = give_back(home, wb, at(5))
    assert events(home, "T4-0001")[-1] == "objection-dismissed" and "第1号" in new["petition"][0]["Subject"]
    assert entry(home, "T4-0001")["state"] == "accepted"


def test_what_is_asked_for_comes_beside_the_entry_even_after_the_closing():
    home = fresh("amend")
    first = entry(home, "T4-0001")
    wb, _ = digest_book(home, at(1))
    fill(wb["待资格审核"], "T4-0001", 决定="补正", 理由="请补能效检测报告")
    m, new = give_back(home, wb, at(2))
    asked = {x["To"].addresses[0].addr_spec: x for x in new["amend"]}
    assert set(asked) == {first["email"], first["sender"]}, asked
    text = text_of(asked[first["email"]])
    assert "请补能效检测报告" in text and "4月4日" in text, text
    wb, _ = digest_book(home, at(3))
    cells = str([[c.value for c in r] for r in wb["待资格审核"].iter_rows()])
    assert "T4-0001" not in cells and "已请对方补正" in cells
    mail = asked[first["sender"]]
    late = "2023-04-03T10:00:00+08:00"
    m, new = write(home, first["sender"], "回复：" + str(mail["Subject"]), "补上", late, [("能效检测报告.pdf", samples.PDF)],
                   headers=["In-Reply-To: " + mail["Message-ID"]])
    assert m["outcome"] == "supplement", m
    wb, _ = digest_book(home, "2023-04-03T10:05:00+08:00")
    cells = str([[c.value for c in r] for r in wb["待资格审核"].iter_rows()])
    assert "T4-0001" in cells and "补正材料已到：能效检测报告.pdf" in cells, cells
    folder = [d for d in os.listdir(os.path.join(home.path, "spool/tracks/T4")) if d.startswith("T4-0001")][0]
    assert any("补充材料" in d for d in os.listdir(os.path.join(home.path, "spool/tracks/T4", folder)))
    assert [f for f in entry(home, "T4-0001")["files"] if f in first["files"]] == first["files"], "the own files stay"
    fill(wb["待资格审核"], "T4-0001", 决定="通过")
    give_back(home, wb, "2023-04-03T10:06:00+08:00")
    assert entry(home, "T4-0001")["state"] == "eligible"
    m, new = write(home, first["sender"], "T4-0001 再补", "", "2023-04-03T11:00:00+08:00", [("再补.pdf", samples.PDF)])
    assert m["outcome"] == "late", m
    home.run("verify", now="2023-04-03T12:00:00+08:00", check=0)


def test_a_form_that_mends_an_entry_is_no_second_entry():
    home = fresh("form")
    first = entry(home, "T4-0001")
    wb, _ = digest_book(home, at(1))
    fill(wb["待资格审核"], "T4-0001", 决定="补正", 理由="请更正项目地点")
    _, new = give_back(home, wb, at(2))
    mail = [x for x in new["amend"] if x["To"].addresses[0].addr_spec == first["sender"]][0]
    form = samples.form(home, "T4", org__name=first["org"], project__title=first["title"], project__place="河北省张家口市")
    m, new = write(home, first["sender"], "回复：" + str(mail["Subject"]), "", at(3), [("申报表.xlsx", form)],
                   headers=["In-Reply-To: " + mail["Message-ID"]])
    assert m["outcome"] == "supplement" and m["entries"] == ["T4-0001"], m
    m, new = write(home, first["sender"], "变更申请 T4-0001", "", at(4), [("申报表.xlsx", form)])
    assert m["outcome"] == "change", m


def test_nothing_came_in_time():
    home = fresh("over")
    wb, _ = digest_book(home, at(1))
    fill(wb["待资格审核"], "T4-0001", 决定="补正", 理由="请补盖章页")
    give_back(home, wb, at(2))
    wb, _ = digest_book(home, "2023-04-05T09:00:00+08:00")
    cells = str([[c.value for c in r] for r in wb["待资格审核"].iter_rows()])
    assert "补正期已于" in cells and "T4-0001" in cells
    m, new = write(home, entry(home, "T4-0001")["sender"], "T4-0001 补正", "", "2023-04-05T10:00:00+08:00",
                   [("盖章页.pdf", samples.PDF)])
    assert m["outcome"] == "late", m

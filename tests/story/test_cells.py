"""What was typed into a cell, and how the mails speak of it: identity numbers, which no mail shows whole, codes written in
another way than the rules want, shares of a hundred, sums."""
import io
import os
import sys

import openpyxl

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

DAY = "2023-03-20T09:00:00+08:00"
WHERE = homes.STORY
NUMBER, SHOWN = "11010519491231002X", "110105********002X"
FIELDS = """      - key: contact.card
        label: 身份证号
        kind: text
        identity: true
        personal: true
        example: 11010519491231002X
      - key: contact.badge
        label: 工作证号
        kind: text
        identity: true
        personal: true
        example: E12345678
      - key: contact.permit
        label: 备案号
        kind: text
        pattern: 'BA-[0-9]{4}-[0-9]{3}'
        pattern_says: BA-年份-三位数字
        samples: {pass: [BA-2023-001], fail: [BA-23-1]}
        example: BA-2023-001
      - key: contact.share
        label: 到岗比例
        kind: percent
        value: {min: 60, max: 100}
        example: 90%
"""
_home = None


def home():
    global _home
    if _home is None:
        _home = homes.Home.fresh(WHERE)
        path = os.path.join(_home.path, "rules/form.yaml")
        with open(path, encoding="utf-8") as f:
            form = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(form.replace("      - key: contact.mobile\n", FIELDS + "      - key: contact.mobile\n"))
        _home.run("check", check=0)
        _home.run("forms", check=0)
    return _home


def send(sender, code="T4", **values):
    """The form with these values by mail: its line of the log, and the text and HTML of every mail that goes out for it."""
    given = dict(project__title="项目" + sender, org__name=sender + "有限公司", contact__mail=sender + "@example.cn",
                 contact__card=None, contact__badge=None, contact__permit=None, contact__share=None)
    form = samples.form(home(), code, **{**given, **values})
    before = {m["Message-ID"] for m in home().outbox(digest=True)}
    home().lay(mails.mail(sender + "@example.cn", code, "见附件", [("申报表.xlsx", form), ("盖章.pdf", samples.PDF),
                                                               ("绿色电力交易凭证.pdf", samples.PDF + b"% 2\n")]), DAY)
    home().run("run", now=DAY, check=0)
    out = [m for m in home().outbox(digest=True) if m["Message-ID"] not in before]
    text = "\n".join(p.get_content() for m in out for p in m.walk() if p.get_content_maintype() == "text")
    return home().json("log", "--from", sender + "@example.cn", now=DAY)[0], text


def test_an_identity_number_that_was_asked_for_is_masked():
    m, text = send("asked", contact__card="110105 19491231 002x", contact__badge="e12345678")
    assert m["outcome"] == "accepted", m
    assert SHOWN in text and "e12****78" in text, text
    assert NUMBER not in text + str(m) and "19491231" not in text + str(m) and "345" not in str(m["problems"]), text
    fields = home().json("show", m["entry"], now=DAY)[0]["fields"]
    assert fields["contact.card"] == NUMBER and fields["contact.badge"] == "e12345678", fields
    home().run("digest", now=DAY, check=0)
    assert not any(NUMBER in p.get_content() for d in home().outbox(digest=True) for p in d.walk()
                   if p.get_content_maintype() == "text")


def test_an_identity_number_that_was_not_is_refused():
    summary = "本项目由张三（身份证号：１１０１０５１９４９１２３１００２Ｘ）负责，面向实际场景开展建设和应用。" * 6
    m, text = send("inside", content__summary=summary[:500])
    fault = [p for p in m["problems"] if p["severity"] == "error"]
    assert m["outcome"] == "rejected" and [p["field"] for p in fault] == ["content.summary"], m
    assert "１１０１０５********００２Ｘ" in fault[0]["problem"] and "删去" in fault[0]["problem"], fault
    assert "１９４９" not in text and NUMBER not in text, text


def test_codes_in_another_case_or_with_blanks():
    m, text = send("codes", contact__permit="ｂａ－2023 － 001", org__uscc="９１３５０１００ m000100y43",
                   contact__mobile="+８６ 138 0013-8000", contact__phone="（0313）680 0000", contact__mail=" CODES＠Example.cn ")
    assert m["outcome"] == "accepted", m
    fields = home().json("show", m["entry"], now=DAY)[0]["fields"]
    assert fields["contact.permit"] == "BA-2023-001" and fields["org.uscc"] == "91350100M000100Y43", fields
    assert fields["contact.mobile"] == "13800138000" and fields["contact.phone"] == "0313-6800000", fields
    said = [p["problem"] for p in m["problems"] if p["field"] == "contact.permit"]
    assert said and "BA-2023-001" in said[0], m
    m, _ = send("two", contact__permit="BA-2023-001 BA-2023-002")
    assert m["outcome"] == "rejected", m


def test_a_share_that_was_meant_of_a_hundred():
    m, text = send("share", contact__share=0.9)
    said = [p["problem"] for p in m["problems"] if p["field"] == "contact.share"]
    assert m["outcome"] == "rejected" and "0.9%" in said[0] and "60至100%" in said[0] and "请改填90%" in said[0], m
    assert text.count("请改填90%") == 2, "in the text and in the HTML"
    m, text = send("small", contact__share="90", dc__green="0.35")
    said = [p["problem"] for p in m["problems"] if p["field"] == "dc.green"]
    assert m["outcome"] == "accepted" and "35%" in said[0], m


def test_a_sum_names_its_cells_and_what_they_make():
    m, text = send("sum", "T5", sources__way=["自建自用", "双边交易", None], sources__amount=["1000", "1340", None],
                   sources__share=["70", "35.5", None])
    fault, = [p for p in m["problems"] if p["severity"] == "error"]
    first = fault["where"]
    second = first[:first.index("!") + 2] + str(int(first[first.index("!") + 2:]) + 1)
    assert "（70%）" in fault["problem"] and second.split("!")[1] + "（35.5%）" in fault["problem"], fault
    assert "合计105.5%" in fault["problem"] and fault["problem"] in text, (fault, text)
    back = [p for x in home().outbox() for p in x.iter_attachments() if str(x["To"]) == "sum@example.cn"]
    book = openpyxl.load_workbook(io.BytesIO(back[0].get_content()))
    for at in (first, second):
        sheet, cell = at.split("!")
        assert "合计105.5%" in book[sheet][cell].comment.text, at
    listed = [c.value for row in book["问题清单"].iter_rows() for c in row if c.value and "合计105.5%" in str(c.value)]
    assert len(listed) == 1, listed


def test_an_entry_is_shown_by_its_number_however_it_is_written():
    m, _ = send("number")
    for written in (m["entry"].lower(), m["entry"].replace("-", " - "), m["entry"].replace("-", "")):
        assert home().json("show", written, now=DAY)[0]["number"] == m["entry"], written

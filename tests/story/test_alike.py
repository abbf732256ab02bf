"""The same long text under another organisation's name, the same file under another title: told to the secretariat in the digest
and its workbook, to nobody else; found again by replay."""
import io
import os
import random
import sys

import openpyxl

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import contest
import forms
import home as homes
import mails
import samples

WHERE = homes.STORY
CODES = {"a": "914403001922038216", "b": "91330100799655058B", "c": "91110000802100433B", "d": "9144030027939873X7",
         "e": "12100000400000624D"}
LICENCE = samples.PDF + os.urandom(3000)


def essay(seed, chars):
    """A text that no other seed gives."""
    r = random.Random(seed)
    words = "数据 中心 冷却 余热 供暖 改造 机房 电能 效率 提升 算力 调度 光伏 储能 园区 企业 监测 平台 模型 预测 负荷 空调 水耗 减排 设备 运维 成本 安全 示范 推广".split()
    text = ""
    while len(text) < chars:
        text += "".join(r.choice(words) for _ in range(9)) + "。"
    return text[:chars]


def chars_of(field):
    limit = field.get("chars") or {}
    return min(max(int(limit.get("min", 0)), 300), int(limit.get("max", 300)))


def form(home, seed, org, title, **override):
    rules = contest.load(home.path)
    given = contest.answers(rules, "T4", org__name=org, project__title=title)
    for s in contest.sections(rules, "T4"):
        for f in s.get("fields") or []:
            if f["kind"] == "longtext":
                given[f["key"]] = essay("%s %s" % (seed, f["key"]), chars_of(f))
    if seed in CODES:
        given["org.uscc"] = CODES[seed]
    given.update(override)
    return forms.fill(home.form("T4"), given)


def longest(home):
    """The key and label of a long text with room for more than a hundred characters."""
    rules = contest.load(home.path)
    fields = [f for s in contest.sections(rules, "T4") for f in s.get("fields") or [] if f["kind"] == "longtext"]
    f = max(fields, key=chars_of)
    return f["key"], f["label"], chars_of(f)


def entries(home, now):
    return {e["title"]: e for e in home.json("list", now=now)}


def rows(home):
    mail = [m for m in home.outbox(digest=True) if "日报" in m["Subject"]][-1]
    book = [a.get_content() for a in mail.iter_attachments()][-1]
    sheet = openpyxl.load_workbook(io.BytesIO(book))["疑似雷同"]
    return mail, [[str(c or "") for c in r] for r in sheet.iter_rows(min_row=3, values_only=True) if r[0]]


def test_copied_text_and_shared_file():
    home = homes.Home.fresh(os.path.join(WHERE, "home"))
    home.run("forms", check=0)
    key, label, chars = longest(home)
    copied = essay("a " + key, chars)
    copied = copied[:30] + "另有一处改动" + copied[36:]
    sent = [("a", "甲省绿能科技有限公司", "间接蒸发冷却改造工程", {}, []),
            ("b", "乙省云算数据有限公司", "算力中心节能优化项目", {key: copied}, []),
            ("c", "丙省储能设备有限公司", "园区光储直柔示范应用", {}, [("营业执照.pdf", LICENCE)]),
            ("d", "丁省储能设备有限公司", "园区光储协同调度平台", {}, [("公司资料.pdf", LICENCE)]),
            ("e", "戊省电力研究院", "配电网降损技术与应用", {}, [])]
    for i, (seed, org, title, more, files) in enumerate(sent):
        data = form(home, seed, org, title, **more)
        home.lay(mails.mail(seed + "@example.cn", "T4 申报", "请查收", [("申报表.xlsx", data), ("盖章.pdf", samples.PDF)] + files),
                 "2023-03-20T10:0%d:00+08:00" % i)
    home.run("run", now="2023-03-20T11:00:00+08:00", check=0)
    home.run("run", now="2023-03-21T09:00:00+08:00", check=0)
    e = entries(home, "2023-03-21T09:00:00+08:00")
    assert len(e) == 5, e
    a, b, c, d = (e[s[2]]["number"] for s in sent[:4])
    mail, found = rows(home)
    assert [(r[0], r[3]) for r in found] == [(b, a), (d, c)], found
    assert label in found[0][6] and "%相同" in found[0][6] and found[0][5] == sent[0][1], found
    assert "公司资料.pdf" in found[1][6], found
    text = mail.get_body(("plain",)).get_content()
    assert "疑似雷同" in text and b in text and sent[0][1] in text, text
    for m in home.outbox():
        if "office@" not in m["To"]:
            assert "雷同" not in str(m.get_body(("plain",)).get_content()) and "相同" not in m["Subject"], m
    # Told once, and kept in the workbook.
    home.run("run", now="2023-03-22T09:00:00+08:00", check=0)
    mail, again = rows(home)
    assert again == found and "疑似雷同" not in mail.get_body(("plain",)).get_content()
    # From the journal the same is found.
    home.run("replay", now="2023-03-22T09:00:00+08:00", check=0)
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.unlink(os.path.join(home.path, "spool", name))
    home.run("run", now="2023-03-23T09:00:00+08:00", check=0)
    assert rows(home)[1] == found
    home.run("verify", now="2023-03-23T09:00:00+08:00", check=0)


def test_the_same_organisation_may_say_the_same():
    home = homes.Home.fresh(os.path.join(WHERE, "same"))
    home.run("forms", check=0)
    for i, title in enumerate(("间接蒸发冷却改造工程", "机房余热回收供暖工程")):
        data = form(home, "a", "甲省绿能科技有限公司", title)
        home.lay(mails.mail("a%d@example.cn" % i, "T4 申报", "", [("申报表.xlsx", data), ("盖章.pdf", samples.PDF)]),
                 "2023-03-20T10:0%d:00+08:00" % i)
    home.run("run", now="2023-03-21T09:00:00+08:00", check=0)
    assert len(entries(home, "2023-03-21T09:00:00+08:00")) == 2
    assert rows(home)[1] == []

"""What the secretariat asks for by mail: answered at once, to the listed address that asked, and to nobody else."""
import hashlib
import io
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import openpyxl

import home as homes
import mails
import samples

DAY = "2023-04-01T09:00:00+08:00"
WHERE = homes.STORY
OFFICE = "office@example.org"
_base = None
_n = 0


def fresh(name):
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "office"))
        _base.run("forms", check=0)
        for day, now in ((samples.first_day, "2023-03-30T09:00:00+08:00"), (samples.last_days, DAY)):
            for _, at, data, _ in day(_base):
                _base.lay(data, at)
            _base.run("run", now=now, check=0)
    return _base.copy(os.path.join(WHERE, "office-" + name))


def clock(minutes):
    return "2023-04-01T%02d:%02d:00+08:00" % (9 + minutes // 60, minutes % 60)


def ask(home, subject, minute=1, sender=OFFICE, text="", **more):
    """-> (the message as logged, the mails that answer it)"""
    global _n
    _n += 1
    before = {m["Message-ID"] for m in home.outbox(digest=True)}
    home.lay(mails.mail(sender, subject, text, message_id="<ask-%d@example.org>" % _n, **more), clock(minute))
    home.run("run", now=clock(minute), check=0)
    m = [m for m in home.json("log", now=clock(minute)) if m["message_id"] == "ask-%d@example.org" % _n][0]
    return m, sorted([x for x in home.outbox(digest=True) if x["Message-ID"] not in before], key=lambda x: x["Subject"])


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def files_of(mail):
    return {p.get_filename(): p.get_payload(decode=True) for p in mail.iter_attachments()}


def rows_of(mail):
    data, = files_of(mail).values()
    ws = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    rows = list(ws.iter_rows(values_only=True))
    return rows[1], [r for r in rows[2:] if r[0]]


def test_figures_and_a_workbook_fit_to_forward():
    home = fresh("figures")
    m, (a,) = ask(home, "统计", headers=["Reply-To: thief@example.com"])
    assert m["outcome"] == "request" and a["To"].addresses[0].addr_spec == OFFICE, (m, a["To"])
    assert a["In-Reply-To"] == "<%s>" % m["message_id"] and a["Auto-Submitted"] == "auto-replied"
    text = text_of(a)
    assert "累计受理%d项" % len(home.json("list", now=DAY)) in text and "待资格审核" in text, text
    (name, data), = files_of(a).items()
    assert "概览" in name and openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].title == "概览"
    assert b"138" not in data


def test_lists_by_conditions_and_phones_only_when_asked_for():
    home = fresh("list")
    everything = {e["number"]: e for e in home.json("list", now=DAY)}
    m, (a,) = ask(home, "清单", 1)
    head, rows = rows_of(a)
    assert {r[0] for r in rows} == set(everything) and "手机" not in head and "联系邮箱" not in head, head
    assert "不含电话" in text_of(a)
    contact = everything["T4-0001"]["email"]
    assert not any(contact in str(c) for r in rows for c in r)
    m, (a,) = ask(home, "清单 T4、T1 含电话", 2)
    head, rows = rows_of(a)
    assert {r[0][:2] for r in rows} == {"T1", "T4"} and "手机" in head, rows
    assert any(contact in str(c) for r in rows for c in r)
    show = home.run("verify", now=clock(3), check=0)
    assert show.returncode == 0
    import sqlite3
    db = sqlite3.connect(os.path.join(home.path, "spool/xinlv.db"))
    said = db.execute("SELECT detail FROM audit WHERE kind = 'list'").fetchall()
    assert said == [("%d entries with ways to reach them" % len(rows),)], said
    m, (a,) = ask(home, "清单：河北 绿色数据中心，资格审核未通过", 4)
    assert "没有符合" in a["Subject"] and not files_of(a) and "河北省" in text_of(a), text_of(a)
    m, (a,) = ask(home, "清单 企业 河北 已登记", 5)
    head, rows = rows_of(a)
    assert rows and all(r[head.index("所在地")] == "河北省" for r in rows), rows


def test_one_entrys_story_answers_the_phone_call():
    home = fresh("story")
    m, (a,) = ask(home, "查 t4-0001")
    text = text_of(a)
    for part in ("T4-0001", "已登记", "来信", "去信", "已发出", "材料目录：spool/tracks/T4/"):
        assert part in text, (part, text)
    m, (a,) = ask(home, "查", 2, text="T4-0001\n谢谢")
    assert "T4-0001" in a["Subject"], a["Subject"]
    turned = [x for x in home.json("log", "--outcome", "rejected", now=DAY)][0]
    m, (a,) = ask(home, "查 " + turned["from"], 3)
    text = text_of(a)
    assert "没有登记为申报的来信" in text and "首要问题" in text and "已发出" in text, text
    m, (a,) = ask(home, "查：并不存在的单位", 4)
    assert "没有找到" in a["Subject"] and "退信" in text_of(a)


def test_a_story_tells_each_mail_once_to_an_address_written_in_two_ways():
    home = fresh("two-ways")
    data = samples.form(home, "T3", org__name="两写科技有限公司", project__title="两写项目", contact__mail="zhang.san@example.cn")
    home.lay(mails.mail("Zhang.San@example.cn", "T3 申报表", "", [("T3.xlsx", data), ("盖章.pdf", samples.PDF)],
                        message_id="<two-ways@example.cn>"), "2023-03-30T10:00:00+08:00")
    home.run("run", now=clock(1), check=0)
    m = [m for m in home.json("log", now=clock(1)) if m["message_id"] == "two-ways@example.cn"][0]
    _, (a,) = ask(home, "查找 " + m["entry"], 2)
    assert text_of(a).count("去信") == text_of(a).count("来信 ") == 1, text_of(a)


def test_files_come_whole_and_in_several_mails_when_large():
    home = fresh("files")
    path = os.path.join(home.path, "rules/mail.yaml")
    rules = open(path, encoding="utf-8").read()
    assert "max_bytes: 10M" in rules
    with open(path, "w", encoding="utf-8") as f:
        f.write(rules.replace("max_bytes: 10M", "max_bytes: 1M"))
    number = "T4-0001"
    entry, = home.json("show", number, now=DAY)
    m, (a,) = ask(home, "材料 " + number, 1)
    want = sorted(f["sha256"] for f in entry["files"])
    assert sorted(hashlib.sha256(d).hexdigest() for d in files_of(a).values()) == want
    big = [("证明%d.pdf" % i, samples.PDF + os.urandom(500 << 10)) for i in range(4)] + \
          [("特大.pdf", samples.PDF + os.urandom(1100 << 10))]
    home.lay(mails.mail("li@example.com", "申报", "请查收附件", [("申报表.xlsx", samples.form(
        home, "T4", org__name="大件科技有限公司", project__title="大件项目"))] + big), "2023-03-31T10:00:00+08:00")
    home.run("run", now=clock(2), check=0)
    number = [e["number"] for e in home.json("list", now=DAY) if e["org"] == "大件科技有限公司"][0]
    m, answers = ask(home, "材料 " + number, 3)
    assert len(answers) >= 3 and len({x["Message-ID"] for x in answers}) == len(answers), len(answers)
    got = {}
    for x in answers:
        assert len(x.as_bytes()) < 1 << 20 and "共%d封" % len(answers) in x.as_string() or "分%d封" % len(answers) in text_of(x)
        got.update(files_of(x))
    assert {n for n in got if n.startswith("证明")} == {n for n, _ in big[:4]}
    assert all(got[n] == d for n, d in big[:4])
    assert any("特大.pdf" in text_of(x) and "spool/tracks/" in text_of(x) for x in answers)
    m, (a,) = ask(home, "材料 T4-9999", 4)
    assert "没有找到" in a["Subject"]


def archived(home, sha256):
    return os.path.join(home.path, "spool/archive", sha256[:2], sha256 + ".eml")


def test_what_was_handed_over_comes_along_and_what_is_damaged_is_named():
    home = fresh("handed")
    folder = os.path.join(home.path, "spool/handover/T4-0001")
    plan = samples.PDF + b"handed over"
    os.makedirs(folder)
    with open(os.path.join(folder, "图纸.pdf"), "wb") as f:
        f.write(plan)
    minute = 1
    home.run("run", now=clock(minute), check=0, env={"XINLV_HANDOVER_SECONDS": "0"})
    assert not os.path.exists(folder)
    minute += 1
    entry, = home.json("show", "T4-0001", now=clock(minute))
    want = {os.path.basename(f["path"]): f["sha256"] for f in entry["files"]}
    m, (a,) = ask(home, "材料 T4-0001", minute)
    assert {n: hashlib.sha256(d).hexdigest() for n, d in files_of(a).items()} == want and files_of(a)["图纸.pdf"] == plan
    # The message of the entry itself is gone from the archive: what is still there is sent.
    mail, = [x for x in home.json("log", now=clock(minute)) if x["entry"] == "T4-0001" and x["outcome"] == "accepted"]
    kept = archived(home, mail["sha256"])
    os.rename(kept, kept + ".kept")
    m, (a,) = ask(home, "材料 T4-0001", minute + 1)
    assert m["outcome"] == "request" and list(files_of(a)) == ["图纸.pdf"], files_of(a)
    for name in set(want) - {"图纸.pdf"}:
        assert name in text_of(a).split("已损坏或缺失")[1], text_of(a)
    os.rename(kept + ".kept", kept)
    with open(archived(home, hashlib.sha256(plan).hexdigest()), "r+b") as f:
        f.write(b"%pdf")
    m, (a,) = ask(home, "材料 T4-0001", minute + 2)
    assert set(files_of(a)) == set(want) - {"图纸.pdf"} and "图纸.pdf" in text_of(a).split("已损坏或缺失")[1], text_of(a)


def test_the_handbook_and_what_can_be_asked():
    home = fresh("handbook")
    m, (a,) = ask(home, "手册")
    html = a.get_body(("html",)).get_content()
    assert "<b>先存档。</b>" in html and "**" not in html and "| --- |" not in html and "大赛秘书处工作手册" in html
    m, (a,) = ask(home, "帮助", 2)
    assert "含电话" in text_of(a) and m["outcome"] == "request"
    os.remove(os.path.join(home.path, "templates/handbook.zh.md"))
    m, (a,) = ask(home, "手册", 3)
    assert "工作手册" in text_of(a), "lent by the program"


def test_strangers_get_what_entrants_get():
    home = fresh("strangers")
    for i, subject in enumerate(("统计", "清单 含电话", "查 T4-0001", "材料 T4-0001", "手册", "帮助")):
        m, answers = ask(home, subject, 2 * i + 1, sender="stranger@example.com")
        kinds = [x["X-Xinlv"].split()[1] for x in answers]
        assert not any(k.startswith("ask") for k in kinds), (subject, kinds)
        to = {x["To"].addresses[0].addr_spec for x in answers if x["X-Xinlv"].split()[1] != "forward"}
        assert to <= {"stranger@example.com"}
        for x in answers:
            if x["X-Xinlv"].split()[1] != "forward":
                assert "绿源" not in x.as_string() and "spool/" not in text_of(x)
    # an answered subject is anybody's
    m, answers = ask(home, "回复：清单 含电话", 20)
    assert not any(x["X-Xinlv"].endswith("ask_list") for x in answers)
    # signs around the word are nothing; a subject alone that is none of the words is answered with the words
    for i, subject in enumerate(("统计。", "【统计】", "“统计”")):
        m, (a,) = ask(home, subject, 40 + i)
        assert a["X-Xinlv"].endswith("ask_figures"), subject
    m, (a,) = ask(home, "请统计一下", 45)
    assert a["X-Xinlv"].endswith("ask_help") and m["outcome"] == "request", m
    # a longer word that begins so
    for i, subject in enumerate(("查收申报材料", "材料请查收", "统计局来函")):
        m, answers = ask(home, subject, 30 + i)
        assert not any("ask" in x["X-Xinlv"] and not x["X-Xinlv"].endswith("ask_help") for x in answers), subject


def test_where_servers_are_trusted_a_from_alone_is_nothing():
    home = fresh("forged")
    path = os.path.join(home.path, "rules/mail.yaml")
    rules = open(path, encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(rules.replace("trusted_authserv: []", "trusted_authserv: [mx.example.org]"))
    m, answers = ask(home, "清单 含电话", 1)
    assert not any("ask" in x["X-Xinlv"] for x in answers)
    m, answers = ask(home, "清单 含电话", 2, headers=["Authentication-Results: mx.example.org; dmarc=fail header.from=example.org"])
    assert not any("ask" in x["X-Xinlv"] for x in answers)
    m, (a,) = ask(home, "清单 含电话", 3, headers=["Authentication-Results: mx.example.org; dmarc=pass header.from=example.org"])
    assert a["X-Xinlv"].endswith("ask_list")


def test_asked_twice_by_one_delivery_is_answered_once_and_replay_gives_the_same():
    home = fresh("again")
    ask(home, "清单 含电话", 1)
    n = len(home.outbox(digest=True))
    data = mails.mail(OFFICE, "清单 含电话", "", message_id="<again@example.org>")
    home.lay(data, clock(2))
    home.run("run", now=clock(2), check=0)
    home.lay(data + b"\r\n", clock(3))
    home.run("run", now=clock(3), check=0)
    assert len(home.outbox(digest=True)) == n + 1
    before = [(m["sha256"], m["outcome"]) for m in home.json("log", now=DAY)]
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=clock(4), check=0)
    assert before == [(m["sha256"], m["outcome"]) for m in home.json("log", now=DAY)]
    assert len(home.outbox(digest=True)) == n + 1
    home.run("verify", now=clock(5), check=0)




# ---- answers of the secretariat

def question(home, minute, sender="ma@example.cn"):
    m, answers = ask(home, "联合申报的盖章问题", minute, sender=sender, text="请问两家单位联合申报时，盖章页由谁盖？")
    assert m["outcome"] == "unrecognised", m
    forward, = [x for x in answers if x["X-Xinlv"].endswith(" forward")]
    assert forward["To"].addresses[0].addr_spec == OFFICE and forward["Reply-To"].addresses[0].addr_spec == sender
    return m, forward


def open_reads(home, minute):
    home.run("digest", now=clock(minute), check=0)
    mail = [x for x in home.outbox(digest=True) if x["X-Xinlv"].endswith(" digest")][-1]
    data = [d for n, d in files_of(mail).items() if "工作簿" in n][0]
    ws = openpyxl.load_workbook(io.BytesIO(data))["待人工阅读"]
    return str([[c.value for c in r] for r in ws.iter_rows()])


def test_a_copy_of_the_answer_settles_the_question():
    home = fresh("answer")
    m, forward = question(home, 1)
    assert "ma@example.cn" in open_reads(home, 2)
    copy, answers = ask(home, "回复：" + str(forward["Subject"]), 3, text="由牵头单位盖章。", headers=[
        "In-Reply-To: " + forward["Message-ID"], "Cc: entries@example.org"], to="ma@example.cn")
    assert copy["outcome"] == "note" and answers == [], (copy, answers)
    assert "ma@example.cn" not in open_reads(home, 4)
    _, (a,) = ask(home, "查 ma@example.cn", 5)
    assert "已处理：" + OFFICE in text_of(a), text_of(a)
    home.run("verify", now=clock(6), check=0)


def test_the_thread_forwarded_or_answered_directly_counts_too():
    home = fresh("thread")
    m, _ = question(home, 1)
    copy, answers = ask(home, "Re: 联合申报的盖章问题", 2, text="由牵头单位盖章。",
                        headers=["In-Reply-To: <%s>" % m["message_id"]])
    assert copy["outcome"] == "note" and answers == [] and "ma@example.cn" not in open_reads(home, 3)
    m, _ = question(home, 4, "niu@example.cn")
    raw = mails.mail("niu@example.cn", "联合申报的盖章问题", "请问？", message_id="<inner@example.cn>")
    part = "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + raw.decode()
    copy, answers = ask(home, "转发：联合申报的盖章问题", 5, text="已电话答复。", parts=[part])
    assert copy["outcome"] == "note" and answers == [], (copy, [x["Subject"] for x in answers])
    assert "niu@example.cn" not in open_reads(home, 6)


def test_a_strangers_answer_settles_nothing():
    home = fresh("stranger-answer")
    m, forward = question(home, 1)
    copy, answers = ask(home, "回复：" + str(forward["Subject"]), 2, sender="niu@example.cn", text="由牵头单位盖章。",
                        headers=["In-Reply-To: " + forward["Message-ID"]])
    assert copy["outcome"] != "note" and "ma@example.cn" in open_reads(home, 3), copy

"""A whole year by mail between real servers, Dovecot to SMTP, with the clock moved: a hundred entries in all seven tracks, forms
and workbooks filled in by openpyxl, from the first form to the awards, the casebook, the archive and the next edition.  At its
end each mailbox holds exactly what it should, in order; and the journal gives the same again."""
import email
import email.policy
import hashlib
import imaplib
import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys

import openpyxl
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import contest
import dovecot
import forms
import home as homes
import mails
import office
import samples
from real_smtp import RealSmtp

WHERE = homes.STORY
OFFICE = "office@example.org"
SECOND = "second@example.org"   # of the secretariat, too: confirms what the scorer typed
TRACKS = ["T%d" % i for i in range(1, 8)]
EACH = 15           # entries a track
PLACES = 4          # of each track in the final
TAKEN = "T4-0003"    # an objection takes its award away
EXPERTS = [("专家%d" % i, "评审机构%d" % i, "expert%d@panel%d.example.net" % (i, i)) for i in range(1, 8)]


def write_rules(home):
    path = home.path + "/rules/contest.yaml"
    with open(path, encoding="utf-8") as f:
        c = yaml.safe_load(f)
    c["awards"] = [{"name": "一等奖", "per_track": 1}, {"name": "二等奖", "per_track": 1}, {"name": "三等奖", "per_track": 1},
                   {"name": "优秀奖"}]
    first, last = c["rounds"]
    first.update(experts=2, recommend={"per_track": PLACES})
    assert last["scored_by"] == "scorer" and last["drop"] == {"highest": 1, "lowest": 1}, last
    last["confirmed"] = True
    c["roadshow"] = {"days": [{"date": "2023-05-20", "start": "09:00", "end": "17:00"}],
                     "breaks": [{"from": "12:00", "to": "13:30"}], "rooms": ["第一会场", "第二会场"], "minutes": 20,
                     "apart": 40, "place": "北京国际会议中心", "note": "请提前30分钟签到。"}
    c["publicity"] = {"days": 7, "note": "请实名提出。"}
    c["casebook"] = {"fields": ["project.keywords", next(k for k in summary_keys(home))]}
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(c, f, allow_unicode=True, sort_keys=False)
    path = home.path + "/rules/mail.yaml"
    with open(path, encoding="utf-8") as f:
        m = yaml.safe_load(f)
    m["secretariat"].append(SECOND)
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(m, f, allow_unicode=True, sort_keys=False)


def reach(home, fetch, send):
    """Where the home fetches and sends from now on."""
    path = home.path + "/rules/mail.yaml"
    with open(path, encoding="utf-8") as f:
        m = yaml.safe_load(f)
    m["fetch"], m["send"] = fetch, send
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(m, f, allow_unicode=True, sort_keys=False)


def apart(home):
    """A copy that must not touch the servers of the contest itself."""
    reach(home, {"url": "maildir:spool/inbox"}, {"url": "maildir:spool/outbox"})
    for folder in ("inbox", "outbox"):
        for part in ("new", "cur", "tmp"):
            os.makedirs(os.path.join(home.path, "spool", folder, part), exist_ok=True)


def summary_keys(home):
    rules = contest.load(home.path)
    return [f["key"] for s in rules["form"]["sections"] for f in s.get("fields") or [] if f.get("role") == "summary"]


class Year:
    """The contest's home, whoever writes to it, and what each mailbox got."""

    def __init__(self):
        self.home = homes.Home.fresh(os.path.join(WHERE, "home"))
        write_rules(self.home)
        self.server = dovecot.Dovecot(extra="plugin {\n  quota_rule = *:storage=1G\n}\n")
        self.smtp = RealSmtp(require_login=False)
        self.box = self.server.box()
        with open(self.home.path + "/password", "w") as f:
            f.write(dovecot.PASSWORD + "\n")
        os.chmod(self.home.path + "/password", 0o600)
        reach(self.home, {"url": "imap://%s@127.0.0.1:%d/INBOX" % (dovecot.USER.replace("@", "%40"), self.server.plain),
                          "tls": "none", "password_file": "password", "after": "flag", "first_start": "answer",
                          "max_bytes": "60M"},
              {"url": "smtp://127.0.0.1:%d" % self.smtp.port, "tls": "none",
               "limits": {"per_minute": 100000, "per_hour": 100000, "per_day": 100000}})
        self.home.run("forms", check=0)
        self.n = 0
        self.now = None
        self.want = {}   # address: kinds of mails, in order
        self.seen = 0     # mails of the SMTP server
        self.shown = []   # batches that wait for release
        self.sent = []    # (address, kind), in order
        self.kept = []    # mails that are looked at later
        self.entry = {}  # number: {"sender", "contact", "org", "title"}

    def expect(self, kind, *addresses):
        for a in addresses:
            self.want.setdefault(a, []).append(kind)

    def lay(self, data, when):
        typ, answer = self.box.append("INBOX", None, imaplib.Time2Internaldate(homes.moment(when)), data)
        assert typ == "OK", answer

    def close(self):
        self.box.shutdown()
        self.server.close()
        self.smtp.close()

    def run(self, now):
        self.now = now
        self.home.run("run", now=now, check=0)

    def fresh(self):
        """The mails that arrived at the SMTP server since the last call, in order; each is for whom its envelope names."""
        arrived = self.smtp.mails[self.seen:]
        self.seen += len(arrived)
        new = []
        for _, rcpt, data, _, _ in arrived:
            new.append(email.message_from_bytes(data, policy=email.policy.default))
            assert rcpt == [to(new[-1])], (rcpt, new[-1]["To"])
        self.shown += [m for m in new if kind(m) == "notice_preview" and to(m) == OFFICE]
        self.sent += [(to(m), kind(m)) for m in new]
        self.kept += [m for m in new if kind(m) in ("invited", "invite_changed", "invite_cancelled", "awarded")]
        return new

    def send(self, sender, subject, now, files=(), text="", **more):
        """Mails it, runs the robot: (the message as the log has it, the mail that answers it, all mails that left)."""
        self.fresh()
        self.n += 1
        ident = "<year-%d@example.org>" % self.n
        files = [("表格.xlsx", office.data(f) if isinstance(f, openpyxl.Workbook) else f) for f in files]
        self.lay(mails.mail(sender, subject, text, files, message_id=ident, **more), now)
        self.run(now)
        new = self.fresh()
        row = self.home.json("log", "--find", ident[1:-1], now=now)[-1]
        return row, next((m for m in new if m["In-Reply-To"] == ident), None), new

    def answer(self, subject, now, wb=None, bad=0, text=""):
        """The secretariat asks, or returns a workbook: the answer.  bad: rows that must come back."""
        row, mail, new = self.send(OFFICE, subject, now, [wb] if wb else [], text)
        assert len(row["problems"]) == bad, row["problems"]
        self.new = new
        return mail

    def release(self, now, *titles):
        """Releases what was shown for release since, which is just that."""
        shown, self.shown = self.shown, []
        assert [t for t in titles if any(t in m["Subject"] for m in shown)] == list(titles) and len(shown) == len(titles), (
            titles, [m["Subject"] for m in shown])
        for m in shown:
            code = re.search(r"R[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{4}", text_of(m)).group(0)
            _, answer, _ = self.send(OFFICE, "回复：" + m["Subject"], now, text=code + (" 确认全体" if "确认全体" in text_of(m) else "") + "\n")
            assert "已放行" in answer["Subject"], answer["Subject"]
        assert not self.home.json("queue", "--state", "held", now=now)

    def states(self):
        return {e["number"]: e["state"] for e in self.home.json("list", now=self.now)}

    def people(self, number):
        e = self.entry[number]
        return sorted({e["sender"], e["contact"]})


def kind(mail):
    return (mail["X-Xinlv"] or "").split(" ")[-1]


def to(mail):
    return mail["To"].addresses[0].addr_spec


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def at(month, day, hour=9, minute=0, second=0):
    return "2023-%02d-%02dT%02d:%02d:%02d+08:00" % (month, day, hour, minute, second)


# ---- January to March: forms come in

def filled(year, code):
    """Workbooks of one track, one after another, from one form that is loaded once."""
    path = year.home.form(code)
    answers = contest.answers(contest.load(year.home.path), code)
    wb = openpyxl.load_workbook(path)
    cells = {}
    for key, value in answers.items():
        ws, r1, c1, _ = forms.target(wb, forms.name_of(key))
        cells[key] = (ws, r1, c1)
        for i, v in enumerate(value if isinstance(value, list) else [value]):
            ws.cell(r1 + i, c1).value = v

    def one(**values):
        for key, v in values.items():
            ws, r, c = cells[key.replace("__", ".")]
            ws.cell(r, c).value = v
        out = io.BytesIO()
        wb.save(out)
        return out.getvalue()
    return one


def enclosed(code, form):
    return [(code + ".xlsx", form), ("盖章.pdf", samples.PDF)] + ([("绿色电力凭证.pdf", samples.PDF)] if code == "T5" else [])


def collection(year):
    for t, code in enumerate(TRACKS):
        one = filled(year, code)
        for i in range(EACH):
            n = t * EACH + i + 1
            sender = "sender%d@firm%d.example.cn" % (n, n)
            contact_mail = sender if n % 5 == 0 else "contact%d@firm%d.example.cn" % (n, n)
            org, title = "第%d绿色科技有限公司" % (n - 1 if n % EACH == 0 else n), "第%d号节能降碳示范项目" % n
            faulty = n in (3, 40)
            data = one(org__name=org, project__title=title, contact__mail=contact_mail,
                       contact__mobile="1380013" if faulty else "138%08d" % n)
            day = 6 + n % 20
            year.lay(mails.mail(sender, "%s 申报" % code, "", enclosed(code, data),
                                     message_id="<form-%d@example.cn>" % n), at(3, day, 10, n % 60))
            if faulty:
                year.expect("faults", sender)
                good = one(org__name=org, project__title=title, contact__mail=contact_mail, contact__mobile="138%08d" % n)
                year.lay(mails.mail(sender, "回复：%s 申报" % code, "", enclosed(code, good),
                                         message_id="<again-%d@example.cn>" % n), at(3, 28, 9, n % 60))
            year.expect("receipt", sender)
            if contact_mail != sender:
                year.expect("confirm", contact_mail)
    late = filled(year, "T1")(org__name="迟到科技有限公司", project__title="迟到的绿色项目", contact__mail="late@late.example.cn")
    year.lay(mails.mail("late@late.example.cn", "T1 申报", "", [("T1.xlsx", late), ("盖章.pdf", samples.PDF)],
                             message_id="<late@example.cn>"), at(4, 1, 0, 0, 0))
    year.expect("late", "late@late.example.cn")
    for day in (27, 28, 29):
        year.run(at(3, day, 20))
    year.run(at(4, 1, 0, 5))
    for e in year.home.json("list", now=year.now):
        year.entry[e["number"]] = {"sender": e["sender"], "contact": e["email"], "org": e["org"], "title": e["title"]}
    assert len(year.entry) == len(TRACKS) * EACH, len(year.entry)
    year.fresh()
    year.release(at(4, 1, 9), "截止")
    for n in year.entry:
        year.expect("phase_closed", *year.people(n))


def digest_book(year, now):
    year.fresh()
    year.run(now)
    year.new = year.fresh()
    digest = [m for m in year.new if kind(m) == "digest" and to(m) == OFFICE]
    return next(wb for wb in (openpyxl.load_workbook(io.BytesIO(d)) for d in office.enclosed(digest[-1], ".xlsx").values())
                if "_xinlv" in wb.sheetnames)


def review(year):
    """Eligibility, then the formal review, in the morning's workbooks: one falls at each."""
    for day, sheet, falls in ((2, "待资格审核", "T1-0015"), (3, "待形式审查", "T2-0015")):
        wb = digest_book(year, at(4, day, 8, 31))
        office.fill(wb[sheet], "编号", lambda r: {"决定": "不通过", "理由": "材料与要求不符"} if r["编号"] == falls else {"决定": "通过"})
        year.answer("回复：日报", at(4, day, 10), wb)
        year.release(at(4, day, 11), "审核结果通知")
        for n, state in year.states().items():
            if state in (("eligible", "ineligible") if day == 2 else ("reviewed", "unfit")):
                year.expect(state, *year.people(n))
    counts = list(year.states().values())
    assert counts.count("reviewed") == len(TRACKS) * EACH - 2 and counts.count("ineligible") == counts.count("unfit") == 1


# ---- April and June: experts and their rounds

def roster(year):
    wb = office.book(year.answer("专家", at(4, 4)))
    rows = iter(EXPERTS)

    def one(row):
        e = next(rows, None)
        return e and {"姓名": e[0], "单位": e[1], "邮箱": e[2]}
    office.fill(wb["专家名单"], "姓名", one)
    year.answer("回复：专家名单", at(4, 4, 10), wb)
    for i, e in enumerate(EXPERTS):
        year.expect("expert_promise", e[2])
        year.send(e[2], "回复：请确认评审保密承诺", at(4, 5, 9, i), text="同意。")
        year.expect("expert_said", e[2])


def judged(number, off):
    """Points that put the entries of a track in the order of their numbers; the first two of T1 are equal."""
    n = int(number[-4:])
    n = 1 if number == "T1-0002" else n
    return (30 - n, 30 - n, 20, 20 - off)


def mark(ws, off):
    points = [h for h in office.heads(ws)[1] if re.search(r"（\d+~\d+）", h)]
    assert len(points) == 4, office.heads(ws)
    office.fill(ws, "编号", lambda r: dict(zip(points, judged(r["编号"], off))))


def score(year, name, month, day):
    """The round is assigned as proposed, and each expert returns all of theirs."""
    wb = office.book(year.answer("分派 " + name, at(month, day)))
    year.answer("回复：专家分派表", at(month, day, 10), wb)
    sheets = {to(m): m for m in year.new if kind(m) == "review"}
    for i, (address, mail) in enumerate(sorted(sheets.items())):
        year.expect("review", address)
        wb = office.book(mail)
        for ws in wb.worksheets:
            if ws.title == "_xinlv" or "编号" not in office.heads(ws)[1]:
                continue
            mark(ws, 0)
        row, _, _ = year.send(address, "回复：评分表", at(month, day + 1, 10, i), [wb])
        assert row["outcome"] == "decision" and row["problems"] == [], row
        year.expect("decision", address)


def preliminary(year):
    roster(year)
    score(year, "初赛评审", 4, 6)
    wb = office.book(year.answer("推荐 初赛评审", at(4, 20)))
    for ws in wb.worksheets:
        if "决定" in (office.heads(ws)[1] if ws.title != "_xinlv" else {}):
            office.fill(ws, "编号", lambda r: {"决定": r["决定"] or "不推荐"})
    year.answer("回复：推荐名单", at(4, 20, 10), wb)
    finalists = {n for n, s in year.states().items() if s == "shortlisted"}
    assert finalists == {"%s-%04d" % (t, i) for t in TRACKS for i in range(1, PLACES + 1)}, sorted(finalists)
    year.release(at(4, 20, 11), "审核结果通知")
    for n, s in year.states().items():
        if s in ("shortlisted", "eliminated"):
            year.expect(s, *year.people(n))


# ---- May: the roadshow

def roadshow(year):
    assert "种子" in text_of(year.answer("路演", at(5, 4)))
    year.answer("路演 种子：上证综指5月5日收盘3334.50", at(5, 5))
    wb = office.book(year.answer("路演", at(5, 8)))
    ws = wb["路演日程"]
    first = office.rows(ws)
    lots = sorted(first, key=lambda r: hashlib.sha256(("上证综指5月5日收盘3334.50|" + r["编号"]).encode()).digest())
    assert [r["编号"] for r in lots] == [r["编号"] for r in first]      # whoever has the seed finds the same order
    taken, moved = first[0], first[5]
    office.fill(ws, "编号", {moved["编号"]: {"时间": taken["时间"], "会场": taken["会场"]}})
    mail = year.answer("回复：路演日程", at(5, 8, 10), wb, bad=2)
    assert taken["编号"] in text_of(mail) and "路演日程!I" in text_of(mail)
    back = office.book(mail)
    office.fill(back["路演日程"], "编号", {moved["编号"]: {"时间": moved["时间"], "会场": moved["会场"]}})
    year.answer("回复：决定", at(5, 8, 11), back)
    year.release(at(5, 8, 13), "日程第1版", "日程第2版")
    for r in first:
        year.expect("invited", *year.people(r["编号"]))
    answers(year, [r["编号"] for r in first])
    unconfirmed(year, [r["编号"] for r in first])
    changes(year, [r["编号"] for r in first])


def invitation(year, number):
    found = [m for m in year.kept if kind(m) == "invited" and number in m["Subject"]]
    assert {to(m) for m in found} == set(year.people(number))
    return found[-1]


def answers(year, numbers):
    """By reply, and with the button of a calendar."""
    for i, (number, said) in enumerate(((numbers[0], "确认，准时参加。"), (numbers[1], "当天有冲突，申请改期。"))):
        mail = invitation(year, number)
        sender = to(mail)
        row, _, _ = year.send(sender, "回复：" + mail["Subject"], at(5, 9, 9, i), text=said,
                              headers=["In-Reply-To: " + mail["Message-ID"]])
        assert row["outcome"] == ("note", "change")[i], row
        if i:
            year.expect("move", sender)
    ics = next(p for p in invitation(year, numbers[2]).walk() if p.get_content_type() == "text/calendar").get_content()
    uid = re.search(r"^UID:(\S+)", ics, re.M).group(1)
    who = year.entry[numbers[2]]["contact"]
    reply = ("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:%s\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:%s\r\n"
             "END:VEVENT\r\nEND:VCALENDAR\r\n" % (uid, who))
    year.lay(("From: %s\r\nTo: entries@example.org\r\nSubject: Accepted\r\nMessage-ID: <cal@example.cn>\r\nMIME-Version: 1.0\r\n"
                   "Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n%s" % (who, reply)).encode(), at(5, 9, 10))
    year.run(at(5, 9, 10, 1))
    events = [h["event"] for n in numbers[:3] for h in year.home.json("show", n, now=year.now)[0]["history"]]
    assert {"roadshow_confirmed", "roadshow_move"} <= set(events) and events.count("roadshow_confirmed") == 2, events


def unconfirmed(year, numbers):
    """The morning's digest names whom to ring."""
    year.fresh()
    year.run(at(5, 10, 8, 45))
    text = text_of([m for m in year.fresh() if kind(m) == "digest" and to(m) == OFFICE][-1])
    assert "路演尚未确认参加" in text and numbers[1] in text and "请求改期" in text and numbers[3] in text, text
    assert numbers[0] not in text and numbers[2] not in text, text


def changes(year, numbers):
    """One gives way to another, one is off: only these two are told, and their calendars follow."""
    wb = office.book(year.answer("路演", at(5, 10)))
    ws = wb["路演日程"]
    assert {r["编号"]: r["对方答复"] for r in office.rows(ws)}[numbers[1]] == "请求改期"
    office.fill(ws, "编号", {numbers[1]: {"时间": "16:40", "会场": "第二会场"}, numbers[3]: {"会场": "不安排"}})
    year.answer("回复：路演日程", at(5, 10, 10), wb)
    year.release(at(5, 10, 11), "日程第3版")
    year.expect("invite_changed", *year.people(numbers[1]))
    year.expect("invite_cancelled", *year.people(numbers[3]))
    told = {kind(m): m for m in year.kept if kind(m) in ("invite_changed", "invite_cancelled")}
    for k, method in (("invite_changed", "REQUEST"), ("invite_cancelled", "CANCEL")):
        ics = next(p for p in told[k].walk() if p.get_content_type() == "text/calendar").get_content()
        assert "METHOD:" + method in ics and "SEQUENCE:1" in ics, ics
    # Who asked for another time and got one has not answered yet; who was left where they are has.
    rows = {r["编号"]: r["对方答复"] for r in office.rows(office.book(year.answer("路演", at(5, 10, 12)))["路演日程"])}
    assert rows[numbers[0]] and not rows[numbers[1]], rows


# ---- June: final, publicity, awards

def on_paper(year):
    """Five judges signed sheets of paper: one person types them all, and a second one confirms before they count."""
    wb = office.book(year.answer("评分 总决赛评审", at(6, 1)), "录入")
    judges = [ws for ws in wb.worksheets if ws.title.startswith("评委")]
    assert len(judges) == 5, wb.sheetnames
    for ws, off in zip(judges, (2, 20, 3, 4, 0)):   # 20 is the lowest, 0 the highest: both are dropped
        mark(ws, off)
    year.answer("回复：评分录入", at(6, 1, 10), wb)
    shown = {to(m): m for m in year.new if kind(m) == "scores_confirm"}
    assert set(shown) == {OFFICE, SECOND}, set(shown)
    code = shown[SECOND]["Subject"].split()[-1]
    assert code in text_of(shown[SECOND])
    subject = "回复：" + shown[SECOND]["Subject"]
    assert "另一位" in text_of(year.send(OFFICE, subject, at(6, 1, 11), text=code)[1])
    early = year.answer("获奖名单", at(6, 1, 12))
    assert not any(r["得分"] for r in office.rows(office.book(early)["获奖名单"]))
    assert "有28项还没有评分" in text_of(early) and "填入建议" not in text_of(early), text_of(early)
    year.send(SECOND, subject, at(6, 1, 14), text=code)
    rows = {r["编号"]: r for r in finalists(year, at(6, 1, 15))}
    assert len(rows) == len(TRACKS) * PLACES and float(rows["T2-0001"]["得分"]) == 29 + 29 + 20 + 20 - 3, rows["T2-0001"]


def finalists(year, now):
    return office.rows(office.book(year.answer("获奖名单", now))["获奖名单"])


def awards(year):
    on_paper(year)
    asked = year.answer("获奖名单", at(6, 10))
    assert "填入建议" in text_of(asked) and "还没有评分" not in text_of(asked), text_of(asked)
    wb = office.book(asked)
    ws = wb["获奖名单"]
    rows = {r["编号"]: r for r in office.rows(ws)}
    assert rows["T2-0001"]["奖项"] == "一等奖" and rows["T2-0002"]["奖项"] == "二等奖", rows["T2-0001"]
    assert "并列" in rows["T1-0001"]["提示"] and rows["T1-0001"]["奖项"] == rows["T1-0002"]["奖项"], rows["T1-0001"]

    def give(row):
        n = row["编号"]
        return {"奖项": {"0001": "一等奖", "0002": "二等奖", "0003": "三等奖"}.get(n[-4:], "优秀奖" if n < "T5" else "未获奖")}
    office.fill(ws, "编号", give)
    # a tie is cut without a word, a second of its kind, no such award
    office.fill(ws, "编号", {"T3-0003": {"奖项": "二等奖", "说明": "专家组合议"}, "T4-0001": {"奖项": "特等奖"}})
    mail = year.answer("回复：获奖名单", at(6, 10, 10), wb, bad=3)
    text = text_of(mail)
    assert "得分相同" in text and "名额为1项" in text and "特等奖" in text and "获奖名单!H" in text, text
    back = office.book(mail)["获奖名单"]
    book = back.parent
    office.fill(back, "编号", lambda r: {**give(r), "说明": "按评审会议决定"})
    year.answer("回复：决定", at(6, 10, 11), book)
    assert os.path.exists(year.home.path + "/spool/publish/proposed/index.html")
    publicity(year)


def publicity(year):
    """Two are objected to, and held while the others come into force.  One objection fails; the other takes the award away,
    and the list that this makes is open to objections anew before it holds."""
    for i, (number, why) in enumerate((("T2-0001", "与往年项目重复"), (TAKEN, "数据不实"))):
        row, mail, _ = year.send("citizen@example.com", "异议：%s %s" % (number, why), at(6, 12, 9, i), text="理由和依据见后。")
        assert row["outcome"] == "change" and "异议%d" % (i + 1) in mail["Subject"], row
        year.expect("objection", "citizen@example.com")
    year.run(at(6, 17, 23, 59, 59))
    assert set(year.states().values()) & {"awarded", "unplaced"} == set()
    year.run(at(6, 18, 0, 0, 1))
    year.fresh()
    states = year.states()
    held = {"T2-0001", TAKEN}
    assert {states[n] for n in held} == {"shortlisted"} and list(states.values()).count("awarded") == 23, states
    year.release(at(6, 19, 9, 30), "名单第1版")
    told(year, states, held)
    wb = office.book(year.answer("获奖名单", at(6, 20)), "填写")
    office.fill(wb["异议处理"], "序号", {"异议1": {"决定": "不成立", "理由": "经核查，两个项目内容不同"},
                                        "异议2": {"决定": "成立", "理由": "经核查，数据不实"}})
    year.answer("回复：获奖名单", at(6, 20, 10), wb)
    year.run(at(6, 27, 23, 59, 59))
    assert {year.states()[n] for n in held} == {"shortlisted"}
    year.run(at(6, 28, 0, 0, 1))
    year.fresh()
    states = year.states()
    assert (states["T2-0001"], states[TAKEN]) == ("awarded", "unplaced")
    events = [(h["event"], h["by"]) for h in year.home.json("show", TAKEN, now=year.now)[0]["history"]]
    assert events[-2:] == [("objection_upheld", OFFICE), ("unplaced", "robot")], events
    page = open(year.home.path + "/spool/publish/awards/index.html", encoding="utf-8").read()
    assert "T2-0001" in page and TAKEN not in page
    year.release(at(6, 28, 11), "名单第2版")
    told(year, states, set(states) - held)


def told(year, states, held):
    for n, s in states.items():
        if s in ("awarded", "unplaced") and n not in held:
            year.expect(s, *year.people(n))


def checksums(year):
    """Page, workbook, notices and certificates name one list."""
    mail = year.answer("获奖名单", at(6, 29))
    certificates = openpyxl.load_workbook(io.BytesIO(list(office.enclosed(mail, "证书").values())[0]))
    cells = " ".join(str(c.value) for row in certificates.worksheets[0].iter_rows() for c in row if c.value)
    total = re.search(r"[0-9a-f]{64}", cells).group(0)
    page = open(year.home.path + "/spool/publish/awards/index.html", encoding="utf-8").read()
    book = openpyxl.load_workbook(year.home.path + "/spool/publish/awards/获奖名单.xlsx").worksheets[0]
    assert total in page and total in " ".join(str(c.value) for row in book.iter_rows() for c in row)
    notice = [m for m in year.kept if kind(m) == "awarded"][-1]
    assert total in text_of(notice)
    tampered(year)


def tampered(year):
    """A list that somebody changed in the database is named, and nothing is made of it any more."""
    path = WHERE + "/tampered"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(year.home.path, path)
    db = sqlite3.connect(path + "/spool/xinlv.db")
    for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'paper'").fetchall():
        db.execute("DROP TRIGGER " + name)
    db.execute("UPDATE paper SET body = replace(body, '二等奖', '一等奖') WHERE kind = 'awards'")
    db.commit()
    db.close()
    home = homes.Home(path)
    apart(home)
    assert "checksum" in home.run("book", now=year.now, check=65).stderr
    home.lay(mails.mail(OFFICE, "获奖名单", "", message_id="<tampered@example.org>"), year.now)
    home.run("run", now=year.now, check=0)
    mail = [m for m in home.outbox() if m["In-Reply-To"] == "<tampered@example.org>"][0]
    assert "校验不符" in mail["Subject"] and not office.enclosed(mail, "证书"), mail["Subject"]
    assert "does not have its checksum" in home.run("verify", now=year.now, check=1).stdout


# ---- at the end

def mailboxes(year):
    have = {}
    year.fresh()
    for address, k in year.sent:
        have.setdefault(address, []).append(k)
    assert "scores_confirm" in have.pop(OFFICE) and "scores_confirm" in have.pop(SECOND)
    assert set(have) == set(year.want), set(have) ^ set(year.want)
    for address, kinds in year.want.items():
        assert have[address] == kinds, (address, have[address], kinds)


def records(year):
    home = year.home
    row, mail, _ = year.send(OFFICE, "案例集", at(6, 29, 10))
    book = list(office.enclosed(mail, ".html").values())[0].decode()
    winners = [n for n, s in year.states().items() if s == "awarded"]
    assert all('id="%s"' % n in book for n in winners) and year.entry["T1-0001"]["contact"] not in book
    assert "13800000001" not in book
    home.run("book", now=at(6, 29, 10), check=0)
    home.run("export", "--lists", "-o", WHERE + "/lists.xlsx", now=at(6, 29, 10), check=0)
    lists = openpyxl.load_workbook(WHERE + "/lists.xlsx")
    total = [r for r in lists["赛项"].iter_rows(values_only=True) if r[0] == "合计"][0]
    assert total[1:6] == (105, 104, 103, 28, 24), total
    rows = home.run("export", "--format", "csv", now=at(6, 29, 10), check=0).stdout
    assert '"award","score_preliminary","score_final"' in rows.splitlines()[0]
    shutil.rmtree(WHERE + "/kept", ignore_errors=True)
    home.run("year", WHERE + "/kept", now=at(6, 30), check=0)
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=WHERE + "/kept", check=True)
    kept = homes.Home(WHERE + "/kept")
    assert "as it was recorded" in kept.run("verify", now=at(7, 1), check=0).stdout
    with open(WHERE + "/kept/lists/entries.csv", "a") as f:
        f.write("x")
    assert "lists/entries.csv was changed" in kept.run("verify", now=at(7, 1), check=1).stdout
    home.run("verify", now=at(7, 1), check=0)


def again(year):
    """The database is lost: the journal gives the same."""
    home = year.home
    now = at(7, 1)
    numbers = [e["number"] for e in home.json("list", now=now)][::9]

    def picture():
        return (home.json("list", now=now), home.json("log", now=now), [home.json("show", n, now=now) for n in numbers],
                sorted((m["message_id"], m["state"]) for m in home.json("queue", now=now) if m["state"] != "sent"))
    year.run(now)
    before = picture()
    sent = len(year.smtp.mails)
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("fetch", now=now, check=0)
    after = picture()
    for a, b in zip(before, after):
        assert a == b, [x for x in zip(a, b) if x[0] != x[1]][:1]
    home.run("run", now=now, check=0)
    assert len(year.smtp.mails) == sent
    home.run("verify", now=now, check=0)


def next_edition(year):
    path = WHERE + "/next"
    shutil.rmtree(path, ignore_errors=True)
    r = subprocess.run([homes.PROGRAM, "init", "--from", year.home.path, path], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    new = homes.Home(path)
    apart(new)
    says = new.run("check", check=78).stderr
    assert "2024-03-31" in says and "the name was taken over" in says and "the edition" in says, says
    rules = open(path + "/rules/contest.yaml", encoding="utf-8").read()
    with open(path + "/rules/contest.yaml", "w", encoding="utf-8") as f:
        f.write(rules.replace("draft: true\n", "").replace("首届", "第二届"))
    new.run("check", check=0)
    new.run("forms", check=0)
    old = filled(year, "T1")(org__name="去年的科技有限公司", project__title="去年的绿色项目")
    new.lay(mails.mail("again@example.cn", "T1 申报", "", [("T1.xlsx", old), ("盖章.pdf", samples.PDF)], message_id="<old@x.cn>"),
            "2024-03-10T09:00:00+08:00")
    new.run("run", now="2024-03-10T10:00:00+08:00", check=0)
    row = new.json("log", now="2024-03-10T10:00:00+08:00")[0]
    assert row["outcome"] == "rejected" and "上一届" in str(row["problems"]), row


def test_the_whole_year():
    year = Year()
    try:
        collection(year)
        review(year)
        preliminary(year)
        roadshow(year)
        awards(year)
        checksums(year)
        records(year)
        mailboxes(year)
        again(year)
        next_edition(year)
    finally:
        year.close()

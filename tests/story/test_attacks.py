"""A hundred attacks on what decides: altered tokens, forged senders, strange contents.  All are laid in at once; none may change
an entry, a record or a setting, and what is true must still work afterwards."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples
import sealed

DAY = "2023-04-01T09:00:00+08:00"
WHERE = homes.STORY
OFFICE = "office@example.org"
PASS = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org"
_base = None


def fresh(name):
    """The demo's two days; the robot trusts the word of mx.example.org."""
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "attacks"))
        path = os.path.join(_base.path, "rules/mail.yaml")
        text = open(path, encoding="utf-8").read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("trusted_authserv: []", "trusted_authserv: [mx.example.org]"))
        _base.run("forms", check=0)
        for day, now in ((samples.first_day, "2023-03-30T09:00:00+08:00"), (samples.last_days, DAY)):
            for _, at, data, _ in day(_base):
                _base.lay(data, at)
            _base.run("run", now=now, check=0)
        sender = _base.json("show", "T4-0001", now=DAY)[0]["sender"]
        _base.lay(mails.mail(sender, "变更申请 T4-0001", "联系人变更。", message_id="<wish@example.cn>"), DAY)
        _base.run("run", now=DAY, check=0)
    return _base.copy(os.path.join(WHERE, "attacks-" + name))


def state(home):
    """All that an attack could want to change."""
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(home.path, "spool/xinlv.db"), uri=True)
    rows = {t: db.execute("SELECT * FROM %s ORDER BY 1, 2" % t).fetchall()
            for t in ("entry", "event", "ruling", "record", "entry_state", "todo")}
    db.close()
    return rows


def message(home, mid):
    return [m for m in home.json("log", now=DAY) if m["message_id"] == mid][0]


def good_rows(home):
    """(kind, token, decision, columns to fill in beside) that would be done if nothing were altered."""
    now = DAY
    log = home.json("log", now=now)
    late = [m for m in log if m["outcome"] == "late" and m["from"] == "tardy@example.cn"][0]["sha256"]
    twin = [m for m in log if m["outcome"] == "duplicate"][-1]["sha256"]
    read = [m for m in log if m["outcome"] == "unrecognised"][0]["sha256"]
    wish = [m for m in log if m["outcome"] == "change" and m["message_id"] == "wish@example.cn"][0]["sha256"]
    v = sealed.version(home, "T1-0001", now)
    return [("eligibility", "office", "", "T1-0001", v, "通过", {}),
            ("late", "office", "", late, 0, "受理", {}), ("twin", "office", "", twin, 0, "非重复", {}),
            ("read", "office", "", read, 0, "已处理", {}), ("change", "office", "", wish, 1, "同意", {"新邮箱": "thief@example.com"}),
            ("setting", "office", "phase", "collection", 0, "", {"新的截止": "2023-04-20"}),
            ("setting", "office", "staff", "new-1", 0, "", {"新增人员邮箱": "thief@example.com"}),
            ("setting", "office", "exception", "new-1", 0, "", {"准许的邮箱": "thief@example.com", "可延至": "2023-04-20"})]


def token_of(home, row, **more):
    kind, role, round_, ref, version = row[:5]
    d = {"kind": kind, "role": role, "round_": round_, "ref": ref, "version": version, **more}
    return sealed.token(home, d["kind"], d["ref"], d["version"], role=d["role"], round_=d["round_"], secret=d.get("secret"))


def workbook(rows, edition="xinlv-2023", **more):
    """rows: (token, decision, reason, {heading: value})"""
    headings = list(dict.fromkeys(h for r in rows for h in r[3]))
    wb = sealed.book([], edition=edition, **more)
    ws = wb.worksheets[0]
    ws.delete_rows(1, ws.max_row)
    ws.append(["表"])
    ws.append(["编号"] + headings + ["决定", "理由", "_xinlv"])
    for token, decision, reason, cells in rows:
        ws.append(["x"] + [cells.get(h) for h in headings] + [decision or None, reason or None, token or None])
    if headings and "_xinlv" in wb.sheetnames:
        wb["_xinlv"].append(["open", "\n".join(headings)])
    return sealed.data(wb)


def mutate(home, row):
    """(name, token) that must not be taken for the row's own."""
    t = token_of(home, row)
    parts = t.split(":")
    kind, role, round_, ref, version = row[:5]

    def put(i, value):
        return ":".join(parts[:i] + [value] + parts[i + 1:])
    return [
        ("mac altered", t[:-1] + ("0" if t[-1] != "0" else "1")), ("mac cut", t[:-1]), ("mac cut short", t[:-12]),
        ("mac empty", put(5, "")), ("mac longer", t + "0"), ("mac in capitals", put(5, parts[5].upper()) if parts[5].upper() != parts[5]
                                                          else t[:-2] + "zz"),
        ("mac of zeros", put(5, "0" * 24)), ("another ref", put(3, "T9-9999")), ("another kind", put(0, "formal" if kind != "formal" else "read")),
        ("another role", put(1, "e1")), ("another round", put(2, "final")), ("a later version", put(4, str(version + 1))),
        ("a negative version", put(4, "-1")), ("a huge version", put(4, "9" * 30)), ("a version of letters", put(4, "0x0")),
        ("a part more", t + ":x"), ("a part less", ":".join(parts[:5])), ("another key", token_of(home, row, secret=b"k" * 32)),
        ("an empty key", token_of(home, row, secret=b"")), ("sealed for an expert", token_of(home, row, role="e1")),
        ("full-width colons", t.replace(":", "：")), ("a blank inside", t.replace(":", ": ", 1)), ("quoted", "'" + t + "'"),
    ]


def send(home, n, data, sender=OFFICE, headers=(PASS,), **more):
    mid = "attack-%d@example.org" % n
    home.lay(mails.mail(sender, "回复：今日工作簿", "请处理。", [("工作簿.xlsx", data)], message_id="<%s>" % mid,
                        headers=list(headers), **more), DAY)
    return mid


def test_altered_tokens():
    home = fresh("tokens")
    before, n, sent = state(home), 0, []
    for row in good_rows(home):
        for name, token in mutate(home, row):
            n += 1
            sent.append((row[0] + " " + row[2], name, send(home, n, workbook([(token, row[5], "理由", row[6])]))))
    assert n > 150, n
    home.run("run", now=DAY, check=0)
    assert state(home) == before
    log = {m["message_id"]: m for m in home.json("log", now=DAY)}
    for kind, name, mid in sent:
        m = log[mid]
        assert m["outcome"] in ("decision", "rejected", "unrecognised") and " 1 done" not in m["detail"], (kind, name, m)
    home.run("verify", now=DAY, check=0)
    works(home)


def works(home):
    """What is true is still done."""
    row = good_rows(home)[0]
    mid = send(home, 9000, workbook([(token_of(home, row), row[5], "", {})]))
    home.run("run", now=DAY, check=0)
    assert home.json("show", "T1-0001", now=DAY)[0]["state"] == "eligible", message(home, mid)


SENDERS = [
    ("a stranger", dict(sender="stranger@example.com", headers=())),
    ("a stranger vouched for", dict(sender="stranger@example.com",
                                    headers=("Authentication-Results: mx.example.org; dmarc=pass header.from=example.com",))),
    ("no word of the server", dict(headers=())),
    ("dmarc fails", dict(headers=("Authentication-Results: mx.example.org; dmarc=fail header.from=example.org",))),
    ("dmarc none", dict(headers=("Authentication-Results: mx.example.org; dmarc=none header.from=example.org",))),
    ("another server's word", dict(headers=("Authentication-Results: mx.evil.example; dmarc=pass header.from=example.org",))),
    ("a server's name that begins so", dict(headers=("Authentication-Results: mx.example.org.evil.example; dmarc=pass header.from=example.org",))),
    ("the word is for another", dict(headers=("Authentication-Results: mx.example.org; dmarc=pass header.from=example.com",))),
    ("the forger's word below the server's", dict(headers=("Authentication-Results: mx.example.org; dmarc=fail header.from=example.org", PASS))),
    ("pass in a comment", dict(headers=("Authentication-Results: mx.example.org; dmarc=fail (dmarc=pass) header.from=example.org",))),
    ("pass in quotes", dict(headers=("Authentication-Results: mx.example.org; dmarc=fail reason=\"; dmarc=pass header.from=example.org\"",))),
    ("spf of another domain", dict(headers=("Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=evil.example",))),
    ("dkim of another domain", dict(headers=("Authentication-Results: mx.example.org; dkim=pass header.d=evil.example",))),
    ("dkim of a top domain", dict(headers=("Authentication-Results: mx.example.org; dkim=pass header.d=org",))),
    ("office as the name", dict(sender="stranger@example.com", name=OFFICE, headers=())),
    ("a domain below", dict(sender="office@mail.example.org")), ("a domain above", dict(sender="office@org")),
    ("a letter more", dict(sender="office1@example.org")), ("a plus address", dict(sender="office+x@example.org")),
    ("a look-alike", dict(sender="0ffice@example.org")), ("a domain that ends so", dict(sender="office@notexample.org")),
    ("office in Reply-To", dict(sender="stranger@example.com", headers=("Reply-To: " + OFFICE,))),
    ("office in Sender", dict(sender="stranger@example.com", headers=("Sender: " + OFFICE, PASS))),
    ("office in Resent-From", dict(sender="stranger@example.com", headers=("Resent-From: " + OFFICE, PASS))),
    ("an automatic reply of the office", dict(headers=(PASS, "Auto-Submitted: auto-replied"))),
    ("a mailing list", dict(headers=(PASS, "List-Id: <office.example.org>", "Precedence: list"))),
]


def test_forged_senders():
    home = fresh("senders")
    rows = good_rows(home)
    data = workbook([(token_of(home, r), r[5], "理由", r[6]) for r in rows])
    before = state(home)
    sent = [(name, send(home, i, data, **how)) for i, (name, how) in enumerate(SENDERS)]
    home.run("run", now=DAY, check=0)
    assert state(home) == before
    log = {m["message_id"]: m for m in home.json("log", now=DAY)}
    for name, mid in sent:
        assert "done" not in log[mid]["detail"], (name, log[mid])
    told = [q for q in home.json("queue", now=DAY) if q["kind"] == "decision_refused"]
    assert told and {q["to"] for q in told} == {OFFICE}, "the secretariat hears of it"
    home.run("verify", now=DAY, check=0)
    works(home)


CONTENTS = [
    ("a formula as choice", "=\"通过\"", ""), ("a formula that calls", "=HYPERLINK(\"http://evil.example\",\"通过\")", ""),
    ("two choices", "通过、不通过", ""), ("a choice and more", "通过吧", ""), ("another kind's choice", "受理", ""),
    ("English", "pass", ""), ("the event's name", "eligible", ""), ("no reason to refuse", "不通过", ""),
    ("blanks as a reason", "不通过", " 　\n"), ("a reason of 3000", "不通过", "长" * 3000),
    ("SQL", "通过'); DROP TABLE entry;--", ""), ("a template", "{{reason}}", "x"), ("a line break", "通\n过x", ""),
    ("markup", "<b>通过</b>", "<script>"), ("only a reason", "", "为什么"), ("number", "1", ""), ("TRUE", "TRUE", ""),
    ("a long choice", "通过" * 2000, ""), ("control characters", "通过_x0000_x", ""),
]


def test_strange_contents_from_the_secretariat_itself():
    home = fresh("contents")
    before = state(home)
    row = good_rows(home)[0]
    sent = [(name, send(home, i, workbook([(token_of(home, row), choice, reason, {})])))
            for i, (name, choice, reason) in enumerate(CONTENTS)]
    t = token_of(home, row)
    sent.append(("two minds", send(home, 100, workbook([(t, "通过", "", {}), (t, "不通过", "不是", {})]))))
    sent.append(("another edition", send(home, 101, workbook([(t, "通过", "", {})], edition="xinlv-2022"))))
    settings = good_rows(home)[5:]
    for i, cells in enumerate(({"新的截止": "=NOW()"}, {"新的截止": "2023-03-01"}, {"新的截止": "9999-12-31"}, {"新的截止": "明天"},
                               {"新的截止": "2023-02-30"}, {"新的开始": "2023-05-01", "新的截止": "2023-04-20"})):
        sent.append(("closing %r" % cells, send(home, 200 + i, workbook([(token_of(home, settings[0]), "", "", cells)]))))
    for i, addr in enumerate(("thief", "a b@example.com", "x@example.com\nBcc: y@example.com", "=1+1", "entries@example.org",
                              "a@@example.com", "@example.com")):
        sent.append(("staff %r" % addr, send(home, 300 + i, workbook([(token_of(home, settings[1]), "", "", {"新增人员邮箱": addr})]))))
    home.run("run", now=DAY, check=0)
    assert state(home) == before
    log = {m["message_id"]: m for m in home.json("log", now=DAY)}
    for name, mid in sent:
        m = log[mid]
        assert m["outcome"] == "decision" and " 0 done" in m["detail"], (name, m)
    home.run("verify", now=DAY, check=0)
    works(home)


def test_a_damaged_workbook_decides_nothing():
    home = fresh("damaged")
    before = state(home)
    good = workbook([(token_of(home, good_rows(home)[0]), "通过", "", {})])
    for i, data in enumerate((good[:len(good) // 2], good[:-30], b"PK\x03\x04" + os.urandom(2000))):
        send(home, i, data)
    home.run("run", now=DAY, check=0)
    assert state(home) == before
    works(home)

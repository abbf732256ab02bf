"""The public face: commands, JSON members, exit statuses, as a script would rely on them."""
import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

NOW = "2023-03-30T09:00:00+08:00"
WHERE = homes.STORY
_home = None


def contest():
    """One home with the demo's first day run in it, shared by the tests that only look."""
    global _home
    if _home is None:
        _home = homes.Home.fresh(os.path.join(WHERE, "contract"))
        _home.run("forms", check=0)
        for _, at, data, _ in samples.first_day(_home):
            _home.lay(data, at)
        _home.run("run", now=NOW, check=0)
    return _home


def has(obj, names):
    missing = [n for n in names.split() if n not in obj]
    assert not missing, "%s lack %s" % (json.dumps(obj, ensure_ascii=False)[:300], missing)


def test_entries_have_their_members():
    rows = contest().json("list", now=NOW)
    assert len(rows) == 2, rows
    for r in rows:
        has(r, "number track state title org uscc contact email sender received accepted message")
        assert r["received"].endswith("+08:00") and r["state"] == "accepted", r


def test_words_that_do_not_exist_are_named():
    for args in (["list", "--state", "filed"], ["log", "--outcome", "lost"], ["queue", "--state", "gone"]):
        r = contest().run(*args, now=NOW, check=64)
        assert args[2] in r.stderr and "there are " in r.stderr, r.stderr


def test_validate_of_what_is_no_form():
    path = os.path.join(WHERE, "notes.txt")
    with open(path, "w", encoding="utf-8") as f:
        f.write("no form at all")
    r = contest().run("validate", "--json", path, now=NOW, check=1)
    row = json.loads(r.stdout)
    assert row["track"] is None and row["valid"] is False and len(row["problems"]) == 1, row
    assert row["problems"][0]["where"] == "notes.txt", row
    says = row["problems"][0]["problem"]
    assert "notes.txt" in says and "{" not in says, says


def test_an_entry_whole():
    row = contest().json("list", "--track", "T4", now=NOW)[0]
    whole = contest().json("show", row["number"], now=NOW)[0]
    has(whole, "fields tables files history number message")
    assert whole["fields"]["project.title"] == "寒区数据中心间接蒸发冷却改造"
    assert whole["tables"]["members"][0]["name"]
    names = {f["name"] for f in whole["files"]}
    assert "申报表-绿源.xlsx" in names and "盖章扫描件.pdf" in names, names
    for f in whole["files"]:
        has(f, "name type bytes sha256 path")
        with open(os.path.join(contest().path, f["path"]), "rb") as fd:
            data = fd.read()
        assert hashlib.sha256(data).hexdigest() == f["sha256"] and len(data) == f["bytes"]
    has(whole["history"][0], "at event by detail")


def test_messages_have_their_members():
    for m in contest().json("log", now=NOW):
        has(m, "sha256 message_id from subject received outcome entry entries problems")
        for p in m["problems"]:
            has(p, "severity where field problem")
        if m["outcome"] == "rejected":
            assert any(p["severity"] == "error" for p in m["problems"]), m


def test_every_fault_names_its_cell():
    m = [m for m in contest().json("log", "--from", "guangfu@126.com", now=NOW)][0]
    fields = {p["field"]: p for p in m["problems"] if p["severity"] == "error"}
    for key in ("org.uscc", "contact.mobile", "project.title", "project.start"):
        assert key in fields, (key, m["problems"])
        assert "!" in fields[key]["where"], fields[key]


def test_filters():
    home = contest()
    assert all(m["outcome"] == "bounce" for m in home.json("log", "--outcome", "bounce", now=NOW))
    assert len(home.json("log", "--outcome", "bounce", now=NOW)) == 1
    assert len(home.json("list", "--find", "绿源", now=NOW)) == 1
    assert home.json("list", "--track", "T2", now=NOW) == []
    assert len(home.json("log", "--since", "2023-03-29T12:00:00+08:00", now=NOW)) < len(home.json("log", now=NOW))


def test_queue():
    rows = contest().json("queue", now=NOW)
    assert rows
    for r in rows:
        has(r, "id kind to subject state attempts error message_id")
        assert r["state"] == "sent", r


def test_robots_get_no_answer():
    to = {r["to"] for r in contest().json("queue", now=NOW)}
    for robot in ("Postmaster@163.com", "away@qq.com", "news@shop.example.com"):
        assert robot.lower() not in {t.lower() for t in to}, robot


def test_replies_have_their_headers():
    out = contest().outbox()
    assert out
    ids = set()
    for m in out:
        reply = m["Auto-Submitted"] == "auto-replied"
        assert reply or m["Auto-Submitted"] == "auto-generated", m["Subject"]
        assert m["X-Auto-Response-Suppress"] == "All"
        assert bool(m["In-Reply-To"] and m["References"]) == reply, m["Subject"]
        assert m["Message-ID"] not in ids
        ids.add(m["Message-ID"])
        kinds = [p.get_content_type() for p in m.walk()]
        assert "text/plain" in kinds and "text/html" in kinds, kinds


def test_a_second_run_changes_nothing():
    home = contest()
    before = (home.json("log", now=NOW), home.json("list", now=NOW), home.json("queue", now=NOW))
    home.run("run", now=NOW, check=0)
    assert before == (home.json("log", now=NOW), home.json("list", now=NOW), home.json("queue", now=NOW))


def test_the_inbox_is_tidied():
    inbox = os.path.join(contest().path, "spool/inbox")
    assert os.listdir(inbox + "/new") == [] and os.listdir(inbox + "/cur")


def test_what_is_done_moves_to_a_folder():
    home = homes.Home.fresh(os.path.join(WHERE, "moved"))
    path = os.path.join(home.path, "rules/mail.yaml")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("after: keep", "after: move:已处理", 1))
    home.lay(mails.mail("help@example.cn", "帮助", ""), NOW)
    home.run("run", now=NOW, check=0)
    inbox = os.path.join(home.path, "spool/inbox")
    assert os.listdir(inbox + "/new") == os.listdir(inbox + "/cur") == []
    assert len(os.listdir(inbox + "/.&XfJZBHQG-/cur")) == 1
    home.run("run", now=NOW, check=0)
    assert len(home.json("log", now=NOW)) == 1


def test_inspect():
    home = contest()
    data = mails.mail("a@qq.com", "标题", "正文", [("申报表.xlsx", open(home.form("T4"), "rb").read())], charset="gb18030")
    path = os.path.join(WHERE, "a.eml")
    with open(path, "wb") as f:
        f.write(data)
    o = home.json("inspect", path)[0]
    has(o, "kind from subject message_id attachments")
    assert o["kind"] == "mail" and o["subject"] == "标题" and o["from"] == "a@qq.com"
    has(o["attachments"][0], "name type bytes sha256")
    assert o["attachments"][0]["name"] == "申报表.xlsx" and o["attachments"][0]["type"] == "xlsx"
    o = home.json("inspect", home.form("T4"))[0]
    assert o["kind"] == "workbook"
    has(o["sheets"][0], "name hidden cells")


def test_validate():
    home = contest()
    good, bad = os.path.join(WHERE, "good.xlsx"), os.path.join(WHERE, "bad.xlsx")
    with open(good, "wb") as f:
        f.write(samples.form(home, "T3"))
    with open(bad, "wb") as f:
        f.write(samples.form(home, "T3", contact__mail="nobody"))
    assert home.run("validate", good, check=0)
    home.run("validate", bad, check=1)
    r = home.run("validate", "--json", good, bad, check=1)
    a, b = [json.loads(x) for x in r.stdout.splitlines()]
    for o in (a, b):
        has(o, "file track valid problems fields")
    assert a["valid"] is True and a["track"] == "T3" and b["valid"] is False
    assert [p["field"] for p in b["problems"] if p["severity"] == "error"] == ["contact.mail"], b["problems"]


def test_exit_statuses():
    home = contest()
    home.run("nonsense", check=64)
    home.run("list", "--trakc", "T4", check=64)
    for late in (["--now", NOW], ["--now=" + NOW], ["-C", "."], ["-v"]):
        assert "%s stands before the command" % late[0].split("=")[0] in home.run("list", *late, check=64).stderr, late
    home.run("show", "T4-9999", check=66)
    home.run("inspect", "/nonexistent", check=66)
    home.run("run", "--now", check=64)


def test_lock():
    home = contest()
    import fcntl
    with open(os.path.join(home.path, "spool/lock"), "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        home.run("run", now=NOW, check=75)


def test_export():
    home = contest()
    import openpyxl
    out = home.run("export", "--format", "json", check=0).stdout.splitlines()
    assert len(out) == 2 and json.loads(out[0])["number"]
    csv = home.run("export", "--format", "csv", check=0).stdout
    assert csv.startswith("\ufeff") and csv.count("\n") == 3
    path, piped = os.path.join(WHERE, "out.xlsx"), os.path.join(WHERE, "piped.xlsx")
    home.run("export", "--format", "xlsx", "-o", path, check=0)
    with open(piped, "wb") as f:
        subprocess.run([homes.PROGRAM, "-C", home.path, "export", "--format", "xlsx"], stdout=f, check=True)
    for p in (path, piped):
        assert openpyxl.load_workbook(p).active.max_row == 3


def test_no_cell_of_a_table_of_text_is_a_formula():
    """Spreadsheets take = + - @ for the beginning of one, in East Asia the wide ones too.  (A form whose cell begins with = has
    a formula there, and is turned away.)"""
    import csv
    import io
    home = homes.Home.fresh(os.path.join(WHERE, "formulas"))
    home.run("forms", check=0)
    begins = ["+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
    for i, c in enumerate(begins):
        whole = samples.form(home, "T4", project__title=c + "HYPERLINK(1)某某节能改造项目", org__name="第%d数据有限公司" % i)
        home.lay(mails.mail("f%d@example.cn" % i, "申报", "", [("申报表.xlsx", whole), ("盖章.pdf", samples.PDF)]), NOW)
    home.run("run", now=NOW, check=0)
    rows = list(csv.DictReader(io.StringIO(home.run("export", "--format", "csv", check=0).stdout.lstrip("\ufeff"))))
    got = sorted(r["title"] for r in rows)
    assert got == sorted("'" + c + "HYPERLINK(1)某某节能改造项目" for c in begins), got


def test_an_export_stands_under_its_name_whole_or_not_at_all():
    """The disk fills up in the middle of it: what stood there before stays, and nothing is left beside it."""
    home = contest()
    folder = os.path.join(WHERE, "exported")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    open_beside = sqlite3.connect(home.path + "/spool/xinlv.db")  # the program needs no new file beside the database
    open_beside.execute("SELECT count(*) FROM entry").fetchone()

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    for name, args in (("a.csv", ["--format", "csv"]), ("a.json", ["--format", "json"]), ("a.xlsx", ["--format", "xlsx"]),
                       ("lists.xlsx", ["--lists"])):
        path = os.path.join(folder, name)
        for before in (None, "last week's"):
            if before:
                with open(path, "w") as f:
                    f.write(before)
            r = subprocess.run([homes.PROGRAM, "-C", home.path, "export", *args, "-o", path], capture_output=True, text=True,
                               preexec_fn=full)
            assert r.returncode == 74, (name, before, r.returncode, r.stderr)
            assert sorted(os.listdir(folder)) == ([name] if before else []), (name, os.listdir(folder))
            if before:
                with open(path) as f:
                    assert f.read() == before
        os.chmod(path, 0o600)
        link = os.path.join(folder, "link-" + name)
        os.symlink(path, link)
        home.run("export", *args, "-o", link, check=0)
        assert os.path.islink(link) and os.path.getsize(path) > 1000 and os.stat(path).st_mode & 0o777 == 0o600, name
        os.remove(link)
        os.remove(path)
    open_beside.close()
    # What is no file is written into, and never replaced.
    pipe = os.path.join(folder, "pipe")
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True)
    home.run("export", "--format", "csv", "-o", pipe, check=0)
    assert reader.communicate()[0].count("\n") == 3
    assert "no file" in home.run("export", "--format", "xlsx", "-o", pipe, check=64).stderr
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)


def test_verify_and_its_faults():
    home = contest().copy(os.path.join(WHERE, "verify"))
    home.run("verify", now=NOW, check=0)
    archive = os.path.join(home.path, "spool/archive")
    folder = next(d for d in sorted(os.listdir(archive)) if len(d) == 2 and os.listdir(os.path.join(archive, d)))
    victim = os.path.join(archive, folder, os.listdir(os.path.join(archive, folder))[0])
    with open(victim, "r+b") as f:
        first = f.read(1)
        f.seek(0)
        f.write(bytes([first[0] ^ 1]))
    home.run("verify", now=NOW, check=1)


def test_the_database_is_made_again():
    home = contest().copy(os.path.join(WHERE, "again"))
    keys = ("number", "track", "title", "org", "sender", "received", "message")
    before = [{k: e[k] for k in keys} for e in home.json("list", now=NOW)]
    outcomes = [(m["sha256"], m["outcome"]) for m in home.json("log", now=NOW)]
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=NOW, check=0)
    assert before == [{k: e[k] for k in keys} for e in home.json("list", now=NOW)]
    assert outcomes == [(m["sha256"], m["outcome"]) for m in home.json("log", now=NOW)]
    home.run("verify", now=NOW, check=0)


def test_entries_are_append_only():
    db = sqlite3.connect(os.path.join(contest().path, "spool/xinlv.db"))
    tables = [r[0] for r in db.execute("select name from sqlite_master where type='table' and name like 'entry%'")]
    assert tables
    refused = 0
    for t in ("entry", "file", "event", "audit"):
        for sql in ("delete from %s" % t, "insert or replace into %s select * from %s limit 1" % (t, t)):
            try:
                db.execute(sql)
            except sqlite3.Error:
                refused += 1
    db.rollback()
    db.close()
    assert refused == 8, refused

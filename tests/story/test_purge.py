"""xinlv purge: after the contest the personal data leave the home, and what shows that nothing else went stays."""
import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
NOW = "2023-03-30T09:00:00+08:00"
END = "2023-04-01T09:00:00+08:00"
EARLY = "2024-03-01T09:00:00+08:00"
DUE = "2024-07-02T09:00:00+08:00"   # the last phase closes with 30 June 2023; 365 days
DAY = "2024-06-30"
# What only entrants wrote: names, a mobile, addresses, a sentence of a mail.
MARKS = ["欧阳试人", "13912345678", "secret-person@example.cn", "lvyuan@qq.com", "hengxin@163.com", "请先看看我家的材料"]
_home = None


def contest():
    """The demo's mail and one entry full of marks; not yet purged.  The tests work on copies."""
    global _home
    if _home is None:
        home = homes.Home.fresh(os.path.join(WHERE, "home"))
        home.run("forms", check=0)
        for _, at, data, _ in samples.first_day(home):
            home.lay(data, at)
        home.lay(mails.mail("secret-person@example.cn", "欧阳试人的申报表", "请先看看我家的材料", [
            ("T3.xlsx", samples.form(home, "T3", org__name="标记科技有限公司", contact__name="欧阳试人", contact__mobile="13912345678",
                                     contact__mail="secret-person@example.cn")), ("盖章.pdf", samples.PDF)]), "2023-03-29T15:00:00+08:00")
        home.run("run", now=NOW, check=0)
        for _, at, data, _ in [*samples.besides(home), *samples.last_days(home)]:
            home.lay(data, at)
        home.run("run", now=END, check=0)
        outbox = home.path + "/spool/outbox"
        for i, name in enumerate(sorted(os.listdir(outbox + "/new"))):  # somebody has looked at every other mail
            if i % 2:
                os.rename(os.path.join(outbox, "new", name), os.path.join(outbox, "cur", name + ":2,S"))
        for folder in ("spool/review/专家", "spool/publish/casebook/T3-0001"):  # copies made for people
            os.makedirs(os.path.join(home.path, folder))
            with open(os.path.join(home.path, folder, "联系人.txt"), "w", encoding="utf-8") as f:
                f.write("欧阳试人 13912345678")
        _home = home
    return _home


def copy_of(name):
    return contest().copy(os.path.join(WHERE, name))


def marks_in(path):
    """Which marks stand in which files: plain, as mails have them, and in what mails and workbooks have packed."""
    import base64
    wanted = {m: [m.encode(), base64.b64encode(m.encode())[:-4], m.encode("utf-16-le")] for m in MARKS}
    found = []
    for folder, _, names in os.walk(path):
        for n in names:
            p = os.path.join(folder, n)
            with open(p, "rb") as f:
                data = f.read()
            found += [(m, os.path.relpath(p, path)) for m, forms in wanted.items() if any(x in data or x in n.encode() for x in forms)]
    return found


def facts(home):
    entries = [{k: e[k] for k in ("number", "track", "state", "title", "org", "accepted", "message")} for e in home.json("list", now=DUE)]
    log = [{k: m[k] for k in ("sha256", "outcome", "entry", "received")} for m in home.json("log", now=DUE)]
    return entries, log


def test_not_before_its_day_and_not_by_mistake():
    home = copy_of("early")
    before = marks_in(home.path)
    r = home.run("purge", now=EARLY, check=0)
    assert DAY in r.stdout and "nothing was done" in r.stdout, r.stdout
    assert "confirm with that day" in home.run("purge", "--confirm", "2024-01-01", now=DUE, check=65).stderr
    assert "--early 2024-03-01" in home.run("purge", "--confirm", DAY, now=EARLY, check=65).stderr
    home.run("purge", "--confirm", DAY, "--early", "2024-02-28", now=EARLY, check=65)
    home.run("run", now=EARLY, check=0)
    assert set(before) <= set(marks_in(home.path)), "the clock alone takes nothing away"
    home.lay(mails.mail("late@example.cn", "帮助", ""), "2024-02-01T10:00:00+08:00")
    home.run("fetch", now=EARLY, check=0)
    assert "not settled" in home.run("purge", "--confirm", DAY, "--early", "2024-03-01", now=EARLY, check=65).stderr
    home.run("run", now=EARLY, check=0)
    home.run("purge", "--confirm", DAY, "--early", "2024-03-01", now=EARLY, check=0)
    home.run("verify", now=EARLY, check=0)
    silent = copy_of("silent")
    path = silent.path + "/rules/contest.yaml"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("privacy: {keep_days: 365}\n", ""))
    assert "privacy" in silent.run("purge", "--confirm", DAY, now=DUE, check=78).stderr


def test_personal_data_leave_and_the_evidence_stays():
    home = copy_of("purged")
    home.run("run", now=DUE, check=0)
    assert {m for m, _ in marks_in(home.path)} == set(MARKS)
    want = facts(home)
    assert len(want[0]) > 3
    r = home.run("purge", "--confirm", DAY, now=DUE, check=0)
    assert "are gone" in r.stdout, r.stdout
    assert facts(home) == want
    left = marks_in(home.path)
    assert left == [], left
    assert not glob.glob(home.path + "/spool/tracks/*/*/*") and not glob.glob(home.path + "/spool/archive/??/*.eml")
    home.run("verify", now=DUE, check=0)
    home.run("replay", now=DUE, check=0)
    shown = home.json("show", want[0][0]["number"], now=DUE)[0]
    assert shown["contact"] == "" and shown["sender"] == "" and shown["org"], shown
    assert re.search(r'"kind":"action".*"name":"purge operator ', open(home.path + "/spool/archive/journal").read())
    # It goes on: what comes later is a message like any other, and a ruling on what is gone stops nothing.
    home.lay(mails.mail("later@example.cn", "帮助", ""), DUE)
    home.run("run", now="2024-07-03T09:00:00+08:00", check=0)
    assert len(home.json("log", now=DUE)) == len(want[1]) + 1
    home.run("verify", now=DUE, check=0)
    home.run("replay", now=DUE, check=0)


def test_a_copy_that_comes_again_stays_out_of_the_archive():
    """From a mailbox made anew, or put back: recognised by its bytes, and not kept."""
    home = copy_of("again")
    home.run("run", now=DUE, check=0)
    sha = next(m["sha256"] for m in home.json("log", now=DUE) if m["outcome"] == "accepted")
    path = os.path.join(home.path, "spool/archive", sha[:2], sha + ".eml")
    with open(path, "rb") as f:
        data = f.read()
    home.run("purge", "--confirm", DAY, now=DUE, check=0)
    before = home.json("log", now=DUE)
    home.lay(data, "2024-07-03T09:00:00+08:00")
    r = home.run("run", now="2024-07-03T09:10:00+08:00", check=0)
    assert "a copy of what was purged" in r.stderr and not os.path.exists(path), r.stderr
    assert home.json("log", now=DUE) == before
    home.run("verify", now=DUE, check=0)


def test_what_was_handed_over_goes_too():
    """Such a file came with no message: it stands in the archive by its own hash, and in the folder of its entry."""
    home = copy_of("handed")
    number = home.json("list", now=END)[0]["number"]
    video = b"\0\0\0\x18ftypisom" + "欧阳试人".encode() + os.urandom(5000)
    folder = os.path.join(home.path, "spool/handover", number)

    def lay():
        os.makedirs(folder)
        with open(folder + "/演示视频.mp4", "wb") as f:
            f.write(video)
        os.utime(folder + "/演示视频.mp4", (homes.moment(END), homes.moment(END)))

    def asked(now):
        home.lay(mails.mail("office@example.org", "材料 " + number, "", message_id="<%s@ask>" % now[:10]), now)
        r = home.run("run", now=now, check=0)
        (mail,) = [m for m in home.outbox() if m["X-Xinlv"].endswith("ask_files") and m["In-Reply-To"] == "<%s@ask>" % now[:10]]
        return [p.get_filename() for p in mail.iter_attachments()], mail.get_body(("plain",)).get_content(), r.stderr

    lay()
    home.run("run", now=END, check=0, env={"XINLV_HANDOVER_SECONDS": "0"})
    assert not os.path.exists(folder)
    name = hashlib.sha256(video).hexdigest()
    path = os.path.join(home.path, "spool/archive", name[:2], name + ".eml")
    names, text, _ = asked("2023-04-02T09:00:00+08:00")
    assert "演示视频.mp4" in names and "清除" not in text and "与来信原件一致" in text, (names, text)
    # As any file of the archive, it is missed where it is lost or changed.
    os.rename(path, path + ".away")
    assert name + " is missing" in home.run("verify", now=END, check=1).stdout
    with open(path, "wb") as f:
        f.write(video[1:])
    assert name + " has other bytes" in home.run("verify", now=END, check=1).stdout
    os.replace(path + ".away", path)
    home.run("verify", now=END, check=0)
    home.run("run", now=DUE, check=0)
    home.run("purge", "--confirm", DAY, now=DUE, check=0)
    assert marks_in(home.path) == [] and not glob.glob(home.path + "/spool/archive/??/*.eml")
    home.run("verify", now=DUE, check=0)
    with open(path, "wb") as f:
        f.write(video)
    assert name + " was purged, and is there" in home.run("verify", now=DUE, check=1).stdout
    os.remove(path)
    # Who asks for what was purged is told so, and sent to no backup; nothing new is taken in beside it.
    lay()
    names, text, err = asked("2024-07-03T09:00:00+08:00")
    assert names == [] and "清除" in text and "演示视频.mp4" in text and "备份" not in text and "损坏" not in text and "原件一致" not in text, (names, text)
    assert "no longer gives" not in err and "were purged" in err, err
    home.run("run", now="2024-07-04T09:00:00+08:00", check=0)
    assert os.path.exists(folder + "/演示视频.mp4")
    shutil.rmtree(folder)
    home.run("verify", now=DUE, check=0)
    home.run("replay", now="2024-07-04T09:00:00+08:00", check=0)


def test_a_replayed_home_stays_purged():
    home = copy_of("again")
    home.run("purge", "--confirm", DAY, now=DUE, check=0)
    home.lay(mails.mail("later@example.cn", "帮助", ""), DUE)
    home.run("run", now="2024-07-03T09:00:00+08:00", check=0)
    want = facts(home)
    audit = sqlite3.connect(home.path + "/spool/xinlv.db").execute("SELECT count(*) FROM audit").fetchone()
    for name in glob.glob(home.path + "/spool/xinlv.db*"):
        os.remove(name)
    home.run("run", now="2024-07-04T09:00:00+08:00", check=0)
    assert facts(home) == want and marks_in(home.path) == []
    home.run("verify", now=DUE, check=0)
    home.run("replay", now=DUE, check=0)
    again = sqlite3.connect(home.path + "/spool/xinlv.db").execute("SELECT count(*) FROM audit").fetchone()
    assert again[0] >= audit[0] - 2, "the chain is the old one, and goes on"
    # Without the snapshot it says so, and does not begin anew.
    (snapshot,) = glob.glob(home.path + "/spool/archive/purged/*.db")
    os.rename(snapshot, snapshot + ".away")
    assert "snapshot" in home.run("verify", now=DUE, check=1).stdout
    for name in glob.glob(home.path + "/spool/xinlv.db*"):
        os.remove(name)
    r = home.run("run", now=DUE, check=74)
    assert "snapshot" in r.stderr and "backup" in r.stderr, r.stderr
    os.rename(snapshot + ".away", snapshot)
    home.run("run", now=DUE, check=0)


def test_a_home_of_any_name():
    """Signs that mean something in a URI or in SQL, and are the folder's name here."""
    home = copy_of("a#b?c%41 'd'")
    home.run("purge", "--confirm", DAY, now=DUE, check=0)
    want = facts(home)
    for name in glob.glob(glob.escape(home.path) + "/spool/xinlv.db*"):
        os.remove(name)
    home.run("run", now="2024-07-04T09:00:00+08:00", check=0)
    assert facts(home) == want
    home.run("replay", now=DUE, check=0)
    home.run("backup", os.path.join(WHERE, "b#b?c%41 'd'"), now=DUE, check=0)


def test_what_comes_back_is_found():
    home = copy_of("back")
    message = glob.glob(home.path + "/spool/archive/??/*.eml")[0]
    number = home.json("list", now=DUE)[0]["number"]
    file = home.json("show", number, now=DUE)[0]["files"][0]["path"]
    home.run("purge", "--confirm", DAY, now=DUE, check=0)
    for path in (message, os.path.join(home.path, file)):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(path.replace(home.path, contest().path), path)
        assert "was purged, and is there" in home.run("verify", now=DUE, check=1).stdout
        os.remove(path)
    home.run("verify", now=DUE, check=0)
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    db.execute("INSERT INTO entry_personal VALUES (1, zeroblob(16), 'a', 'b', 'c', 'd')")
    db.commit()
    db.close()
    assert "personal values were changed" in home.run("verify", now=DUE, check=1).stdout


def test_a_reader_in_the_way_is_waited_for():
    """As a log in a pager: what it reads cannot be overwritten.  The runs meanwhile do their work, and complete the purge behind it."""
    home = copy_of("reader")
    home.run("run", now=DUE, check=0)
    reader = sqlite3.connect(home.path + "/spool/xinlv.db", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM head").fetchone()[0] > 3
    r = home.run("purge", "--confirm", DAY, now=DUE, check=75)
    assert "reads the database" in r.stderr, r.stderr
    home.lay(mails.mail("later@example.cn", "帮助", ""), DUE)
    r = home.run("run", now="2024-07-02T10:00:00+08:00", check=0)
    assert "next run" in r.stderr and any(m["To"] == "later@example.cn" for m in home.outbox()), r.stderr
    reader.close()
    home.run("run", now="2024-07-02T10:00:01+08:00", check=0)
    assert marks_in(home.path) == []
    home.run("verify", now=DUE, check=0)
    home.run("replay", now=DUE, check=0)


def test_what_lies_aside_goes_too():
    """An address that the robot remembers to have told of, as earlier programs did; what a killed run left in mid-delivery, or half
    fetched."""
    home = copy_of("aside")
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    db.execute("INSERT INTO fact VALUES ('told.unreachable T3-0001', 'secret-person@example.cn')")
    db.commit()
    db.close()
    outbox = home.path + "/spool/outbox"
    mail = sorted(os.listdir(outbox + "/new"))[0]
    shutil.copy(os.path.join(outbox, "new", mail), os.path.join(outbox, "tmp", mail))
    half = home.path + "/spool/archive/tmp"
    os.makedirs(half, exist_ok=True)
    with open(half + "/0123456789abcdef", "w", encoding="utf-8") as f:
        f.write("From: secret-person@example.cn")
    home.run("purge", "--confirm", DAY, now=DUE, check=0)
    assert marks_in(home.path) == [] and os.listdir(outbox + "/tmp") == []


def test_killed_at_every_step():
    want, steps = None, 0
    for i in range(1, 80):
        home = copy_of("killed")
        r = home.run("purge", "--confirm", DAY, now=DUE, env={"XINLV_CRASH_AT": "*:%d" % i})
        home.run("run", now=DUE, check=0)
        if marks_in(home.path):  # stopped before its line of the journal: nothing has happened
            assert r.returncode == -9 and '"name":"purge ' not in open(home.path + "/spool/archive/journal").read()
            home.run("purge", "--confirm", DAY, now=DUE, check=0)
        assert marks_in(home.path) == []
        home.run("verify", now=DUE, check=0)
        end = facts(home)
        assert want in (None, end)
        want = end
        if r.returncode == 0:
            break
        steps += 1
    assert r.returncode == 0 and steps > 5, steps


def test_the_backup_is_purged_with_the_home():
    home, backup = copy_of("backed"), os.path.join(WHERE, "backup")
    shutil.rmtree(backup, ignore_errors=True)
    home.run("backup", backup, now=END, check=0)
    assert marks_in(backup)
    home.run("purge", "--confirm", DAY, now=DUE, check=0)
    home.run("backup", backup, now=DUE, check=0)
    assert marks_in(backup) == []
    path = os.path.join(WHERE, "restored")
    shutil.rmtree(path, ignore_errors=True)
    r = subprocess.run([homes.PROGRAM, "-C", path, "--now", DUE, "restore", backup], capture_output=True, text=True)
    assert r.returncode == 0, (r.stdout, r.stderr)
    assert facts(homes.Home(path)) == facts(home)
    assert json.load(open(backup + "/xinlv-backup.json"))["state"] == "whole"

"""xinlv verify finds a flipped byte in every kind of file that it keeps, and what journal and database do not say alike."""
import glob
import os
import shutil
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
NOW = "2023-03-30T09:00:00+08:00"
_home = None


def contest():
    """A small home with an entry, its supplement, and a message too large to be taken; the tests leave it as it is."""
    global _home
    if _home is None:
        home = homes.Home.fresh(os.path.join(WHERE, "home"))
        home.run("forms", check=0)
        for _, at, data, _ in list(samples.first_day(home))[:3]:
            home.lay(data, at)
        home.run("run", now=NOW, check=0)
        home.lay(mails.mail("lvyuan@qq.com", "T4-0001 补充材料", "", [("报告.pdf", samples.PDF)]), "2023-03-29T14:00:00+08:00")
        home.run("run", now=NOW, check=0)
        assert "all is as it was recorded" in home.run("verify", now=NOW, check=0).stdout
        _home = home
    return _home


def flip(path, at):
    with open(path, "rb") as f:
        data = bytearray(f.read())
    data[at] ^= 0x04
    mode = os.stat(path).st_mode
    os.chmod(path, 0o600)
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)


def kinds(home):
    """One file of each kind that verify vouches for."""
    def first(pattern):
        return sorted(glob.glob(os.path.join(home.path, pattern), recursive=True))[0]
    return {"message": first("spool/archive/[0-9a-f][0-9a-f]/*.eml"), "rules": first("spool/archive/rules/*.json"),
            "journal": first("spool/archive/journal"), "entry's file": first("spool/tracks/T4/T4-0001*/*.pdf"),
            "supplement": first("spool/tracks/T4/T4-0001*/*/*.pdf")}


def test_a_flipped_byte_in_each_kind_of_file():
    home = contest()
    for kind, path in kinds(home).items():
        size = os.path.getsize(path)
        for at in (0, size // 3, size // 2, size - 2, size - 1):
            flip(path, at)
            r = home.run("verify", now=NOW)
            assert r.returncode == 1 and "fault" in r.stdout, (kind, at, r.returncode, r.stdout, r.stderr)
            flip(path, at)
    home.run("verify", now=NOW, check=0)


def test_every_byte_of_the_journal():
    """Each line, at a few places in it: the chain, or the database, knows."""
    home = contest()
    path = home.path + "/spool/archive/journal"
    with open(path, "rb") as f:
        data = f.read()
    start = 0
    for line in data.splitlines(keepends=True):
        for at in (start, start + len(line) // 4, start + len(line) // 2, start + len(line) - 1):
            flip(path, at)
            r = home.run("verify", now=NOW)
            assert r.returncode == 1, (at, data[max(0, at - 20):at + 20], r.stdout, r.stderr)
            flip(path, at)
        start += len(line)
    home.run("verify", now=NOW, check=0)


def test_a_file_gone():
    home = contest()
    for kind, path in kinds(home).items():
        os.rename(path, path + ".away")
        r = home.run("verify", now=NOW)
        os.rename(path + ".away", path)
        assert r.returncode == 1 and ("missing" in r.stdout or "journal" in r.stdout), (kind, r.stdout, r.stderr)


def test_the_journal_cut_short():
    home = contest()
    path = home.path + "/spool/archive/journal"
    with open(path, "rb") as f:
        data = f.read()
    for keep in (data[:data.rstrip(b"\n").rfind(b"\n") + 1], data[:-1], b""):
        with open(path, "wb") as f:
            f.write(keep)
        r = home.run("verify", now=NOW, check=1)
        assert "journal" in r.stdout, r.stdout
    with open(path, "wb") as f:
        f.write(data)
    home.run("verify", now=NOW, check=0)


def test_what_the_journal_says_of_messages_and_rules():
    """Also of a message that has no outcome yet."""
    home = contest()
    for what in ("sha256 = zeroblob(32)", "bytes = bytes + 1", "received = received - 1", "source = source || 'x'"):
        path = os.path.join(WHERE, "changed")
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(home.path, path, symlinks=True)
        copy = homes.Home(path)
        db = sqlite3.connect(path + "/spool/xinlv.db")
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'message'").fetchall():
            db.execute('DROP TRIGGER "%s"' % name)
        db.execute("UPDATE message SET %s WHERE seq = 3" % what)
        db.commit()
        db.close()
        r = copy.run("verify", now=NOW, check=1)
        assert "message 3 differs from the journal" in r.stdout, (what, r.stdout)


def test_a_run_at_work_is_no_fault():
    """Verify is stopped between two looks, while a run takes a message in and lays its entry: it finds nothing."""
    for at in ("verify.begun", "verify.journal"):
        home = contest().copy(os.path.join(WHERE, "beside"))
        p = subprocess.Popen([homes.PROGRAM, "-C", home.path, "--now", NOW, "verify"], stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "XINLV_CRASH_AT": at, "XINLV_CRASH_BY": "STOP"})
        os.waitid(os.P_PID, p.pid, os.WSTOPPED)
        data = samples.form(home, "T3", org__name="旁边科技有限公司", project__title="旁边的绿色项目")
        home.lay(mails.mail("beside@example.cn", "T3", "", [("T3.xlsx", data), ("盖章.pdf", samples.PDF)]), "2023-03-30T09:00:00+08:00")
        home.run("run", now=NOW, check=0)
        os.kill(p.pid, signal.SIGCONT)
        out, _ = p.communicate()
        assert p.returncode == 0 and "fault" not in out, (at, out)
        assert len(home.json("list", now=NOW)) == len(contest().json("list", now=NOW)) + 1
        home.run("verify", now=NOW, check=0)


def test_a_home_without_its_database_is_not_called_sound():
    home = contest().copy(os.path.join(WHERE, "lost"))
    for name in glob.glob(home.path + "/spool/xinlv.db*"):
        os.remove(name)
    r = home.run("verify", now=NOW, check=1)
    assert "xinlv run" in r.stdout, r.stdout
    r = home.run("check", now=NOW, check=0)
    assert "xinlv run" in r.stdout + r.stderr and "settings" in r.stdout + r.stderr, r.stdout + r.stderr
    home.run("run", now=NOW, check=0)
    r = home.run("check", now=NOW, check=0)
    assert "settings" not in r.stdout + r.stderr, r.stdout + r.stderr


def test_a_home_of_the_schema_before():
    """Its database climbs at the next run; verify and replay find nothing, whatever the home has seen: the rungs are walked down first."""
    home = homes.Home.fresh(os.path.join(WHERE, "before"))
    home.run("forms", check=0)
    for _, at, data, _ in samples.first_day(home):
        home.lay(data, at)
    home.run("run", now=NOW, check=0)
    for _, at, data, _ in samples.last_days(home):
        home.lay(data, at)
    after = "2023-04-01T12:00:00+08:00"
    home.run("run", now=after, check=0)
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    assert db.execute("SELECT count(*) FROM audit WHERE kind = 'todo'").fetchone() == (0,), "the schema before had no such rows"
    assert db.execute("SELECT count(DISTINCT kind) FROM todo").fetchone()[0] >= 4
    db.executescript("DROP INDEX audit_todo; DROP INDEX record_of;"
                     "CREATE INDEX outbox_sent ON outbox(sent) WHERE sent IS NOT NULL; PRAGMA user_version = 3")
    db.close()
    assert home.run("list", now=after).returncode == 0
    home.run("run", now=after, check=0)
    assert "all is as it was recorded" in home.run("verify", now=after, check=0).stdout
    home.run("replay", now=after, check=0)

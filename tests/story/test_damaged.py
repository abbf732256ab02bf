"""Files of a home that are not what they should be: each command ends with one line and its code, waits for nothing, and takes
nothing away; the next run after they are put right goes on."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
NOW = "2023-03-30T09:00:00+08:00"
LATER = "2023-03-30T10:00:00+08:00"
_base = None


def fresh(name):
    global _base
    if _base is None:
        _base = homes.Home.fresh(os.path.join(WHERE, "base"))
        _base.run("forms", check=0)
        for _, at, data, _ in samples.first_day(_base):
            _base.lay(data, at)
        _base.run("run", now=NOW, check=0)
    home = _base.copy(os.path.join(WHERE, name))
    home.lay(mails.mail("new@example.cn", "帮助", "", message_id="<new@example.cn>"), NOW)
    return home


def ends(home, *args):
    """-> (exit status, standard error); whatever waits is ended, and has failed."""
    r = subprocess.run([homes.PROGRAM, "-C", home.path, "--now", LATER, *args], capture_output=True, text=True,
                       stdin=subprocess.DEVNULL, timeout=60)
    return r.returncode, r.stderr


def test_no_command_waits_for_a_pipe():
    for name in ("spool/xinlv.db", "spool/archive/journal", "spool/idle.json", "spool/lock", "spool/secret.key",
                 "rules/contest.yaml", "templates/words.yaml"):
        home = fresh("pipe")
        path = os.path.join(home.path, name)
        os.rename(path, path + ".kept")
        os.mkfifo(path)
        for args in (("run",), ("verify",), ("status",), ("list", "--json"), ("check",), ("backup", home.path + "-copy")):
            status, err = ends(home, *args)
            assert status in (0, 1, 66, 74, 78), (name, args, status, err)
            assert status in (0, 1) or err.strip(), (name, args)
            shutil.rmtree(home.path + "-copy", ignore_errors=True)
        if os.path.lexists(path):
            os.remove(path)
        os.rename(path + ".kept", path)
        home.run("run", now=LATER, check=0)
        assert [m for m in home.json("log", now=LATER) if m["message_id"] == "new@example.cn"], name
        home.run("verify", now=LATER, check=0)


def test_a_message_that_became_a_pipe():
    home = fresh("message")
    m = [m for m in home.json("log", now=NOW) if m["entry"]][0]
    path = os.path.join(home.path, "spool/archive", m["sha256"][:2], m["sha256"] + ".eml")
    os.remove(path)
    os.mkfifo(path)
    status, err = ends(home, "verify")
    assert status == 1, err
    assert ends(home, "run")[0] == 0


def test_of_a_journal_that_was_read_nothing_is_cut():
    """A byte that a disk turned to zero looks like the torn end of a crash; what the database has read was none."""
    home = fresh("journal")
    path = os.path.join(home.path, "spool/archive/journal")
    with open(path, "rb") as f:
        whole = f.read()
    for at in (5, len(whole) // 2, len(whole) - 3):
        broken = whole[:at] + b"\0" + whole[at + 1:]
        with open(path, "wb") as f:
            f.write(broken)
        status, err = ends(home, "run")
        assert status == 74 and "take it from a backup" in err, (at, status, err)
        with open(path, "rb") as f:
            assert f.read() == broken, at
        assert ends(home, "verify")[0] in (1, 74), at
    with open(path, "wb") as f:
        f.write(whole + b'{"half')  # that is what a crash leaves
    home.run("run", now=LATER, check=0)
    with open(path, "rb") as f:
        now = f.read()
    assert now.startswith(whole) and len(now) > len(whole) and b'{"half' not in now
    home.run("verify", now=LATER, check=0)


def test_a_file_in_place_of_the_folder_for_large_files():
    home = fresh("handover")
    shutil.rmtree(os.path.join(home.path, "spool/handover"), ignore_errors=True)
    open(os.path.join(home.path, "spool/handover"), "w").close()
    status, err = ends(home, "run")
    assert status == 0 and "spool/handover is no folder" in err, (status, err)


def test_a_changed_last_line_is_not_made_good():
    """The hash of the next line would have covered it, and no verify have told any more."""
    home = fresh("last")
    path = os.path.join(home.path, "spool/archive/journal")
    copy = home.path + "-copy"
    home.run("run", now=LATER, check=0)
    shutil.rmtree(copy, ignore_errors=True)
    home.run("backup", copy, now=LATER, check=0)
    with open(path, "rb") as f:
        whole = f.read()
    start = whole[:-1].rfind(b"\n") + 1
    digit = next(i for i in range(len(whole) - 1, start, -1) if whole[i:i + 1] in b"12345678")
    home.lay(mails.mail("later@example.cn", "帮助", "", message_id="<later@example.cn>"), LATER)
    for broken in (whole[:digit] + bytes([whole[digit] + 1]) + whole[digit + 1:], whole[:start], b""):
        with open(path, "wb") as f:
            f.write(broken)
        for args in (("run",), ("backup", copy)):
            status, err = ends(home, *args)
            assert status == 74 and "take it from a backup" in err and err.count("\n") == 1, (args, status, err)
        assert ends(home, "verify")[0] == 1
        with open(path, "rb") as f:
            assert f.read() == broken
        with open(copy + "/spool/archive/journal", "rb") as f:
            assert f.read() == whole, "the sound journal of the backup is what mends it"
    shutil.copyfile(copy + "/spool/archive/journal", path)
    home.run("run", now=LATER, check=0)
    assert [m for m in home.json("log", now=LATER) if m["message_id"] == "later@example.cn"]
    home.run("verify", now=LATER, check=0)
    home.run("backup", copy, now=LATER, check=0)


def test_an_emptied_database_shows_nothing_as_if_it_were_all():
    home = fresh("emptied")
    path = os.path.join(home.path, "spool/xinlv.db")
    table = os.path.join(home.path, "entries.csv")
    home.run("export", "--format", "csv", "-o", table, now=LATER, check=0)
    with open(table, "rb") as f:
        want = f.read()
    entries = home.json("list", now=LATER)
    for damage in (lambda: os.remove(path), lambda: open(path, "wb").close(), lambda: open(path, "wb").write(b"x")):
        for name in ("xinlv.db-wal", "xinlv.db-shm"):
            if os.path.exists(os.path.join(home.path, "spool", name)):
                os.remove(os.path.join(home.path, "spool", name))
        damage()
        for args in (("status",), ("list",), ("log",), ("queue",), ("show", "T4-0001"), ("export", "--format", "csv", "-o", table)):
            status, err = ends(home, *args)
            assert status == 66 and "'xinlv run' makes the database again" in err, (args, status, err)
        with open(table, "rb") as f:
            assert f.read() == want
        home.run("run", now=LATER, check=0)
        assert home.json("list", now=LATER) == entries


def test_a_damaged_database_is_no_fault_of_ours():
    """Wherever the damage lies: never 70, one line, and what the line says to do mends it."""
    home = fresh("pages")
    path = os.path.join(home.path, "spool/xinlv.db")
    journal = os.path.join(home.path, "spool/archive/journal")
    for name in ("xinlv.db-wal", "xinlv.db-shm"):
        if os.path.exists(path[:-len("xinlv.db")] + name):
            home.run("run", now=NOW, check=0)
    with open(path, "rb") as f:
        whole = f.read()
    told = 0
    for page in range(len(whole) // 4096):
        if page > 24 and page % 40:
            continue
        with open(path, "wb") as f:
            f.write(whole[:page * 4096 + 320] + bytes(x ^ 0x55 for x in whole[page * 4096 + 320:(page + 2) * 4096]) +
                    whole[(page + 2) * 4096:])
        for name in ("-wal", "-shm"):
            if os.path.exists(path + name):
                os.remove(path + name)
        home.lay(mails.mail("p%d@example.cn" % page, "帮助", "", message_id="<p%d@example.cn>" % page), NOW)
        status, err = ends(home, "run")
        assert status in (0, 74), (page, status, err)
        if status == 74:
            told += 1
            assert "makes it again" in err and err.count("\n") == 1, (page, err)
        with open(journal, "rb") as f:
            kept = f.read()
        for name in ("", "-wal", "-shm"):
            if os.path.exists(path + name):
                os.remove(path + name)
        home.run("run", now=LATER, check=0)
        with open(journal, "rb") as f:
            assert f.read().startswith(kept)
        assert [m for m in home.json("log", now=LATER) if m["message_id"] == "p%d@example.cn" % page], page
        with open(path, "rb") as f:
            whole = f.read()
    assert told
    home.run("verify", now=LATER, check=0)


def test_no_link_in_the_place_of_the_database_is_followed():
    home = fresh("link")
    path = os.path.join(home.path, "spool/xinlv.db")
    away = home.path + "-elsewhere"
    shutil.rmtree(away, ignore_errors=True)
    os.makedirs(away)
    os.rename(path, away + "/xinlv.db")
    os.symlink(away + "/xinlv.db", path)
    for args in (("run",), ("status",), ("list",), ("verify",), ("export", "--format", "csv"), ("backup", home.path + "-copy")):
        status, err = ends(home, *args)
        assert status == 74 and err.count("\n") == 1, (args, status, err)
        assert os.listdir(away) == ["xinlv.db"], args

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

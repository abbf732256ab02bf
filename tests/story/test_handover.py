"""Files too large for mail, laid into spool/handover/NUMBER: taken in with hash, bringer and time, filed beside the entry, made
again by replay and from the archive."""
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
VIDEO = b"\0\0\0\x18ftypisom" + os.urandom(3 << 20)
NOW = "2023-03-20T12:00:00+08:00"


def contest(name):
    home = homes.Home.fresh(os.path.join(WHERE, name))
    home.run("forms", check=0)
    home.lay(mails.mail("a@example.cn", "T4 申报", "", [("申报表.xlsx", samples.form(home, "T4")), ("盖章.pdf", samples.PDF)]),
             "2023-03-20T10:00:00+08:00")
    home.run("run", now="2023-03-20T11:00:00+08:00", check=0)
    return home


def lay(home, number, name, data):
    folder = os.path.join(home.path, "spool/handover", number)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    brought = homes.moment("2023-03-20T11:30:00+08:00")
    os.utime(os.path.join(folder, name), (brought, brought))


AT_ONCE = {"XINLV_HANDOVER_SECONDS": "0"}


def taken(home, number, now=NOW):
    """Takes the files in without waiting until they have lain still."""
    folder = os.path.join(home.path, "spool/handover", number)
    home.run("run", now=now, check=0, env=AT_ONCE)
    assert not os.path.exists(folder), os.listdir(folder)
    return home.json("show", number, now=now)[0]


def taken_in_time(home, number):
    """Runs until they have, by the machine's clock."""
    for _ in range(60):
        home.run("run", now=NOW, check=0)
        if not os.path.exists(os.path.join(home.path, "spool/handover", number)):
            return home.json("show", number, now=NOW)[0]
        time.sleep(1)
    raise AssertionError(number)


def test_taken_in_beside_the_entry():
    home = contest("home")
    lay(home, "T4-0001", "演示视频.mp4", VIDEO)
    lay(home, "T4-0001", "检测报告.pdf", samples.PDF + b"x")
    lay(home, "T4-9999", "whose.pdf", samples.PDF)
    assert "T4-9999: no entry" in home.run("run", now=NOW, check=0).stderr
    assert "T4-9999" not in home.run("run", now=NOW, check=0).stderr, "said at every tick"
    assert os.path.exists(os.path.join(home.path, "spool/handover/T4-0001/演示视频.mp4")), "taken while it may still be written to"
    whole = taken_in_time(home, "T4-0001")
    files = {f["name"]: f for f in whole["files"]}
    video = files["演示视频.mp4"]
    assert video["sha256"] == hashlib.sha256(VIDEO).hexdigest() and video["bytes"] == str(len(VIDEO)) or video["bytes"] == len(VIDEO), video
    assert {"申报表.xlsx", "盖章.pdf", "检测报告.pdf"} <= set(files), files
    path = os.path.join(home.path, video["path"])
    with open(path, "rb") as f:
        assert f.read() == VIDEO
    page = [n for n in os.listdir(os.path.dirname(path)) if n.endswith(".txt")]
    assert len(page) == 1, os.listdir(os.path.dirname(path))
    event = [h for h in whole["history"] if h["event"] == "handover"]
    assert len(event) == 1 and "演示视频.mp4" in event[0]["detail"] and "uid" in event[0]["by"], event
    assert "2023-03-20T11:30:00+08:00" in event[0]["detail"], event
    assert os.listdir(os.path.join(home.path, "spool/handover")) == ["T4-9999"]
    # The same file laid again is nothing new.
    lay(home, "T4-0001", "演示视频.mp4", VIDEO)
    again = taken(home, "T4-0001", "2023-03-20T13:00:00+08:00")
    assert len(again["files"]) == len(whole["files"]) and len(again["history"]) == len(whole["history"])
    home.run("verify", now="2023-03-20T13:00:00+08:00", check=0)
    # From journal and archive alone.
    home.run("replay", now="2023-03-20T13:30:00+08:00", check=0)
    for name in os.listdir(os.path.join(home.path, "spool")):
        if name.startswith("xinlv.db"):
            os.unlink(os.path.join(home.path, "spool", name))
    shutil.rmtree(os.path.join(home.path, "spool/tracks"))
    home.run("run", now="2023-03-20T14:00:00+08:00", check=0)
    made = home.json("show", "T4-0001", now="2023-03-20T14:00:00+08:00")[0]
    assert made["files"] == again["files"] and made["history"] == again["history"], (made, again)
    with open(path, "rb") as f:
        assert f.read() == VIDEO
    home.run("verify", now="2023-03-20T14:00:00+08:00", check=0)


def test_a_tick_with_nothing_laid_is_idle():
    home = contest("idle")
    home.run("run", now="2023-03-20T11:10:00+08:00", check=0)
    assert "nothing to do" in home.run("-v", "run", now="2023-03-20T11:11:00+08:00", check=0).stderr
    lay(home, "T4-0001", "演示视频.mp4", VIDEO)
    assert "nothing to do" not in home.run("-v", "run", now="2023-03-20T11:12:00+08:00", check=0).stderr


def laid_only_as_it_was_taken(home):
    """A later run lays what the archive has under its hash, and nothing else, also where nobody can lay the file once more."""
    shutil.rmtree(os.path.join(home.path, "spool/handover/T4-0001"))
    digest = hashlib.sha256(VIDEO).hexdigest()
    path = os.path.join(home.path, "spool/archive", digest[:2], digest + ".eml")
    os.rename(path, path + ".kept")
    with open(path, "wb") as f:
        f.write(VIDEO[:-1] + b"?")
    r = home.run("run", now=NOW, check=74)
    assert "the archive no longer gives 演示视频.mp4" in r.stderr, r.stderr
    laid = [n for _, _, names in os.walk(os.path.join(home.path, "spool/tracks")) for n in names]
    assert not any("演示视频" in n for n in laid), laid
    os.replace(path + ".kept", path)


def test_killed_at_each_step_it_is_taken_once():
    for where in ("action.journaled", "handover.taken", "supplement.rename"):
        home = contest("kill-" + where)
        lay(home, "T4-0001", "演示视频.mp4", VIDEO)
        assert home.run("run", now=NOW, env={"XINLV_CRASH_AT": where, **AT_ONCE}).returncode, where
        if where == "handover.taken":
            laid_only_as_it_was_taken(home)
        whole = taken(home, "T4-0001")
        assert [f["name"] for f in whole["files"]].count("演示视频.mp4") == 1, (where, whole["files"])
        assert len([h for h in whole["history"] if h["event"] == "handover"]) == 1, where
        home.run("run", now=NOW, check=0)
        home.run("verify", now=NOW, check=0)


def stopped_amid(home):
    """A run that stands still between the record of a file and its removal."""
    run = subprocess.Popen([homes.PROGRAM, "-C", home.path, "--now", NOW, "run"], stderr=subprocess.DEVNULL,
                           env={**os.environ, "XINLV_CRASH_AT": "handover.taken", "XINLV_CRASH_BY": "STOP", **AT_ONCE})
    assert os.WIFSTOPPED(os.waitpid(run.pid, os.WUNTRACED)[1]), "nothing was taken"
    return run


def test_what_is_laid_over_a_file_while_it_is_taken_is_taken_next():
    """Who sends a better film while the first is being recorded does not lose it."""
    for how in ("in place", "by name"):
        home = contest("replaced")
        lay(home, "T4-0001", "演示视频.mp4", VIDEO)
        path, better = os.path.join(home.path, "spool/handover/T4-0001/演示视频.mp4"), VIDEO + how.encode()
        run = stopped_amid(home)
        new = path if how == "in place" else path + ".part"
        with open(new, "wb") as f:
            f.write(better)
        os.rename(new, path)
        os.kill(run.pid, signal.SIGCONT)
        assert run.wait() == 0, how
        got = [f["sha256"] for f in taken(home, "T4-0001")["files"]]
        assert hashlib.sha256(VIDEO).hexdigest() in got and hashlib.sha256(better).hexdigest() in got, (how, got)

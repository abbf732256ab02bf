"""xinlv backup and restore: a copy taken while the robot runs becomes, in one command, a home that verifies and goes on."""
import hashlib
import json
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
LATER = "2023-04-01T09:00:00+08:00"
_home = None


def contest():
    """A home with a day's mail, one entry with a supplement and one message in quarantine; the tests leave it as it is."""
    global _home
    if _home is None:
        home = homes.Home.fresh(os.path.join(WHERE, "home"))
        home.run("forms", check=0)
        for _, at, data, _ in samples.first_day(home):
            home.lay(data, at)
        home.run("run", now=NOW, check=0)
        for _, at, data, _ in samples.besides(home):
            home.lay(data, at)
        home.run("run", now=LATER, check=0)
        _home = home
    return _home


def place(name):
    path = os.path.join(WHERE, name)
    shutil.rmtree(path, ignore_errors=True)
    return path


def restored(backup, name, check=0):
    """The home that restore makes; verify, which it ends with, must be content."""
    path = place(name)
    r = subprocess.run([homes.PROGRAM, "-C", path, "--now", LATER, "restore", backup], capture_output=True, text=True)
    assert r.returncode == check, (r.returncode, r.stdout, r.stderr)
    return homes.Home(path) if check == 0 else r


def tree(path):
    """Every file's hash; the second page of an entry says when it was laid by nobody, so all must be equal."""
    out = {}
    for folder, _, names in os.walk(path):
        for n in names:
            with open(os.path.join(folder, n), "rb") as f:
                out[os.path.relpath(os.path.join(folder, n), path)] = hashlib.sha256(f.read()).hexdigest()
    return out


def end_of(home):
    return {"log": home.json("log", now=LATER), "list": home.json("list", now=LATER), "queue": home.json("queue", now=LATER),
            "tracks": tree(home.path + "/spool/tracks"), "quarantine": tree(home.path + "/spool/quarantine"),
            "key": open(home.path + "/spool/secret.key").read()}


def same(a, b):
    return [k for k in a if a[k] != b[k]]


def test_there_and_back():
    home, backup = contest(), place("copy")
    home.run("backup", backup, now=LATER, check=0)
    assert os.stat(backup).st_mode & 0o777 == 0o700
    again = restored(backup, "again")
    assert same(end_of(home), end_of(again)) == []
    again.run("replay", now=LATER, check=0)


def test_the_same_messages_are_not_copied_twice():
    home, backup = contest(), place("twice")
    home.run("backup", backup, now=LATER, check=0)
    message = next(os.path.join(d, n) for d, _, ns in os.walk(backup + "/spool/archive") for n in ns if n.endswith(".eml"))
    own = os.path.join(home.path, os.path.relpath(message, backup))
    assert os.stat(message).st_ino == os.stat(own).st_ino, "one file system: a second name, not a second copy"
    os.remove(message)
    shutil.copy(own, message)
    before = os.stat(message).st_ino
    with open(home.path + "/rules/tracks/T9.yaml.off", "w") as f:
        f.write("x")
    home.run("backup", backup, now=LATER, check=0)
    assert os.stat(message).st_ino == before and os.path.exists(backup + "/rules/tracks/T9.yaml.off")
    os.remove(home.path + "/rules/tracks/T9.yaml.off")
    home.run("backup", backup, now=LATER, check=0)
    assert not os.path.exists(backup + "/rules/tracks/T9.yaml.off"), "what is gone from the rules does not come back"
    restored(backup, "twice-again")


def many(home, n):
    for i in range(n):
        home.lay(mails.mail("m%d@example.cn" % i, "T3", "", [("T3.xlsx", samples.form(
            home, "T3", org__name="第%d科技有限公司" % i, project__title="第%d项目绿色园区" % i)), ("盖章.pdf", samples.PDF)],
            message_id="<many%d@example.cn>" % i), "2023-03-2%dT10:00:00+08:00" % (i % 9))


def test_while_a_run_is_at_work():
    home, backups = homes.Home.fresh(os.path.join(WHERE, "busy")), place("busy-copies")
    home.run("forms", check=0)
    many(home, 150)  # three batches
    inbox = place("busy-inbox")
    shutil.copytree(home.path + "/spool/inbox", inbox)
    running = subprocess.Popen([homes.PROGRAM, "-C", home.path, "--now", NOW, "run"], stderr=subprocess.DEVNULL)
    taken = []
    while running.poll() is None and len(taken) < 16:
        taken.append(os.path.join(backups, str(len(taken))))
        home.run("backup", taken[-1], now=NOW, check=0)
    assert running.wait() == 0
    seen = []
    for backup in taken[::max(1, len(taken) // 4)]:
        again = restored(backup, "busy-again")
        seen.append(len(again.json("list", now=NOW)))
    # The last one taken meanwhile goes on where it was: the mail is still with the server, and gets the same numbers.
    shutil.rmtree(again.path + "/spool/inbox")
    shutil.copytree(inbox, again.path + "/spool/inbox")
    again.run("run", now=NOW, check=0)
    facts = [[{k: e[k] for k in ("number", "title", "message", "state")} for e in h.json("list", now=NOW)] for h in (home, again)]
    assert facts[0] == facts[1] and len(facts[0]) == 150, (len(facts[0]), len(facts[1]), seen)
    again.run("verify", now=NOW, check=0)


def test_killed_at_every_step_of_a_second_backup():
    """What lies there is a whole backup at each moment."""
    home, first = homes.Home.fresh(os.path.join(WHERE, "killed")), place("killed-first")
    home.run("forms", check=0)
    many(home, 2)
    home.run("run", now=NOW, check=0)
    home.run("backup", first, now=NOW, check=0)
    home.lay(mails.mail("c@example.cn", "帮助", "", message_id="<h@example.cn>"), "2023-03-29T10:00:00+08:00")
    home.run("run", now=NOW, check=0)
    steps = 0
    for i in range(1, 60):
        backup = place("killed-copy")
        shutil.copytree(first, backup)
        r = home.run("backup", backup, now=NOW, env={"XINLV_CRASH_AT": "*:%d" % i})
        again = restored(backup, "killed-again")
        assert len(again.json("log", now=NOW)) in (2, 3)
        if r.returncode == 0:
            break
        steps += 1
    assert r.returncode == 0 and steps >= 6, steps
    assert len(again.json("log", now=NOW)) == 3


def test_killed_in_the_first_backup_is_none():
    backup = place("first")
    contest().run("backup", backup, now=LATER, env={"XINLV_CRASH_AT": "backup.journal"})
    r = restored(backup, "first-again", check=66)
    assert "no whole backup" in r.stderr, r.stderr
    contest().run("backup", backup, now=LATER, check=0)
    restored(backup, "first-again")


def test_without_the_database_the_journal_is_enough():
    home, backup = contest(), place("truth")
    home.run("backup", backup, now=LATER, check=0)
    os.remove(backup + "/spool/xinlv.db")
    again = restored(backup, "truth-again")
    assert same(end_of(home), end_of(again)) in ([], ["queue"])


def test_what_is_refused():
    home = contest()
    full = place("full")
    os.makedirs(full)
    open(full + "/thesis.txt", "w").close()
    assert "neither empty nor a backup" in home.run("backup", full, now=LATER, check=64).stderr
    backup = place("refused")
    home.run("backup", backup, now=LATER, check=0)
    r = subprocess.run([homes.PROGRAM, "-C", home.path, "restore", backup], capture_output=True, text=True)
    assert r.returncode == 64 and "already" in r.stderr, r.stderr
    assert json.load(open(backup + "/xinlv-backup.json"))["state"] == "whole"


def messages(home, backup):
    """The copies of what is on record, those that made an entry first."""
    log = sorted((m for m in home.json("log", now=LATER) if m["sha256"]), key=lambda m: not m["entry"])
    return [(m, os.path.join(backup, "spool/archive", m["sha256"][:2], m["sha256"] + ".eml")) for m in log]


def flip(path):
    """One bit in the middle; a new file, for the old one may have other names."""
    with open(path, "rb") as f:
        data = bytearray(f.read())
    data[len(data) // 2] ^= 1
    os.remove(path)
    with open(path, "wb") as f:
        f.write(data)


def test_a_damaged_message_costs_its_own_folder():
    """Missing, or changed wherever a bit may flip: the rest is restored, verify names it, and it mends when it comes back."""
    home = contest()
    backup = place("damaged")
    home.run("backup", backup, now=LATER, check=0)
    whole = end_of(home)
    for how in ("missing", "flipped"):
        for m, path in messages(home, backup):
            kept = path + ".kept"
            os.rename(path, kept)
            if how == "flipped":
                shutil.copy(kept, path)
                flip(path)
            r = restored(backup, "damaged-again", check=1)
            assert m["sha256"] in r.stdout and ("bytes than its name says" if how == "flipped" else "missing") in r.stdout, r.stdout
            again = homes.Home(os.path.join(WHERE, "damaged-again"))
            assert set(same(whole, end_of(again))) <= {"tracks"}
            lost = set(whole["tracks"]) - set(tree(again.path + "/spool/tracks"))
            assert len({"/".join(n.split("/")[:2]) for n in lost}) <= 1, lost
            assert bool(lost) == (bool(m["entry"]) and m["outcome"] != "change") or how == "flipped" and not lost, (m, lost)
            if lost:
                bad = again.run("run", now=LATER)
                assert bad.returncode == 74 and bad.stderr.count("the archive no longer gives") == 1, bad.stderr
            os.remove(path) if how == "flipped" else None
            os.rename(kept, path)
            shutil.copy(path, os.path.join(again.path, os.path.relpath(path, backup)))
            again.run("run", now=LATER, check=0)
            again.run("verify", now=LATER, check=0)
            assert same(whole, end_of(again)) == []


def test_nothing_is_judged_from_damaged_bytes():
    home, backup = contest(), place("unsound")
    home.run("backup", backup, now=LATER, check=0)
    os.remove(backup + "/spool/xinlv.db")
    m, path = messages(home, backup)[0]
    flip(path)
    r = restored(backup, "unsound-again", check=74)
    assert m["sha256"] in r.stderr and "taken from a backup" in r.stderr, r.stderr

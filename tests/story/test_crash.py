"""Stop the program at every step it takes towards the outside, start it again, and require the same end: the same
entries and outcomes, the same filed folders, each reply once; then run once more and require no change."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

NOW = "2023-03-30T09:00:00+08:00"
WHERE = homes.STORY
MOST_STEPS = 400


def small_inbox(home):
    """Few messages, one of each consequence: accepted with files, rejected, request, nothing to say, unreadable."""
    t4 = samples.form(home, "T4")
    yield mails.mail("a@example.cn", "T4", "", [("申报表.xlsx", t4), ("盖章.pdf", samples.PDF)], message_id="<1@example.cn>")
    yield mails.mail("b@example.cn", "申报表见附件", "附件", message_id="<2@example.cn>")
    yield mails.mail("c@example.cn", "帮助", "", message_id="<3@example.cn>")
    yield mails.mail("news@example.com", "x", "x", headers=["List-Id: <x>"], message_id="<4@example.cn>")


def prepare():
    base = homes.Home.fresh(os.path.join(WHERE, "base"))
    base.run("forms", check=0)
    for i, data in enumerate(small_inbox(base)):
        base.lay(data, "2023-03-2%dT10:00:00+08:00" % (i + 1))
    return base


def tree(path):
    """Every file below a folder with its bytes, names sorted."""
    out = {}
    for folder, _, names in os.walk(path):
        for n in names:
            with open(os.path.join(folder, n), "rb") as f:
                out[os.path.relpath(os.path.join(folder, n), path)] = f.read()
    return out


def end_of(home):
    queue = [{k: m[k] for k in ("kind", "to", "subject", "state", "message_id")} for m in home.json("queue", now=NOW)]
    return {"log": home.json("log", now=NOW), "list": home.json("list", now=NOW), "queue": queue,
            "tracks": tree(home.path + "/spool/tracks"), "sent": sorted(os.listdir(home.path + "/spool/outbox/new")),
            "inbox": sorted(os.listdir(home.path + "/spool/inbox/new"))}


def differences(a, b):
    return [k for k in a if a[k] != b[k]]


def test_killed_at_every_step():
    base = prepare()
    plain = base.copy(os.path.join(WHERE, "plain"))
    plain.run("run", now=NOW, check=0)
    want = end_of(plain)
    assert [e["track"] for e in want["list"]] == ["T4"] and want["sent"], want
    for n in range(1, MOST_STEPS):
        home = base.copy(os.path.join(WHERE, "killed"))
        r = home.run("run", now=NOW, env={"XINLV_CRASH_AT": "*:%d" % n})
        if r.returncode == 0:
            assert n > 15, "only %d steps" % n
            break
        assert r.returncode == -9, (n, r.returncode, r.stderr)
        home.run("run", now=NOW, check=0)
        got = end_of(home)
        assert got == want, ("killed at step %d" % n, differences(got, want), [(want[k], got[k]) for k in differences(got, want) if k != "tracks"])
        home.run("verify", now=NOW, check=0)
        home.run("run", now=NOW, check=0)
        assert end_of(home) == want, "a third run changed something after step %d" % n
    else:
        raise AssertionError("more than %d steps" % MOST_STEPS)


def test_two_runs_at_once():
    import subprocess
    home = prepare()
    cmd = [homes.PROGRAM, "-C", home.path, "--now", NOW, "run"]
    runs = [subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    codes = sorted(r.wait(60) for r in runs)
    for r in runs:
        r.stdout.close(), r.stderr.close()
    assert codes[0] == 0 and set(codes) <= {0, 75}, codes
    home.run("run", now=NOW, check=0)
    assert len(home.json("list", now=NOW)) == 1


def test_a_full_disk():
    """A small tmpfs fills up in mid-run: the run ends with 74, and when there is room again nothing is missing."""
    import subprocess
    point = os.path.join(WHERE, "small")
    os.makedirs(point, exist_ok=True)
    base = prepare()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", point], capture_output=True).returncode:
        print("    (no tmpfs can be mounted here: the full disk is not tried)")
        return
    try:
        home = base.copy(os.path.join(point, "home"))
        filler = os.path.join(point, "filler")
        with open(filler, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(b"\0" * 65536)
            except OSError:
                pass
        room = os.path.getsize(filler)
        home.run("run", now=NOW, check=74)
        for size in (room - 400000, room - 800000):
            os.truncate(filler, max(0, size))
            home.run("run", now=NOW)
        os.remove(filler)
        home.run("run", now=NOW, check=0)
        assert len(home.json("list", now=NOW)) == 1 and len(home.json("log", now=NOW)) == 4
        home.run("verify", now=NOW, check=0)
    finally:
        subprocess.run(["umount", point], capture_output=True)


def test_files_that_may_not_grow():
    """Under a limit on the size of files, such as a shell or a service sets: the run ends with 74, too, and not by the signal."""
    import subprocess
    base = prepare()
    plain = base.copy(os.path.join(WHERE, "plain"))
    plain.run("run", now=NOW, check=0)
    stopped = 0
    for limit in (10000, 300000, 2000000):
        home = base.copy(os.path.join(WHERE, "limited"))
        for _ in range(2):
            r = subprocess.run(["prlimit", "--fsize=%d" % limit, homes.PROGRAM, "-C", home.path, "--now", NOW, "run"],
                               capture_output=True, text=True)
            assert r.returncode in (0, 74) and (r.returncode == 0 or r.stderr), (limit, r.returncode, r.stderr)
            stopped += r.returncode == 74
        home.run("run", now=NOW, check=0)
        assert end_of(home) == end_of(plain), limit
        home.run("verify", now=NOW, check=0)
    assert stopped >= 2, stopped

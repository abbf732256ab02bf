"""make deb: what the package holds, and that it runs from wherever it is unpacked."""
import glob
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = os.path.join(homes.ROOT, "build/story/deb")
NOW = "2023-03-30T09:00:00+08:00"


def run(*args, **more):
    r = subprocess.run(args, capture_output=True, text=True, cwd=homes.ROOT, **more)
    assert r.returncode == 0, (args, r.stdout, r.stderr)
    return r.stdout


def package():
    """build/xinlv_VERSION_ARCH.deb, made anew; and again: the same bytes."""
    made = run("make", "--no-print-directory", "deb").strip().splitlines()[-1]
    return os.path.join(homes.ROOT, made)


def test_what_is_in_it():
    path = package()
    fields = dict(re.findall(r"^(\S+): (.*)$", run("dpkg-deb", "-f", path), re.M))
    assert fields["Package"] == "xinlv" and fields["Architecture"] == run("dpkg", "--print-architecture").strip()
    for name in ("libsqlite3-0", "libseccomp2", "libetpan20", "adduser", "tzdata"):
        assert name in fields["Depends"], fields["Depends"]
    names = [line.split()[-1] for line in run("dpkg-deb", "-c", path).splitlines()]
    for want in ("usr/bin/xinlv", "usr/libexec/xinlv/xinlv-read", "usr/share/xinlv/rules/contest.yaml", "usr/share/xinlv/templates/words.yaml",
                 "usr/share/man/man1/xinlv.1.gz", "usr/share/man/man5/xinlv-rules.5.gz", "usr/lib/systemd/system/xinlv@.service",
                 "usr/lib/systemd/system/xinlv@.timer", "usr/share/doc/xinlv/copyright", "usr/share/doc/xinlv/handbook.zh.md"):
        assert "./" + want in names, want
    with open(path, "rb") as f:
        first = f.read()
    with open(package(), "rb") as f:
        assert f.read() == first, "the same sources give the same bytes"


def test_the_units_name_what_is_there():
    folder = os.path.join(homes.ROOT, "src/package")
    with open(folder + "/xinlv@.service") as f:
        text = f.read()
    assert "ExecStart=/usr/bin/xinlv -C /var/lib/xinlv/%i run" in text
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=xinlv", "StateDirectory=xinlv", "CapabilityBoundingSet=\n"):
        assert line in text, line
    allowed = " ".join(re.findall(r"^SystemCallFilter=([^~].*)$", text, re.M))
    for call in ("seccomp", "landlock_create_ruleset", "landlock_restrict_self"):
        assert call in allowed, "the reader puts its walls up inside"
    if shutil.which("systemd-analyze"):
        where = os.path.join(WHERE, "units")
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(where)
        for p in glob.glob(folder + "/xinlv@.*"):
            shutil.copy(p, os.path.join(where, os.path.basename(p).replace("@", "@x")))
        r = subprocess.run(["systemd-analyze", "verify", where + "/xinlv@x.timer"], capture_output=True, text=True)
        said = [line for line in r.stderr.splitlines() if where in line]
        assert not said, said


def test_it_runs_where_it_is_unpacked():
    root = os.path.join(WHERE, "root")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(WHERE, exist_ok=True)
    run("dpkg-deb", "-x", package(), root)
    was, homes.PROGRAM = homes.PROGRAM, root + "/usr/bin/xinlv"
    try:
        shutil.rmtree(WHERE + "/home", ignore_errors=True)
        r = subprocess.run([homes.PROGRAM, "init", WHERE + "/home"], cwd="/", capture_output=True, text=True)
        assert r.returncode == 0, r.stderr
        home = homes.Home(WHERE + "/home")
        assert "hold" in home.run("check", now=NOW, check=0).stdout
        home.run("forms", check=0)
        home.lay(mails.mail("a@example.cn", "T3", "", [("T3.xlsx", samples.form(home, "T3")), ("盖章.pdf", samples.PDF)]),
                 "2023-03-09T10:00:00+08:00")
        home.run("run", now=NOW, check=0)
        assert [e["number"] for e in home.json("list", now=NOW)] == ["T3-0001"]
    finally:
        homes.PROGRAM = was

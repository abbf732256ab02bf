"""A tick with nothing to do ends before it opens anything, and any change ends that."""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import dovecot
import home as homes
import imaphome
import mails

WHERE = homes.STORY


def at(minute):
    return "2023-03-30T12:%02d:00+08:00" % minute


def is_idle(home, now):
    r = home.run("-v", "run", now=now)
    assert r.returncode == 0, r.stderr
    return "nothing to do" in r.stderr


def test_what_ends_idleness():
    home = homes.Home.fresh(os.path.join(WHERE, "home"))
    home.run("forms", check=0)
    assert not is_idle(home, at(0))
    assert is_idle(home, at(1)) and is_idle(home, at(2))
    assert home.json("status", now=at(3))[0]["last_run"] == at(2)
    home.lay(mails.mail("a@example.cn", "帮助", ""), at(3))
    assert not is_idle(home, at(4)) and len(home.json("log", now=at(4))) == 1
    assert is_idle(home, at(5))
    os.utime(home.path + "/rules/contest.yaml")
    assert not is_idle(home, at(6)) and is_idle(home, at(7))
    with open(home.path + "/templates/mail/help.txt", "a") as f:
        f.write("\n")
    assert not is_idle(home, at(8)) and is_idle(home, at(9))
    assert not is_idle(home, "2023-03-30T11:00:00+08:00"), "the clock went back"
    assert is_idle(home, at(10))
    assert not is_idle(home, "2023-03-31T12:00:00+08:00"), "a new day's digest"
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    assert not is_idle(home, "2023-03-31T12:01:00+08:00") and len(home.json("log", now=at(4))) == 1


def test_a_file_put_or_damaged_in_place_ends_idleness():
    """The same file by its name and inode, and yet another: an emptied database, an older one copied over it."""
    home = homes.Home.fresh(os.path.join(WHERE, "in-place"))
    home.run("forms", check=0)
    home.lay(mails.mail("a@example.cn", "帮助", ""), at(0))
    home.run("run", now=at(0), check=0)
    assert is_idle(home, at(1))
    for args in (("list",), ("status",), ("verify",)):  # who only looks leaves it as it was
        home.run(*args, now=at(1), check=0)
    assert is_idle(home, at(2))
    path = home.path + "/spool/xinlv.db"
    with open(path, "rb") as f:
        whole = f.read()
    os.truncate(path, 0)
    assert not is_idle(home, at(3)) and len(home.json("log", now=at(3))) == 1
    assert is_idle(home, at(4))
    with open(path, "r+b") as f:
        f.write(whole)
        f.truncate()
    assert not is_idle(home, at(5)) and is_idle(home, at(6))
    journal = home.path + "/spool/archive/journal"
    with open(journal, "rb") as f:
        lines = f.read()
    with open(journal, "r+b") as f:
        f.write(b"!")
    assert home.run("verify", now=at(7)).returncode == 1
    with open(journal, "r+b") as f:
        f.write(lines)
    assert not is_idle(home, at(8)) and is_idle(home, at(9))


def test_faulty_rules_are_never_idle():
    home = homes.Home.fresh(os.path.join(WHERE, "faulty"))
    home.run("forms", check=0)
    home.run("run", now=at(0), check=0)
    with open(home.path + "/rules/contest.yaml", "a") as f:
        f.write("nonsense: x\n")
    home.run("run", now=at(1), check=78)
    home.run("run", now=at(2), check=78)


def test_a_mailbox_with_nothing_new():
    """A tick that only looks opens no database; a new message, a mailbox made anew and a server out of reach end that."""
    server = dovecot.Dovecot()
    try:
        home = imaphome.fresh("idle/imap").configure(
            "imap://%s@127.0.0.1:%d/INBOX" % (dovecot.USER.replace("@", "%40"), server.plain), dovecot.PASSWORD, tls="none")
        home.run("forms", check=0)
        server.append([imaphome.letter(1)], at=at(0))
        assert not is_idle(home, at(1)) and len(home.uids()) == 1
        assert is_idle(home, at(2)) and is_idle(home, at(3))
        assert home.json("status", now=at(4))[0]["last_run"] == at(3)
        server.append([imaphome.letter(2)], at=at(4))
        assert not is_idle(home, at(5)) and len(home.uids()) == 2
        assert is_idle(home, at(6))
        home.run("release", now=at(6), check=0)
        assert not is_idle(home, at(7)) and is_idle(home, at(8)), "another command wrote"
        server.stop()
        home.run("run", now=at(9), check=69)
        server.start()
        assert not is_idle(home, at(10)) and is_idle(home, at(11))
        box = os.path.join(server.mail, dovecot.USER)
        shutil.rmtree(box)
        server.append([imaphome.letter(1), imaphome.letter(3)], at=at(11))
        assert not is_idle(home, at(12)) and len(home.uids()) == 3
    finally:
        server.close()

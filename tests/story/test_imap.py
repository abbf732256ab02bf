"""Fetching from a real IMAP server (Dovecot): the ways in, progress, folders, tidying, what lay there before."""
import glob
import os
import shutil
import subprocess
import time

import dovecot
import home as homes
import imaphome
from imaphome import NOW, letter

_server = None
USER = dovecot.USER.replace("@", "%40")


def server():
    global _server
    if _server is None:
        _server = dovecot.Dovecot()
    return _server


def close():
    if _server:
        _server.close()


def empty(*folders):
    """The mailbox as on its first day."""
    s = server()
    shutil.rmtree(os.path.join(s.mail, dovecot.USER), ignore_errors=True)
    return s


def tls_home(name, s, **fetch):
    fetch.setdefault("ca_file", s.ca.file)
    return imaphome.fresh(name).configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD, **fetch)


def test_three_ways_in():
    s = empty()
    s.append([letter(1)])
    ways = {
        "imap-tls": ("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), {"ca_file": s.ca.file}),
        "imap-starttls": ("imap://%s@localhost:%d/INBOX" % (USER, s.plain), {"ca_file": s.ca.file}),
        "imap-clear": ("imap://%s@127.0.0.1:%d/INBOX" % (USER, s.plain), {"tls": "none"}),
    }
    for name, (url, keys) in ways.items():
        h = imaphome.fresh(name).configure(url, dovecot.PASSWORD, **keys)
        h.fetch()
        assert h.uids() == [1], (name, h.taken())
        source = h.taken()[0]
        assert source.startswith("imap:%s@" % dovecot.USER) and "/INBOX#" in source, source
        assert h.run("verify", now=NOW, check=0)


def test_arrival_is_internaldate():
    s = empty()
    s.append([letter(1)], at="2023-03-31T23:59:59+08:00")
    h = tls_home("imap-arrival", s)
    h.fetch()
    assert h.json("log", now=NOW)[0]["received"] == "2023-03-31T23:59:59+08:00"


def test_passwords_by_command_and_environment():
    s = empty()
    s.append([letter(1)])
    h = tls_home("imap-secret", s, password_command="cat password")
    h.fetch()
    h = tls_home("imap-secret", s, password_env="ENTRIES_PASSWORD")
    h.fetch(env={"ENTRIES_PASSWORD": dovecot.PASSWORD})
    assert h.uids() == [1]


def test_a_password_file_that_others_can_read():
    s = empty()
    h = tls_home("imap-open-secret", s)
    for mode, hint in (0o644, "chmod 640"), (0o604, "chmod 600"), (0o660, "chmod 640"), (0o640, None), (0o600, None):
        os.chmod(h.path + "/password", mode)
        said = h.fetch().stderr
        assert hint in said if hint else "chmod" not in said, (oct(mode), said)


def test_a_wrong_password_is_77_with_a_hint():
    s = empty()
    h = imaphome.fresh("imap-login").configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), "wrong",
                                               ca_file=s.ca.file)
    r = h.run("run", now=NOW, check=77)
    assert "authorisation code" in r.stderr and "does not let" in r.stderr, r.stderr
    assert "wrong" not in r.stderr


def test_a_token():
    """XOAUTH2 as Dovecot has it: the token comes from a command, a new one each time; a stale one is 77 with a hint."""
    import tempfile
    tokens, folder = dovecot.Tokens(), tempfile.mkdtemp(prefix="xt-", dir="/tmp")
    os.chmod(folder, 0o755)
    s = dovecot.Dovecot(extra=tokens.dovecot(folder))
    try:
        s.append([letter(1)])
        h = imaphome.fresh("imap-token")
        h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), ca_file=s.ca.file, token_command="cat token")

        def token(word, user):
            with open(h.path + "/token", "w") as f:
                f.write(word + "\n")
            tokens.good = {word: user} if user else {}
        token("ya29.T0ken-1_x~y+z/=", dovecot.USER)
        h.fetch()
        assert h.uids() == [1] and tokens.asked == 1
        token("stale", None)
        assert "token_command" in h.fetch(now="2023-03-30T09:01:00+08:00", check=77).stderr
        out = h.run("check", "--online", now=NOW, check=77).stdout
        assert "login refused" in out and "token_command" in out, out
        s.append([letter(2)])
        token("renewed", dovecot.USER)
        assert "the login works" in h.run("check", "--online", now=NOW).stdout
        h.fetch(now="2023-03-30T09:03:00+08:00")
        assert h.uids() == [1, 2]
        token("anothers", "another@example.org")
        h.fetch(now="2023-03-30T09:04:00+08:00", check=77)
    finally:
        s.close()
        tokens.close()
        shutil.rmtree(folder)


def test_certificates():
    s = empty()
    h = tls_home("imap-cert", s, ca_file="password")
    assert "holds no certificate" in h.fetch(check=78).stderr
    h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD)
    assert "not trusted here" in h.fetch(check=69).stderr
    other = dovecot.Dovecot(alt="DNS:mail.example.org")
    try:
        h.configure("imaps://%s@localhost:%d/INBOX" % (USER, other.tls), dovecot.PASSWORD, ca_file=other.ca.file)
        r = h.fetch(check=69)
        assert "not for localhost but for mail.example.org" in r.stderr, r.stderr
        h.configure("imap://%s@localhost:%d/INBOX" % (USER, other.plain), dovecot.PASSWORD, ca_file=other.ca.file)
        assert "not for localhost" in h.fetch(check=69).stderr
        assert "Login:" not in other.log().split("starting up")[1].split("TLS")[-1]
    finally:
        other.close()
    old = dovecot.Dovecot(start="20200101000000Z", end="20200201000000Z")
    try:
        h.configure("imaps://%s@localhost:%d/INBOX" % (USER, old.tls), dovecot.PASSWORD, ca_file=old.ca.file)
        assert "ran out on 2020-02-01" in h.fetch(check=69).stderr
    finally:
        old.close()


def test_a_server_that_lets_one_in_only():
    """Dovecot's mail_max_userip_connections: a person's mail program sits in the mailbox; afterwards all is fetched."""
    s = dovecot.Dovecot(extra="mail_max_userip_connections = 1\n")
    try:
        s.append([letter(1)])
        h = imaphome.fresh("imap-one")
        h.configure("imap://%s@127.0.0.1:%d/INBOX" % (USER, s.plain), dovecot.PASSWORD, tls="none")
        person = s.box()
        r = h.fetch(check=69)
        assert "Maximum number of connections" in r.stderr and "authorisation" not in r.stderr, r.stderr
        person.logout()
        h.fetch()
        assert h.uids() == [1]
    finally:
        s.close()


def test_check_online_says_what_to_do():
    s = empty()
    ca = {"ca_file": s.ca.file}
    cases = (("imaps://%s@localhost:%d" % (USER, s.plain), ca, 69, "is it one for imap:// or smtp://"),
             ("imap://%s@localhost:%d" % (USER, s.tls), ca, 69, "says nothing to imap://"),
             ("imaps://%s@localhost:%d" % (USER, s.tls), {}, 69, "name its certificate in ca_file"),
             ("imaps://%s@localhost:1" % USER, ca, 69, "does the server run"),
             ("imaps://%s@no.such.host.invalid" % USER, ca, 69, "host's name right"),
             ("imaps://other%%40example.org@localhost:%d" % s.tls, ca, 77, "authorisation code"),
             ("imaps://%s@localhost:%d" % (USER, s.tls), {**ca, "password_file": "nowhere"}, 78, "nowhere: No such file"))
    for url, keys, status, words in cases:
        h = imaphome.fresh("imap-says").configure(url + "/INBOX", dovecot.PASSWORD, **keys)
        out = h.run("check", "--online", check=status,
                    env={"XINLV_EXCHANGE_SECONDS": "2" if "says nothing" in words else "40"}).stdout
        assert words in out, (url, out)


def test_servers_that_are_not_there():
    h = imaphome.fresh("imap-away")
    s = server()
    h.configure("imaps://%s@localhost:%d/INBOX" % (USER, dovecot.free_port()), "x")
    r = h.run("run", now=NOW, check=69)
    assert "refuses connections" in r.stderr, r.stderr
    h.configure("imaps://x%40y@no.such.host.invalid/INBOX", "x")
    assert "no.such.host.invalid" in h.fetch(check=69).stderr
    h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.plain), "x", ca_file=s.ca.file)
    assert "no TLS" in h.fetch(check=69).stderr


def test_what_was_queued_is_sent_when_the_server_is_away():
    s = empty()
    s.append([letter(1)])
    h = tls_home("imap-sendsoff", s)
    h.fetch()
    assert h.outbox() == [] if os.path.exists(os.path.join(h.path, "spool/outbox/new")) else True
    h.configure("imaps://%s@localhost:%d/INBOX" % (USER, dovecot.free_port()), "x")
    h.run("run", now=NOW, check=69)
    assert len(h.outbox()) >= 1


def test_plaintext_is_for_this_machine_only():
    h = imaphome.fresh("imap-plain").configure("imap://x%40y@imap.example.org/INBOX", "x", tls="none")
    r = h.fetch(check=78)
    assert "localhost" in r.stderr, r.stderr


def test_progress_and_the_idle_tick():
    s = empty()
    s.append([letter(n) for n in range(1, 4)])
    h = tls_home("imap-progress", s)
    h.fetch()
    assert h.uids() == [1, 2, 3]
    h.fetch()
    last = s.last_farewell()
    assert "body_count=0" in last and "hdr_count=0" in last, last
    s.append([letter(4)])
    h.fetch()
    assert h.uids() == [1, 2, 3, 4]
    before = os.stat(os.path.join(h.path, "spool/archive/journal")).st_size
    h.fetch()
    assert os.stat(os.path.join(h.path, "spool/archive/journal")).st_size == before


def test_a_renewed_mailbox_is_recognised_by_bytes():
    s = empty()
    s.append([letter(1), letter(2)])
    h = tls_home("imap-renewed", s)
    h.fetch()
    empty()
    time.sleep(1.1)
    s.append([letter(2), letter(3)])
    r = h.fetch()
    assert "UIDVALIDITY is new" in r.stderr, r.stderr
    assert len(h.taken()) == 3 and len(h.outcomes()) == 3, h.taken()


def test_several_folders_and_one_that_is_missing():
    s = empty()
    s.append([letter(1)])
    s.append([letter(2), letter(1)], folder="&V4NXPpCuTvY-")
    h = tls_home("imap-folders", s, folders=["INBOX", "垃圾邮件", "没有"])
    r = h.fetch()
    assert "没有" in r.stderr, r.stderr
    assert [t.split("#")[0].split("/")[1] for t in h.taken()] == ["INBOX", "垃圾邮件"], h.taken()
    assert "没有" not in h.run("fetch", now=NOW, check=0).stderr
    h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD, ca_file=s.ca.file, folders=["没有"])
    h.fetch(check=78)


def test_a_message_too_large_is_told_of():
    s = empty()
    s.append([letter(1), letter(2, size=60000), letter(3)], at="2023-03-29T09:00:00+08:00")
    h = tls_home("imap-large", s, max_bytes="50K", after="delete:0")
    h.run("run", now=NOW, check=0)
    log = h.json("log", now=NOW)
    assert [m["outcome"] for m in sorted(log, key=lambda m: m["subject"])][1] == "rejected", log
    large = [m for m in log if m["outcome"] == "rejected"][0]
    assert large["sha256"] is None and large["from"] == "sender2@example.net", large
    assert any(m["To"] and "sender2@example.net" in m["To"] for m in h.outbox())
    assert s.uids() == [2]  # what was not fetched stays
    h.run("run", now=NOW, check=0)
    assert len(h.taken()) == 3
    h.run("verify", now=NOW, check=0)
    (head,) = glob.glob(h.path + "/spool/archive/heads/*.eml")
    with open(head, "rb") as f:
        data = f.read()
    os.chmod(head, 0o600)
    with open(head, "wb") as f:  # the header that was kept of it is vouched for, too
        f.write(data.replace(b"sender2", b"sender3"))
    assert "the header of message" in h.run("verify", now=NOW, check=1).stdout


def test_after_flag_move_delete():
    s = empty()
    s.append([letter(1), letter(2)])
    h = tls_home("imap-after", s, after="flag")
    h.fetch()
    assert s.uids(what="SEEN") == [1, 2]
    s.append([letter(3), letter(4)])
    h = h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD, ca_file=s.ca.file,
                    after="move:已处理 & 归档")
    h.fetch()
    assert s.uids() == [1, 2] and s.uids('"&XfJZBHQG &- &Uf9oYw-"') is None
    names = [n.decode() for n in s.box().list()[1]]
    assert any("&XfJZBHQG" in n for n in names), names
    s.append([letter(5)], at="2023-03-01T09:00:00+08:00")
    s.append([letter(6)], at="2023-03-29T09:00:00+08:00")
    h = h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD, ca_file=s.ca.file,
                    after="delete:10")
    h.fetch()
    assert len(s.uids()) == 3, s.uids()  # 1, 2 and the young one
    h.fetch(now="2023-04-09T09:00:01+08:00")
    assert s.uids() == [1, 2]


def test_deletes_only_what_lies_whole_in_the_archive():
    s = empty()
    s.append([letter(1), letter(2)], at="2023-03-29T09:00:00+08:00")
    h = tls_home("imap-verified", s, after="delete:5")
    h.fetch()
    import hashlib
    name = hashlib.sha256(letter(1)).hexdigest()
    path = os.path.join(h.path, "spool/archive", name[:2], name + ".eml")
    os.chmod(path, 0o600)
    with open(path, "ab") as f:
        f.write(b"!")
    h.fetch(now="2023-04-20T09:00:00+08:00")
    assert s.uids() == [1]


def test_a_folder_below_another():
    """The rules write '/', the server what it likes: here '.'."""
    s = empty()
    s.append([letter(1)])
    h = tls_home("imap-below", s, after="move:已处理/2023")
    r = h.run("check", "--online", now=NOW, check=0)
    assert "moved to 已处理.2023, which the first move makes" in r.stdout, r.stdout
    h.fetch()
    assert s.uids() == [] and s.uids('"&XfJZBHQG-.2023"') == [1], s.box().list()
    assert "moved to 已处理.2023\n" in h.run("check", "--online", now=NOW, check=0).stdout


def test_own_folders_are_named_below_the_inbox():
    """As with Cyrus and Courier; the rules name them as a person does, or as the server does."""
    s = dovecot.Dovecot(extra="namespace own {\n  inbox = yes\n  prefix = INBOX.\n  separator = .\n}\n"
                              "namespace others {\n  type = public\n  prefix = all.\n  separator = .\n"
                              "  location = maildir:%h/all\n  subscriptions = no\n}\n")
    try:
        box = s.box()
        assert box.create('"INBOX.&V4NXPpCuTvY-"')[0] == "OK", box.list()
        s.append([letter(1)])
        s.append([letter(2)], '"INBOX.&V4NXPpCuTvY-"')
        h = tls_home("imap-own", s, folders="[INBOX, 垃圾邮件]", after="move:已处理/2023")
        r = h.run("check", "--online", now=NOW, check=0)
        assert "垃圾邮件: 1 message" in r.stdout and "moved to INBOX.已处理.2023, which" in r.stdout, r.stdout
        h.fetch()
        assert len(h.taken()) == 2, h.taken()
        assert s.uids() == [] and s.uids('"INBOX.&XfJZBHQG-.2023"') == [1, 2], box.list()
        s.append([letter(3)])
        h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD, ca_file=s.ca.file,
                    folders="[INBOX, INBOX.垃圾邮件]", after="move:INBOX.已处理")
        h.fetch()
        assert len(s.uids('"INBOX.&XfJZBHQG-"')) == 1, box.list()
        box.create('"all.done"')
        s.append([letter(4)])
        h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD, ca_file=s.ca.file,
                    after="move:all/done")  # another's, by its own name
        h.fetch()
        assert len(s.uids('"all.done"')) == 1, box.list()
    finally:
        s.close()


def test_moves_by_copy_where_there_is_no_move():
    s = dovecot.Dovecot(capability="IMAP4rev1 ID UIDPLUS LITERAL+")
    try:
        s.append([letter(n) for n in range(1, 5)])
        h = tls_home("imap-copy", s, after="move:done")
        h.fetch()
        assert s.uids() == [] and len(s.uids("done")) == 4
    finally:
        s.close()


def test_keeps_with_a_warning_where_nothing_can_be_moved():
    s = dovecot.Dovecot(capability="IMAP4rev1 ID")
    try:
        s.append([letter(1)])
        h = tls_home("imap-kept", s, after="move:done")
        assert "stay where they are" in h.fetch().stderr
        assert s.uids() == [1]
        s.append([letter(2)])
        assert "stay where they are" not in h.fetch().stderr  # said once
        assert h.uids() == [1, 2]
    finally:
        s.close()


def test_what_lay_there_before_is_held_until_released():
    s = empty()
    s.append([letter(1), letter(2)], at="2023-03-01T09:00:00+08:00")
    h = tls_home("imap-hold", s, first_start="hold")
    r = h.fetch()
    assert "2 messages" in r.stderr and "xinlv release" in r.stderr, r.stderr
    assert h.taken() == []
    assert h.json("status", now=NOW)[0]["held_at_server"] == "INBOX up to UID 2"
    s.append([letter(3)])
    h.fetch()
    assert h.uids() == [3]
    assert "1 folder released" in h.run("release", now=NOW, check=0).stdout
    h.fetch()
    assert h.uids() == [3, 1, 2] and len(set(h.taken())) == 3
    assert h.json("status", now=NOW)[0]["held_at_server"] is None


def test_the_default_first_start_looks_at_the_age():
    s = empty()
    s.append([letter(1)], at="2023-03-29T10:00:00+08:00")
    h = tls_home("imap-young", s, first_start="hold")
    text = open(os.path.join(h.path, "rules/mail.yaml"), encoding="utf-8").read()
    default = text.replace("  first_start: hold\n", "")
    with open(os.path.join(h.path, "rules/mail.yaml"), "w", encoding="utf-8") as f:
        f.write(default)
    h.fetch()
    assert h.uids() == [1]  # less than a day old
    h = tls_home("imap-old", s)
    with open(os.path.join(h.path, "rules/mail.yaml"), "w", encoding="utf-8") as f:
        f.write(default)
    h.fetch(now="2023-03-31T10:00:00+08:00")
    assert h.uids() == []


def test_the_quota_is_told_once():
    s = empty()
    s.append([letter(n, size=180000) for n in range(1, 10)])
    h = tls_home("imap-quota", s)
    assert "more than 70 per cent" in h.fetch().stderr
    assert "per cent" not in h.fetch().stderr


def test_a_lost_database_comes_back_with_the_progress():
    s = empty()
    s.append([letter(n) for n in range(1, 4)])
    h = tls_home("imap-lost", s)
    h.fetch()
    before = h.json("log", now=NOW)
    for name in os.listdir(os.path.join(h.path, "spool")):
        if name.startswith("xinlv.db"):
            os.unlink(os.path.join(h.path, "spool", name))
    h.fetch()
    assert h.json("log", now=NOW) == before and len(h.taken()) == 3
    assert "body_count=0" in s.last_farewell()


def test_killed_at_each_step():
    """Stopped anywhere and started again: the same messages, each once, all of them tidied."""
    steps = ["archive.rename", "archive.synced", "imap.taken", "journal.synced", "store.commit", "imap.tidied",
             "tidy.done"]
    for step in steps:
        s = empty()
        s.append([letter(n) for n in range(1, 4)] + [letter(4, size=60000)])
        h = tls_home("imap-kill", s, after="move:done", max_bytes="50K")
        subprocess.run([homes.PROGRAM, "-C", h.path, "--now", NOW, "run"], env={**os.environ, "XINLV_CRASH_AT": step},
                       capture_output=True)
        h.run("run", now=NOW, check=0)
        h.run("run", now=NOW, check=0)
        assert len(h.taken()) == 4, (step, h.taken())
        assert len(h.outcomes()) == 4 and "rejected" in h.outcomes(), (step, h.outcomes())
        assert s.uids() == [4] and len(s.uids("done")) >= 3, (step, s.uids(), s.uids("done"))
        h.run("verify", now=NOW, check=0)


def test_check_online():
    s = empty()
    s.append([letter(1)])
    h = tls_home("imap-online", s, folders=["INBOX"])
    r = h.run("check", "--online", now=NOW, check=0)
    assert "the login works" in r.stdout and "INBOX: 1 messages" in r.stdout and "per cent full" in r.stdout, r.stdout
    assert h.taken() == []
    h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), dovecot.PASSWORD, ca_file=s.ca.file,
                folders=["INBOX", "没有"])
    s.append([letter(2)], folder="&V4NXPpCuTvY-")
    out = h.run("check", "--online", now=NOW, check=78).stdout
    assert "没有 is not on the server" in out and "the server has: " in out and "垃圾邮件" in out, out
    h.configure("imaps://%s@localhost:%d/INBOX" % (USER, s.tls), "wrong", ca_file=s.ca.file)
    assert "login refused" in h.run("check", "--online", now=NOW, check=77).stdout

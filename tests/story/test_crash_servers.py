"""The whole way between real servers, Dovecot to SMTP: the program is killed at every step in turn and started again.  The
same database and the same filed folders must come out, and each reply at least once with one Message-ID, twice only where the
kill lost the server's answer; then one more run changes nothing."""
import email
import email.policy
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import home as homes
import imaphome
import mails
import samples
import dovecot
from real_smtp import RealSmtp
from test_crash import differences, tree

NOW = "2023-03-30T09:00:00+08:00"
AT = "2023-03-29T10:00:00+08:00"
WHERE = homes.STORY
MOST_STEPS = 300


def letters(home):
    yield mails.mail("a@example.cn", "T4", "", [("申报表.xlsx", samples.form(home, "T4")), ("盖章.pdf", samples.PDF)],
                     message_id="<1@example.cn>")
    yield mails.mail("b@example.cn", "申报表见附件", "附件", message_id="<2@example.cn>")
    yield mails.mail("news@example.com", "x", "x", headers=["List-Id: <x>"], message_id="<3@example.cn>")


def prepare(server, smtp):
    base = imaphome.fresh("crash-servers/base")
    base.run("forms", check=0)
    server.append(letters(base), at=AT)
    base.configure("imap://%s@127.0.0.1:%d/INBOX" % (dovecot.USER.replace("@", "%40"), server.plain), password=dovecot.PASSWORD, tls="none", after="flag",
                   send="smtp://127.0.0.1:%d\n  tls: none" % smtp.port)
    with open(base.path + "/rules/mail.yaml", "a") as f:
        f.write('digest: {at: "23:59"}\n')
    return base


def copy(base, name):
    return base.copy(os.path.join(WHERE, name))


def ids(smtp):
    return sorted(email.message_from_bytes(m[2], policy=email.policy.default)["Message-ID"] for m in smtp.mails)


def end_of(home, smtp):
    queue = [{k: m[k] for k in ("kind", "to", "subject", "state", "message_id")} for m in home.json("queue", now=NOW)]
    return {"log": home.json("log", now=NOW), "list": home.json("list", now=NOW), "queue": queue,
            "tracks": tree(home.path + "/spool/tracks"), "ids": sorted(set(ids(smtp)))}


def test_killed_at_every_step_between_servers():
    server, smtp = dovecot.Dovecot(), RealSmtp(require_login=False)
    try:
        base = prepare(server, smtp)
        plain = copy(base, "plain")
        plain.run("run", now=NOW, check=0)
        want = end_of(plain, smtp)
        assert len(want["list"]) == 1 and len(want["ids"]) == len(ids(smtp)) == len(want["queue"]) >= 2, want["queue"]
        again = 0
        for n in range(1, MOST_STEPS):
            smtp.mails.clear()
            home = copy(base, "killed")
            r = home.run("run", now=NOW, env={"XINLV_CRASH_AT": "*:%d" % n})
            if r.returncode == 0:
                assert n > 15, "only %d steps" % n
                break
            home.run("run", now=NOW, check=0)
            got = end_of(home, smtp)
            assert got == want, ("killed at step %d" % n, differences(got, want))
            sent = len(ids(smtp))
            assert sent <= len(want["ids"]) + 1, (n, ids(smtp))
            again += sent - len(want["ids"])
            home.run("run", now=NOW, check=0)
            home.run("verify", now=NOW, check=0)
            assert end_of(home, smtp) == want and len(ids(smtp)) == sent, "a third run changed something after step %d" % n
        else:
            raise AssertionError("more than %d steps" % MOST_STEPS)
        assert again <= 3 * len(want["ids"]), "%d replies went twice" % again
    finally:
        server.close()
        smtp.close()

"""The mail to ourselves at set hours: it comes back and nothing is said; it stays away and the operator hears, once, and once
when one is back."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import imaphome
import dovecot

DAY = "2023-03-30T06:50:00+08:00"
MAIL_YAML = """robot: entries@example.org
secretariat: [office@example.org]
operator: operator@example.org
fetch: {url: "maildir:spool/inbox"}
send: {url: "maildir:spool/outbox"}
digest: {at: "23:59"}
probe: {at: ["07:00", "19:00"], within: 30m}
"""


def at(minutes):
    return (datetime.datetime.fromisoformat(DAY) + datetime.timedelta(minutes=minutes)).isoformat()


def contest(name, more=""):
    home = homes.Home.fresh(os.path.join(homes.STORY, name))
    with open(home.path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
        f.write(MAIL_YAML + more)
    return home


def kinds(home):
    return [m["kind"] for m in home.json("queue", now=DAY)]


def told(home):
    return [m["subject"].split("] ")[1] for m in home.json("queue", now=DAY) if m["kind"] == "operator_fetch"]


def deliver(home, when):
    """What lies in the outbox for the robot arrives in its inbox."""
    folder = home.path + "/spool/outbox/new"
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as f:
            data = f.read()
        if b"To: entries@example.org" in data:
            os.remove(os.path.join(folder, name))
            home.lay(data, when)


def test_it_comes_back_and_nobody_hears_of_it():
    home = contest("back")
    for minutes in range(0, 24 * 60, 10):
        home.run("run", now=at(minutes), check=0)
        deliver(home, at(minutes))
    assert kinds(home).count("probe") == 3, "the first tick makes one, then each set hour"
    assert told(home) == [] and home.outbox() == []
    assert [m["outcome"] for m in home.json("log", now=DAY)] == ["loop"] * 3
    home.run("verify", now=at(24 * 60), check=0)


def test_it_stays_away():
    home = contest("away")
    for minutes in (0, 20, 29):
        home.run("run", now=at(minutes), check=0)
    assert told(home) == []
    for minutes in (30, 31, 60, 800, 900, 24 * 60):
        home.run("run", now=at(minutes), check=0)
    assert told(home) == ["自检邮件没有收到"] and kinds(home).count("probe") == 3
    text = [m for m in home.outbox() if "自检邮件没有收到" in m["Subject"]][0].get_body(("plain",)).get_content()
    assert "entries@example.org" in text and "3月30日" in text, text
    deliver(home, at(24 * 60 + 5))
    for minutes in (5, 6, 7):
        home.run("run", now=at(24 * 60 + minutes), check=0)
    assert told(home) == ["自检邮件没有收到", "自检邮件已恢复"], told(home)
    home.run("verify", now=at(24 * 60 + 7), check=0)


def test_only_the_last_token_counts():
    home = contest("forged")
    home.run("run", now=at(0), check=0)
    for i, subject in enumerate(("[x] 收信自检", "收信自检 " + "0" * 24)):
        home.lay(mails.mail("entries@example.org", subject, "x", headers=["X-Xinlv: 1 probe"], message_id="<%d@x>" % i), at(1))
    home.run("run", now=at(40), check=0)
    assert told(home) == ["自检邮件没有收到"]
    subject = [m for m in home.json("queue", now=DAY) if m["kind"] == "probe"][0]["subject"]
    home.lay(mails.mail("a@example.cn", "帮助 " + subject, "x"), at(41))  # an answer, not the mail itself
    home.run("run", now=at(42), check=0)
    assert told(home) == ["自检邮件没有收到"]


def test_a_lost_database():
    home = contest("lost")
    for minutes in (0, 40, 45):
        home.run("run", now=at(minutes), check=0)
    assert told(home) == ["自检邮件没有收到"]
    want = sorted(m["message_id"] for m in home.json("queue", now=DAY))
    sent = len(home.outbox())
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    home.run("run", now=at(50), check=0)
    assert sorted(m["message_id"] for m in home.json("queue", now=DAY)) == want and len(home.outbox()) == sent
    deliver(home, at(51))
    home.run("run", now=at(51), check=0)
    assert [m["outcome"] for m in home.json("log", now=DAY)] == ["loop"] * 2
    home.run("run", now=at(90), check=0)
    assert told(home) == [], "it is known to be back"
    home.run("verify", now=at(90), check=0)


def test_off_unless_asked_for():
    home = homes.Home.fresh(os.path.join(homes.STORY, "off"))
    for minutes in (0, 60):
        home.run("run", now=at(minutes), check=0)
    assert "probe" not in kinds(home)


def test_quiet_while_fetching_fails():
    s = dovecot.Dovecot()
    try:
        h = imaphome.fresh("probe/fails")
        url = "imap://%s@127.0.0.1:%d/INBOX" % (dovecot.USER.replace("@", "%40"), s.plain)
        h.configure(url, dovecot.PASSWORD, tls="none")
        with open(h.path + "/rules/mail.yaml", "a") as f:
            f.write("probe: {at: ['07:00'], within: 30m}\n")
        h.run("run", now=at(0), check=0)
        probe = [m for m in h.outbox() if "收信自检" in m["Subject"]][0]
        s.stop()
        for minutes in (40, 100):
            h.run("run", now=at(minutes), check=69)
        assert told(h) == []
        s.start()
        s.append([probe.as_bytes()])
        h.run("run", now=at(101), check=0)
        assert told(h) == [] and h.outcomes() == ["loop"]
    finally:
        s.close()

"""Verdicts beyond the daily cap of an address: none is withheld; they go out together, each whole, in one mail, once."""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import home as homes
import mails
import samples
from fake_smtp import FakeSmtp
from test_crash import differences
from test_entrants import mend

WHERE = homes.STORY
NOW, SOON, LATER, NEXT = ("2023-03-30T%s:00+08:00" % t for t in ("09:00", "09:59", "10:00", "11:30"))
AGENT = "agent@example.cn"


def form(home, n, **more):
    return samples.form(home, "T4", org__name="第%d数据科技有限公司" % n, project__title="第%d数据中心节能改造" % n, **more)


def lay(home, n, at, sender=AGENT, **more):
    home.lay(mails.mail(sender, "申报 %d" % n, "", [("申报表.xlsx", form(home, n, **more)), ("盖章.pdf", samples.PDF)],
                        message_id="<%d@example.cn>" % n), at)


def contest(name, send="\"maildir:spool/outbox\"", forms=5):
    """Two mails a day to an address; an agent sends so many forms, the third and the fifth of them with a fault."""
    home = homes.Home.fresh(os.path.join(WHERE, name))
    home.run("forms", check=0)
    with open(home.path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
        f.write("robot: entries@example.org\nsecretariat: [office@example.org]\nfetch: {url: \"maildir:spool/inbox\"}\n"
                "send: {url: %s}\nreplies: {per_address_per_day: 2}\ndigest: {at: \"23:59\"}\n" % send)
    for n in range(1, forms + 1):
        bad = {"contact__mobile": "138"} if n in (3, 5) else {}
        lay(home, n, NOW, contact__mail=AGENT, **bad)
    return home


def queue(home):
    return sorted((m["kind"], m["state"]) for m in home.json("queue", now=NOW) if m["to"] == AGENT)


def end_of(home):
    return {"queue": [{k: m[k] for k in ("kind", "to", "subject", "state", "message_id")} for m in home.json("queue", now=NOW)],
            "log": home.json("log", now=NOW), "sent": sorted(os.listdir(home.path + "/spool/outbox/new"))}


def test_one_mail_that_holds_each_in_full():
    home = contest("whole")
    home.run("run", now=NOW, check=0)
    assert queue(home) == [("faults", "held"), ("faults", "held"), ("receipt", "held"), ("receipt", "sent"), ("receipt", "sent")]
    assert home.run("queue", now=NOW, check=0).stdout.count("goes with others in one mail at 2023-03-30T10:00:00") == 3
    home.lay(mails.mail(AGENT, "帮助", ""), NOW)
    home.run("run", now=SOON, check=0)
    assert len(home.outbox()) == 2 and "withheld" in home.json("log", "--outcome", "request", now=SOON)[0]["detail"]
    home.run("run", now=LATER, check=0)
    assert {s for _, s in queue(home)} == {"sent"} and len(queue(home)) == 6
    assert len(home.outbox()) == 3
    joint = [m for m in home.outbox() if m["X-Xinlv"].endswith(" joined")][0]
    held = {m["subject"] for m in home.json("queue", now=NOW) if m["to"] == AGENT and m["kind"] != "joined"}
    text, html = (joint.get_body((sort,)).get_content() for sort in ("plain", "html"))
    for n in (3, 4, 5):
        assert "第%d数据中心节能改造" % n in text and "第%d数据中心节能改造" % n in html
    assert "T4-0003" in text and "盖章.pdf" in text and text.count("138") >= 2 and "第1数据中心" not in text
    assert sum(s in text for s in held) == 3 and html.count("<html") == 1 and "&lt;td" not in html
    assert [a.get_filename()[:2] for a in joint.iter_attachments()] == ["1-", "3-"]
    assert joint["Auto-Submitted"] == "auto-replied" and joint["In-Reply-To"] == "<5@example.cn>"
    home.run("run", now=NEXT, check=0)
    assert len(home.outbox()) == 3
    home.run("verify", now=NEXT, check=0)


def test_a_form_out_of_the_joint_mail_comes_back_mended():
    """Also when its sender answers the joint mail, and after the closing: the time to mend is that of the report within."""
    home = contest("mended")
    home.run("run", now=NOW, check=0)
    home.run("run", now=LATER, check=0)
    joint = [m for m in home.outbox() if m["X-Xinlv"].endswith(" joined")][0]
    copy = mend(list(joint.iter_attachments())[0].get_content(), contact__mobile="13800138000")
    home.lay(mails.mail(AGENT, "回复：" + joint["Subject"], "", [("改好.xlsx", copy), ("盖章.pdf", samples.PDF)],
                        headers=["In-Reply-To: " + joint["Message-ID"]]), "2023-04-01T07:00:00+08:00")
    home.run("run", now="2023-04-01T07:00:00+08:00", check=0)
    assert home.json("log", now=NOW)[-1]["outcome"] == "accepted", home.json("log", now=NOW)[-1]


def test_the_only_one_goes_by_itself():
    home = contest("only", forms=3)
    home.run("run", now=NOW, check=0)
    want = [m["message_id"] for m in home.json("queue", now=NOW) if m["state"] == "held"]
    home.run("run", now=LATER, check=0)
    assert [k for k, _ in queue(home)] == ["faults", "receipt", "receipt"]
    assert want[0] in [m["Message-ID"].strip("<>") for m in home.outbox()] and len(home.outbox()) == 3


def test_more_than_one_mail_holds():
    home = contest("many", forms=55)
    home.run("run", now=NOW, check=0)
    home.run("run", now=LATER, check=0)
    joint = [m for m in home.outbox() if m["X-Xinlv"].endswith(" joined")]
    assert len(home.outbox()) == 4 and len(joint) == 2, len(home.outbox())
    text = "".join(m.get_body(("plain",)).get_content() for m in joint)
    assert all("第%d数据中心节能改造" % n in text for n in range(3, 56))


def test_refused_for_good():
    with FakeSmtp({"RCPT": ["250 ok", "250 ok", "550 5.1.1 no such user"]}) as server:
        home = contest("refused", send="\"smtp://127.0.0.1:%d\", tls: none" % server.port)
        home.run("run", now=NOW, check=0)
        home.run("run", now=LATER, check=0)
        assert [s for _, s in queue(home)].count("failed") == 4 and len(server.mails) == 2, queue(home)
        home.run("verify", now=LATER, check=0)


def test_killed_at_every_step():
    base = contest("killed_base")
    base.run("run", now=NOW, check=0)
    plain = homes.Home(base.path)

    def copy(name):
        return base.copy(os.path.join(WHERE, name))
    plain = copy("plain")
    plain.run("run", now=LATER, check=0)
    want = end_of(plain)
    for n in range(1, 100):
        home = copy("killed")
        if home.run("run", now=LATER, env={"XINLV_CRASH_AT": "*:%d" % n}).returncode == 0:
            assert n > 5, n
            return
        home.run("run", now=NEXT, check=0)
        got = end_of(home)
        assert got == want, ("killed at step %d" % n, differences(got, want))
        home.run("verify", now=NEXT, check=0)
    raise AssertionError("too many steps")


def forget(home):
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))


def test_a_lost_database():
    """Before the joint mail went: it goes, the same; after: nothing goes again."""
    home = contest("lost")
    home.run("run", now=NOW, check=0)
    want = end_of(home)
    forget(home)
    home.run("run", now=SOON, check=0)
    got = end_of(home)
    assert got == want, differences(got, want)
    home.run("run", now=LATER, check=0)
    want = end_of(home)
    shutil.rmtree(home.path + "/spool/outbox/new")
    forget(home)
    home.run("run", now=NEXT, check=0)
    got = end_of(home)
    assert got["queue"] == want["queue"] and got["log"] == want["log"] and got["sent"] == [], differences(got, want)
    home.run("verify", now=NEXT, check=0)

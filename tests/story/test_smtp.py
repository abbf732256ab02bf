"""Sending by SMTP: against a real server with TLS and logins, and against a faulty one, case by case: every mail
arrives, once, whatever the server does; what cannot be sent is told."""
import datetime
import email
import email.policy
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
from fake_smtp import CLOSE, CLOSE_IN_DATA, SILENT, FakeSmtp, slow
from real_smtp import Authority, RealSmtp

WHERE = homes.STORY
NOW = "2023-03-30T09:00:00+08:00"
USER = "entries%40example.org"
_authority = None


def authority():
    global _authority
    if _authority is None:
        _authority = Authority(os.path.join(WHERE, "ca"))
    return _authority


MAIL_YAML = """robot: 新绿杯大赛组委会 <entries@example.org>
secretariat: [大赛秘书处 <office@example.org>]
operator: operator@example.org
fetch: {url: "maildir:spool/inbox"}
retry: [2m, 10m, 30m, 2h]
digest: {at: "23:59"}  # none in the way of the counting
send:
%s
"""


def account(port, scheme="smtp", host="127.0.0.1", user=USER, **more):
    lines = ["url: %s://%s%s:%d" % (scheme, user + "@" if user else "", host, port)]
    if scheme == "smtp":
        lines.append("tls: " + more.pop("tls", "none"))
    if user and not {"password_command", "password_env", "token_command"} & set(more):
        lines.append("password_file: password")
    lines += ["%s: %s" % m for m in more.items()]
    return "  - " + "\n    ".join(lines)


def contest(name, *accounts, senders=1):
    """A home that sends by these accounts, with so many requests for help in its inbox."""
    home = homes.Home.fresh(os.path.join(WHERE, name))
    with open(home.path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
        f.write(MAIL_YAML % "\n".join(accounts))
    shutil.rmtree(home.path + "/templates/forms")  # what is not enclosed need not be waited for
    with open(home.path + "/password", "w") as f:
        f.write("secret\n")
    os.chmod(home.path + "/password", 0o600)
    for i in range(senders):
        home.lay(mails.mail("asks%02d@example.cn" % i, "帮助", "", message_id="<%d@example.cn>" % i), "2023-03-29T10:00:00+08:00")
    return home


def at(minutes):
    """NOW and so many minutes."""
    return (datetime.datetime.fromisoformat(NOW) + datetime.timedelta(minutes=minutes)).isoformat()


def queue(home, kind="help"):
    return [m for m in home.json("queue", now=NOW) if m["kind"] == kind]


def one(home):
    rows = queue(home)
    assert len(rows) == 1, rows
    return rows[0]


def ids(received):
    return [email.message_from_bytes(m[2])["Message-ID"] for m in received]


def fast(seconds=2):
    return {"XINLV_SEND_SECONDS": str(seconds)}


# ---- a real server

def test_starttls_and_a_login():
    server = RealSmtp(authority().certificate("DNS:localhost,IP:127.0.0.1"), users={"entries@example.org": "secret"})
    home = contest("starttls", account(server.port, host="localhost", tls="starttls", ca_file=authority().file), senders=25)
    home.run("run", now=NOW, check=0)
    assert len(server.mails) == 25 and len(set(ids(server.mails))) == 25
    for sender, to, data, who, safe in server.mails:
        assert sender == "entries@example.org" and len(to) == 1 and who == "entries@example.org" and safe
        data.decode("ascii")  # 8BITMIME is never needed
        assert max(len(x) for x in data.split(b"\r\n")) <= 998
    assert all(m["state"] == "sent" and m["attempts"] == 1 for m in queue(home))
    home.run("run", now=at(1), check=0)
    assert len(server.mails) == 25
    home.run("verify", now=at(1), check=0)
    server.close()


def test_tls_from_the_start():
    server = RealSmtp(authority().certificate("DNS:localhost"), tls=True, users={"entries@example.org": "secret"})
    home = contest("smtps", account(server.port, "smtps", "localhost", ca_file=authority().file))
    home.run("run", now=NOW, check=0)
    assert len(server.mails) == 1 and server.mails[0][4]
    server.close()


def test_a_certificate_that_does_not_hold():
    """Another authority's, or another name's: nothing is sent, the password neither."""
    other = RealSmtp(authority().certificate("DNS:mail.example.net"), users={"entries@example.org": "secret"})
    good = RealSmtp(authority().certificate("DNS:localhost"), users={"entries@example.org": "secret"})
    for name, a in (("name", account(other.port, host="localhost", tls="starttls", ca_file=authority().file)),
                    ("authority", account(good.port, host="localhost", tls="starttls"))):
        home = contest("certificate_" + name, a)
        r = home.run("run", now=NOW, check=69)
        assert "certificate" in r.stderr, r.stderr
        assert one(home)["state"] == "waiting" and "certificate" in one(home)["error"]
        assert "certificate" in home.run("check", "--online", check=69).stdout
    assert not other.mails and not good.mails
    other.close(), good.close()


def test_no_clear_text_where_starttls_is_missing():
    with FakeSmtp() as server:
        home = contest("stripped", account(server.port, host="localhost", tls="starttls"))
        r = home.run("run", now=NOW, check=69)
        assert "STARTTLS" in r.stderr and not server.mails
        assert not any(line.startswith("AUTH") for line in server.lines), server.lines


def test_clear_text_is_for_this_machine():
    home = contest("clear", account(25, host="mail.example.org"))
    r = home.run("run", now=NOW, check=78)
    assert "localhost" in r.stderr


def test_a_token():
    """XOAUTH2, the token from a command."""
    server = FakeSmtp(offers=["AUTH XOAUTH2"])
    server.login = lambda conn, f, words: server.say(conn, "AUTH", "235 ok")
    home = contest("token", account(server.port, token_command="printf 'T0ken\\n'"))
    home.run("run", now=NOW, check=0)
    import base64
    said = [x for x in server.lines if x.startswith("AUTH XOAUTH2 ")]
    assert base64.b64decode(said[0].split()[2]) == b"user=entries@example.org\1auth=Bearer T0ken\1\1", server.lines
    assert len(server.mails) == 1
    server.close()


def test_a_token_refused():
    server = FakeSmtp(offers=["AUTH XOAUTH2 PLAIN"])

    def refuse(conn, f, words):
        conn.sendall(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        f.readline()
        conn.sendall(b"535 5.7.8 Username and Password not accepted\r\n")
    server.login = refuse
    home = contest("token_refused", account(server.port, token_command="printf expired"))
    home.run("run", now=NOW, check=77)
    assert one(home)["state"] == "waiting" and not server.mails
    server.close()


def test_where_the_password_comes_from():
    for more, env in (({"password_command": "printf 'secret\\r\\nsecond line\\n'"}, {}),
                      ({"password_env": "MAIL_PASSWORD"}, {"MAIL_PASSWORD": "secret"})):
        with FakeSmtp() as server:
            home = contest("password", account(server.port, **more))
            home.run("run", now=NOW, check=0, env=env)
            assert len(server.mails) == 1
    with FakeSmtp() as server:
        for more, words in (({"password_command": "exit 3"}, "status 3"), ({"password_env": "NOT_SET"}, "NOT_SET"),
                            ({"password_command": "true"}, "empty"), ({"password_command": "sleep 60"}, "in time")):
            home = contest("no_password", account(server.port, **more))
            r = home.run("run", now=NOW, check=78, env={"XINLV_SECRET_SECONDS": "1"})
            assert words in r.stderr, r.stderr
            assert one(home)["state"] == "waiting"
        assert server.connections == 0


def test_check_online():
    server = RealSmtp(authority().certificate("DNS:localhost"), users={"entries@example.org": "secret"})
    home = contest("check", account(server.port, host="localhost", tls="starttls", ca_file=authority().file), senders=0)
    assert "the login works" in home.run("check", "--online", check=0).stdout
    with open(home.path + "/password", "w") as f:
        f.write("wrong")
    out = home.run("check", "--online", check=77).stdout
    assert "535" in out and "authorisation code" in out, out
    server.close()
    assert "out of reach" in home.run("check", "--online", check=69).stdout
    home.run("check", check=0)
    assert not server.mails


# ---- a faulty one

def again(script, name, first_status=0, minutes=3, **more):
    """The script's answers at the first run, the usual ones `minutes` later: the mail is there once in the end."""
    with FakeSmtp(script, **more) as server:
        home = contest(name, account(server.port))
        home.run("run", now=NOW, check=first_status, env=fast())
        m = one(home)
        assert m["state"] == "waiting" and m["attempts"] >= 1 and m["error"], m
        home.run("run", now=at(minutes), check=0, env=fast())
        m = one(home)
        assert m["state"] == "sent" and m["error"] == "", m
        assert len(set(ids(server.mails))) == 1
        assert ids(server.mails)[0] == "<%s>" % m["message_id"]
        home.run("run", now=at(minutes + 5), check=0)
        home.run("verify", now=at(minutes + 5), check=0)
        return server, home


def test_421_at_any_stage():
    for stage in ("GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "BODY"):
        early = stage in ("GREETING", "EHLO", "AUTH")
        server, _ = again({stage: ["421 HL:IFC 163 smtp8 closing", ], "QUIT": []}, "421_" + stage.lower(),
                          first_status=77 if stage == "AUTH" else 69 if early else 0)
        assert len(server.mails) == (2 if stage == "BODY" else 1), stage


def test_451_spam_passes():
    server, _ = again({"BODY": ["451 DT:SPM ,please try again"]}, "451")
    assert len(server.mails) == 2


def test_550_frequency_limited_passes():
    for words in ("550 Domain frequency limited", "550 Ip frequency limited"):
        again({"RCPT": [words]}, "550")


def test_the_schedule_of_retries():
    """2, 10, 30 minutes, 2 hours, then every 2 hours, until three days are over."""
    with FakeSmtp({"RCPT": ["451 4.7.1 later"] * 20}) as server:
        home = contest("schedule", account(server.port))
        due = [0, 2, 12, 42, 162, 282]
        for n, minutes in enumerate(due):
            if minutes:
                home.run("send", now=at(minutes - 1), check=0)
                assert one(home)["attempts"] == n, minutes
            home.run("send" if minutes else "run", now=at(minutes), check=0)
            assert one(home)["attempts"] == n + 1 and one(home)["state"] == "waiting", minutes
        home.run("send", now=at(3 * 1440 - 1), check=0)
        assert one(home)["state"] == "waiting"
        home.run("send", now=at(3 * 1440 + 120), check=0)
        m = one(home)
        assert m["state"] == "failed" and m["error"] == "451 4.7.1 later", m
        assert not server.mails


def test_for_good():
    for name, script, words in (("content", {"BODY": ["554 DT:SPM 163 smtp8,xyz"]}, "DT:SPM"),
                                ("unknown", {"RCPT": ["550-first line\n550 5.1.1 User unknown"]}, "first line 5.1.1 User unknown"),
                                ("aliyun", {"RCPT": ["554 RCPT (x) dosn't exist"]}, "dosn't exist")):
        with FakeSmtp(script) as server:
            home = contest("final_" + name, account(server.port), senders=2)
            home.run("run", now=NOW, check=0)
            first, second = sorted(queue(home), key=lambda m: m["id"])
            assert first["state"] == "failed" and words in first["error"] and first["error"][0] == "5", first
            assert second["state"] == "sent"
            home.run("run", now=at(600), check=0)
            assert one_id(server, first) == (1 if name == "content" else 0)


def one_id(server, m):
    return ids(server.mails).count("<%s>" % m["message_id"])


def test_the_answer_is_lost():
    """The connection dies after the final dot: the mail may be there, so it comes again with the same Message-ID; all
    others come once."""
    with FakeSmtp({"BODY": ["250 ok", CLOSE]}) as server:
        home = contest("lost", account(server.port), senders=4)
        home.run("run", now=NOW, check=0)
        waiting = [m for m in queue(home) if m["state"] == "waiting"]
        assert len(waiting) == 1 and waiting[0]["attempts"] == 1, waiting
        home.run("run", now=at(3), check=0)
        assert all(m["state"] == "sent" for m in queue(home))
        counts = sorted(one_id(server, m) for m in queue(home))
        assert counts == [1, 1, 1, 2] and one_id(server, waiting[0]) == 2, counts
        home.run("verify", now=at(3), check=0)


def test_the_connection_dies_amid_the_mail():
    server, _ = again({"DATA": [CLOSE_IN_DATA]}, "amid", first_status=69)
    assert len(server.mails) == 1


def test_silence():
    """At each stage: given up in time, and never taken for sent."""
    for stage in ("GREETING", "MAIL", "DATA", "BODY"):
        server, _ = again({stage: [SILENT]}, "silent_" + stage.lower(), first_status=69)
        assert len(server.mails) == (2 if stage == "BODY" else 1)


def test_a_late_answer_is_not_the_next_mails():
    """The answer to the first mail comes after we gave up: the second is refused, and must not be taken for sent."""
    with FakeSmtp({"BODY": [slow("250 late", 0.5)], "RCPT": ["250 ok", "550 5.1.1 User unknown"]}) as server:
        home = contest("late", account(server.port), senders=2)
        home.run("run", now=NOW, env=fast(1))
        first, second = sorted(queue(home), key=lambda m: m["id"])
        assert first["state"] == "waiting" and second["state"] == "failed", (first, second)


def test_slow_and_long_winded():
    greeting = "220-" + "welcome " * 40 + "\n220-" + "二" * 200 + "\n220 fake"
    with FakeSmtp({"GREETING": [greeting], "MAIL": [slow("250 slow but well", 0.01)], "BODY": [slow("250 ok", 0.05)]}) as server:
        home = contest("slow", account(server.port))
        home.run("run", now=NOW, check=0, env=fast(20))
        assert one(home)["state"] == "sent" and len(server.mails) == 1


def test_a_login_refused_now_and_taken_later():
    with FakeSmtp({"AUTH": ["535 Login Fail. Please enter your authorization code to login"] * 2}) as server:
        home = contest("535", account(server.port), senders=3)
        r = home.run("run", now=NOW, check=77)
        assert "authorization code" in r.stderr
        assert all(m["state"] == "waiting" for m in queue(home))
        assert len([x for x in server.lines if x.startswith("AUTH")]) == 1, "one login a run"
        assert home.run("run", now=at(1), check=77).stderr == ""  # it rests, and cron has nothing to mail
        assert "tried again at 2023-03-30T09:02" in home.run("-v", "run", now=at(1), check=77).stderr
        assert len([x for x in server.lines if x.startswith("AUTH")]) == 1
        home.run("run", now=at(3), check=77)
        home.run("run", now=at(14), check=0)
        assert all(m["state"] == "sent" for m in queue(home)) and len(server.mails) == 3
        assert queue(home, "operator_send") == [], "a passing refusal is no alarm"


def test_a_login_refused_for_long():
    """After two hours the operator is told, once, and once when it is over."""
    with FakeSmtp(password="another") as server:
        home = contest("535_long", account(server.port))
        for minutes in (0, 3, 15, 50, 180, 310, 500):
            home.run("run", now=at(minutes), check=77)
        assert len(queue(home, "operator_send")) == 1
        server.password = "secret"
        home.run("run", now=at(700), check=0)
        home.run("run", now=at(701), check=0)
        told = queue(home, "operator_send")
        assert [m["state"] for m in told] == ["sent", "sent"], told
        assert {m["to"] for m in told} == {"operator@example.org"}
        assert len(server.mails) == 3


def test_a_new_password_is_tried_at_once():
    with FakeSmtp(password="another") as server:
        home = contest("535_mended", account(server.port))
        home.run("run", now=NOW, check=77)
        home.run("run", now=NOW, check=77)
        with open(home.path + "/password", "w") as f:
            f.write("another\n")
        home.run("run", now=NOW, check=0)
        assert len([x for x in server.lines if x.startswith("AUTH")]) == 2 and len(server.mails) == 1


def test_words_in_gbk():
    with FakeSmtp({"AUTH": ["535 Error: 请使用授权码登录".encode("gbk")]}) as server:
        home = contest("gbk", account(server.port))
        r = home.run("run", now=NOW, check=77)
        assert "请使用授权码登录" in r.stderr, r.stderr
        assert "请使用授权码登录" in one(home)["error"]


def test_no_login_offered():
    with FakeSmtp(offers=["SIZE 1000000"]) as server:
        home = contest("no_auth", account(server.port))
        r = home.run("run", now=NOW, check=77)
        assert "AUTH" in r.stderr and not server.mails
        assert not any(x.startswith("MAIL") for x in server.lines)
    with FakeSmtp(offers=["AUTH GSSAPI NTLM"]) as server:
        home = contest("no_auth_known", account(server.port))
        home.run("run", now=NOW, check=77)
        assert not server.mails


def test_the_sender_is_refused():
    """The account may not write as the robot: all mail waits, and the operator is told at once."""
    for answer in ("501 mail from address must be same as authorization user", "553 Mail from must equal authorized user",
                   "440 mail from account doesn't conform with authentication"):
        with FakeSmtp({"MAIL": [answer]}) as server:
            home = contest("mismatch", account(server.port), senders=2)
            home.run("run", now=NOW, check=77)
            assert [m["state"] for m in queue(home)] == ["waiting"] * 2
            assert len(queue(home, "operator_send")) == 1
            home.run("run", now=at(3), check=0)
            assert len(server.mails) == 4  # two replies, the fault, its end


def test_an_account_that_may_send_nothing_burns_no_mail():
    """Whatever a server says at MAIL FROM, but for the mail's size, it says of the account: the queue waits for a person."""
    for answer in ("550 5.2.1 Mailbox disabled", "554 5.7.1 The account was suspended for spam", "503 5.5.1 Not now"):
        with FakeSmtp({"MAIL": [answer]}) as server:
            home = contest("suspended", account(server.port), senders=3)
            home.run("run", now=NOW, check=77)
            assert [m["state"] for m in queue(home)] == ["waiting"] * 3, (answer, queue(home))
            assert server.connections == 1 and len(queue(home, "operator_send")) == 1, answer
            home.run("run", now=at(3), check=0)
            assert len(server.mails) == 5 and [m["state"] for m in queue(home)] == ["sent"] * 3, answer
    with FakeSmtp({"MAIL": ["552 5.3.4 Message size exceeds fixed limit"]}) as server:
        home = contest("too-large-for-it", account(server.port), senders=2)
        home.run("run", now=NOW, check=0)
        assert sorted(m["state"] for m in queue(home)) == ["failed", "sent"], queue(home)


def test_an_address_in_chinese():
    """Who writes from one is answered where the server can (RFC 6531); where it cannot, the digest says so."""
    for name, offers, sender in (("utf8", ["SMTPUTF8"], "用户@例子.公司"), ("old", [], "用户@例子.公司")):
        with FakeSmtp(offers=["SIZE 60000000", "AUTH PLAIN LOGIN"] + offers) as server:
            home = contest("eai-" + name, account(server.port))
            asks = mails.mail("x@example.cn", "帮助", "").replace(b"From: x@example.cn", b"From: " + sender.encode())
            home.lay(asks, "2023-03-29T10:00:00+08:00")
            home.run("run", now=NOW, check=0)
            wide = next(m for m in queue(home) if m["to"] == sender)
            ask = mails.mail("x@example.cn", "关于高校教师个人", "老师好，我们学院的两个系能否分别组队参加？想当面咨询一下。")
            home.lay(ask.replace(b"From: x@example.cn", b"From: " + sender.encode()), "2023-03-29T10:00:00+08:00")
            home.run("run", now=at(1), check=0)
            forward = next(m for m in server.mails if b"X-Xinlv: xinlv-2023 forward" in m[2])[2]
            assert forward.isascii() and b"Reply-To" not in forward, forward[:900]
            assert sender in email.message_from_bytes(forward, policy=email.policy.default).get_body(("plain",)).get_content()
            said = [line.encode("latin-1").decode() for line in server.lines]
            assert [m["state"] for m in queue(home) if m["to"] != sender] == ["sent"], queue(home)
            if name == "utf8":
                assert wide["state"] == "sent" and "RCPT TO:<%s>" % sender in said, (wide, said)
                assert any(line.startswith("MAIL FROM") and line.endswith(" SMTPUTF8") for line in said), said
            else:
                assert wide["state"] == "failed" and "SMTPUTF8" in wide["error"] and sender not in "".join(said), (wide, said)
                home.run("digest", now=at(5), check=0)
                digest = email.message_from_bytes(server.mails[-1][2], policy=email.policy.default)
                assert sender in digest.get_body(("plain",)).get_content(), server.mails[-1]


def test_an_account_that_writes_as_itself():
    with FakeSmtp() as server:
        home = contest("as_itself", account(server.port, **{"from": "entries2@example.org"}))
        home.run("run", now=NOW, check=0)
        sender, _, data = server.mails[0]
        m = email.message_from_bytes(data, policy=email.policy.default)
        assert sender == "entries2@example.org" and "entries2@example.org" in m["From"]
        assert "新绿杯" in m["From"] and "entries@example.org" in m["Reply-To"], m["From"]
        assert m["In-Reply-To"] and m["Subject"]


def test_too_large_for_the_server():
    """SIZE is declared with the mail, and a mail over it fails at once."""
    with FakeSmtp({"MAIL": ["552 message size exceeds"]}, offers=["SIZE 100", "AUTH PLAIN"]) as server:
        home = contest("size", account(server.port))
        home.run("run", now=NOW, check=0)
        assert one(home)["state"] == "failed" and not server.mails
        assert any(re.match(r"MAIL FROM:<\S+> SIZE=\d+$", x) for x in server.lines), server.lines


def test_out_of_reach():
    """69 after the rest was done; the next run sends, and nobody is alarmed by an hour's absence."""
    server = FakeSmtp()
    home = contest("away", account(server.port), senders=3)
    port = server.port
    server.close()
    r = home.run("run", now=NOW, check=69)
    assert str(port) in r.stderr
    assert len(home.json("log", now=NOW)) == 3 and all(m["outcome"] == "request" for m in home.json("log", now=NOW))
    assert [m["attempts"] for m in sorted(queue(home), key=lambda m: m["id"])] == [1, 0, 0], "one try a run"
    assert home.json("status", now=NOW)[0]["last_run"]
    with FakeSmtp() as up:
        with open(home.path + "/rules/mail.yaml", "w", encoding="utf-8") as f:
            f.write(MAIL_YAML % account(up.port))
        home.run("run", now=NOW, check=0)
        assert len(up.mails) == 3 and queue(home, "operator_send") == []


# ---- pacing, accounts, reuse

def test_check_says_what_the_limits_mean():
    for limits, want in (("{per_minute: 20, per_hour: 200, per_day: 1000}", "800 receipts at 200 an hour: 4 hours"),
                         ("{per_hour: 200, per_day: 500}", "until day 2, since a day lets 500 through"),
                         ("{per_minute: 3}", "800 receipts at 180 an hour: 5 hours"),
                         ("{per_hour: 1000}", "800 receipts at 1000 an hour: 1 hour\n")):
        home = contest("pace", account(2525, limits=limits), senders=0)
        out = home.run("check", check=0).stdout
        assert want in out and "at most" in out and "0 a " not in out.replace("00 a ", "").replace("20 a ", ""), out
    home = contest("pace", account(2525, limits="{per_hour: 200}"), account(2526, limits="{per_hour: 200}"), senders=0)
    assert "800 receipts at 400 an hour: 2 hours" in home.run("check", check=0).stdout
    assert "receipts at" not in contest("pace", account(2525), senders=0).run("check", check=0).stdout


def test_check_online_says_what_to_do():
    """Each fault in plain words: what is wrong, and what a person can do."""
    with FakeSmtp() as plain, FakeSmtp({"GREETING": ["554 5.7.1 refused: your address is listed"]}) as listed, \
            FakeSmtp({"AUTH": ["526 Authentication failure[1]"]}) as aliyun:
        tls = RealSmtp(authority().certificate("DNS:localhost"), tls=True, users={"entries@example.org": "secret"})
        ca = {"ca_file": authority().file}
        cases = (
            (account(plain.port, host="localhost", tls="starttls"), 69, "no STARTTLS", "encrypted from the start"),
            (account(plain.port, "smtps", "localhost"), 69, "out of reach", "is it one for imap:// or smtp://"),
            (account(tls.port, "smtps", "localhost"), 69, "certificate does not hold", "the authority that signed it"),
            (account(tls.port, "smtps", "127.0.0.1", **ca), 69, "does not match", "one that the certificate is for"),
            (account(tls.port, "smtps", "localhost", user="other%40example.org", **ca), 77, "535", "authorisation code"),
            (account(1, "smtps", "localhost"), 69, "onnect", "does the server run"),
            (account(465, "smtps", "no.such.host.invalid"), 69, "no.such.host.invalid", "host's name right"),
            (account(aliyun.port), 77, "526", "Aliyun"),
            (account(listed.port), 69, "your address is listed", ""),
        )
        for where, status, said, advice in cases:
            home = contest("check_says", where, senders=0)
            out = home.run("check", "--online", check=status).stdout
            assert said in out and advice in out, (where, out)
        tls.close()


def test_faults_first_then_receipts_then_answers():
    """Two mails a minute: who has to mend something must not wait behind those who only want to know."""
    import samples
    with FakeSmtp() as server:
        home = contest("order", account(server.port, limits="{per_minute: 2}"), senders=2)
        home.run("forms", check=0)
        good, bad = samples.form(home, "T4"), samples.form(home, "T4", contact__mobile="1380013")
        for i, form in enumerate((good, bad)):
            home.lay(mails.mail("enters%d@example.cn" % i, "申报", "", [("申报表.xlsx", form), ("盖章.pdf", samples.PDF)]),
                     "2023-03-29T11:00:00+08:00")
        kinds = []
        for minutes in range(4):
            home.run("run", now=at(minutes), check=0)
            kinds += [email.message_from_bytes(m[2])["X-Xinlv"].split(" ")[-1] for m in server.mails[len(kinds):]]
    assert kinds[0] == "faults" and kinds[-2:] == ["help", "help"], kinds
    assert "receipt" in kinds[1:-2], kinds


def test_limits():
    with FakeSmtp() as server:
        home = contest("limits", account(server.port, limits="{per_minute: 3, per_hour: 5, per_day: 7}"), senders=10)
        counts = []
        for minutes in (0, 0, 1, 2, 61, 62, 24 * 60, 24 * 60 + 1, 24 * 60 + 70):
            home.run("run", now=at(minutes), check=0)
            counts.append(len(server.mails))
        assert counts == [3, 3, 5, 5, 7, 7, 10, 10, 10], counts


def test_several_accounts():
    """By their order, each within its budget; one that is refused is passed over."""
    with FakeSmtp() as a, FakeSmtp() as b, FakeSmtp(password="another") as c:
        home = contest("several", account(c.port), account(a.port, limits="{per_hour: 2}"),
                       account(b.port, limits="{per_hour: 3}"), senders=7)
        home.run("run", now=NOW, check=77)
        assert (len(a.mails), len(b.mails), len(c.mails)) == (2, 3, 0)
        home.run("run", now=at(61))
        assert (len(a.mails), len(b.mails)) == (4, 3)
        assert all(m["state"] == "sent" for m in queue(home))
        assert len(set(ids(a.mails) + ids(b.mails))) == 7


def test_connections_are_used_again_but_not_worn_out():
    with FakeSmtp() as server:
        home = contest("reuse", account(server.port), senders=25)
        home.run("run", now=NOW, check=0)
        assert server.connections == 3 and len(server.mails) == 25, server.connections
        assert server.lines.count("QUIT") == 3


def test_a_connection_the_server_is_tired_of():
    """Closed, or 421, at the second mail of a connection: that mail goes over a new one in the same run."""
    for name, answer in (("closed", CLOSE), ("421", "421 too many messages in this connection"), ("dmc", "450 MI:DMC 163")):
        with FakeSmtp({"MAIL": ["250 ok", answer]}) as server:
            home = contest("tired_" + name, account(server.port), senders=4)
            home.run("run", now=NOW, check=0)
            assert len(server.mails) == 4 and len(set(ids(server.mails))) == 4, (name, len(server.mails))
            assert all(m["state"] == "sent" and m["attempts"] == 1 for m in queue(home)), name


def test_a_server_that_puts_everything_off():
    """Three in a row, and the account rests until the next run; the next run begins with others."""
    with FakeSmtp({"RCPT": ["450 4.2.0 Greylisted"] * 3}) as server:
        home = contest("off", account(server.port), senders=6)
        home.run("run", now=NOW, check=0)
        assert len(server.mails) == 0 and sum(m["attempts"] for m in queue(home)) == 3
        home.run("run", now=at(1), check=0)
        assert len(server.mails) == 3
        home.run("run", now=at(3), check=0)
        assert len(server.mails) == 6 and len(set(ids(server.mails))) == 6


# ---- exactly once

def test_killed_around_the_answer():
    """Twice goes the one mail whose answer nobody heard.  At the record of the second the third is on its way, and may get there."""
    once, twice = [1, 1, 1], [1, 1, 2]
    for step, want in (("smtp.answered:2", [twice]), ("smtp.journal:2", [once]), ("smtp.recorded:2", [once, twice])):
        with FakeSmtp() as server:
            home = contest("killed", account(server.port), senders=3)
            home.run("run", now=NOW, check=-9, env={"XINLV_CRASH_AT": step})
            home.run("run", now=NOW, check=0)
            home.run("run", now=at(1), check=0)
            assert sorted(one_id(server, m) for m in queue(home)) in want, step
            assert all(m["state"] == "sent" for m in queue(home))
            home.run("verify", now=at(1), check=0)


# ---- caps

def test_replies_to_one_address_are_capped():
    with FakeSmtp() as server:
        home = contest("cap", account(server.port), senders=0)
        with open(home.path + "/rules/mail.yaml", "a") as f:
            f.write("replies: {per_address_per_day: 3}\n")
        for i in range(5):
            home.lay(mails.mail("loop@example.cn", "帮助", "%d" % i), "2023-03-29T10:00:00+08:00")
        home.run("run", now=NOW, check=0)
        assert len(server.mails) == 3
        home.run("run", now=NOW, check=0)
        log = sorted(home.json("log", now=NOW), key=lambda m: m["received"])
        assert all(m["outcome"] == "request" for m in log)
        details = [m.get("detail") or "" for m in log]
        assert sum("withheld" in d for d in details) in (0, 2), details
        home.lay(mails.mail("loop@example.cn", "帮助", "next day"), at(24 * 60))
        home.run("run", now=at(24 * 60), check=0)
        assert len(server.mails) == 4

"""What keeps mail from being fetched reaches the operator: once when it begins, once when it is over, however often the program
runs in between; and nothing of it keeps other mail waiting."""
import datetime
import os
import shutil

import dovecot
import fake_imap
import imaphome
from imaphome import NOW, letter

_server = None
USER = dovecot.USER.replace("@", "%40")


def server():
    global _server
    if _server is None:
        _server = dovecot.Dovecot()
    shutil.rmtree(os.path.join(_server.mail, dovecot.USER), ignore_errors=True)
    return _server


def close():
    if _server:
        _server.close()


def at(minutes):
    return (datetime.datetime.fromisoformat(NOW) + datetime.timedelta(minutes=minutes)).isoformat()


def home(name, s, port=None, password=dovecot.PASSWORD, **fetch):
    h = imaphome.fresh(name) if name else None
    return point(h, s, port, password, **fetch)


def point(h, s, port=None, password=dovecot.PASSWORD, **fetch):
    fetch.setdefault("ca_file", s.ca.file)
    return h.configure("imaps://%s@localhost:%d/INBOX" % (USER, port or s.tls), password, **fetch)


def told(h):
    """Subjects of the mails about fetching, in order."""
    return [m["subject"].split("] ")[1] for m in h.json("queue", now=NOW) if m["kind"] == "operator_fetch"]


def text_of(h, subject):
    mails = [m for m in h.outbox() if subject in m["Subject"]]
    assert len(mails) == 1, [m["Subject"] for m in h.outbox()]
    return mails[0].get_body(("plain",)).get_content()


def test_a_server_away_for_long():
    s = server()
    h = home("health-away", s, port=dovecot.free_port())
    for minutes in (0, 1, 60, 120):
        h.run("run", now=at(minutes), check=69)
    assert told(h) == [], "a server may be away for two hours"
    for minutes in (121, 180, 600):
        h.run("run", now=at(minutes), check=69)
    assert told(h) == ["无法收信"]
    text = text_of(h, "无法收信")
    assert "refuses connections" in text and "3月30日" in text, text
    point(h, s)
    for minutes in (700, 701):
        h.run("run", now=at(minutes), check=0)
    assert told(h) == ["无法收信", "收信已恢复"]
    point(h, s, port=dovecot.free_port())
    h.run("run", now=at(800), check=69)
    point(h, s)
    h.run("run", now=at(900), check=0)
    point(h, s, port=dovecot.free_port())
    h.run("run", now=at(1000), check=69)
    assert len(told(h)) == 2, "two short absences are not one long one"
    h.run("verify", now=at(1000), check=0)


def test_what_only_a_person_can_mend_is_told_at_once():
    s = server()
    wrong = {"certificate": (69, {"ca_file": ""}), "config": (78, {"ca_file": "password"}),
             "folders": (78, {"folders": ["没有"]})}
    for name, (status, how) in wrong.items():
        h = home("health-" + name, s, **how)
        if name == "certificate":
            path = os.path.join(h.path, "rules/mail.yaml")
            lines = [x for x in open(path, encoding="utf-8") if "ca_file" not in x]
            with open(path, "w", encoding="utf-8") as f:
                f.writelines(lines)
        h.run("run", now=NOW, check=status)
        h.run("run", now=at(1), check=status)
        assert told(h) == ["无法收信"], (name, told(h))
        point(h, s)
        h.run("run", now=at(2), check=0)
        h.run("run", now=at(3), check=0)
        assert told(h) == ["无法收信", "收信已恢复"], (name, told(h))


REFUSED = ("Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.")


def refusing(name):
    class Refusing(fake_imap.Server):
        password = "another"

        def do_LOGIN(self, s, tag, command):
            if self.password not in command:
                s.say("%s NO [ALERT] %s" % (tag, REFUSED))
            else:
                s.say(tag + " OK welcome")

        def tries(self):
            return len([c for c in self.log if c.startswith("LOGIN")])
    server = Refusing([letter(1)])
    return server, imaphome.fresh(name).configure("imap://robot@127.0.0.1:%d/INBOX" % server.port, tls="none")


def test_a_refused_login_rests():
    """QQ says the same for a wrong password and for too many logins: 2, 4, 8 ... minutes up to an hour; the operator hears after
    two hours, and when it is over."""
    s, h = refusing("health-rests")
    with s:
        tried = []
        for minutes in list(range(0, 320, 2)) + [321]:
            r = h.run("run", now=at(minutes), check=77)
            if s.tries() > len(tried):
                assert "frequency limited" in r.stderr, r.stderr
                tried.append(minutes)
                assert told(h) == ([] if minutes <= 120 else ["无法收信"]), (minutes, told(h))
            else:
                assert r.stderr == "", "cron has nothing to mail while it rests: " + r.stderr
        assert tried == [0, 2, 6, 14, 30, 62, 122, 182, 242, 302], tried
        assert "frequency limited" in text_of(h, "无法收信")
        s.password = "secret"
        h.run("run", now=at(362), check=0)
        h.run("run", now=at(363), check=0)
        assert told(h) == ["无法收信", "收信已恢复"] and h.uids() == [1]
        s.password = "another"
        count = s.tries()
        for minutes in (364, 365, 366):
            h.run("run", now=at(minutes), check=77)
        assert s.tries() - count == 2, "it begins with two minutes again"
        h.run("verify", now=at(366), check=0)


def test_a_new_password_is_tried_at_once():
    s, h = refusing("health-mended")
    with s:
        h.run("run", now=NOW, check=77)
        h.run("run", now=at(1), check=77)
        with open(h.path + "/password", "w") as f:
            f.write("another\n")
        h.run("run", now=at(1), check=0)
        assert s.tries() == 2 and h.uids() == [1] and told(h) == []


def test_a_clock_set_back_ends_the_rest():
    s, h = refusing("health-back")
    with s:
        h.run("run", now=at(60), check=77)
        h.run("run", now=NOW, check=77)
        assert s.tries() == 2


def test_the_quota_at_its_two_marks():
    s = server()
    h = home("health-quota", s)
    h.run("run", now=NOW, check=0)
    assert told(h) == []
    s.append([letter(n, size=180000) for n in range(1, 10)])
    h.run("run", now=at(1), check=0)
    h.run("run", now=at(2), check=0)
    assert told(h) == ["信箱空间不足"], told(h)
    s.append([letter(n, size=150000) for n in range(10, 12)])
    h.run("run", now=at(3), check=0)
    h.run("run", now=at(4), check=0)
    assert told(h) == ["信箱空间不足", "信箱即将装满"], told(h)
    assert "%（" in text_of(h, "信箱即将装满")
    server()
    h.run("run", now=at(5), check=0)
    h.run("run", now=at(6), check=0)
    assert told(h)[2:] == ["信箱空间已恢复"], told(h)


def test_a_missing_folder():
    s = server()
    s.append([letter(1)])
    h = home("health-folder", s, folders=["INBOX", "没有"])
    h.run("run", now=NOW, check=0)
    h.run("run", now=at(1), check=0)
    assert h.uids() == [1] and told(h) == ["收信文件夹不存在"], told(h)
    assert "没有" in text_of(h, "收信文件夹不存在")
    s.append([letter(2)], folder="&bKFnCQ-")
    h.run("run", now=at(2), check=0)
    assert len(h.uids()) == 2 and told(h) == ["收信文件夹不存在", "收信文件夹已齐全"], told(h)


def test_messages_that_cannot_be_moved():
    s = dovecot.Dovecot(capability="IMAP4rev1 ID")
    try:
        s.append([letter(1)])
        h = home("health-tidy", s, after="move:done")
        for minutes in (0, 1):
            h.run("run", now=at(minutes), check=0)
        assert told(h) == ["已处理的邮件无法移动或删除"] and s.uids() == [1]
        point(h, s, after="flag")
        for minutes in (2, 3):
            h.run("run", now=at(minutes), check=0)
        assert told(h) == ["已处理的邮件无法移动或删除", "邮件整理已恢复"], told(h)
        assert s.uids(what="SEEN") == [1]
    finally:
        s.close()


def test_a_folder_that_refuses_keeps_no_mail_waiting():
    s = server()
    s.append([letter(1)])
    h = home("health-refused", s, after="move:" + "x" * 300)  # longer than a folder's name may be
    h.run("run", now=NOW, check=0)
    s.append([letter(2)])
    h.run("run", now=at(1), check=0)
    assert h.uids() == [1, 2] and told(h) == ["已处理的邮件无法移动或删除"], told(h)
    point(h, s, after="move:done")
    h.run("run", now=at(2), check=0)
    assert s.uids() == [] and s.uids("done") == [1, 2]
    assert told(h)[1:] == ["邮件整理已恢复"]

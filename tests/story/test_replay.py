"""The archive and its journal give the same entries, numbers and outcomes again, also when the rules changed on the way,
and no mail that left is sent again."""
import os
import shutil
import sqlite3
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples
import sealed

WHERE = homes.STORY
DAY1, DAY2, DAY3 = ("2023-03-%d0T09:00:00+08:00" % d for d in (1, 2, 3))
FACTS = ("number", "track", "title", "org", "sender", "received", "accepted", "message", "state")


def form(home, n, **more):
    return samples.form(home, "T3", org__name="第%d科技有限公司" % n, project__title="第%d项目绿色园区" % n, **more)


def send(home, n, at, **more):
    home.lay(mails.mail("a%d@example.cn" % n, "T3 申报表", "", [("T3.xlsx", form(home, n, **more)), ("盖章.pdf", samples.PDF)],
                        message_id="<%d@example.cn>" % n), at)


def end_of(home):
    now = DAY3
    return {"log": home.json("log", now=now), "list": [{k: e[k] for k in FACTS} for e in home.json("list", now=now)],
            "queue": sorted((m["message_id"], m["state"], m["sent"]) for m in home.json("queue", now=now))}


def forget(home):
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))


def a_year(home):
    """Three days; on the second the rules ask for more, so that what was accepted before would not be now."""
    home.run("forms", check=0)
    send(home, 1, "2023-03-09T10:00:00+08:00")
    send(home, 2, "2023-03-09T11:00:00+08:00", contact__mail="nobody")
    home.run("run", now=DAY1, check=0)
    path = home.path + "/rules/form.yaml"
    with open(path, encoding="utf-8") as f:
        rules = yaml.safe_load(f)
    field = next(f for s in rules["sections"] for f in s.get("fields", []) if f["key"] == "project.keywords")
    for k in ("pattern", "pattern_says", "samples", "example"):
        field.pop(k, None)
    field["chars"] = {"min": 58, "max": 60}
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(rules, f, allow_unicode=True, sort_keys=False)
    home.run("check", check=0)
    send(home, 3, "2023-03-19T10:00:00+08:00", project__keywords="绿色；园区；节能")
    home.run("run", now=DAY2, check=0)
    send(home, 4, "2023-03-29T10:00:00+08:00", project__keywords="绿" * 59)
    home.run("run", now=DAY3, check=0)


def test_the_same_again_although_the_rules_changed():
    home = homes.Home.fresh(os.path.join(WHERE, "home"))
    a_year(home)
    want = end_of(home)
    assert [m["outcome"] for m in want["log"]] == ["accepted", "rejected", "rejected", "accepted"], want["log"]
    sent = len(os.listdir(home.path + "/spool/outbox/new"))
    shutil.rmtree(home.path + "/spool/outbox/new")          # so that a mail sent again would show
    shutil.rmtree(home.path + "/spool/tracks")
    forget(home)
    home.run("run", now=DAY3, check=0)
    got = end_of(home)
    for k in want:
        assert got[k] == want[k], (k, [x for x in zip(want[k], got[k]) if x[0] != x[1]][:2], len(want[k]), len(got[k]))
    assert sent and os.listdir(home.path + "/spool/outbox/new") == []
    home.run("verify", now=DAY3, check=0)


def test_killed_on_the_way_it_goes_on_where_it_was():
    """The way leads over new rules, before which the folders of what was judged by the old ones are laid."""
    home = homes.Home.fresh(os.path.join(WHERE, "way"))
    a_year(home)
    want = end_of(home)
    for where in ("lay.rename", "lay.rename:2"):
        forget(home)
        shutil.rmtree(home.path + "/spool/tracks")
        r = home.run("run", now=DAY3, env={"XINLV_CRASH_AT": where})
        assert r.returncode == -9, where
        home.run("run", now=DAY3, check=0)
        got = end_of(home)
        for k in want:
            assert got[k] == want[k], (where, k, want[k], got[k])
        home.run("verify", now=DAY3, check=0)


def numbers(home):
    return {e["org"]: e["number"] for e in home.json("list", now=DAY3)}


def test_what_is_judged_otherwise_moves_no_number():
    """Once a message cannot be read, and once nothing can: a number that was told is its entry's, or nobody's, for good."""
    home = homes.Home.fresh(os.path.join(WHERE, "numbers"))
    home.run("forms", check=0)
    mock, real = homes.with_mock_reader(os.path.join(WHERE, "mock")), homes.PROGRAM
    want = {}
    for n in range(1, 6):
        send(home, n, "2023-03-09T1%d:00:00+08:00" % n)
        homes.PROGRAM = mock if n in (2, 4) else real
        try:
            home.run("run", now=DAY1, check=0)
        finally:
            homes.PROGRAM = real
        if n not in (2, 4):
            want["第%d科技有限公司" % n] = "T3-000%d" % (len(want) + 1)
    assert numbers(home) == want and len(want) == 3, (numbers(home), want)
    forget(home)
    r = home.run("run", now=DAY3, check=0)
    assert "2 forms stay what they were told" in r.stderr, r.stderr
    assert numbers(home) == want, (numbers(home), want)
    log = home.json("log", now=DAY3)
    assert [m["outcome"] for m in log] == ["accepted", "rejected", "accepted", "rejected", "accepted"], log
    assert "as it was" in log[1]["detail"] and not [
        m for m in home.json("queue", now=DAY3) if m["to"] == "a2@example.cn" and m["kind"] in ("receipt", "faults")]
    home.run("verify", now=DAY3, check=0)
    home.run("replay", now=DAY3, check=0)
    send(home, 6, "2023-03-19T10:00:00+08:00")
    home.run("run", now=DAY3, check=0)
    want["第6科技有限公司"] = "T3-0004"
    for _ in range(2):
        forget(home)
        r = home.run("run", now=DAY3, check=0)
        assert numbers(home) == want, (r.stderr, numbers(home), want)
    forget(home)
    homes.PROGRAM = mock
    try:
        r = home.run("run", now=DAY3, check=0)
        assert numbers(home) == {} and "entry 1 of track T3" in r.stderr, r.stderr
    finally:
        homes.PROGRAM = real
    send(home, 7, "2023-03-19T11:00:00+08:00")
    home.run("run", now=DAY3, check=0)
    assert numbers(home) == {"第7科技有限公司": "T3-0005"}, numbers(home)
    home.run("verify", now=DAY3, check=0)


def test_killed_while_numbers_are_put_on_record():
    home = homes.Home.fresh(os.path.join(WHERE, "told"))
    home.run("forms", check=0)
    for n, where in enumerate(("action.journaled", "journal.sync", "journal.write"), 1):
        send(home, n, "2023-03-09T1%d:00:00+08:00" % n)
        assert home.run("fetch", now=DAY1).returncode == 0
        assert home.run("send", now=DAY1, env={"XINLV_CRASH_AT": where}).returncode == -9, where
    want = {"第%d科技有限公司" % n: "T3-000%d" % n for n in (1, 2, 3)}
    home.run("run", now=DAY3, check=0)
    assert numbers(home) == want
    with open(home.path + "/spool/archive/journal", encoding="utf-8") as f:
        told = [line for line in f if '"numbered robot"' in line]
    assert told and "T3" in told[-1], told
    forget(home)
    home.run("run", now=DAY3, check=0)
    assert numbers(home) == want
    home.run("verify", now=DAY3, check=0)


def test_a_crash_before_new_rules():
    """What was on record before the rules changed is judged by the rules it came under."""
    home = homes.Home.fresh(os.path.join(WHERE, "crash"))
    home.run("forms", check=0)
    home.run("run", now=DAY1, check=0)
    send(home, 1, "2023-03-09T10:00:00+08:00")
    r = home.run("run", now=DAY1, env={"XINLV_CRASH_AT": "journal.synced"})
    assert r.returncode == -9
    path = home.path + "/rules/contest.yaml"
    text = open(path, encoding="utf-8").read()
    open(path, "w", encoding="utf-8").write(text.replace("2023-03-31", "2023-03-01"))
    home.run("run", now=DAY2, check=0)
    assert [m["outcome"] for m in home.json("log", now=DAY2)] == ["accepted"]


def test_faulty_rules_leave_the_last_good_in_force():
    home = homes.Home.fresh(os.path.join(WHERE, "faulty"))
    home.run("forms", check=0)
    home.run("run", now=DAY1, check=0)
    path = home.path + "/rules/contest.yaml"
    text = open(path, encoding="utf-8").read()
    open(path, "w", encoding="utf-8").write(text.replace("zone:", "zoen:"))
    send(home, 1, "2023-03-09T10:00:00+08:00")
    r = home.run("run", now=DAY2, check=78)
    assert "contest.yaml:" in r.stderr and "zone" in r.stderr, r.stderr
    assert len(home.json("list", now=DAY2)) == 1
    home.run("run", now=DAY2, check=78)
    told = [m for m in home.json("queue", now=DAY2) if m["kind"] == "operator_rules"]
    assert len(told) == 1, told
    open(path, "w", encoding="utf-8").write(text)
    home.run("run", now=DAY2, check=0)
    told = [m for m in home.json("queue", now=DAY2) if m["kind"] == "operator_rules"]
    assert len(told) == 2, told


def test_faulty_rules_and_none_yet():
    home = homes.Home.fresh(os.path.join(WHERE, "none"))
    with open(home.path + "/rules/form.yaml", "a") as f:
        f.write("\nnonsense: [\n")
    send_data = mails.mail("a@example.cn", "帮助", "")
    path = home.lay(send_data, "2023-03-09T10:00:00+08:00")
    home.run("run", now=DAY1, check=78)
    assert os.path.exists(path)


PURGE = ("purge", "--confirm", "2024-06-30", "--early", "2023-03-30")


def tamper(home, *statements):
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    for s in statements:
        db.execute(s)
    db.commit()
    db.close()


def lines(home, what):
    with open(home.path + "/spool/archive/journal", encoding="utf-8") as f:
        return [line for line in f if what in line]


NO = "CREATE TRIGGER no BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'not today'); END"


def test_what_cannot_be_done_leaves_no_line():
    """An action, or a decision from disk, that fails is not in the journal: nothing waits for it at the next start."""
    home = homes.Home.fresh(os.path.join(WHERE, "fails"))
    a_year(home)
    tamper(home, NO)
    assert "not today" in home.run(*PURGE, now=DAY3, check=70).stderr and not lines(home, '"purge ')
    number = home.json("list", now=DAY3)[0]["number"]
    book = os.path.join(WHERE, "decided.xlsx")
    with open(book, "wb") as f:
        f.write(sealed.data(sealed.book([(sealed.token(home, "eligibility", number, 1), "通过", "")])))
    tamper(home, "CREATE TRIGGER nor BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'nor this'); END")
    assert "nor this" in home.run("decide", book, now=DAY3, check=70).stderr and not lines(home, '"decision"')
    home.run("run", now=DAY3, check=0)
    tamper(home, "DROP TRIGGER no", "DROP TRIGGER nor")
    home.run("decide", book, now=DAY3, check=0)
    home.run("run", now=DAY3, check=0)
    home.run(*PURGE, now=DAY3, check=0)
    home.run("verify", now=DAY3, check=0)
    home.run("replay", now=DAY3, check=0)


def test_a_line_that_can_never_be_done_is_skipped():
    """It stops each start, and is named; the operator says that it goes on without it, also when the database is made again."""
    home = homes.Home.fresh(os.path.join(WHERE, "skipped"))
    home.run("forms", check=0)
    send(home, 1, "2023-03-09T10:00:00+08:00")
    home.run("run", now=DAY1, check=0)
    assert "nothing is to be skipped" in home.run("skip", now=DAY1, check=0).stdout
    before = home.copy(os.path.join(WHERE, "before")).path
    send(home, 2, "2023-03-19T10:00:00+08:00")
    home.run("run", now=DAY3, check=0)
    home.run(*PURGE, now=DAY3, check=-9, env={"XINLV_CRASH_AT": "action.journaled"})
    assert len(lines(home, '"purge ')) == 1
    # The database waits for a message and more before it: these are no line to leave out, and come in all the same.
    forget(home)
    for name in os.listdir(before + "/spool"):
        if name.startswith("xinlv.db"):
            shutil.copy(os.path.join(before, "spool", name), home.path + "/spool")
    assert "nothing that can be left out" in home.run("skip", now=DAY3, check=65).stderr
    tamper(home, NO)
    for _ in range(2):
        r = home.run("run", now=DAY3, check=70)
        assert "not today" in r.stderr and "xinlv skip" in r.stderr, r.stderr
    shown = home.run("skip", now=DAY3, check=0).stdout
    line = shown.split("line ")[1].split(" ")[0]
    assert "purge operator" in shown and "line %s of the journal" % line in r.stderr, (shown, r.stderr)
    home.run("skip", "--confirm", str(int(line) - 1), now=DAY3, check=65)
    home.run("skip", "--confirm", line, now=DAY3, check=0)
    tamper(home, "DROP TRIGGER no")
    home.run("run", now=DAY3, check=0)
    assert len(home.json("list", now=DAY3)) == 2 and home.json("list", now=DAY3)[0]["sender"]
    home.run("verify", now=DAY3, check=0)
    home.run("replay", now=DAY3, check=0)
    want = end_of(home)
    forget(home)
    home.run("run", now=DAY3, check=0)
    assert end_of(home)["list"] == want["list"] and home.json("list", now=DAY3)[0]["sender"]
    home.run("verify", now=DAY3, check=0)
    home.run(*PURGE, now=DAY3, check=0)
    assert not home.json("list", now=DAY3)[0]["sender"]

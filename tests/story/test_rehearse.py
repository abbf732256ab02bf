"""xinlv replay: the database once more from archive and journal, beside the one in use, and what other rules would say."""
import os
import shutil
import sqlite3
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
NOW = "2023-03-30T09:00:00+08:00"
LATER = "2023-04-01T09:00:00+08:00"
_home = None


def contest():
    """One home with all of the demo's mail of two days; the tests leave it as it is."""
    global _home
    if _home is None:
        home = homes.Home.fresh(os.path.join(WHERE, "home"))
        home.run("forms", check=0)
        for _, at, data, _ in samples.first_day(home):
            home.lay(data, at)
        home.run("run", now=NOW, check=0)
        for _, at, data, _ in [*samples.besides(home), *samples.last_days(home)]:
            home.lay(data, at)
        home.run("run", now=LATER, check=0)
        _home = home
    return _home


def looks(path):
    """Every file of a home with its size, time and content's place."""
    out = []
    for folder, _, names in os.walk(path):
        for n in names:
            st = os.lstat(os.path.join(folder, n))
            if not n.endswith(("-wal", "-shm")):  # a reader may leave the log's index behind
                out.append((os.path.join(folder, n), st.st_size, st.st_mtime_ns, st.st_ino))
    return sorted(out)


def copy_of(name):
    return contest().copy(os.path.join(WHERE, name))


def test_the_same_again_and_nothing_is_touched():
    home = contest()
    before, tmp = looks(home.path), os.path.join(WHERE, "tmp")
    shutil.rmtree(tmp, ignore_errors=True)
    os.makedirs(tmp)
    r = home.run("replay", now=LATER, env={"TMPDIR": tmp}, check=0)
    assert "the database in use is what archive and journal give" in r.stdout, r.stdout
    assert "%d messages" % len(home.json("log", now=LATER)) in r.stdout, r.stdout
    assert looks(home.path) == before
    assert os.listdir(tmp) == []


def test_what_was_changed_is_named():
    home = copy_of("changed")
    db = sqlite3.connect(home.path + "/spool/xinlv.db")
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute('DROP TRIGGER "%s"' % name)
    db.execute("UPDATE outcome SET outcome = 'note' WHERE seq = 2")
    db.execute("UPDATE entry SET title = 'X' WHERE number = 'T4-0001'")
    db.execute("DELETE FROM problem WHERE seq = (SELECT min(seq) FROM problem) AND n = 0")
    db.execute("INSERT INTO todo VALUES ('read', 1, -1)")
    db.commit()
    db.close()
    r = home.run("replay", now=LATER, check=1)
    for says in ("outcome 2: outcome is 'note'", "entry 1: title is 'X'", "problem ", "todo read 1: is there, and is not made"):
        assert says in r.stdout, (says, r.stdout)


def test_other_rules_before_they_go_live():
    home = contest()
    before = looks(home.path)
    new = os.path.join(WHERE, "new")
    shutil.rmtree(new, ignore_errors=True)
    for part in ("rules", "templates"):
        shutil.copytree(os.path.join(home.path, part), os.path.join(new, part))
    r = home.run("replay", "--rules", new, now=LATER, check=0)
    assert "0 would have another outcome" in r.stdout, r.stdout
    path = new + "/rules/form.yaml"
    with open(path, encoding="utf-8") as f:
        rules = yaml.safe_load(f)
    field = next(f for s in rules["sections"] for f in s.get("fields", []) if f["key"] == "project.keywords")
    for k in ("pattern", "pattern_says", "samples", "example"):
        field.pop(k, None)
    field["chars"] = {"min": 58, "max": 60}
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(rules, f, allow_unicode=True, sort_keys=False)
    accepted = [m for m in home.json("log", now=LATER) if m["outcome"] == "accepted"]
    for where in (new, new + "/rules"):
        r = home.run("replay", "--rules", where, now=LATER, check=1)
        for m in accepted:
            assert "accepted %s -> rejected" % " ".join(m["entries"]) in r.stdout, r.stdout
        assert not any(m["from"] in r.stdout for m in accepted), "addresses are masked: " + r.stdout
    assert looks(home.path) == before
    with open(path, "a", encoding="utf-8") as f:
        f.write("\nnonsense: [\n")
    r = home.run("replay", "--rules", new, now=LATER, check=78)
    assert "form.yaml:" in r.stderr, r.stderr


def test_a_home_that_lost_its_database():
    home = copy_of("lost")
    for name in os.listdir(home.path + "/spool"):
        if name.startswith("xinlv.db"):
            os.remove(os.path.join(home.path, "spool", name))
    for command in (["list"], ["log"], ["queue"], ["status"], ["show", "T4-0001"], ["replay"]):
        r = home.run(*command, now=LATER, check=66)
        assert "xinlv run" in r.stderr and "journal" in r.stderr, r.stderr
    home.run("run", now=LATER, check=0)
    home.run("replay", now=LATER, check=0)
    assert home.json("list", now=LATER)


def test_a_home_that_has_seen_nothing():
    home = homes.Home.fresh(os.path.join(WHERE, "empty"))
    assert home.run("list", now=NOW, check=0).stdout == "no entries\n"
    home.run("replay", now=NOW, check=0)

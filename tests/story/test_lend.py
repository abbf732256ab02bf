"""A home older than the program: texts and mails that it does not have are those that came with the program, and the set of
rules kept in the archive is whole without it."""
import glob
import hashlib
import json
import os
import shutil
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

WHERE = homes.STORY
NOW = "2023-03-10T09:00:00+08:00"


def older(name):
    """A home that lacks a text and two files, and words one text in its own way."""
    home = homes.Home.fresh(os.path.join(WHERE, name))
    path = home.path + "/templates/words.yaml"
    with open(path, encoding="utf-8") as f:
        words = yaml.load(f, Loader=yaml.BaseLoader)  # `no` is a key here
    gone = words["problem"].pop("required")
    words["problem"]["email"] += "（本届）"
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(words, f, allow_unicode=True, sort_keys=False, width=1000)
    for suffix in ("txt", "html"):
        os.remove(home.path + "/templates/mail/receipt." + suffix)
    return home, gone


def bundles(home):
    return [(os.path.basename(p), open(p, "rb").read())
            for p in sorted(glob.glob(home.path + "/spool/archive/rules/*"), key=os.path.getmtime)]


def lay(home):
    home.lay(mails.mail("a@example.cn", "T3", "", [("T3.xlsx", samples.form(home, "T3")), ("盖章.pdf", samples.PDF)],
                        message_id="<1@example.cn>"), "2023-03-09T10:00:00+08:00")
    home.lay(mails.mail("b@example.cn", "T3", "", [("T3.xlsx", samples.form(home, "T3", project__title=None,
                        contact__mail="nobody", org__name="另一家科技有限公司")), ("盖章.pdf", samples.PDF)],
                        message_id="<2@example.cn>"), "2023-03-09T11:00:00+08:00")


def test_a_home_older_than_the_program_runs():
    home, _ = older("runs")
    r = home.run("check", now=NOW, check=0)
    assert "problem.required" in r.stdout and "templates/mail/receipt.txt" in r.stdout, r.stdout
    assert "problem.email" not in r.stdout, r.stdout
    home.run("forms", check=0)
    lay(home)
    home.run("run", now=NOW, check=0)
    log = home.json("log", now=NOW)
    assert [m["outcome"] for m in log] == ["accepted", "rejected"], log
    says = [p["problem"] for p in log[1]["problems"]]
    assert any("（本届）" in s for s in says), says
    assert any(p["field"] == "project.title" for p in log[1]["problems"]), log[1]["problems"]
    assert [m["kind"] for m in home.json("queue", now=NOW) if m["kind"] == "receipt"], "the receipt was written"
    home.run("verify", now=NOW, check=0)


def test_the_kept_rules_are_whole_without_the_program():
    home, gone = older("whole")
    home.run("forms", check=0)
    home.run("run", now=NOW, check=0)
    (name, data), = bundles(home)
    kept = json.loads(data)
    assert json.loads(kept["templates/words.lent.yaml"]) == {"problem.required": gone.strip()}, kept["templates/words.lent.yaml"]
    assert kept["templates/mail/receipt.txt"] == open(homes.ROOT + "/templates/mail/receipt.txt", encoding="utf-8").read()
    assert hashlib.sha256(data).hexdigest() == name.split(".")[0]
    # The same program somewhere where nothing came with it: the rules of the folder are at fault, those kept serve.
    alone = os.path.join(WHERE, "bare/bin")
    shutil.rmtree(os.path.dirname(alone), ignore_errors=True)
    os.makedirs(alone)
    for p in glob.glob(homes.BUILD + "/xinlv*"):
        shutil.copy(p, alone)
    lay(home)
    was, homes.PROGRAM = homes.PROGRAM, alone + "/xinlv"
    try:
        r = home.run("run", now=NOW, check=78)
    finally:
        homes.PROGRAM = was
    assert "problem.required is missing" in r.stderr, r.stderr
    assert [m["outcome"] for m in home.json("log", now=NOW)] == ["accepted", "rejected"]


def test_a_kept_text_that_nobody_asks_for_any_more():
    """An older set of rules has a text that the program of today does not know."""
    home = homes.Home.fresh(os.path.join(WHERE, "dropped"))
    home.run("forms", check=0)
    home.run("run", now=NOW, check=0)
    (name, data), = bundles(home)
    kept = json.loads(data)
    kept["templates/words.yaml"] += "\nonce:\n  upon: a time\n"
    data = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
    new = hashlib.sha256(data).hexdigest()
    with open(home.path + "/spool/archive/rules/" + name.replace(name.split(".")[0], new), "wb") as f:
        f.write(data)
    journal = home.path + "/spool/archive/journal"
    with open(journal, encoding="utf-8") as f:
        text = f.readline()
    with open(journal, "w", encoding="utf-8") as f:
        f.write(text.replace(name.split(".")[0], new))
    for p in glob.glob(home.path + "/spool/xinlv.db*"):
        os.remove(p)
    lay(home)
    with open(home.path + "/rules/contest.yaml", "a", encoding="utf-8") as f:
        f.write("\nnonsense: [\n")
    home.run("run", now=NOW, check=78)
    assert [m["outcome"] for m in home.json("log", now=NOW)] == ["accepted", "rejected"]

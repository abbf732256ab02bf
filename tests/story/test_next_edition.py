"""From a contest that is over to the next one: who won before is known, and an entry of the same title is pointed out."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import yaml

import home as homes
import mails
import office
import samples
from test_objection import OFFICE, at, proposed, send, text_of

WHERE = homes.STORY
NEXT = "2024-03-10T%02d:00:00+08:00"


def made_from(old, name):
    path = os.path.join(WHERE, name)
    shutil.rmtree(path, ignore_errors=True)
    r = subprocess.run([homes.PROGRAM, "--now", at(7, 1), "init", "--from", old, path], capture_output=True, text=True)
    assert r.returncode == 0, r.stderr
    with open(path + "/rules/contest.yaml", encoding="utf-8") as f:
        text = f.read()
    with open(path + "/rules/contest.yaml", "w", encoding="utf-8") as f:
        f.write(text.replace("draft: true\n", ""))
    home = homes.Home(path)
    home.run("check", now=NEXT % 8, check=0)
    return home, yaml.safe_load(text)


def test_last_years_winners_are_pointed_out():
    old = proposed("over")
    wb = office.book(send(old, OFFICE, "获奖名单", at(6, 2)))
    assert wb
    old.run("run", now=at(6, 5, 0, 10), check=0)
    home, rules = made_from(old.path, "next")
    assert [(w["title"], w["award"]) for w in rules["last_winners"]] == [
        ("第1期数据中心改造", "一等奖"), ("第2期数据中心改造", "二等奖"), ("第3期数据中心改造", "二等奖")], rules["last_winners"]
    home.run("forms", check=0)
    for i, (title, org) in enumerate((("第2期 数据中心改造", "第2数据有限公司"), ("第4期数据中心改造", "第4数据有限公司"))):
        form = samples.form(home, "T4", project__title=title, org__name=org, project__start="2022年6月", project__end="2023年6月")
        home.lay(mails.mail("b%d@example.cn" % i, "申报", "", [("申报表.xlsx", form), ("盖章.pdf", samples.PDF)]), NEXT % 9)
    home.run("run", now=NEXT % 10, check=0)
    first, second = home.json("log", now=NEXT % 10)
    assert first["outcome"] == second["outcome"] == "accepted", (first, second)
    said = [p for p in first["problems"] if "上一届有同名的获奖项目" in p["problem"]]
    assert len(said) == 1 and said[0]["severity"] == "warning" and "二等奖" in said[0]["problem"], first
    assert not [p for p in second["problems"] if "上一届" in p["problem"]], second
    receipt = [m for m in home.outbox() if "b0@example.cn" in str(m["To"])][0]
    assert "上一届有同名的获奖项目" in text_of(receipt)
    # The year after, they make room for the winners of that one; without any the list is gone.
    _, rules = made_from(home.path, "after-next")
    assert "last_winners" not in rules, rules


def test_a_home_that_never_ran_has_no_winners():
    old = homes.Home.fresh(os.path.join(WHERE, "never-ran"))
    _, rules = made_from(old.path, "of-never-ran")
    assert "last_winners" not in rules and rules["previous_edition"] == "xinlv-2023"

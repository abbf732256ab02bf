#!/usr/bin/python3
"""make demo: a contest on sample mail, from nothing, as of 30 March 2023 and again as of 1 April."""
import os
import sys
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hashlib
import home as homes
import samples

GREEN, RED, OFF = ("\033[32m", "\033[31m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def pad(text, width):
    return text + " " * max(0, width - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))


def act(home, day, now, mail):
    """Lays the mail, runs the robot, tells what became of each.  Returns how many went as they should."""
    laid = []
    for label, at, data, want in mail:
        home.lay(data, at)
        laid.append((label, hashlib.sha256(data).hexdigest(), want))
    print("\n%s: %d mails lie in %s/spool/inbox/new" % (day, len(laid), os.path.relpath(home.path)))
    home.run("run", now=now, check=0)
    log = {m["sha256"]: m for m in home.json("log", now=now)}
    good = 0
    for label, digest, want in laid:
        m = log.get(digest, {"outcome": "(nothing)", "entries": [], "problems": []})
        right = m["outcome"] == want if want else m["outcome"] in ("quarantined", "unrecognised", "rejected")
        good += right
        errors = sum(p["severity"] == "error" for p in m["problems"])
        note = " ".join(m["entries"]) or ("%d faults" % errors if errors else "")
        print("  %s %s %s%s" % (pad(label, 56), (GREEN if right else RED) + pad(m["outcome"], 13) + OFF, note,
                                "" if right else "   should be %s" % want))
    return good, len(laid)


def main():
    home = homes.Home.fresh(os.path.join(homes.BUILD, "demo"))
    home.run("forms", check=0)
    a, n = act(home, "30 March 2023, 09:00", "2023-03-30T09:00:00+08:00", list(samples.first_day(home)))
    b, m = act(home, "1 April 2023, 09:00", "2023-04-01T09:00:00+08:00", list(samples.besides(home)) + list(samples.last_days(home)))
    verify = home.run("verify", now="2023-04-01T09:00:00+08:00")
    sent = home.outbox(digest=True)
    rel = os.path.relpath(home.path)
    print("\n%s" % verify.stdout.strip())
    print("\nWhere to look:")
    print("  %-34s %d mails of the robot, open in any mail program" % (rel + "/spool/outbox/new/", len(sent)))
    print("  %-34s accepted entries, by track" % (rel + "/spool/tracks/"))
    print("  %-34s every message as received" % (rel + "/spool/archive/"))
    print("  %-34s the database" % (rel + "/spool/xinlv.db"))
    print("  build/xinlv -C %s list | show T4-0001 | log | queue | status" % rel)
    good, all_ = a + b + (verify.returncode == 0), n + m + 1
    print("%d passed, %d failed" % (good, all_ - good))
    return 0 if good == all_ else 1


sys.exit(main())

"""A reader that crashes, aborts, spins, swells, hangs or goes into the ground costs one message each time, and the run goes on.
The reader here stands behind the real walls, and does what the first word of a message says (tests/unit/reader_mock.c)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes

WHERE = os.path.join(homes.ROOT, "build/story/reader_killed")
NOW = "2023-03-30T09:00:00+08:00"
# word of the message -> what stands in the quarantine's note.  On a busy machine the wall clock is before the processor's.
DEEDS = {"crash": "signal 11", "abort": "signal 6", "spin": ("10 s", "20000 ms"), "swell": "MiB", "hang": "20000 ms", "recurse": "signal 11",
         "socket": "forbidden system call", "exit": "in the middle"}


def test_one_message_each():
    program = homes.with_mock_reader(os.path.join(WHERE, "bin"))
    home = homes.Home.fresh(os.path.join(WHERE, "home"))
    words = [w for deed in DEEDS for w in (deed, "good " + deed)] + ["the last"]
    for i, word in enumerate(words):
        home.lay(word.encode(), "2023-03-29T10:00:%02d+08:00" % i)
    was, homes.PROGRAM = homes.PROGRAM, program
    try:
        r = home.run("run", now=NOW, check=0)
        log = home.json("log", now=NOW)
        assert len(log) == len(words)
        for word, m in zip(words, log):
            lost = word in DEEDS
            assert (m["outcome"] == "quarantined") == lost, (word, m, r.stderr)
            if not lost:
                assert m["subject"] == word, m
                continue
            with open(home.path + "/spool/quarantine/%s.txt" % m["sha256"]) as f:
                note = f.read()
            said = DEEDS[word] if isinstance(DEEDS[word], tuple) else (DEEDS[word],)
            assert any(s in note for s in said), (word, note)
        assert len(os.listdir(home.path + "/spool/quarantine")) == 2 * len(DEEDS)
        home.run("run", now=NOW, check=0)
        assert len(home.json("log", now=NOW)) == len(words)
        home.run("verify", now=NOW, check=0)
    finally:
        homes.PROGRAM = was

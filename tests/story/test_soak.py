"""Twenty seconds of the soak (tests/soak/soak.py) from a fixed seed; make soak runs it for as long as wanted."""
import importlib.util
import os

import home as homes


def test_twenty_seconds():
    spec = importlib.util.spec_from_file_location("soak", os.path.join(homes.ROOT, "tests/soak/soak.py"))
    soak = importlib.util.module_from_spec(spec)
    urandom = os.urandom
    try:
        spec.loader.exec_module(soak)
        s = soak.soak(2023, 20, homes.STORY, say=lambda text: None)
    finally:
        os.urandom = urandom
    assert s.rounds >= 1 and s.said

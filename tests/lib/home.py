"""A contest home for a test: made by the program itself, spoken to through its command line only."""
import datetime
import json
import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("XINLV_BUILD", os.path.join(ROOT, "build"))
# What a story lays down lies below a folder of its own: stories run beside each other, and may share a helper's code.
STORY = os.path.join(BUILD, "story", os.environ.get("XINLV_STORY", "by-hand"))
PROGRAM = os.path.join(BUILD, "xinlv")


def moment(text):
    """2023-03-30T09:00:00+08:00 -> seconds."""
    return int(datetime.datetime.fromisoformat(text).timestamp())


def with_mock_reader(folder):
    """The programs in that folder, with a reader that does what a message's first word says (tests/unit/reader_mock.c), and of any
    other message knows that word alone -> the program."""
    build = os.path.join(ROOT, "build")
    subprocess.run(["make", "--no-print-directory", "build/tests/test_client"], cwd=ROOT, check=True, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name in os.listdir(build):
        if name.startswith("xinlv") and os.path.isfile(os.path.join(build, name)) and not name.endswith(".deb"):
            shutil.copy(os.path.join(build, name), folder)
    shutil.copy(os.path.join(build, "tests/test_client"), folder + "/xinlv-read")
    return folder + "/xinlv"


class Home:
    def __init__(self, path, origin=ROOT):
        self.path = os.path.abspath(path)
        if not os.path.exists(os.path.join(self.path, "rules")):
            r = subprocess.run([PROGRAM, "-C", origin, "init", self.path], capture_output=True, text=True)
            if r.returncode:
                raise RuntimeError(r.stderr)

    @classmethod
    def fresh(cls, path, origin=ROOT):
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        return cls(path, origin)

    @classmethod
    def of(cls, contest, path):
        """A fresh home with the rules of tests/contests/CONTEST, checked, and its forms."""
        home = cls.fresh(path)
        rules = os.path.join(home.path, "rules")
        shutil.rmtree(rules)
        shutil.copytree(os.path.join(ROOT, "tests/contests", contest, "rules"), rules)
        home.run("check", check=0)
        home.run("forms", check=0)
        return home

    def copy(self, path):
        """Another home that is as this one stands; what lay there is gone."""
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.path, path, symlinks=True)
        return Home(path)

    def run(self, *args, now=None, check=None, env=None, alone=False):
        """Runs the program; returns the CompletedProcess.  check: the exit status it must have.  alone: in a group of its own,
        so that a signal to its group ends no test."""
        cmd = [PROGRAM, "-C", self.path] + (["--now", now] if now else []) + list(args)
        r = subprocess.run(cmd, capture_output=True, text=True, env={**os.environ, **(env or {})}, start_new_session=alone)
        if check is not None and r.returncode != check:
            raise AssertionError("%s: exit %d, not %d\n%s%s" % (" ".join(args), r.returncode, check, r.stdout, r.stderr))
        return r

    def json(self, *args, now=None):
        """The objects that a command prints with --json."""
        r = self.run(*args, "--json", now=now, check=0)
        return [json.loads(line) for line in r.stdout.splitlines()]

    def lay(self, data, at, name=None):
        """Lays a mail into the inbox, arrived at the moment `at`."""
        folder = os.path.join(self.path, "spool/inbox/new")
        n = len(os.listdir(folder)) + len(os.listdir(os.path.join(self.path, "spool/inbox/cur")))
        path = os.path.join(folder, name or "%d.M%06d.test" % (moment(at), n))
        with open(path, "wb") as f:
            f.write(data)
        os.utime(path, (moment(at) + n / 1e5, moment(at) + n / 1e5))
        return path

    def form(self, code):
        folder = os.path.join(self.path, "templates/forms")
        for name in sorted(os.listdir(folder)):
            if name.startswith(code):
                return os.path.join(folder, name)
        raise FileNotFoundError(code)

    def outbox(self, digest=False):
        """The mails sent so far, as email.message.EmailMessage, in the order of their files; the secretariat's daily digest
        only when asked for."""
        import email
        import email.policy
        folder = os.path.join(self.path, "spool/outbox/new")
        out = []
        for name in sorted(os.listdir(folder), key=lambda n: os.stat(os.path.join(folder, n)).st_mtime_ns):
            with open(os.path.join(folder, name), "rb") as f:
                mail = email.message_from_binary_file(f, policy=email.policy.default)
            if digest or not (mail["X-Xinlv"] or "").endswith(" digest"):
                out.append(mail)
        return out

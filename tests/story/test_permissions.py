"""A home whose files this user may not read or write: every command says which, none takes it for an empty contest, and none
is a fault of its own.  As root the commands run as nobody, from a copy of the programs that nobody can reach."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import home as homes
import mails
import samples

NOW = "2023-03-30T09:00:00+08:00"
READING = ["status", "list", "show", "log", "queue", "export", "verify", "check"]
WRITING = ["run", "digest", "backup"]


class Place:
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="xp-", dir="/tmp")
        self.user = "nobody" if os.getuid() == 0 else None
        os.makedirs(self.dir + "/p/build")
        for name in os.listdir(homes.BUILD):
            path = os.path.join(homes.BUILD, name)
            if name.startswith("xinlv") and os.path.isfile(path) and os.access(path, os.X_OK):
                shutil.copy(path, self.dir + "/p/build")
        for name in ("rules", "templates"):
            shutil.copytree(os.path.join(homes.ROOT, name), self.dir + "/p/" + name)
        home = homes.Home(self.dir + "/whole")
        home.run("forms", check=0)
        home.lay(mails.mail("a@example.cn", "T4", "", [("申报表.xlsx", samples.form(home, "T4")), ("盖章.pdf", samples.PDF)]),
                 "2023-03-20T10:00:00+08:00")
        home.run("run", now="2023-03-20T11:00:00+08:00", check=0)
        if self.user:
            subprocess.run(["chown", "-R", self.user, self.dir], check=True)
        return self

    def __exit__(self, *what):
        subprocess.run(["chmod", "-R", "u+rwX", self.dir], check=True)
        shutil.rmtree(self.dir)

    @contextlib.contextmanager
    def home(self, path, mode):
        """A copy of the home in which that path has that mode."""
        copy = self.dir + "/home"
        subprocess.run(["cp", "-a", self.dir + "/whole", copy], check=True)
        os.chmod(os.path.join(copy, path), mode)
        try:
            yield copy
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", copy], check=True)
            shutil.rmtree(copy)
            shutil.rmtree(self.dir + "/backup", ignore_errors=True)

    def run(self, home, verb):
        rest = {"show": ["T4-0001"], "export": ["--format", "json"], "backup": [self.dir + "/backup"]}.get(verb, [])
        r = subprocess.run([self.dir + "/p/build/xinlv", "-C", home, "--now", NOW, verb, *rest], capture_output=True, text=True,
                           user=self.user, cwd=self.dir, extra_groups=[] if self.user else None)
        return r.returncode, r.stdout, r.stderr


def test_what_may_not_be_read():
    with Place() as place:
        for path, verbs, status in (("spool", READING + WRITING, 74), ("spool/xinlv.db", READING + WRITING, 74),
                                    ("spool/archive", ["verify", "run", "backup"], 74), ("spool/archive/journal", ["run", "backup"], 74),
                                    ("spool/archive/journal", ["verify"], 1),
                                    ("rules", ["check"], 74), ("rules/form.yaml", ["check"], 74), ("rules", ["backup"], 74)):
            with place.home(path, 0) as home:
                for verb in verbs:
                    got, out, err = place.run(home, verb)
                    assert got == status and "Permission denied" in out + err and path in out + err, (path, verb, got, out, err)
                    assert "T4-0001" not in out, (path, verb, out)


def test_what_may_not_be_written():
    with Place() as place:
        for path in ("spool", "spool/archive", "spool/tracks/T4", "rules", "templates/mail"):
            with place.home(path, 0o555) as home:
                for verb in READING + ["backup"]:
                    got, out, err = place.run(home, verb)
                    assert got == 0, (path, verb, got, out, err)
        with place.home("spool/xinlv.db", 0o444) as home:
            assert place.run(home, "list")[0] == 0
            assert place.run(home, "digest")[0] == 74

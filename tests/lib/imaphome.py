"""A contest home that fetches by IMAP, for the stories of fetching."""
import os

import home as homes
import mails

NOW = "2023-03-30T09:00:00+08:00"


def letter(n, size=0):
    """A letter that is answered and files nothing; with `size` more bytes in it."""
    body = mails.mail("sender%d@example.net" % n, "请问 %d" % n, "请问%d 如何报名？\n" % n,
                      message_id="<letter-%d@example.net>" % n)
    return body + b"x" * size + (b"\r\n" if size else b"")


class ImapHome(homes.Home):
    def configure(self, url, password="secret", robot="entries@example.org", send="maildir:spool/outbox", **fetch):
        """Writes rules/mail.yaml; further keys of `fetch:` as keywords."""
        with open(os.path.join(self.path, "password"), "w") as f:
            f.write(password + "\n")
        os.chmod(os.path.join(self.path, "password"), 0o600)
        if not {"password_env", "password_command", "token_command"} & set(fetch):
            fetch.setdefault("password_file", "password")
        fetch.setdefault("first_start", "answer")
        with open(os.path.join(self.path, "rules/mail.yaml"), "w", encoding="utf-8") as f:
            f.write("robot: 组委会 <%s>\nsecretariat: [office@example.org]\nfetch:\n  url: %s\n" % (robot, url))
            for key, value in fetch.items():
                f.write("  %s: %s\n" % (key, "[%s]" % ", ".join(value) if isinstance(value, list) else value))
            f.write("send:\n  url: %s\n" % send)
        return self

    def fetch(self, now=NOW, check=0, env=None):
        return self.run("-v", "fetch", now=now, check=check, env=env)

    def taken(self):
        """(source, outcome) of each message, in order; the source as the journal has it."""
        import json
        out = []
        path = os.path.join(self.path, "spool/archive/journal")
        if not os.path.exists(path):
            return out
        with open(path, encoding="utf-8") as f:
            for line in f:
                j = json.loads(line)
                if j["kind"] == "message":
                    out.append(j["source"])
        return out

    def uids(self):
        return [int(s.rsplit(".", 1)[1]) for s in self.taken()]

    def outcomes(self):
        return [m["outcome"] for m in self.json("log", now=NOW)]


def fresh(name):
    return ImapHome.fresh(os.path.join(homes.STORY, name))

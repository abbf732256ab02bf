"""What real and broken IMAP servers do, each case a script: a message that cannot be had costs itself alone, and no
server can hold a run, loop it, or make it take a message twice."""
import io
import os
import sqlite3
import ssl
import time

import openpyxl
import dovecot
import home as homes
import imaphome
from fake_imap import Hangup, Server
from imaphome import NOW, letter

THREE = [letter(1), letter(2), letter(3)]
QUICK = {"XINLV_EXCHANGE_SECONDS": "1", "XINLV_STAGE_SECONDS": "20"}


def home(server, name="imap-fault", password="secret", **fetch):
    return imaphome.fresh(name).configure("imap://entries%%40example.org@127.0.0.1:%d/INBOX" % server.port, password,
                                          tls="none", **fetch)


def takes(server, uids=(1, 2, 3), check=0, env=QUICK, **fetch):
    """One run takes these, and a second run asks for nothing."""
    with server:
        h = home(server, **fetch)
        r = h.fetch(check=check, env=env)
        assert h.uids() == list(uids), (h.uids(), r.stderr)
        server.log.clear()
        h.fetch(env=env)
        assert h.uids() == list(uids)
        return h, r


def refuses(server, check=69, words="", limit=8):
    """The run ends in time, says why, and takes nothing."""
    with server:
        h = home(server)
        begin = time.monotonic()
        r = h.fetch(check=check, env=QUICK)
        assert time.monotonic() - begin < limit, "took too long"
        assert words in r.stderr, r.stderr
        assert h.taken() == []
        return r


def test_a_server_that_behaves():
    s = Server(THREE)
    takes(s)
    assert s.log[:5] and not [c for c in s.log if "FETCH" in c or "SEARCH" in c], s.log


def test_the_order_of_commands():
    s = Server(THREE)
    with s:
        home(s).fetch()
    words = [c.split(" ")[0] for c in s.log]
    assert words[:4] == ["LOGIN", "CAPABILITY", "ID", "EXAMINE"], s.log
    id_line = s.log[2]
    assert id_line.startswith('ID ("name" "xinlv" ') and id_line.endswith('")'), id_line
    assert not [c for c in s.log if "ENVELOPE" in c or "BODYSTRUCTURE" in c or "SEARCH" in c]
    ranges = [c.split(" ")[2] for c in s.log if c.startswith("UID FETCH")]
    assert ranges == ["1:3", "1:3"], s.log


# ---- what a server need not be able to do
def garbled(s, tag, word):
    s.say('* %s "ROOT" and so on' % word, tag + " OK done")


def over(s, tag, word):
    raise Hangup


def silent(s, tag, word):
    time.sleep(30)


def puzzled(s, tag, word):
    s.say(tag + " BAD what is this")


def unwilling(s, tag, word):
    s.say(tag + " NO not for you")


def test_a_command_that_can_be_spared_holds_nothing_up():
    """Courier tells of no quota by an answer that no grammar knows; others hang up on what they said they can."""
    for way in (garbled, over, silent, puzzled, unwilling):
        class Odd(Server):
            capability = "IMAP4rev1 ID UIDPLUS MOVE QUOTA NAMESPACE"

            def do_ID(self, s, tag, command):
                way(s, tag, "ID")

            def do_NAMESPACE(self, s, tag, command):
                way(s, tag, "NAMESPACE")

            def do_GETQUOTAROOT(self, s, tag, command):
                way(s, tag, "QUOTA")

            def do_UID_MOVE(self, s, tag, command):
                for uid in self.chosen(command):
                    self.moved.append(uid)
                s.say(tag + " OK done")
        s = Odd(THREE, folders=("INBOX", "done"))
        s.moved = []
        with s:
            h = home(s, after="move:done", folders="[INBOX, 垃圾邮件]")
            r = h.fetch(env=QUICK)
            assert h.uids() == [1, 2, 3] and s.moved == [1, 2, 3], (way, r.stderr, s.log)
            asked = [c.split(" ")[0] for c in s.log]
            assert asked.count("ID") <= (1 if way in (garbled, over, silent) else s.sessions), (way, s.log)
            assert asked.count("GETQUOTAROOT") == 1 and asked.count("NAMESPACE") >= 1, (way, s.log)
            r = h.run("check", "--online", now=NOW, check=None, env=QUICK)
            assert "INBOX: 3 messages" in r.stdout and "moved to done\n" in r.stdout, (way, r.stdout, r.stderr)


def test_a_folder_name_that_the_server_does_not_take():
    """BAD, where others say NO: the other folders are read."""
    class Strict(Server):
        def do_EXAMINE(self, s, tag, command):
            if "INBOX" in command:
                return Server.do_EXAMINE(self, s, tag, command)
            s.say(tag + " BAD Invalid mailbox name")
    h, r = takes(Strict(THREE), folders="[INBOX, 垃圾邮件]")
    assert "not on the server" in r.stderr and "垃圾邮件" in r.stderr, r.stderr


# ---- greetings and logins
def test_greeting_then_silence():
    class Silent(Server):
        def command(self, s, tag, command):
            time.sleep(30)
    refuses(Silent(THREE), words="in time")


def test_no_greeting():
    class Mute(Server):
        def greet(self, s):
            time.sleep(30)
    refuses(Mute(THREE), words="in time")


def test_greeting_bye():
    class Busy(Server):
        greeting = "* BYE too many connections"
    refuses(Busy(THREE), words="too many connections")


def test_an_alert_without_words():
    """libetpan dies of it: that costs the process that fetches its life, and the run its fetching."""
    class Wordless(Server):
        def do_LOGIN(self, s, tag, command):
            s.raw(tag.encode() + b" NO [ALERT]\r\n")
    refuses(Wordless(THREE), words="xinlv-fetch died of signal 11")


def test_a_server_that_can_do_nothing():
    class Plain(Server):
        def do_CAPABILITY(self, s, tag, command):
            s.say("* CAPABILITY", tag + " OK done")
    with Plain(THREE) as server:
        h = home(server)
        h.fetch(env=QUICK)
        assert h.uids() == [1, 2, 3]


def test_login_refused_in_gbk():
    class Gbk(Server):
        def do_LOGIN(self, s, tag, command):
            s.raw(tag.encode() + b" NO " + "请使用授权码登录".encode("gbk") + b"\r\n")
    assert "请使用授权码登录" in refuses(Gbk(THREE), check=77).stderr


def test_a_login_refused_for_other_reasons():
    """Not the password is at fault: the next tick tries again, and nobody is sent to look for another one."""
    for answer in ("NO [UNAVAILABLE] Temporary authentication failure. [mx1:2023]", "NO [LIMIT] Maximum number of connections exceeded",
                   "NO [INUSE] locked", "NO too many simultaneous connections"):
        class Busy(Server):
            busy = True

            def do_LOGIN(self, s, tag, command):
                if self.busy:
                    s.say(tag + " " + answer)
                else:
                    Server.do_LOGIN(self, s, tag, command)
        with Busy(THREE) as server:
            h = home(server)
            r = h.fetch(check=69, env=QUICK)
            assert "takes nobody in at the moment" in r.stderr and "authorisation" not in r.stderr, (answer, r.stderr)
            server.busy = False
            h.fetch(env=QUICK)
            assert h.uids() == [1, 2, 3], answer


def test_a_server_that_takes_no_passwords():
    """Exchange without basic authentication, Cyrus that insists on SASL: no authorisation code helps."""
    for answer in ("NO LOGIN failed.", "BAD LOGIN is disabled", "NO [PRIVACYREQUIRED] not this way"):
        for more, words in ((" AUTH=XOAUTH2", "use token_command"), (" AUTH=GSSAPI", "it takes no passwords here")):
            class Modern(Server):
                capability = "IMAP4rev1 ID LOGINDISABLED" + more

                def do_LOGIN(self, s, tag, command):
                    s.say(tag + " " + answer)
            r = refuses(Modern(THREE), check=77, words=words)
            assert "authorisation" not in r.stderr, r.stderr


def test_unsafe_login_until_told_who_we_are():
    class NetEase(Server):
        capability = "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS X-CM-EXT-1"

        def do_EXAMINE(self, s, tag, command):
            if not s.said_id:
                s.say(tag + " NO EXAMINE Unsafe Login. Please contact kefu@188.com for help")
            else:
                Server.do_EXAMINE(self, s, tag, command)
    takes(NetEase(THREE))

    class Strict(NetEase):
        capability = "IMAP4rev1"
    refuses(Strict(THREE), check=77, words="Unsafe Login")


def test_eof_on_an_unknown_command():
    class QQ(Server):
        capability = "IMAP4 IMAP4rev1 XLIST MOVE IDLE NAMESPACE CHILDREN UIDPLUS"  # as here: no ID

        def unknown(self, s, tag, command):
            raise Hangup

        def do_ID(self, s, tag, command):
            raise Hangup
    takes(QQ(THREE))


def test_capability_in_the_greeting_only():
    class Early(Server):
        greeting = "* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN NAMESPACE] QQMail XMIMAP4Server ready"
    takes(Early(THREE))


def test_id_answered_with_bad():
    class Bad(Server):
        def do_ID(self, s, tag, command):
            s.say(tag + " BAD Parse command error")
    takes(Bad(THREE))


# ---- folders
def test_uidvalidity_changed():
    s = Server(THREE)
    with s:
        h = home(s)
        h.fetch()
        s.uidvalidity = 8
        s.box = {10: letter(2), 11: letter(4)}
        h.fetch()
        assert h.uids() == [1, 2, 3, 11], h.taken()


def test_uidvalidity_missing_or_nought():
    for value in (None, 0):
        s = Server(THREE)
        s.uidvalidity = value
        with s:
            h = home(s)
            h.fetch()
            assert h.uids() == [1, 2, 3]
            s.box[4] = letter(4)
            h.fetch()
            h.fetch()
            assert h.uids() == [1, 2, 3, 4], h.taken()


def test_uidnext_absent():
    s = Server(THREE)
    s.uidnext = ""
    with s:
        h = home(s)
        h.fetch()
        assert h.uids() == [1, 2, 3]
        s.box[9] = letter(4)
        h.fetch()
        h.fetch()
        assert h.uids() == [1, 2, 3, 9]


def test_sparse_uids():
    takes(Server({5: letter(1), 700000: letter(2), 3900000000: letter(3)}), [5, 700000, 3900000000])


def test_an_old_uid_in_every_answer():
    class Star(Server):
        def chosen(self, command):
            return sorted(set(Server.chosen(self, command)) | {1})
    s = Star({1: letter(1), 2: letter(2)})
    with s:
        h = home(s)
        h.fetch()
        s.box[3] = letter(3)
        h.fetch()
        assert h.uids() == [1, 2, 3], h.taken()


def test_a_window_that_shows_less():
    """QQ and 163 show the last 30 days only, if told so: what is no longer listed stays on record, and shown again it is old."""
    s = Server(THREE)
    with s:
        h = home(s)
        h.fetch()
        everything = dict(s.box)
        s.box = {3: letter(3), 4: letter(4)}
        h.fetch()
        s.box = {**everything, 4: letter(4), 5: letter(5)}
        h.fetch()
        assert h.uids() == [1, 2, 3, 4, 5], h.uids()
        s.box = {}
        h.fetch()
        assert len(h.outcomes()) == 5
        h.run("verify", now=NOW, check=0)


def test_codes_without_text():
    class Terse(Server):
        def state(self, s):
            s.say("* FLAGS (\\Seen)", "* 3 EXISTS ", "* 0 RECENT", "* OK [UIDVALIDITY 7]", "* OK [HIGHESTMODSEQ 9]",
                  "* OK [PERMANENTFLAGS ()] ", "* OK [UIDNEXT 4]", "* OK [NOMODSEQ]")
    takes(Terse(THREE))


def test_a_folder_refused_for_now():
    class Busy(Server):
        def do_EXAMINE(self, s, tag, command):
            s.say(tag + " NO [INUSE] mailbox is locked")
    refuses(Busy(THREE), words="mailbox is locked")


# ---- answers
def test_answers_out_of_order():
    class Backwards(Server):
        def chosen(self, command):
            return Server.chosen(self, command)[::-1]
    takes(Backwards(THREE))


def test_expunge_and_exists_in_the_midst():
    class Chatty(Server):
        def body(self, s, uid):
            s.say("* 9 EXISTS", "* 1 RECENT", "* 1 EXPUNGE", "* 2 FETCH (FLAGS (\\Seen))")
            Server.body(self, s, uid)
            s.say("* OK still here", "* 3 EXISTS")

        def listing(self, s, uid):
            s.say("* 4 EXPUNGE")
            Server.listing(self, s, uid)
    takes(Chatty(THREE))


def test_a_message_gone_meanwhile():
    class Gone(Server):
        def body(self, s, uid):
            if uid != 2:
                Server.body(self, s, uid)
    takes(Gone(THREE), [1, 3])


def test_bodies_without_a_literal():
    for answer in (b"NIL", b'""'):
        class Bodiless(Server):
            def body(self, s, uid):
                if uid == 2:
                    s.raw(b"* 2 FETCH (UID 2 BODY[] " + answer + b")\r\n")
                else:
                    Server.body(self, s, uid)
        h, _ = takes(Bodiless(THREE))
        assert h.outcomes().count("quarantined") == 1, h.outcomes()
        # its header could be had: the sender knows
        assert [m for m in h.json("log", now=NOW) if m["outcome"] == "quarantined"][0]["from"] == "sender2@example.net"


def test_what_was_never_fetched_can_be_ruled_on():
    """It has no bytes, and so no hash that names it in the digest's workbook: the secretariat deals with it all the same."""
    class Bodiless(Server):
        def body(self, s, uid):
            if uid in (1, 3):
                s.raw(b"* %d FETCH (UID %d BODY[] NIL)\r\n" % (uid, uid))
            else:
                Server.body(self, s, uid)
    h, _ = takes(Bodiless(THREE))
    h.run("digest", now=NOW, check=0)
    h.run("send", now=NOW, check=0)
    digest = [m for m in h.outbox(digest=True) if "日报" in m["Subject"]][-1]
    book = openpyxl.load_workbook(io.BytesIO([a.get_content() for a in digest.iter_attachments()][-1]))
    ws = book["待人工阅读"]
    column = {c.value: c.column for c in ws[2]}
    rows = [r for r in range(3, ws.max_row + 1) if str(ws.cell(r, column["_xinlv"]).value).startswith("read:")]
    assert len(rows) == 2, rows
    for r in rows:
        ws.cell(r, column["决定"]).value = "已处理"
    path = os.path.join(h.path, "decided.xlsx")
    book.save(path)
    assert "2 done" in h.run("decide", path, now=NOW, check=0).stdout
    h.run("digest", now=NOW, check=0)
    h.run("verify", now=NOW, check=0)
    db = sqlite3.connect(h.path + "/spool/xinlv.db")
    assert db.execute("SELECT count(*) FROM todo WHERE kind = 'quarantined'").fetchone() == (0,)


def test_a_listing_without_sizes():
    class Sizeless(Server):
        def listing(self, s, uid):
            s.say('* %d FETCH (UID %d INTERNALDATE "01-Mar-2023 09:00:00 +0800")' % (uid, uid))
    takes(Sizeless(THREE))


def test_sizes_that_do_not_fit():
    """Coremail and Exchange say another size than they give: no message is refused over it."""
    for more in (-100, -1, 1, 5000):
        class Other(Server):
            def size(self, uid):
                return len(self.box[uid]) + more
        h, _ = takes(Other(THREE))
        assert "quarantined" not in h.outcomes(), more


def test_metadata_only():
    """An answer without the body that was asked for: nobody can know more of it; the rest is taken."""
    class Bare(Server):
        def body(self, s, uid):
            if uid == 2:
                s.say("* 2 FETCH (UID 2 FLAGS (\\Seen))")
            else:
                Server.body(self, s, uid)
    h, _ = takes(Bare(THREE))
    assert h.outcomes().count("quarantined") == 1, h.outcomes()


def test_a_body_as_a_quoted_string():
    class Quoted(Server):
        def size(self, uid):
            return 20

        def body(self, s, uid):
            s.raw(b'* %d FETCH (UID %d BODY[] "Subject: quoted %d")\r\n' % (uid, uid, uid))
    h, _ = takes(Quoted(THREE))
    assert "quarantined" not in h.outcomes()


def test_an_empty_literal():
    class Empty(Server):
        def body(self, s, uid):
            s.raw(b"* %d FETCH (UID %d BODY[] {0}\r\n)\r\n" % (uid, uid) if uid == 2 else b"")
            if uid != 2:
                Server.body(self, s, uid)
    h, _ = takes(Empty(THREE))
    assert h.outcomes().count("quarantined") == 1
    takes(Empty([letter(1), b"", letter(3)]))


def test_a_literal_shorter_than_said():
    class Short(Server):
        def body(self, s, uid):
            if uid != 2:
                return Server.body(self, s, uid)
            s.raw(b"* 2 FETCH (UID 2 BODY[] {5000}\r\n" + self.box[2] + b")\r\n")
    h, r = takes(Short(THREE))
    assert h.outcomes().count("quarantined") == 1, h.outcomes()


def test_a_literal_longer_than_said():
    class Long(Server):
        def body(self, s, uid):
            if uid != 2:
                return Server.body(self, s, uid)
            s.raw(b"* 2 FETCH (UID 2 BODY[] {10}\r\n" + self.box[2] + b")\r\n")
    h, r = takes(Long(THREE))
    assert h.outcomes().count("quarantined") == 1, h.outcomes()


def test_cut_in_a_literal():
    """The connection ends in the middle, again and again at the same message: no endless loop, and it alone is lost."""
    class Cut(Server):
        def body(self, s, uid):
            if uid != 2:
                return Server.body(self, s, uid)
            s.raw(b"* 2 FETCH (UID 2 BODY[] {5000}\r\nSubject: half")
            raise Hangup
    h, _ = takes(Cut(THREE))
    assert h.outcomes().count("quarantined") == 1, h.outcomes()


def test_cut_once_costs_nothing():
    class CutOnce(Server):
        cut = 0

        def body(self, s, uid):
            if uid == 2 and not self.cut:
                self.cut = 1
                s.raw(b"* 2 FETCH (UID 2 BODY[] {5000}\r\nSubject: half")
                raise Hangup
            Server.body(self, s, uid)
    h, _ = takes(CutOnce(THREE))
    assert "quarantined" not in h.outcomes()


def test_cut_at_any_byte():
    """Before the answer, in its head, in the literal, before its end: one cut costs nothing."""
    data = letter(2)
    answer = b"* 2 FETCH (UID 2 BODY[] {%d}\r\n%s)\r\n" % (len(data), data)
    for n in (0, 1, 9, 22, 26, 28, 29, len(answer) // 2, len(answer) - 4, len(answer) - 3, len(answer) - 2, len(answer) - 1, len(answer)):
        class CutAt(Server):
            cut = False

            def body(self, s, uid):
                if uid == 2 and not self.cut:
                    self.cut = True
                    s.raw(answer[:n])
                    raise Hangup
                Server.body(self, s, uid)
        h, _ = takes(CutAt(THREE))
        assert "quarantined" not in h.outcomes(), n


def test_tls_that_ends_without_a_word():
    """The connection under TLS is gone in mid-literal, without the alert that ends TLS: the same as a cut, once and for ever."""
    ca = dovecot.CA(os.path.join(homes.STORY, "imap-tls-ca"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*ca.issue("fake", "DNS:localhost"))
    for cuts, want in ((1, 0), (100, 1)):
        class Torn(Server):
            left = cuts

            def serve(self, sock):
                try:
                    secure = context.wrap_socket(sock, server_side=True)
                except (OSError, ssl.SSLError):
                    return
                self.open.append(secure)
                Server.serve(self, secure)

            def body(self, s, uid):
                if uid == 2 and self.left:
                    self.left -= 1
                    s.raw(b"* 2 FETCH (UID 2 BODY[] {5000}\r\nSubject: half")
                    os.close(s.sock.detach())  # TCP ends, TLS says nothing
                    raise Hangup
                Server.body(self, s, uid)
        with Torn(THREE) as server:
            h = imaphome.fresh("imap-tls-torn").configure("imaps://robot@localhost:%d/INBOX" % server.port, ca_file=ca.file)
            h.fetch(env=QUICK)
            assert h.uids() == [1, 2, 3] and h.outcomes().count("quarantined") == want, h.outcomes()


def test_the_network_goes_away_for_good():
    """What came before stands; the message that was on its way is not blamed."""
    class Dies(Server):
        def body(self, s, uid):
            if uid == 2:
                self.listener.close()
                s.raw(b"* 2 FETCH (UID 2 BODY[] {5000}\r\nSubject: half")
                raise Hangup
            Server.body(self, s, uid)
    with Dies(THREE) as s:
        h = home(s)
        h.fetch(check=69, env=QUICK)
        assert h.uids() == [1], h.taken()


def test_a_giant_literal():
    class Giant(Server):
        def body(self, s, uid):
            if uid != 2:
                return Server.body(self, s, uid)
            s.raw(b"* 2 FETCH (UID 2 BODY[] {4000000000}\r\n" + b"x" * 200000)
            while True:
                s.raw(b"x" * 65536)
    h, _ = takes(Giant(THREE), max_bytes="1M")
    assert h.outcomes().count("rejected") == 1, h.outcomes()


def test_a_giant_literal_where_none_belongs():
    class Giant(Server):
        def do_CAPABILITY(self, s, tag, command):
            s.say("* LIST () \"/\" {4000000000}")
            while True:
                s.raw(b"x" * 65536)
    refuses(Giant(THREE))


def test_a_body_for_another_uid():
    class Other(Server):
        def body(self, s, uid):
            data = letter(99)
            s.raw(b"* 9 FETCH (UID 77 BODY[] {%d}\r\n%s)\r\n" % (len(data), data))
            Server.body(self, s, uid)
    h, _ = takes(Other(THREE))
    assert len(h.outcomes()) == 3


def test_the_uid_behind_the_body():
    class Late(Server):
        def body(self, s, uid):
            data = self.box[uid]
            s.raw(b"* %d FETCH (FLAGS () BODY[] {%d}\r\n%s UID %d)\r\n" % (uid, len(data), data, uid))
    takes(Late(THREE))


def test_a_bodystructure_nobody_asked_for():
    class Volunteer(Server):
        def body(self, s, uid):
            if uid == 2:
                s.say('* 2 FETCH (UID 2 BODYSTRUCTURE ("TEXT" "PLAIN" ("NAME" ""a"") NIL """" "7BIT" -1 -1))')
            Server.body(self, s, uid)
    h, _ = takes(Volunteer(THREE))
    assert h.outcomes().count("quarantined") == 1, h.outcomes()


def test_a_listing_that_cannot_be_read():
    class Rubbish(Server):
        def listing(self, s, uid):
            if uid == 2:
                s.say('* 2 FETCH (UID 2 RFC822.SIZE "many" (((')
            else:
                Server.listing(self, s, uid)
    h, _ = takes(Rubbish(THREE))
    assert h.outcomes().count("quarantined") == 1, h.outcomes()


def test_nothing_can_be_read():
    """Every body fails: the server is at fault, no message is charged with it."""
    class Broken(Server):
        def body(self, s, uid):
            s.say("* %d FETCH (UID %d BODY[] ((((" % (uid, uid))
    refuses(Broken(THREE), words="no message can be read", limit=20)


def test_bye_in_a_fetch():
    class Bye(Server):
        said = 0

        def body(self, s, uid):
            if uid == 2 and not self.said:
                self.said = 1
                s.say("* BYE shutting down")
                raise Hangup
            Server.body(self, s, uid)
    h, _ = takes(Bye(THREE))
    assert "quarantined" not in h.outcomes()


def test_bad_to_a_range():
    class Picky(Server):
        def do_UID_FETCH(self, s, tag, command):
            if "BODY.PEEK[]" in command and ":" in command.split(" ")[2]:
                s.say(tag + " BAD UID parameters!")
            else:
                Server.do_UID_FETCH(self, s, tag, command)
    h, _ = takes(Picky(THREE))
    assert "quarantined" not in h.outcomes()


def test_a_line_of_100_kb():
    class Wordy(Server):
        def listing(self, s, uid):
            s.say("* OK " + "x" * 100000)
            Server.listing(self, s, uid)
    takes(Wordy(THREE))


def test_a_line_without_end():
    class Endless(Server):
        def do_EXAMINE(self, s, tag, command):
            s.raw(b"* OK ")
            while True:
                s.raw(b"x" * 65536)
    refuses(Endless(THREE), words="longer than any answer")


def test_nul_bytes_and_bare_lf_in_a_message():
    odd = b"From: a@b.example\nSubject: odd\n\nnul \0 and bare lf\n\r\r\n\xff"
    takes(Server([letter(1), odd, letter(3)]))


def test_bare_lf_from_the_server():
    class Lf(Server):
        def body(self, s, uid):
            data = self.box[uid]
            s.raw(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\n" % (uid, uid, len(data), data))
    takes(Lf(THREE))


def test_nothing_but_bare_lf():
    class Lf(Server):
        def greet(self, s):
            raw = s.raw
            s.raw = lambda data: raw(data if b"FETCH (UID" in data and b"BODY[" in data else data.replace(b"\r\n", b"\n"))
            Server.greet(self, s)
    takes(Lf(THREE))


def test_nul_bytes_in_a_line():
    """In a remark: passed over, or the connection is given up in time; never a crash, never a loop."""
    class Nul(Server):
        def listing(self, s, uid):
            s.say(b"* OK nul \0 in here")
            Server.listing(self, s, uid)
    with Nul(THREE) as server:
        h = home(server)
        r = h.fetch(env=QUICK, check=None)
        assert r.returncode in (0, 69), r.stderr
        assert h.uids() == [1, 2, 3] or r.returncode == 69, (r.returncode, r.stderr, h.uids())


def test_a_byte_now_and_then():
    """Slow, but it goes on."""
    class Slow(Server):
        def body(self, s, uid):
            data = self.box[uid]
            for i, b in enumerate(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, uid, len(data), data)):
                s.raw(bytes([b]))
                time.sleep(0.005 if i % 10 == 0 and i < 500 else 0)
    takes(Slow(THREE), env={"XINLV_EXCHANGE_SECONDS": "30"})


def test_one_byte_at_a_time():
    class Slow(Server):
        def listing(self, s, uid):
            for b in ('* %d FETCH (UID %d RFC822.SIZE %d)\r\n' % (uid, uid, self.size(uid))).encode():
                s.raw(bytes([b]))
    takes(Slow(THREE))


def test_dripping_for_ever():
    class Drip(Server):
        def do_EXAMINE(self, s, tag, command):
            while True:
                s.say("* OK wait")
                time.sleep(0.1)
    refuses(Drip(THREE), words="in time")


# ---- tidying
def test_what_the_server_can_after_the_login():
    """QQ offers MOVE and UIDPLUS only behind the login, and refuses sets of UIDs that do not ascend."""
    class Later(Server):
        moved = ()

        def do_CAPABILITY(self, s, tag, command):
            more = " MOVE UIDPLUS" if s.logged_in else ""
            s.say("* CAPABILITY IMAP4 IMAP4rev1 ID" + more, tag + " OK done")

        def do_UID_MOVE(self, s, tag, command):
            numbers = [int(n) for n in command.split(" ")[2].replace(":", ",").split(",")]
            if numbers != sorted(numbers):
                s.say(tag + " BAD UID parameters!")
                return
            for uid in self.chosen(command):
                self.moved += (uid,)
                del self.box[uid]
            s.say(tag + " OK done")
    with Later({7: letter(1), 3: letter(2), 900: letter(3), 4: letter(4)}, folders=("INBOX", "done")) as s:
        h = home(s, after="move:done")
        h.fetch(env=QUICK)
        assert s.moved == (3, 4, 7, 900) and not s.box and h.uids() == [3, 4, 7, 900], (s.moved, s.log)


def test_a_flag_that_is_refused_keeps_no_mail_waiting():
    class ReadOnly(Server):
        def do_UID_STORE(self, s, tag, command):
            s.say(tag + " NO [READ-ONLY] not here")
    h, r = takes(ReadOnly(THREE), after="flag")
    assert "READ-ONLY" in r.stderr or "not here" in r.stderr, r.stderr


# ---- STARTTLS
def starttls_home(server):
    return imaphome.fresh("imap-starttls-fault").configure(
        "imap://entries%%40example.org@127.0.0.1:%d/INBOX" % server.port, "secret")


def no_password_in_clear(server, words):
    with server:
        r = starttls_home(server).fetch(check=69, env=QUICK)
        assert words in r.stderr, r.stderr
        assert not [c for c in server.log if c.startswith("LOGIN")], server.log


def test_no_starttls_offered():
    no_password_in_clear(Server(THREE), "offers no STARTTLS")


def test_starttls_refused():
    class No(Server):
        def do_STARTTLS(self, s, tag, command):
            s.say(tag + " NO not today")
    no_password_in_clear(No(THREE), "not today")


def test_an_answer_injected_behind_starttls():
    class Injected(Server):
        def do_STARTTLS(self, s, tag, command):
            s.say(tag + " OK begin", "C2 OK welcome")
    no_password_in_clear(Injected(THREE), "")


def test_logged_in_before_tls():
    class Preauth(Server):
        greeting = "* PREAUTH welcome back"
    no_password_in_clear(Preauth(THREE), "before TLS")


def test_nonsense_behind_starttls():
    class Nonsense(Server):
        def do_STARTTLS(self, s, tag, command):
            s.say(tag + " OK begin")
            time.sleep(0.2)
            s.say("* OK this is no TLS")
    no_password_in_clear(Nonsense(THREE), "")

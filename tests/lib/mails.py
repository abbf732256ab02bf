"""Mails as bytes, as people's programs write them.  Everything is made here; nobody's real mail."""
import base64
import email.utils
import os


def word(text, charset="utf-8"):
    return "=?%s?B?%s?=" % (charset, base64.b64encode(text.encode(charset)).decode())


def lines64(data):
    return base64.encodebytes(data).decode().replace("\n", "\r\n")


def attachment(name, data, media="application/octet-stream", charset="gb18030"):
    """A part as QQ Mail writes it: the name in an encoded word inside quotes, the type senseless."""
    w = word(name, charset)
    return ("Content-Type: %s;\r\n\tcharset=\"%s\";\r\n\tname=\"%s\"\r\n"
            "Content-Disposition: attachment; filename=\"%s\"\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n%s" % (media, charset, w, w, lines64(data)))


def text_part(text, charset="utf-8", subtype="plain"):
    return ("Content-Type: text/%s; charset=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n%s"
            % (subtype, charset, lines64(text.encode(charset))))


def mail(sender, subject, text="", files=(), name="", message_id=None, headers=(), to="entries@example.org",
         charset="utf-8", parts=()):
    """files: (name, bytes) pairs; parts: further raw parts.  Bytes with CRLF."""
    message_id = message_id or "<%s@%s>" % (os.urandom(8).hex(), sender.split("@")[1])
    frm = "%s <%s>" % (word(name, charset), sender) if name else sender
    head = ["From: " + frm, "To: " + to, "Subject: " + word(subject, charset), "Message-ID: " + message_id,
            "Date: " + email.utils.formatdate(1680000000), "MIME-Version: 1.0"] + list(headers)
    body = [text_part(text, charset)] + [attachment(n, d) for n, d in files] + list(parts)
    if len(body) == 1:
        return ("\r\n".join(head) + "\r\n" + body[0]).encode()
    mark = "----=_NextPart_%s" % os.urandom(6).hex()
    head.append("Content-Type: multipart/mixed;\r\n\tboundary=\"%s\"" % mark)
    out = "\r\n".join(head) + "\r\n\r\nThis is a multi-part message in MIME format.\r\n\r\n"
    for b in body:
        out += "--%s\r\n%s\r\n" % (mark, b)
    return (out + "--%s--\r\n" % mark).encode()

"""OLE files (MS-CFB) as Office writes them: storages are dicts, streams are bytes.  And mails that Outlook saves (MS-OXMSG), and
files as they are inserted into workbooks and documents (MS-OLEDS 2.3.6)."""
import struct

SECTOR, SLICE, CUTOFF = 512, 64, 4096
FREE, END, FAT_MARK = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


class Chains:
    """Bytes in pieces of one size, each piece naming the next."""

    def __init__(self, piece):
        self.piece, self.data, self.next = piece, b"", []

    def add(self, data):
        if not data:
            return END
        first, n = len(self.next), -(-len(data) // self.piece)
        self.next += list(range(first + 1, first + n)) + [END]
        self.data += data.ljust(n * self.piece, b"\0")
        return first


def directory(tree, sectors, slices):
    """Entries in the order in which they are met; what stands in one storage hangs on its right neighbours."""
    entries = [["Root Entry", 5, FREE, FREE, FREE, END, 0]]

    def fill(folder, at):
        before = None
        for name, what in folder.items():
            i = len(entries)
            storage = isinstance(what, dict)
            into = slices if not storage and len(what) < CUTOFF else sectors
            entries.append([name, 1 if storage else 2, FREE, FREE, FREE, END if storage else into.add(what),
                            0 if storage else len(what)])
            if before is None:
                entries[at][4] = i
            else:
                entries[before][3] = i
            before = i
            if storage:
                fill(what, i)

    fill(tree, 0)
    return entries


def packed(entry):
    name, kind, left, right, child, start, size = entry
    raw = (name + "\0").encode("utf-16le")
    return (raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + struct.pack("<III", left, right, child) + b"\0" * 36 +
            struct.pack("<IQ", start, size))


def compound(tree, change=None):
    """The file; change: what is done to the entries of its directory before they are written."""
    sectors, slices = Chains(SECTOR), Chains(SLICE)
    entries = directory(tree, sectors, slices)
    entries[0][5], entries[0][6] = sectors.add(slices.data), len(slices.data)
    table = sectors.add(b"".join(struct.pack("<I", n) for n in slices.next).ljust(SECTOR if slices.next else 0, b"\xff"))
    if change:
        change(entries)
    root = sectors.add(b"".join(packed(e) for e in entries))
    each, fats = SECTOR // 4, 1
    while fats * each < len(sectors.next) + fats:
        fats += 1
    assert fats <= 109, "too large for a table in the header alone"
    first = len(sectors.next)
    fat = sectors.next + [FAT_MARK] * fats
    body = sectors.data + struct.pack("<%dI" % (fats * each), *(fat + [FREE] * (fats * each - len(fat))))
    head = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, fats, root, 0, CUTOFF, table, -(-len(slices.next) // each), END, 0)
    return head + struct.pack("<109I", *(list(range(first, first + fats)) + [FREE] * (109 - fats))) + body


def text(number, value, narrow=None):
    """A text property as UTF-16, or in a charset of one's own as the Outlook of old wrote it."""
    kind, raw = ("001E", value.encode(narrow)) if narrow else ("001F", value.encode("utf-16le"))
    return {"__substg1.0_%04X%s" % (number, kind): raw}


def saved(files=(), header="", body="", narrow=None, sender=None):
    """The tree of a saved mail.  files: names with bytes, or with another such tree."""
    tree = {"__properties_version1.0": b"\0" * 32, "__nameid_version1.0": {"__substg1.0_00020102": b""}}
    for number, value in ((0x007D, header), (0x0C1F, sender), (0x1000, body)):
        if value:
            tree.update(text(number, value, narrow))
    for i, (name, data) in enumerate(files):
        inner = isinstance(data, dict)
        one = {"__properties_version1.0": b"\0" * 8, "__substg1.0_3701" + ("000D" if inner else "0102"): data}
        one.update(text(0x3001 if inner else 0x3707, name, narrow))
        tree["__attach_version1.0_#%08X" % i] = one
    return tree


def msg(files=(), **more):
    return compound(saved(files, **more))


def package(name, data, label=None, path=None, wide=True):
    """The storage of an object that "insert as a file" makes: names in the code page of whoever did it, and behind the file in Unicode."""
    label, path = label or name, path or "C:\\用户\\张三\\" + name

    def narrow(s):
        return s.encode("gb18030") + b"\0"
    temporary = "C:\\Temp\\" + name
    head = struct.pack("<H", 2) + narrow(label) + narrow(path) + struct.pack("<II", 0x30000, len(narrow(temporary))) + narrow(temporary)
    tail = b"".join(struct.pack("<I", len(s.encode("utf-16le")) // 2) + s.encode("utf-16le") for s in (temporary, label, path))
    body = head + struct.pack("<I", len(data)) + data + (tail if wide else b"")
    return {"\x01Ole": b"\x01\0\0\2" + b"\0" * 16, "\x03ObjInfo": b"@\0\3\0\1\0",
            "\x01Ole10Native": struct.pack("<I", len(body)) + body}


def packaged(name, data, **more):
    return compound(package(name, data, **more))

"""Files as strangers send them: bombs, halves, other things than their names say, and names that lead elsewhere."""

import io
import random
import struct
import zipfile
import zlib
from functools import cache

#: what a packed bomb holds, in bytes
BOMB = 60_000_000
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x0 "ha">'
    + b"".join(b'<!ENTITY x%d "%s">' % (at, b"&x%d;" % (at - 1) * 10) for at in range(1, 10))
    + b"]><definitions>&x9;</definitions>"
)
ELSEWHERE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>'
#: names of files, some of which say a kind
NAMES = (
    "../../../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "a/b/c.bpmn", "x" * 300 + ".csv", "CON.xlsx", ".csv",
    ".bpmn", "\u202egnp.exe", "a\u0000b.dmn", "a.bpmn.csv", "a\r\nX-Evil: 1.pdf", "\U0001f600.png", "a;b=c.jpg",
    "\"'<b>.form", "file", "a.po", "b.p12", "c.zip", "d.pdf", "e.docx", "f.json", "%2e%2e%2f.csv", "g.bpmn",
    "h.dmn", "i.form", "j.xlsx", "k.png", "l.jpg", "m.csv",
)  # fmt: skip


@cache
def contents() -> tuple[bytes, ...]:
    """Each kind of harm once; none is larger than a megabyte on its way."""
    return (
        b"", b"\0", b"\xff\xfe\0\0" * 50, b"\xef\xbb\xbf", b"," * 100_000, b'"' * 99_999, b"a;b\n" * 20_000,
        ("\u0130\u0301" * 5000).encode(), b"a,b\n\"" + b"x" * 200_000, _table(), _sheet(), _zip("../../evil.csv", b"x"),
        _zip("xl/workbook.xml", LAUGHS), LAUGHS, ELSEWHERE, b"<a>" * 50_000, b"<definitions/>", b"[" * 100_000,
        b'{"components": [' * 2000, _png(60_000, 60_000), _png(1, 1)[:40], b"\xff\xd8\xff\xe0" + b"\0" * 100,
        b"%PDF-1.7\n" + b"1 0 obj<</Length 99999999>>stream\n" * 100, b"GIF89a" + b"\xff" * 50, b"BM" + b"\xff" * 60,
        b"0\x82\xff\xff" + b"\x30" * 2000, b'msgid ""\nmsgstr ""\nmsgid "%(a)s"\nmsgstr "%(b)d"\n' * 500,
        b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 65_535), b"RIFF\xff\xff\xff\xffWEBP" + b"\0" * 40,
    )  # fmt: skip


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _sheet() -> bytes:
    """A workbook whose only sheet is zeros to no end."""
    return _zip("xl/worksheets/sheet1.xml", bytes(BOMB))


def _table() -> bytes:
    """Looks like a workbook, and is half of one."""
    whole = _zip("[Content_Types].xml", b"<Types/>" * 1000)
    return whole[: len(whole) // 2]


def _png(width: int, height: int) -> bytes:
    """A picture that says it is that large, of one packed line."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def some(chance: random.Random, count: int) -> list[tuple[bytes, str]]:
    """So many contents, each under a name."""
    return [(content, chance.choice(NAMES)) for content in chance.sample(contents(), min(count, len(contents())))]

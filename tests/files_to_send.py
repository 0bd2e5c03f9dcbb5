"""Small files of every kind that is taken, and some that are not, made here: nothing of them is in the repository."""

import io
import struct
import zipfile
import zlib
from zipfile import ZipInfo

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj trailer<</Root 1 0 R>>\n"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def png(width: int = 64, height: int = 48) -> bytes:
    """A picture in one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    row = b"\0" + b"\x3c\x78\xbe" * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")


def archive(*names: str, **parts: bytes) -> bytes:
    """A ZIP with these empty parts in it, and these with something: the same bytes whenever it is made."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as written:
        for name in names:
            written.writestr(ZipInfo(name), b"")
        for name, content in parts.items():
            written.writestr(ZipInfo(name), content)
    return kept.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")


def spoilt_mimetype(packed: int) -> bytes:
    """An archive that says what it is in a way nobody can unpack."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", packed) as written:
        written.writestr(ZipInfo("mimetype"), b"application/x" * 3, packed)
    content, packed_at = bytearray(kept.getvalue()), 30 + len("mimetype")
    content[packed_at : packed_at + 8] = b"\xff" * 8
    return bytes(content)


def zip64_directory(size: int) -> bytes:
    """The record at the end tells of a small directory, another one before it of a large one."""
    begins, directory = b"PK\x03\x04", b"PK\x01\x02" + bytes(size)
    told = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(directory), len(begins))
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(begins) + len(directory), 1)
    return begins + directory + told + place + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 47, len(begins), 0)


def two_ends(size: int) -> bytes:
    """The record at the end tells of a large directory, and holds the beginning of a second one that tells nothing."""
    begins, directory = b"PK\x03\x04", b"PK\x01\x02" + bytes(size)
    inner = struct.unpack("<2H", b"PK\x05\x06")
    return begins + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *inner, len(directory), len(begins), 0)

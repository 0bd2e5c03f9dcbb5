"""Small files of every kind that is taken, and some that are not, made here: nothing of them is in the repository."""

import io
import struct
import zipfile
import zlib

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
    """A ZIP with these empty parts in it, and these with something."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as written:
        for name in names:
            written.writestr(name, b"")
        for name, content in parts.items():
            written.writestr(name, content)
    return kept.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")

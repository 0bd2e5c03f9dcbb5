"""Which files are taken, told by what is in them: a name says what its sender likes.

Taken are what customers and departments prove things with: pictures, PDF, office documents, text, sound, video. Not taken: archives
(unpack them: neither scanner nor reader looks well into one), office documents with macros or of before 2007 (they may hold
macros), programs. Web pages and SVG pictures are text, and nothing but text is made of them.
"""

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Preview = Literal["image", "pdf", "text"]
HEAD = 64
_TAIL = 66_000  # where a ZIP keeps the end of its directory: 22 bytes and a comment of at most 65,535
_ZIP64, _LOCATOR = b"PK\x06\x07", 20  # what stands that many bytes before it where the directory is told of elsewhere
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what an OpenDocument is packed with
_LARGEST_DIRECTORY = 500_000  # bytes; an office document has some dozen parts
_CHUNK = 1 << 16
_NO_TEXT = frozenset(range(32)) - {9, 10, 12, 13}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file that is taken. A name that ends with none of `suffixes` gets the first."""

    mime: str
    suffixes: tuple[str, ...]
    preview: Preview | None = None


JPEG = Kind(mime="image/jpeg", suffixes=(".jpg", ".jpeg"), preview="image")
PNG = Kind(mime="image/png", suffixes=(".png",), preview="image")
GIF = Kind(mime="image/gif", suffixes=(".gif",), preview="image")
WEBP = Kind(mime="image/webp", suffixes=(".webp",), preview="image")
HEIC = Kind(mime="image/heic", suffixes=(".heic", ".heif"))
PDF = Kind(mime="application/pdf", suffixes=(".pdf",), preview="pdf")
TEXT = Kind(mime="text/plain", suffixes=(".txt", ".csv", ".eml", ".log", ".md"), preview="text")
MP3 = Kind(mime="audio/mpeg", suffixes=(".mp3",))
WAV = Kind(mime="audio/wav", suffixes=(".wav",))
AMR = Kind(mime="audio/amr", suffixes=(".amr",))
M4A = Kind(mime="audio/mp4", suffixes=(".m4a",))
MP4 = Kind(mime="video/mp4", suffixes=(".mp4", ".m4v"))
MOV = Kind(mime="video/quicktime", suffixes=(".mov",))
THREE_GP = Kind(mime="video/3gpp", suffixes=(".3gp",))
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(mime=f"{_OPEN_XML}wordprocessingml.document", suffixes=(".docx",))
XLSX = Kind(mime=f"{_OPEN_XML}spreadsheetml.sheet", suffixes=(".xlsx",))
PPTX = Kind(mime=f"{_OPEN_XML}presentationml.presentation", suffixes=(".pptx",))
ODT = Kind(mime="application/vnd.oasis.opendocument.text", suffixes=(".odt",))
ODS = Kind(mime="application/vnd.oasis.opendocument.spreadsheet", suffixes=(".ods",))
KINDS = (JPEG, PNG, GIF, WEBP, HEIC, PDF, TEXT, MP3, WAV, AMR, M4A, MP4, MOV, THREE_GP, DOCX, XLSX, PPTX, ODT, ODS)
BY_MIME = {kind.mime: kind for kind in KINDS}

_BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xf2", MP3),
    (b"#!AMR", AMR),
)
_BRANDS = {  # of the ISO base media file format (ISO/IEC 14496-12)
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), MP4),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3ge6", b"3gg6"), THREE_GP),
    b"qt  ": MOV,
    b"M4A ": M4A,
}
_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_MACROS = "vbaproject.bin"


def of(path: Path) -> Kind | None:
    """What is in this file; None when it is nothing that is taken."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head[:4] == b"PK\x03\x04":
        return _office(path)
    return TEXT if _is_text(path) else None


def _office(path: Path) -> Kind | None:
    """An office document is a ZIP with a known part in it, and without macros."""
    if not _has_small_directory(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith(_MACROS) for name in names):
                return None
            said = archive.getinfo("mimetype") if "mimetype" in names else None
            if said is not None and said.file_size < HEAD * 2 and said.compress_type in _PACKED:
                return {ODT.mime: ODT, ODS.mime: ODS}.get(archive.read(said).decode("ascii", "replace"))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError):
        return None  # damaged, or locked with a password: nobody here could read it
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


def _has_small_directory(path: Path) -> bool:
    """Reading a directory of 20 MB that holds nothing would keep a thread busy for seconds.

    Its size stands in a record at the end, or in one of ZIP64, which no document of ours needs. Whatever looks like the record
    is looked at: which of several a reader takes is its own matter.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read()
    ends = [found.start() for found in re.finditer(rb"PK\x05\x06", tail)]
    large = any(int.from_bytes(tail[end + 12 : end + 16], "little") > _LARGEST_DIRECTORY for end in ends)
    return bool(ends) and not large and not any(tail.startswith(_ZIP64, max(0, end - _LOCATOR)) for end in ends)


def _is_text(path: Path) -> bool:
    return encoding_of(path) is not None


def encoding_of(path: Path) -> str | None:
    """UTF-8, or what Chinese programs write (GB 18030, with GBK in it); None for what is no text."""
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for chunk in _chunks(path):
                if not _NO_TEXT.isdisjoint(chunk):
                    return None
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue  # it may be written in the other
        return encoding
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk

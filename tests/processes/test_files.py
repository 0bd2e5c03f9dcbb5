"""Files: what they are, what they are called, where they are kept, who looks for viruses, and what becomes of those nobody names."""

import io
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from engine import clock
from engine.errors import Invalid
from processes import file_kinds, file_names
from processes.file_store import FileStore, FilesUnavailable
from processes.ports import ClamdScan, CommandScan, NoVirusScan, ScanFailed, VirusScan
from processes.uploads import Sent, Uploads
from tests import files_to_send as files

pytestmark = pytest.mark.once


def uploads(folder: Path, scan: VirusScan | None = None, *, longest: int = 10_000) -> Uploads:
    return Uploads(store=FileStore(folder=folder / "files"), scan=scan or NoVirusScan(), longest=longest)


def sent(name: str, content: bytes) -> Sent:
    return Sent(name=name, content=io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.png(), file_kinds.PNG),
        (b"\xff\xd8\xff\xe0 and so on", file_kinds.JPEG),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", file_kinds.WEBP),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", file_kinds.HEIC),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", file_kinds.MP4),
        (files.PDF, file_kinds.PDF),
        (files.DOCX, file_kinds.DOCX),
        (files.archive("[Content_Types].xml", "xl/workbook.xml"), file_kinds.XLSX),
        (files.archive(mimetype=file_kinds.ODT.mime.encode()), file_kinds.ODT),
        ("订单,金额\n118,45".encode(), file_kinds.TEXT),
        ("订单,金额\n118,45".encode("gb18030"), file_kinds.TEXT),
        (files.HTML, file_kinds.TEXT),  # and nothing but text is made of it
        (files.SVG, file_kinds.TEXT),
        (files.archive("a.txt"), None),
        (files.archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (files.DOCX[:40], None),
        (b"PK\x03\x04" + b"PK\x05\x06" + b"\xff" * 18, None),
        (files.spoilt_mimetype(zipfile.ZIP_DEFLATED), None),
        (files.spoilt_mimetype(zipfile.ZIP_BZIP2), None),
        (b"MZ\x90\x00\x03", None),
        (b"\x7fELF\x02", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
    ],
)
def test_what_is_in_a_file_says_what_it_is(tmp_path: Path, content: bytes, kind: file_kinds.Kind | None) -> None:
    path = tmp_path / "sent"
    path.write_bytes(content)
    assert file_kinds.of(path) == kind


@pytest.mark.parametrize("content", [files.zip64_directory(2_000_000), files.two_ends(2_000_000)], ids=["zip64", "two ends"])
def test_a_large_directory_is_not_read_however_its_size_is_told(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sent"
    path.write_bytes(content)
    monkeypatch.setattr(zipfile, "ZipFile", lambda _: pytest.fail("the directory is read"))
    assert file_kinds.of(path) is None


@pytest.mark.parametrize(
    ("given", "kind", "shown"),
    [
        ("photo.JPG", file_kinds.JPEG, "photo.jpg"),
        ("invoice.exe", file_kinds.PDF, "invoice.exe.pdf"),
        ("page.html", file_kinds.TEXT, "page.html.txt"),
        ("../../etc/passwd", file_kinds.TEXT, "passwd.txt"),
        ("C:\\Users\\wang\\发票.pdf", file_kinds.PDF, "发票.pdf"),
        ("bill\u202efdp.exe", file_kinds.PDF, "billfdp.exe.pdf"),
        ('a"b<c>\r\n.png', file_kinds.PNG, "a_b_c_.png"),
        ("...", file_kinds.PNG, "file.png"),
        ("x" * 300 + ".png", file_kinds.PNG, "x" * 116 + ".png"),
    ],
)
def test_a_name_is_harmless_and_ends_with_what_it_is(given: str, kind: file_kinds.Kind, shown: str) -> None:
    assert file_names.clean(given, kind) == shown


def test_the_same_file_is_kept_once_under_its_sha_256(tmp_path: Path) -> None:
    taker = uploads(tmp_path)
    first, second = taker.receive([sent("a.png", files.png()), sent("b.png", files.png())])
    assert (first.sha256, first.name, second.name, first.mime, first.scan) == (second.sha256, "a.png", "b.png", "image/png", "not_scanned")
    kept = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert [(path.name, path.read_bytes()) for path in kept] == [(first.sha256, files.png())]


def test_every_file_that_cannot_be_taken_is_named_and_none_is_left_behind(tmp_path: Path) -> None:
    wrong = [sent("tool.exe", b"MZ\x90\x00\x03"), sent("large.txt", b"a" * 10_001), sent("none.txt", b"")]
    with pytest.raises(Invalid) as refused:
        uploads(tmp_path).receive(wrong)
    assert [(one.pointer, one.code) for one in refused.value.problems] == [
        ("/files/0", "FILE_KIND"),
        ("/files/1", "FILE_TOO_LARGE"),
        ("/files/2", "FILE_EMPTY"),
    ]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    with pytest.raises(Invalid, match="accepted"):
        uploads(tmp_path).receive([sent("a.txt", b"a")] * 3, most=2)


def test_a_folder_that_cannot_be_written_to_is_a_sentence_without_its_name(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("something else in its place")
    with pytest.raises(FilesUnavailable) as refused:
        uploads(tmp_path).receive([sent("a.txt", b"a")])
    assert str(tmp_path) not in str(refused.value)


def test_a_command_that_finds_a_virus_keeps_the_file_out(tmp_path: Path) -> None:
    scanner = tmp_path / "scanner"
    scanner.write_text('#!/bin/sh\ngrep -q VIRUS "$1" && echo "$1: Test-Virus FOUND" && exit 1\nexit 0\n')
    scanner.chmod(0o755)
    taker = uploads(tmp_path, CommandScan(command=str(scanner)))
    assert taker.receive([sent("a.txt", b"harmless")])[0].scan == "clean"
    with pytest.raises(Invalid) as refused:
        taker.receive([sent("b.txt", b"a VIRUS")])
    assert refused.value.problems[0].message == "'b.txt' was not kept: the virus scanner found Test-Virus in it."


def test_without_an_answer_of_the_scanner_nothing_is_taken(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        uploads(tmp_path, CommandScan(command=str(tmp_path / "gone"))).receive([sent("a.txt", b"a")])
    assert refused.value.problems[0].code == "NOT_SCANNED"
    with pytest.raises(ScanFailed):
        ClamdScan(address=str(tmp_path / "no.sock")).look(tmp_path)


def test_cleaning_takes_what_a_killed_server_left_behind_and_two_do_not_mind_each_other(tmp_path: Path) -> None:
    taker, before = uploads(tmp_path), clock.elapsed() - timedelta(days=1)
    (received,) = taker.receive([sent("a.txt", b"a")])
    kept, left = taker.store.find(received.sha256), tmp_path / "files" / ".incoming-1"
    left.write_bytes(b"half a f")
    assert taker.store.forget_incoming(before=before) == 0  # another server may be writing it
    for path in (kept, left):
        os.utime(path, ((before - timedelta(hours=1)).timestamp(),) * 2)
    found = taker.store.kept_before(before)
    assert taker.store.forget_incoming(before=before) == 1
    assert taker.store.forget(next(found), before=before)
    assert not taker.store.forget(received.sha256, before=before)
    assert list(taker.store.kept_before(before)) == []
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_the_names_that_lead_to_a_file_are_on_the_disk_before_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    really = os.fsync

    def fsync(opened: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{opened}")))
        really(opened)

    monkeypatch.setattr(os, "fsync", fsync)
    (received,) = uploads(tmp_path).receive([sent("a.txt", b"a")])
    folder = tmp_path / "files"
    assert synced[1:] == [folder, folder / received.sha256[:2]]  # the first is the file itself


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """What speaks clamd's INSTREAM and finds VIRUS."""
    address = str(tmp_path / "clamd.sock")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()

    def serve() -> None:
        for _ in range(2):
            wire, _ = listening.accept()
            with wire, wire.makefile("rb") as heard:
                assert heard.read(10) == b"zINSTREAM\0"
                content = b""
                while size := int.from_bytes(heard.read(4), "big"):
                    content += heard.read(size)
                wire.sendall(b"stream: Test-Virus FOUND\0" if b"VIRUS" in content else b"stream: OK\0")

    serving = threading.Thread(target=serve)
    serving.start()
    yield address
    serving.join(timeout=10)
    listening.close()


def test_clamd_is_sent_the_file_and_believed(tmp_path: Path, clamd: str) -> None:
    taker = uploads(tmp_path, ClamdScan(address=clamd))
    assert taker.receive([sent("a.txt", b"harmless")])[0].scan == "clean"
    with pytest.raises(Invalid, match="accepted") as refused:
        taker.receive([sent("b.txt", b"a VIRUS")])
    assert refused.value.problems[0].code == "FILE_INFECTED"


def test_what_was_sent_again_a_moment_ago_is_not_forgotten(tmp_path: Path) -> None:
    taker = uploads(tmp_path)
    (received,) = taker.receive([sent("a.txt", b"a")])
    path, before = taker.store.find(received.sha256), clock.elapsed() - timedelta(days=1)
    assert list(taker.store.kept_before(before)) == []
    old = (before - timedelta(hours=1)).timestamp()
    os.utime(path, (old, old))
    assert list(taker.store.kept_before(before)) == [received.sha256]
    taker.receive([sent("again.txt", b"a")])
    assert not taker.store.forget(received.sha256, before=before)
    os.utime(path, (old, old))
    assert taker.store.forget(received.sha256, before=before)

"""Files, kept under the SHA-256 of what is in them: sent twice, kept once; a row of a table says what each is.

They are written before the transaction that speaks of them (design.md 4), so a transaction that fails leaves a file nobody
names. `redress files clean` removes those; a day of grace keeps what a transaction is about to name.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from engine.errors import NotFound, RedressError

log = logging.getLogger("redress.files")
_CHUNK = 1 << 20
_INCOMING = ".incoming-"


class FilesUnavailable(RedressError):
    """Files cannot be kept at the moment. Nothing was changed; try again later."""

    code = "FILES_UNAVAILABLE"


class TooLong(Exception):
    """The file has more bytes than are taken."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A file that has come in and is looked at before it is kept."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class FileStore:
    """A folder of files; several machines share one (NFS and the like)."""

    folder: Path

    @contextmanager
    def incoming(self, source: BinaryIO, *, longest: int) -> Iterator[Incoming]:
        """Write it down beside the others; it is gone afterwards unless it was kept. Raises TooLong, FilesUnavailable."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = tempfile.NamedTemporaryFile(dir=self.folder, prefix=_INCOMING, delete=False)  # noqa: SIM115  # closed below, before it is looked at
        except OSError as error:
            raise _unavailable(self.folder, error) from error
        path = Path(file.name)
        try:
            with file:
                digest, size = _copied(source, file, longest=longest)
            yield Incoming(path=path, sha256=digest, size=size)
        except OSError as error:
            raise _unavailable(self.folder, error) from error
        finally:
            path.unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> None:
        """From now on it is found by its SHA-256. What was there already is the same; its time of day is new (see `forget`)."""
        target = self._path(incoming.sha256)
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            _to_disk(self.folder)
        os.replace(incoming.path, target)
        _to_disk(target.parent)

    def find(self, sha256: str) -> Path:
        """Where it lies; NotFound when somebody took it away."""
        path = self._path(sha256)
        if not path.is_file():
            raise NotFound(kind="file", id=sha256[:12])
        return path

    def kept_before(self, instant: datetime) -> Iterator[str]:
        """The SHA-256 of every file that nobody has sent since."""
        for path in sorted(self.folder.glob("??/*")):
            if _is_older(path, instant):
                yield path.name

    def forget(self, sha256: str, *, before: datetime) -> bool:
        """Remove one that nobody names; not when it was sent again a moment ago."""
        return _removed(self._path(sha256), before=before)

    def forget_incoming(self, *, before: datetime) -> int:
        """Remove what a killed server was writing down or looking at; gives how many files that were."""
        return sum(_removed(path, before=before) for path in self.folder.glob(f"{_INCOMING}*"))

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256


def _is_older(path: Path, instant: datetime) -> bool:
    """False for one that is gone: another cleaner was faster."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < instant
    except FileNotFoundError:
        return False


def _removed(path: Path, *, before: datetime) -> bool:
    if not _is_older(path, before):
        return False
    try:
        path.unlink()
    except FileNotFoundError:  # by another cleaner, a moment ago
        return False
    return True


def _to_disk(folder: Path) -> None:
    """The row that names a file survives a power failure, so must the names that lead to it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _unavailable(folder: Path, error: OSError) -> FilesUnavailable:
    log.error("files cannot be kept in %s: %s", folder, error)
    return FilesUnavailable()


def _copied(source: BinaryIO, target: "tempfile._TemporaryFileWrapper[bytes]", *, longest: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > longest:
            raise TooLong
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size

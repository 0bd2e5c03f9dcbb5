"""Files that are sent here: looked at, scanned and kept before any transaction begins, so that one has only to name them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from engine.errors import Invalid, Problem
from processes import file_kinds, file_names
from processes.file_store import FileStore, Incoming, TooLong
from processes.ports import ScanFailed, VirusScan

log = logging.getLogger("redress.files")
MOST_FILES = 20  # at once (processes.md 2.2)
MEGABYTE = 1 << 20
NOT_TAKEN = (
    "'{name}' cannot be taken. We take pictures, PDF, Word, Excel and PowerPoint without macros, OpenDocument, text, sound and video; "
    "unpack an archive and send what is in it."
)
TOO_LARGE = "'{name}' is larger than {most} MB. Send a smaller one, or several parts."
EMPTY = "'{name}' is empty."
INFECTED = "'{name}' was not kept: the virus scanner found {found} in it."
NOT_SCANNED = "'{name}' was not kept: the virus scanner does not answer at the moment. Try again later."
TOO_MANY = "Send at most {most} files at once."


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file as it comes in: the name its sender gives it, and where its bytes are read from."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, kw_only=True)
class Received:
    """A file that is kept: under which name it is shown, what is in it, and what the virus scanner said."""

    name: str
    sha256: str
    size: int
    mime: str
    scan: str


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """What an installation does with files: where they are kept, who looks for viruses, how large each may be in bytes."""

    store: FileStore
    scan: VirusScan
    longest: int

    def receive(self, sent: Sequence[Sent], *, most: int = MOST_FILES) -> list[Received]:
        """Keep them all, or Invalid with every one that cannot be taken. No transaction is open meanwhile."""
        files, problems = self.look(sent, most=most)
        if problems:
            raise Invalid(problems=problems)
        return files

    def look(self, sent: Sequence[Sent], *, most: int = MOST_FILES) -> tuple[list[Received], list[Problem]]:
        """Keep those that can be taken, and say what is wrong with the others."""
        if len(sent) > most:
            return [], [Problem(code="TOO_MANY_FILES", pointer="/files", message=TOO_MANY.format(most=most))]
        looked = [self._look(number, one) for number, one in enumerate(sent)]
        return [one for one in looked if isinstance(one, Received)], [one for one in looked if isinstance(one, Problem)]

    def _look(self, number: int, sent: Sent) -> Received | Problem:
        try:
            with self.store.incoming(sent.content, longest=self.longest) as incoming:
                return self._kept(number, sent.name, incoming)
        except TooLong:
            return _problem(number, "FILE_TOO_LARGE", TOO_LARGE, sent.name, most=self.longest // MEGABYTE)

    def _kept(self, number: int, given: str, incoming: Incoming) -> Received | Problem:
        if not incoming.size:
            return _problem(number, "FILE_EMPTY", EMPTY, given)
        kind = file_kinds.of(incoming.path)
        if kind is None:
            return _problem(number, "FILE_KIND", NOT_TAKEN, given)
        try:
            seen = self.scan.look(incoming.path)
        except ScanFailed as error:
            log.error("%s", error)
            return _problem(number, "NOT_SCANNED", NOT_SCANNED, given)
        if seen.virus is not None:
            return _problem(number, "FILE_INFECTED", INFECTED, given, found=seen.virus)
        self.store.keep(incoming)
        name = file_names.clean(given, kind)
        return Received(name=name, sha256=incoming.sha256, size=incoming.size, mime=kind.mime, scan=seen.state)


def _problem(number: int, code: str, template: str, name: str, **values: object) -> Problem:
    return Problem(code=code, pointer=f"/files/{number}", message=template.format(name=file_names.shown(name), **values))

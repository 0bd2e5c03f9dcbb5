"""Files that customers choose in a form: kept when they come, and carried along when the form comes back with something wrong.

A browser does not give chosen files back to a form. So the form that is shown again holds, in the place of each, a signed note of
what was kept; unticked, it is left out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, request
from itsdangerous import BadSignature, URLSafeSerializer

from api import uploaded
from api.pages import door, file_tiles, public_door
from engine import clock
from engine.errors import Problem
from processes import customer_files
from processes.uploads import MEGABYTE, Received

KEPT = "kept_file_"
LASTS = timedelta(hours=12)  # less than files nobody names are kept (processes/file_cleaning.py)
POINTER = "/files"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The files of a form, and what is wrong with those that could not be taken."""

    files: Sequence[Received]
    problems: Sequence[Problem]

    @property
    def fields(self) -> dict[str, str]:
        """The notes of what was kept, by the fields they are sent in."""
        return {f"{KEPT}{number}": _signer().dumps(asdict(one) | {"until": _until()}) for number, one in enumerate(self.files)}

    @property
    def digests(self) -> list[str]:
        """What makes a form with the same files the same form."""
        return sorted(one.sha256 for one in self.files)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A file that is here already, in a form that is shown again."""

    field: str
    token: str
    name: str
    size: str


def chosen() -> Chosen:
    """The files of this request: those that came with it, and those that came with it before. Raises TooManyAttempts."""
    before = [one for field, token in sorted(request.form.items()) if field.startswith(KEPT) and (one := _read(token)) is not None]
    before = before[: customer_files.MOST_AT_ONCE]  # a form of ours holds no more; notes of many could be put into one
    came, problems = uploaded.look_at_strangers(most=customer_files.MOST_AT_ONCE - len(before))
    files = {one.sha256: one for one in (*before, *came)}
    return Chosen(files=list(files.values()), problems=[replace(one, pointer=POINTER) for one in problems])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(public_door.secret(), salt="redress.kept-file", signer_kwargs={"digest_method": hashlib.sha256})


def _until() -> str:
    return (clock.elapsed() + LASTS).isoformat()


def _read(token: str) -> Received | None:
    """What was kept; None for what is not our note, or over."""
    try:
        content: Any = _signer().loads(token)
    except BadSignature:
        return None
    if datetime.fromisoformat(content.pop("until")) <= clock.elapsed():
        return None
    return Received(**content)


def notes(typed: Mapping[str, str]) -> list[Note]:
    """The files a form that is shown again has already."""
    found = [(field, token, _read(token)) for field, token in sorted(typed.items()) if field.startswith(KEPT)]
    return [Note(field=field, token=token, name=one.name, size=file_tiles.size(one.size)) for field, token, one in found if one is not None]


def register(app: Flask) -> None:
    """What the templates of these forms need."""
    app.jinja_env.filters["kept_files"] = notes
    app.jinja_env.filters["file_size"] = file_tiles.size
    app.jinja_env.globals["customer_file_limits"] = limits


def limits() -> dict[str, int]:
    """How many at once, and how large: bytes, and in MB."""
    longest = door.settings().max_file_bytes
    return {"most": customer_files.MOST_AT_ONCE, "longest": longest, "megabytes": longest // MEGABYTE}

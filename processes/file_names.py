"""The name of a file somebody sent, made harmless: shown on pages, given to those who download it, never a path of ours."""

import re
import unicodedata

from processes.file_kinds import Kind

LONGEST = 120
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control characters, and those that turn the direction of writing


def shown(name: str) -> str:
    """Without folders and invisible characters; `file` when nothing is left."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(char for char in last if unicodedata.category(char) not in _INVISIBLE)
    return " ".join(_FORBIDDEN.sub("_", seen).split()).strip(". ")[:LONGEST] or "file"


def clean(name: str, kind: Kind) -> str:
    """The same with an ending that says what is in it: `photo.exe` -> `photo.exe.jpg`."""
    plain = shown(name)
    ending = next((one for one in kind.suffixes if plain.lower().endswith(one)), None)
    stem = plain if ending is None else plain[: -len(ending)]
    ending = ending or kind.suffixes[0]
    return f"{stem[: LONGEST - len(ending)].rstrip() or 'file'}{ending}"

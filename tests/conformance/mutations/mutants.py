"""Files of our own, damaged as editors, merges and hands damage them; the same number always gives the same damage."""

import json
import random
from typing import Any

from lxml import etree

from tests.conformance.mutations.changes import CHANGES
from tests.conformance.mutations.odd import ODD


def mutant(files: dict[str, bytes], number: int) -> tuple[dict[str, bytes], list[str]]:
    """The files with one to three damages, and what was done. `number` is the seed."""
    chance = random.Random(number)
    damaged, done = dict(files), []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        name = chance.choice(sorted(damaged))
        content, said = _damaged(chance, name, damaged[name])
        if said is not None:
            damaged[name] = content
            done.append(f"{name}: {said}")
    return damaged, done


def _damaged(chance: random.Random, name: str, content: bytes) -> tuple[bytes, str | None]:
    if chance.random() < 0.04:
        return _bytes_damaged(chance, content)
    if name.endswith(".form"):
        return _form_damaged(chance, content)
    try:
        root = etree.fromstring(content, etree.XMLParser(remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError:
        return content, None  # an earlier damage has broken it
    said = chance.choice(CHANGES)(chance, root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), said


def _bytes_damaged(chance: random.Random, content: bytes) -> tuple[bytes, str | None]:
    at = chance.randrange(len(content) + 1)
    if chance.random() < 0.5:
        return content[:at], f"cut at byte {at}"
    other = bytes([chance.randrange(256)])
    return content[:at] + other + content[at + 1 :], f"byte {at} is {other!r}"


def _form_damaged(chance: random.Random, content: bytes) -> tuple[bytes, str | None]:
    try:
        form = json.loads(content)
    except ValueError:
        return content, None
    places = list(_places(form))
    if not places:
        return content, None
    owner, key = chance.choice(places)
    if chance.random() < 0.4:
        del owner[key]
        said = "dropped"
    else:
        owner[key] = chance.choice((None, 1, -1, 1.5, True, [], {}, [None], {"x": 1}, *ODD))
        said = f"is {str(owner[key])[:40]!r}"
    return json.dumps(form, ensure_ascii=False).encode(), f"{key} {said}"


def _places(part: Any) -> list[tuple[Any, Any]]:
    keys = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
    return [place for key in keys for place in ((part, key), *_places(part[key]))]

"""Personal data as those see it who need not know them (data_and_kpis.md 4.2): 王*, 138****0001, 6222****0005."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

SHORTEST = 7  # three digits before, four after


def name(text: str | None) -> str | None:
    """The first character of a name."""
    return f"{text[0]}*" if text else text


def number(text: str | None) -> str | None:
    """A phone or an account number: three (four of a long one) digits before, four after."""
    if not text:
        return text
    if len(text) < SHORTEST:
        return "****"
    return f"{text[: 4 if len(text) > 11 else 3]}****{text[-4:]}"


def email(text: str | None) -> str | None:
    """The first character, and where the mailbox is."""
    if not text:
        return text
    box, _, host = text.partition("@")
    return f"{box[:1]}***@{host}"


def address(text: str | None) -> str | None:
    """The first six characters: the town."""
    return f"{text[:6]}****" if text else text


MASKS: Mapping[str, Callable[[str | None], str | None]] = {"name": name, "phone": number, "email": email, "address": address}


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A text with the personal data in it masked, and these."""

    text: str
    hidden: tuple[str, ...]


def parting(*known: tuple[str, str | None]) -> Callable[[str], Parted]:
    """How to mask a text in which these may be: `("phone", "13800000001")`, ..."""
    masked = {value: MASKS[field](value) or "" for field, value in known if value}
    found = re.compile("|".join(re.escape(value) for value in sorted(masked, key=len, reverse=True)) or r"(?!)")

    def part(text: str) -> Parted:
        hidden = tuple(dict.fromkeys(found.findall(text)))
        return Parted(text=found.sub(lambda one: masked[one[0]], text) if hidden else text, hidden=hidden)

    return part

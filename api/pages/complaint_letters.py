"""What was said to and by the customer: letters as they were sent, with what became of them, and calls."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.pages import complaint_words
from api.pages.intake_words import LANGUAGES
from api.pages.story_words import ANSWERS
from api.pages.texts import gettext, lazy_gettext, ngettext
from processes import letter_delivery, masks
from processes.letter_delivery import Delivery
from processes.tables.correspondence import Contact

LONGEST_SUBJECT = 80
_STATES: Mapping[Delivery, tuple[str, str, Any]] = {  # badge, icon, words
    "handed_over": ("live", "check", lazy_gettext("Sent")),
    "waiting": ("info", "clock", lazy_gettext("On its way")),
    "failed": ("failed", "stop", lazy_gettext("Could not be sent")),
    "read_out": ("", "info", lazy_gettext("Not by e-mail")),
}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter, call or message; `state` is None for what was no letter of ours."""

    at: datetime
    subject: str
    text: str
    out: bool
    channel: str
    address: str | None
    language: str
    by: str
    state: dict[str, str] | None
    error: str | None


def letters(
    found: Sequence[Contact], sent: Mapping[str, letter_delivery.State], read: Callable[[str], str], *, masked: bool
) -> list[Letter]:
    """Newest first; address and text masked as the rest of the customer's data is (`read` does it in a text)."""
    return [_letter(one, sent.get(one.id), read, masked=masked) for one in reversed(found)]


def _letter(one: Contact, sent: letter_delivery.State | None, read: Callable[[str], str], *, masked: bool) -> Letter:
    text = read(str(ANSWERS.get(one.text, one.text)))
    return Letter(
        at=one.at,
        subject=read(one.subject or text.partition("\n")[0])[:LONGEST_SUBJECT],
        text=text,
        out=one.direction == "out",
        channel=complaint_words.channel_name(one.channel),
        address=_address(one.address) if masked else one.address,
        language=str(LANGUAGES.get(one.locale or "", "")) if one.template else "",
        by=one.by,
        state=_state(sent.delivery) if sent is not None else None,
        error=read(sent.error) if sent is not None and sent.error else None,
    )


def _state(delivery: Delivery) -> dict[str, str]:
    badge, icon, words = _STATES[delivery]
    return {"badge": badge, "icon": icon, "text": str(words)}


def _address(address: str | None) -> str | None:
    return masks.email(address) if address and "@" in address else masks.number(address)


def summary(found: Sequence[Letter]) -> str:
    """How much there is, beside the heading."""
    sent = sum(one.state is not None for one in found)
    letters = ngettext("%(num)s letter", "%(num)s letters", sent)
    others = ngettext("%(num)s call or message", "%(num)s calls and messages", len(found) - sent)
    return gettext(", ").join([letters, others]) if found else ""

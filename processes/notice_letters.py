"""The text of a notice: which letter it is, in both languages, and where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.extensions import SYSTEM, Actor
from engine.tables import UserTask
from processes import letters, masks
from processes.letters import Letter
from processes.tables.cases import Complaint
from processes.tables.people import Account

# Kinds that have a letter of their own; the others come with one.
LETTERS: Mapping[str, str] = {
    **dict.fromkeys(("assigned", "delegated", "returned"), "N-TASK"),
    "mention": "N-MENTION",
    "watched": "N-WATCHED",
    "absence": "N-ABSENCE",
}
SETTINGS = "/settings#notifications"
# What a letter may name without its being known: an empty place, not a mistake.
_MAYBE: Mapping[str, Any] = {"reference": None, "level": None, "customer": None, "text": None, "by": None, "due": None, "task": None}


@dataclass(frozen=True, kw_only=True)
class About:
    """What a notice is about: the case and the task, if any, who did it, and what its letter says besides."""

    complaint: Complaint | None = None
    task: UserTask | None = None
    by: Actor | None = None
    values: Mapping[str, Any]


def path(kind: str, *, task_id: str | None, reference: str | None) -> str:
    """The page a notice leads to."""
    if kind == "incident":
        return "/operations"
    if task_id is not None:
        return f"/tasks/{task_id}"
    return f"/complaints/{reference}" if reference is not None else "/settings#absence"


def path_of(kind: str, about: About) -> str:
    """The same, for what is about to be told."""
    reference = about.complaint.reference if about.complaint is not None else None
    return path(kind, task_id=about.task.id if about.task is not None else None, reference=reference)


def kept(letter: Letter) -> str:
    """A letter as it is kept: the title, an empty line, the text."""
    return f"{letter.subject}\n\n{letter.text}"


def title(text: str) -> str:
    """The title of what was kept."""
    return text.partition("\n")[0]


def shown_name(account: Account, locale: str) -> str:
    """The person's name in that language."""
    return (account.name_zh if locale == "zh" else None) or account.name


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes one letter to many people: its texts are read once."""

    template: str
    sources: Mapping[str, str]
    about: About
    people: Mapping[str, Account]

    def to(self, account: Account, locale: str) -> Letter:
        """The letter to this person in that language. A value that is a pair is said in English, in Chinese."""
        said = {name: value[locale == "zh"] if isinstance(value, tuple) else value for name, value in self.about.values.items()}
        values = {**_MAYBE, **self._known(locale), **said, "name": shown_name(account, locale)}
        return letters.filled(self.template, self.sources[locale], locale, **values)

    def _known(self, locale: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if (case := self.about.complaint) is not None:
            # Among those who are told are those who read the name masked.
            found |= {"reference": case.reference, "level": case.level, "customer": masks.name(case.customer_name)}
        if (task := self.about.task) is not None:
            found |= {"task": (task.name_zh if locale == "zh" else None) or task.name, "due": task.due_at}
            found.setdefault("reference", task.business_key)
        if (by := self.about.by) is not None and by.id != SYSTEM.id:
            account = self.people.get(by.id)
            found["by"] = shown_name(account, locale) if account is not None else by.name or by.id
        return found


def writer(session: Session, template: str, about: About, people: Mapping[str, Account]) -> Writer:
    """For one notice; `people` has whom the letter names."""
    return Writer(template=template, sources=letters.sources(session, template), about=about, people=people)

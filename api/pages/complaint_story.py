"""The story of a case in words: who did what, when, one sentence for each thing that happened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from api.pages import badges, complaint_reveal, complaint_words, inbox_words, wording
from api.pages.facts import Teller
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.story_words import ANSWERS, DECISIONS, MESSAGES, PARTS, RESULTS, SENTENCES, TONES, TRIGGERS
from api.pages.texts import format_datetime, gettext
from processes.case_story import Moment

CUSTOMER, SYSTEM = "customer", "system"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of the story."""

    at: datetime
    text: str
    note: str | None
    tone: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """The lines of one day, newest first."""

    name: str
    lines: Sequence[Told]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something the story can be narrowed to, and how many lines that leaves."""

    name: str
    key: str
    lines: int


def parts(moments: Sequence[Moment]) -> list[Part]:
    """What this story can be narrowed to."""
    counted = ((key, str(name), sum(one.kind in kinds for one in moments)) for key, (name, kinds) in PARTS.items())
    return [Part(key=key, name=name, lines=lines) for key, name, lines in counted if lines]


def days(moments: Sequence[Moment], teller: Teller, *, part: str = "") -> list[Day]:
    """The story (or this part of it) by day, newest first."""
    kinds = PARTS[part][1] if part in PARTS else None
    found: dict[str, list[Told]] = {}
    for one in _together([one for one in reversed(moments) if kinds is None or one.kind in kinds]):
        found.setdefault(_day(one.at), []).append(told(one, teller))
    return [Day(name=name, lines=lines) for name, lines in found.items()]


def _together(moments: Sequence[Moment]) -> list[Moment]:
    """Tables that were asked one after the other within a minute are one line."""
    found: list[Moment] = []
    for one in moments:
        last = found[-1] if found else None
        if last is not None and last.kind == one.kind == "decision" and last.at - one.at < MINUTE:
            found[-1] = replace(last, details={"tables": [*_tables(one), *_tables(last)]})
        else:
            found.append(one)
    return found


def _tables(one: Moment) -> list[str]:
    return list(one.details.get("tables") or [one.details.get("decision", "")])


def _day(at: datetime) -> str:
    return format_datetime(at, "y年M月d日 EEEE" if language() == "zh" else "EEEE, d MMMM y")


def people(moments: Sequence[Moment]) -> set[str]:
    """Everybody the story names, so that their names are read in one statement."""
    named = {one.by for one in moments} | {str(one.details.get(key) or "") for one in moments for key in ("after", "before")}
    return {name for name in named if name and name not in (CUSTOMER, SYSTEM)}


def told(one: Moment, teller: Teller) -> Told:
    """A moment as a sentence in the reader's language; a kind nobody described is named as it is."""
    sentence = SENTENCES.get(one.kind)
    values = {name: shown(one, teller) for name, shown in _VALUES.items()}
    text = gettext(sentence, **values) if sentence else _plainly(one, values)
    return Told(at=one.at, text=text, note=_note(one), tone=TONES.get(one.kind, ""))


def _note(one: Moment) -> str | None:
    return None if one.note is None or one.kind in _NOTE_IN_TEXT else str(ANSWERS.get(one.note, one.note))


def _plainly(one: Moment, values: Mapping[str, str]) -> str:
    """Without a sentence of its own: an operation by its name, with the task it was done to; else the kind as it is."""
    if "operation" not in one.details:
        return gettext("%(who)s: %(kind)s", who=values["who"], kind=one.kind)
    return gettext(
        "%(who)s: %(kind)s (%(task)s)", who=values["who"], kind=wording.operation_name(one.details["operation"]), task=values["task"]
    )


_NOTE_IN_TEXT = frozenset({"escalated"})  # the note is the trigger, said in words


def who(by: str, names: Names) -> str:
    """A person, the customer (who is not named here: the head of the page does, masked or not), or Redress itself."""
    if by == SYSTEM:
        return "Redress"
    return gettext("The customer") if by == CUSTOMER or by.startswith("customer:") else names(by)


def _word(words: Mapping[str, Any], key: object) -> str:
    return str(words.get(str(key or ""), key or "–"))


def _detail(name: str, say: Callable[[Any], str]) -> Callable[[Moment, Teller], str]:
    return lambda one, teller: say(one.details[name]) if one.details.get(name) is not None else "–"


def _changed(key: str) -> Callable[[Moment, Teller], str]:
    """What an event says it was before and after: a status, an owner or a level."""

    def shown(one: Moment, teller: Teller) -> str:
        value = one.details.get(key)
        if value is None:
            return gettext("nobody") if one.kind == "owner" else "–"
        if one.kind == "level":
            return wording.level_name(int(value))
        return complaint_words.status_name(str(value)) if one.kind == "status" else teller.names(str(value))

    return shown


def _task(one: Moment, teller: Teller) -> str:
    task = one.details.get("task")
    return wording.name_of(task) if task is not None else "–"


def _subject(one: Moment, teller: Teller) -> str:
    contact = one.details.get("contact")
    return (contact.subject or contact.template or "–") if contact is not None else "–"


def _clock(one: Moment, teller: Teller) -> str:
    name, _, key = str(one.details.get("clock") or "").partition("/")
    return badges.name_of(name, key) if name else "–"


def _departments(one: Moment, teller: Teller) -> str:
    return gettext(", ").join(teller.names.department(str(code)) for code in one.details.get("departments") or ()) or "–"


def _evidence(one: Moment, teller: Teller) -> str:
    """As the form of the investigation calls it."""
    return teller.words("ut_investigate", "evidence", one.details.get("evidence_type")) or "–"


_VALUES: Mapping[str, Callable[[Moment, Teller], str]] = {
    "who": lambda one, teller: who(one.by, teller.names),
    "before": _changed("before"),
    "after": _changed("after"),
    "task": _task,
    "priority": lambda one, teller: inbox_words.priority(one.details["after"]) if one.kind == "task_prioritise" else "–",
    "subject": _subject,
    "clock": _clock,
    "departments": _departments,
    "evidence": _evidence,
    "channel": _detail("channel", complaint_words.channel_name),
    "reasons": _detail("reasons", complaint_words.level_reasons),
    "amount": _detail("amount", wording.money),
    "vote": _detail("vote", wording.vote_name),
    "role": _detail("role", wording.group_name),
    "supervisor": _detail("supervisor", wording.group_name),
    "tables": lambda one, teller: gettext(", ").join(complaint_words.decision_name(str(table)) for table in _tables(one)),
    "decision": _detail("decision", lambda value: _word({**DECISIONS, **ANSWERS}, value)),
    "sent": _detail("name", lambda value: _word(MESSAGES, value)),
    "result": _detail("result", lambda value: _word(RESULTS, value)),
    "outcome": _detail("outcome", lambda value: _word(RESULTS, value)),
    "number": _detail("number", str),
    "version": _detail("version", str),
    "attempt": _detail("attempt", str),
    "process": _detail("process", str),
    "reference": _detail("reference", str),
    "key": _detail("key", lambda value: str(badges.KEYS.get(value, value))),
    "fields": _detail("fields", complaint_reveal.fields_in_words),
    "purpose": _detail("purpose", complaint_reveal.purpose_in_words),
    "trigger": lambda one, teller: _word(TRIGGERS, one.note),
}

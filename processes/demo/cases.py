"""Reads `cases.toml`: the complaints of the demonstration, and what people did about them, as forms and messages take it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

OWNER = "owner"
CUSTOMER = "customer"
ONLINE = {"consent_data_use": True, "preferred_contact": "phone"}  # what the public form does not let out


@dataclass(frozen=True, kw_only=True)
class Act:
    """Somebody completes a task, sends a message or talks (`talk.py`), `after` so many hours.

    `files`: what they are called and, in the folder `files`, what is in them.
    """

    after: float
    who: str
    does: str
    values: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_message(self) -> bool:
        """`customer.decision` is a message, `ut_triage` a task."""
        return "." in self.does


@dataclass(frozen=True, kw_only=True)
class Case:
    """One complaint; `age` in working hours before now or `ago` in hours of the clock; `by` registered it (nobody: the customer did)."""

    given: Mapping[str, Any]
    age: float = 0
    ago: float = 0
    by: str | None = None
    said: Sequence[Act] = field(default_factory=list)


def read() -> list[Case]:
    """Every complaint of the file."""
    content = tomllib.loads(resources.files("processes.demo").joinpath("cases.toml").read_text(encoding="utf-8"))
    return [_case(entry, content["usual"]) for entry in content["case"]]


def _case(entry: dict[str, Any], usual: Mapping[str, Mapping[str, Any]]) -> Case:
    said = [_act(dict(one), usual) for one in entry.pop("said", ())]
    given = entry.pop("given")
    return Case(given=given if "by" in entry else {**ONLINE, **given}, said=said, **entry)


def _act(entry: dict[str, Any], usual: Mapping[str, Mapping[str, Any]]) -> Act:
    after, does, files = entry.pop("after"), entry.pop("does"), entry.pop("files", {})
    values = {"who": CUSTOMER, **usual.get(does, {}), **entry}
    return Act(after=after, who=values.pop("who"), does=does, values=values, files=files)

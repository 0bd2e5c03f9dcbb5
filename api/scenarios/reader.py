"""Reads scenario files; what is not of the language is refused before anything is played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from api.scenarios import vocabulary
from engine.errors import Invalid, Problem
from processes.sla_time import ZONE

ROLL_UP = "SC-ROLLUP"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request, or one look."""

    n: int
    at: datetime
    by: str
    do: str
    data: Mapping[str, Any]
    expect: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A port that refuses every call from `since` up to, not including, `until`."""

    port: str
    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A case, or several, as a file tells it."""

    file: str
    profile: str
    steps: Sequence[Step]
    clocks: Sequence[Mapping[str, Any]] | None
    timers: Sequence[Mapping[str, Any]] | None
    final: Mapping[str, Any]
    kpi: Mapping[str, Any]
    users: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outages: Sequence[Outage] = ()


def files(paths: Sequence[Path]) -> list[Path]:
    """The scenario files at these paths: files, and the `*.yaml` below folders, in order."""
    found = [one for path in paths for one in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    return [one for one in found if one.stem != ROLL_UP and (one.parent.name == "scenarios" or one in paths or one.parent in paths)]


def read(path: Path) -> Scenario:
    """One file; Invalid with every form and key that is not of the language."""
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise Invalid(problems=[Problem(code="INVALID", file=path.name, message=f"This is no YAML: {error}")]) from error
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list):
        raise Invalid(problems=[Problem(code="INVALID", file=path.name, message="A scenario has an id and steps.")])
    found = vocabulary.problems(content)
    if found:
        raise Invalid(problems=[Problem(code="UNKNOWN", file=path.name, element=where, message=what) for where, what in found])
    return Scenario(
        file=path.name,
        profile=str(content.get("profile", "NONE")),
        steps=[_step(one) for one in content["steps"]],
        clocks=content.get("clocks"),
        timers=content.get("timers_fired"),
        final=content.get("final", {}),
        kpi=content.get("kpi", {}),
        users=content.get("users", {}),
        outages=[Outage(port=one["port"], since=instant(one["from"]), until=instant(one["to"])) for one in content.get("outages", ())],
    )


def _step(content: Mapping[str, Any]) -> Step:
    return Step(
        n=content["n"],
        at=instant(content["at"]),
        by=content["by"],
        do=content["do"],
        data=content.get("data") or {},
        expect=content.get("expect") or {},
    )


def instant(text: str) -> datetime:
    """A minute of a file: local time of the company."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def minute(at: datetime | None) -> str | None:
    """An instant as a file writes it."""
    return None if at is None else at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


class _Loader(yaml.SafeLoader):
    """Amounts as decimals, dates as text."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


def _day(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    found = loader.construct_yaml_timestamp(node)
    return found.isoformat() if isinstance(found, date) else str(found)


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)

"""What a report is asked: which spans of time, of which cases, by what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, or_

from engine.errors import Invalid, Problem
from processes.reports.periods import Period
from processes.reports.words import Words
from processes.tables.cases import Complaint


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """Something cases are told apart by: a column of the case."""

    name: Words
    column: Any


DIMENSIONS: Mapping[str, Dimension] = {
    "category": Dimension(name=Words("Category", "类别"), column=Complaint.category),
    "level": Dimension(name=Words("Level", "级别"), column=Complaint.level),
    "channel": Dimension(name=Words("Channel", "渠道"), column=Complaint.channel),
    "department": Dimension(name=Words("Department", "责任部门"), column=Complaint.owner_department),
    "owner": Dimension(name=Words("Owner", "责任人"), column=Complaint.case_owner),
    "cause": Dimension(name=Words("Root cause", "根本原因"), column=Complaint.root_cause),
}
LEVELS = ("1", "2", "3", "4")
NOBODY = "none"  # in an address: the cases that have no value there
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question to the tables. `spans` may overlap; `by` is a dimension; `only` keeps the cases with these values
    (`{"category": "DL"}`); `departments` are all that the reader may see (None: every one)."""

    spans: Sequence[Period]
    by: str | None = None
    only: Mapping[str, str] = field(default_factory=dict)
    departments: frozenset[str] | None = None

    @property
    def pieces(self) -> Sequence[tuple[datetime, datetime]]:
        """Time cut wherever a span begins or ends, from the first of them on and without end: a span is some of them in a row,
        and nothing is counted twice for spans that overlap."""
        edges = sorted({edge for one in self.spans for edge in (one.start, one.end)})
        return list(pairwise([*edges, FOREVER]))

    def conditions(self) -> list[ColumnElement[bool]]:
        """On `complaint`: whose cases are counted."""
        found = [is_value(name, value) for name, value in self.only.items()]
        if self.departments is not None:
            found.append(Complaint.owner_department.in_(sorted(self.departments)))
        return found


def is_value(name: str, text: str) -> ColumnElement[bool]:
    """The cases with this value, or one of these (`QA,PRODUCTION`), as it is written in an address."""
    column, values = DIMENSIONS[name].column, text.split(",")
    named: list[Any] = [one for one in values if one != NOBODY]
    if name == "level":
        named = [int(one) for one in named if one in LEVELS]
    found: ColumnElement[bool] = column.in_(named)
    return or_(found, column.is_(None)) if NOBODY in values else found


def written(value: Any) -> str:
    """A value of a dimension as it is written in an address."""
    return NOBODY if value is None else str(value)


def dimension(name: str) -> str:
    """A name that is one; Invalid lists them."""
    if name not in DIMENSIONS:
        message = f"There is no '{name}' to tell cases apart by; known are {', '.join(DIMENSIONS)}."
        raise Invalid(problems=[Problem(code="UNKNOWN", pointer="/by", message=message)])
    return name

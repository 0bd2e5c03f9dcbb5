"""Reads `claims.toml`: the claims of the demonstration and what people said to them, as forms take it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from processes.candidates import APPROVE, FINANCE, LEGAL, REVISE

# what somebody does: (the form it is done in, values of the form that go without saying)
ACTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "approve": (APPROVE, {"vote": "approve"}),
    "return": (APPROVE, {"vote": "return"}),
    "reject": (APPROVE, {"vote": "reject"}),
    "opinion": (LEGAL, {}),
    "check": (FINANCE, {"result": "ok", "duplicate_checked": True}),
    "check_return": (FINANCE, {"result": "return"}),
    "revise": (REVISE, {}),
    "claim": (APPROVE, {}),
    "draft": (APPROVE, {"vote": "approve"}),
}
AMOUNT_FIELD = {APPROVE: "approved_amount", REVISE: "requested_amount"}


@dataclass(frozen=True, kw_only=True)
class Act:
    """Somebody does something with the open task of a form, `after` working hours."""

    after: float
    who: str
    does: str
    form: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One complaint and its claim; `age` in working hours before now."""

    age: float
    level: int
    customer: str
    content: str
    channel: str
    department: str
    owner: str
    remedy: str
    amount: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    excluded: Sequence[str] = ()
    said: Sequence[Act] = ()


def read() -> list[Claim]:
    """Every claim of the file."""
    text = resources.files("processes.demo").joinpath("claims.toml").read_text(encoding="utf-8")
    return [Claim(**{**entry, "said": [_act(one) for one in entry.get("said", ())]}) for entry in tomllib.loads(text)["claim"]]


def _act(entry: dict[str, Any]) -> Act:
    after, who, does = entry.pop("after"), entry.pop("who"), entry.pop("does")
    form, values = ACTS[does]
    amount = {AMOUNT_FIELD[form]: entry.pop("amount")} if "amount" in entry else {}
    return Act(after=after, who=who, does=does, form=form, values={**values, **amount, **entry})

"""Who supervises work that is late (DMN-10 `escalation_ladder`, rows at 100 % of the time)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """A tier of supervision and the role that has it."""

    tier: int
    supervisor: str


AT_BREACH: Mapping[int, Supervision] = {
    1: Supervision(tier=1, supervisor="team_lead"),
    2: Supervision(tier=2, supervisor="dept_manager"),
    3: Supervision(tier=3, supervisor="complaint_manager"),
    4: Supervision(tier=4, supervisor="executive"),
}

"""The records complaints leave behind. Importing this package makes every table of it known to `engine.database.Table`."""

from processes.tables import (
    cases,
    conversation,
    correspondence,
    house,
    investigation,
    mediation,
    notifications,
    payments,
    people,
    search,
    supervision,
    visits,
)

__all__ = [
    "cases",
    "conversation",
    "correspondence",
    "house",
    "investigation",
    "mediation",
    "notifications",
    "payments",
    "people",
    "search",
    "supervision",
    "visits",
]

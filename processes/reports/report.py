"""Puts the figures together: every population counted once, whatever the number of figures, spans or cases."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.errors import NotFound
from processes.reports import (
    backlog,
    closed,
    first_response,
    handling,
    overdue,
    paid,
    received,
    satisfaction,
)
from processes.reports.asking import Asked
from processes.reports.figure import Figure, Value, value
from processes.reports.populations import ANSWERABLE
from processes.reports.sql import Cell, Cells, added_up, by_piece, counted, number_of
from processes.tables.visits import Satisfaction

Values = Mapping[str, Value]  # by the id of the figure


def _received(session: Session, asked: Asked) -> Cells:
    """By piece."""
    measures = {**received.MEASURES, "answerable": number_of(ANSWERABLE), **first_response.measures()}
    return counted(session, asked, by_piece(asked, received.WHEN, **measures).where(received.WHERE))


def _closed(session: Session, asked: Asked) -> Cells:
    """By piece."""
    statement = by_piece(asked, closed.WHEN, **closed.MEASURES, **satisfaction.MEASURES).where(closed.WHERE)
    return counted(session, asked, statement.outerjoin(Satisfaction, satisfaction.JOINED))


COUNTS: Sequence[Callable[[Session, Asked], Cells]] = (
    handling.count,
    overdue.count,
    backlog.count_past_due,
    paid.count,
)
FIGURES: Mapping[str, Figure] = {
    figure.id: figure
    for figure in (
        received.FIGURES[0],
        closed.FIGURES[0],
        backlog.FIGURES[0],
        *first_response.FIGURES,
        *handling.FIGURES,
        *backlog.FIGURES[1:],
        *overdue.FIGURES,
        *closed.FIGURES[1:],
        *satisfaction.FIGURES,
        *received.FIGURES[1:],
        *paid.FIGURES,
    )
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """Every figure of every span, and of every value of the dimension that was asked for."""

    asked: Asked
    cells: Mapping[Cell, Mapping[str, float]]

    def values(self, span: int, group: str = "") -> Values:
        """The figures of one span (of one value of the dimension)."""
        counts = self.cells.get((span, group), {})
        return {id: value(one, counts) for id, one in FIGURES.items()}

    def groups(self) -> list[str]:
        """The values of the dimension that have anything in the first span, the one with most received first."""
        mine = {group: counts for (span, group), counts in self.cells.items() if span == 0 and any(counts.values())}
        return sorted(mine, key=lambda one: (-mine[one].get("received", 0), -mine[one].get("open", 0), one))


def figure(id: str) -> Figure:
    """A figure by its id, or NotFound."""
    if id not in FIGURES:
        raise NotFound(kind="figure", id=id)
    return FIGURES[id]


def count(session: Session, asked: Asked) -> Report:
    """Count: one statement a population, seven in all."""
    return Report(asked=asked, cells=_together(_all(session, asked)))


def _all(session: Session, asked: Asked) -> Iterator[Cells]:
    passed = _together([_received(session, asked), _closed(session, asked)])
    yield added_up(asked, passed)
    yield backlog.at_the_edges(asked, passed, backlog.count_open(session, asked))
    for counting in COUNTS:
        yield counting(session, asked)


def _together(all_cells: Iterable[Cells]) -> Cells:
    found: dict[Cell, dict[str, float]] = {}
    for cells in all_cells:
        for cell, counts in cells.items():
            found.setdefault(cell, {}).update(counts)
    return dict(found)

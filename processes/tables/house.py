"""What an administrator writes over what was delivered: calendars and the texts of letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Table, new_id


class CalendarYear(Table):
    """The days of one year that differ from the plain week, in place of the table that was delivered.

    `id` is country and year (`CN-2027`). `source` names the notice the days come from; None: the year is provisional.
    """

    __tablename__ = "calendar_year"
    id: Mapped[str] = mapped_column(primary_key=True)
    days_off: Mapped[list[Any]] = mapped_column(default=list)  # ISO dates in order
    working_days: Mapped[list[Any]] = mapped_column(default=list)
    source: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class CalendarHours(Table):
    """The working hours of a week, in place of those that were delivered. `id` is the country."""

    __tablename__ = "calendar_hours"
    id: Mapped[str] = mapped_column(primary_key=True)
    weekly: Mapped[list[Any]] = mapped_column(default=list)  # seven days from Monday, each a list of ["09:00", "12:00"]
    moved: Mapped[list[Any]] = mapped_column(default=list)  # the hours of a moved working day
    revision: Mapped[int] = mapped_column(default=0)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class LetterVersion(Table):
    """One text of a letter in one language, as an administrator wrote it. The highest version is sent; 0 is what was delivered."""

    __tablename__ = "letter_version"
    __table_args__ = (Index("ix_letter_version_number", "template", "locale", "version", unique=True),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    template: Mapped[str]
    locale: Mapped[str]  # en | zh
    version: Mapped[int]
    text: Mapped[str]
    note: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]

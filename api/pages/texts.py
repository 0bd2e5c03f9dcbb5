"""Flask-Babel with types: every text and every number a page shows goes through here."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import flask_babel
from flask_babel import lazy_gettext

__all__ = [
    "N_",
    "format_date",
    "format_datetime",
    "format_decimal",
    "format_time",
    "format_timedelta",
    "gettext",
    "lazy_gettext",
    "local",
    "ngettext",
]


def N_(message: str) -> str:
    """Mark a text for the catalogue; it is translated where it is shown."""
    return message


def gettext(message: str, **values: Any) -> str:
    """The text in the reader's language, its `%(names)s` filled."""
    return str(flask_babel.gettext(message, **values))


def ngettext(singular: str, plural: str, num: int) -> str:
    """The text for this many."""
    return str(flask_babel.ngettext(singular, plural, num))


def format_date(value: date, format: str) -> str:
    """A day in the reader's language."""
    return str(flask_babel.format_date(value, format))


def format_datetime(value: datetime, format: str) -> str:
    """An instant in the reader's zone and language."""
    return str(flask_babel.format_datetime(value, format))


def format_time(value: datetime, format: str) -> str:
    """The time of day of an instant in the reader's zone."""
    return str(flask_babel.format_time(value, format))


def format_timedelta(value: timedelta) -> str:
    """How long ago, or in how long, in words."""
    return str(flask_babel.format_timedelta(value, add_direction=True))


def format_decimal(value: Decimal, format: str | None = None) -> str:
    """A number as the reader writes numbers."""
    return str(flask_babel.format_decimal(value, format))


def local(value: datetime) -> datetime:
    """The instant in the reader's zone."""
    found: datetime = flask_babel.to_user_timezone(value)
    return found

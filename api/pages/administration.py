"""The administration: who may come in and do what, who stands in for whom, calendars and letters."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from api.pages import (
    administration_account,
    administration_accounts,
    administration_calendar,
    administration_deputies,
    administration_exports,
    administration_frame,
    administration_groups,
    administration_letters,
    administration_people,
)
from api.permissions import missing


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/administration", "administration", administration)
    for module in (administration_accounts, administration_account, administration_groups, administration_deputies, administration_people):
        module.register(pages)
    for section in (administration_calendar, administration_letters, administration_exports):
        section.register(pages)


def administration() -> Response:
    """The first section this person may see."""
    found = administration_frame.tabs()
    if not found:
        raise missing("account:manage")
    return redirect(found[0].url)

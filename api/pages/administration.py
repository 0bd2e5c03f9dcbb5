"""The administration: who may come in and do what, and who stands in for whom."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from api.errors import MissingPermission
from api.pages import (
    administration_account,
    administration_accounts,
    administration_deputies,
    administration_frame,
    administration_groups,
    administration_letters,
)
from api.permissions import missing


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/administration", "administration", administration)
    for module in (administration_accounts, administration_account, administration_groups, administration_deputies, administration_letters):
        module.register(pages)


def administration() -> Response:
    """The first section this person may see."""
    found = administration_frame.tabs()
    if not found:
        refusal: MissingPermission = missing("account:manage")
        raise refusal
    return redirect(found[0].url)

"""Who fits what is being typed into a field that names somebody of the house."""

from flask import Blueprint, Response, jsonify, request

from api.pages import door, people_choices
from processes import person_search

MOST_SUGGESTED = 8


def register(pages: Blueprint) -> None:
    """Add the route."""
    pages.add_url_rule("/administration/people", "people", people)


@door.demands("account:manage")
def people() -> Response:
    """Their names, each with its account, as the field takes them."""
    text = request.args.get("text", "").strip()[: person_search.LONGEST]
    with door.reads() as session:
        found = [people_choices.shown(one) for one in person_search.like(session, text, limit=MOST_SUGGESTED)]
    return jsonify(found)

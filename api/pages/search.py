"""Looking for cases by what is written in them, from every page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.pages import day_fields, door, problems
from api.pages.people_names import Names
from api.pages.texts import gettext, lazy_gettext
from engine.errors import Invalid
from processes import case_access, mentions, search_results
from processes.search_results import Asked, Found, Hit, Results
from processes.search_terms import LONGEST_QUESTION, Piece

KINDS: Mapping[str, Any] = {
    "complaint": lazy_gettext("Complaint"),
    "addition": lazy_gettext("Added later"),
    "letter": lazy_gettext("Letter"),
    "message": lazy_gettext("Call or message"),
    "comment": lazy_gettext("Comment"),
}
ICONS = {"complaint": "case", "addition": "plus", "letter": "mail", "message": "person", "comment": "people"}
PLACES = {"letter": "letters", "message": "letters", "addition": "about-case", "comment": "conversation"}  # on the page of the case

_MENTIONED = re.compile(r"@(\w+(?:[.-]\w+)*)", re.ASCII)  # what may be an account behind an @


@dataclass(frozen=True, kw_only=True)
class _Typed:
    """The form as it was sent, and what is wrong with it."""

    q: str
    kind: str
    since: str
    until: str
    errors: Mapping[str, str]

    def args(self) -> dict[str, Any]:
        """As parts of a URL; what is empty needs no word."""
        given = {"q": self.q, "kind": self.kind, "from": self.since, "to": self.until}
        return {name: value for name, value in given.items() if value}


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/search", "search", search)


def search() -> str | Response:
    """Straight to the case that was named, else everything found."""
    typed, asked = _asked(request.args)
    actor, reads_all, cursor = door.actor(), door.who().may("complaint:read"), request.args.get("cursor") or None
    with door.reads() as session:
        only = search_results.only(session, asked, actor=actor, reads_all=reads_all) if cursor is None else None
        if only is not None:
            return redirect(url_for("pages.complaint", reference=only.reference))
        results = Results() if typed.errors else search_results.find(session, asked, actor=actor, reads_all=reads_all, cursor=cursor)
        people = Names(session, (name for one in results.items for hit in one.hits for name in _mentioned(hit)))
        rows = [_row(one, people) for one in results.items]
    args = typed.args()
    return render_template(
        "search/search.html",
        typed=typed,
        kinds=KINDS,
        rows=rows,
        unfinished=results.unfinished,
        empty=_empty(typed, masked=not actor.groups & case_access.TALKS_TO_CUSTOMERS),
        without_filters=url_for("pages.search", q=typed.q) if typed.q and len(args) > 1 else None,
        first_url=url_for("pages.search", **args) if cursor else None,
        next_url=url_for("pages.search", **args, cursor=results.next) if results.next else None,
        may_register=door.who().may("complaint:register"),
    )


def _asked(given: Mapping[str, str]) -> tuple[_Typed, Asked]:
    kind = given.get("kind", "") if given.get("kind") in KINDS else ""
    since, until = given.get("from", "").strip(), given.get("to", "").strip()
    errors: dict[str, str] = {}
    instants: dict[str, datetime] = {}
    for name, text, read in (("from", since, day_fields.first), ("to", until, day_fields.end)):
        try:
            instants |= {name: read(text, name)} if text else {}
        except Invalid as error:
            errors[name] = problems.sentence(error.problems[0].message)
    typed = _Typed(q=given.get("q", "").strip()[:LONGEST_QUESTION], kind=kind, since=since, until=until, errors=errors)
    kinds = frozenset({kind}) if kind else frozenset()
    return typed, Asked(question=typed.q, kinds=kinds, since=instants.get("from"), until=instants.get("to"))


def _mentioned(hit: Hit) -> list[str]:
    """The accounts a comment may name; other texts name nobody."""
    return [name for piece in hit.excerpt for name in _MENTIONED.findall(piece.text)] if hit.kind == "comment" else []


def _by_name(hit: Hit, people: Names) -> list[Piece]:
    """The excerpt with people called as they are, not by their accounts."""
    ids = _mentioned(hit)
    return [
        Piece(text="".join(f"@{people(who)}" if who else said for said, who in mentions.parts(one.text, ids)), hit=one.hit)
        for one in hit.excerpt
    ]


def _row(one: Found, people: Names) -> dict[str, Any]:
    complaint = one.complaint
    url = url_for("pages.complaint", reference=complaint.reference)
    hits = [
        {
            "kind": KINDS[hit.kind],
            "icon": ICONS[hit.kind],
            "at": hit.at,
            "excerpt": _by_name(hit, people),
            "url": f"{url}#{PLACES[hit.kind]}" if hit.kind in PLACES else url,
        }
        for hit in one.hits
    ]
    return {
        "url": url,
        "reference": complaint.reference,
        "customer": one.customer_name or gettext("anonymous"),
        "status": complaint.status,
        "level": complaint.level,
        "received_at": complaint.received_at,
        "exact": one.exact,
        "hits": hits,
    }


def _empty(typed: _Typed, *, masked: bool) -> dict[str, str]:
    """Why nothing is shown, and what to do next."""
    if not typed.q:
        tip = gettext(
            "Words of a complaint, a letter, a call or a comment; a number of a case, an order or a product. "
            'Several words must all be there; "in quotation marks" they stand together.'
        )
        return {"title": gettext("What are you looking for?"), "text": tip}
    why = gettext("No text of a case you may see has all these words. Take one away, or only write its beginning.")
    if masked:
        why += " " + gettext("Names and numbers of customers you read masked are not searched for you.")
    return {"title": gettext("Nothing was found for “%(words)s”", words=typed.q), "text": why}

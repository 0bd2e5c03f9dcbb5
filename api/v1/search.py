"""The full-text search: cases by what is written in them."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.shapes import SHORT, Input, Instant, Output, PageInfo, many, moment, shown, text, truth, whole
from processes import search, search_results, search_terms
from processes.search_results import Asked, Found, Hit

resource = Resource("search", "/search", "Search: cases by what is written in them, in letters, calls and comments.")
MOST = 50

SearchQuery = Input.from_dict(
    {
        "q": text(
            search_terms.LONGEST_QUESTION,
            required=True,
            metadata={
                "description": 'All words, the last one possibly unfinished; "quoted" ones stand together. The number of a case, '
                "an order or a customer comes first.",
                "examples": ["快递 延误"],
            },
        ),
        "kind": fields.String(validate=validate.OneOf(search.KINDS), metadata={"description": "Only in texts of this kind."}),
        "from": Instant(metadata={"description": "Written at this instant or later."}),
        "to": Instant(metadata={"description": "Written before this instant."}),
        "limit": fields.Integer(
            load_default=search_results.LIMIT, validate=validate.Range(1, MOST), metadata={"description": "Cases a page."}
        ),
        "cursor": text(SHORT, metadata={"description": "`page.next` of the page before."}),
    },
    name="SearchQuery",
)


class Piece(Output):
    """A part of an excerpt: plain text, no markup."""

    text = shown()
    hit = truth("It is what was looked for.")


class HitShape(Output):
    """A text it was found in."""

    kind = fields.String(required=True, validate=validate.OneOf(search.KINDS))
    subject_id = shown("The row the text is kept in.")
    at = moment("When it was written.")
    excerpt = many(Piece)


class FoundCase(Output):
    """A case that was found."""

    reference = shown(example="TS-20260310-00042")
    customer_name = shown("Masked for those who do not work on the case.")
    status = shown(example="NEW")
    level = whole("1 ordinary to 4 major.")
    received_at = moment()
    exact = truth("The question is its number, its order or contract, or its customer.")
    hits = many(HitShape, f"The newest {search_results.HITS} texts it was found in.")


class FoundCases(Output):
    """A page of them. There is no total: counting would read what is not shown."""

    items = many(FoundCase)
    page = fields.Nested(PageInfo, required=True)
    unfinished = truth("Older cases are still being taken into the search.")


@resource.get("")
@reads(query=SearchQuery, answers={200: FoundCases})
def find(session: Session, call: Call) -> Answer:
    """The cases you may see in which all words stand in one text, the one with the newest such text first.

    What is masked for you is not searched: neither the customer's name nor his or her numbers lead to the case then.
    """
    given = call.query
    kinds = frozenset({given["kind"]}) if "kind" in given else frozenset()
    asked = Asked(question=given["q"], kinds=kinds, since=given.get("from"), until=given.get("to"))
    reads_all = permissions.may(call.actor, "complaint:read")
    found = search_results.find(session, asked, actor=call.actor, reads_all=reads_all, cursor=given.get("cursor"), limit=given["limit"])
    page = {"next": found.next, "limit": given["limit"]}
    return Answer(body={"items": [_case(one) for one in found.items], "page": page, "unfinished": found.unfinished})


def _case(one: Found) -> dict[str, Any]:
    row = {name: getattr(one.complaint, name) for name in ("reference", "status", "level", "received_at")}
    return row | {"customer_name": one.customer_name, "exact": one.exact, "hits": [_hit(hit) for hit in one.hits]}


def _hit(one: Hit) -> dict[str, Any]:
    pieces = [{"text": piece.text, "hit": piece.hit} for piece in one.excerpt]
    return {"kind": one.kind, "subject_id": one.subject_id, "at": one.at, "excerpt": pieces}

"""Letting a browser in without typing: the cookies that signing in, or a number with its code, would have given it."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response

from api import accounts
from api.pages import public_door
from api.pages.door import SESSION_COOKIE
from processes.tables.cases import Complaint
from tests.all_pages import CUSTOMER


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """One cookie and the part of the site it is sent to."""

    name: str
    value: str
    path: str = "/"


def cookies(app: Flask, session: Session, who: str | None) -> list[Cookie]:
    """What a browser of this account, of the customer, or of nobody carries."""
    if who is None:
        return []
    if who == CUSTOMER:
        return _of_the_customer(app, session)
    return [Cookie(name=SESSION_COOKIE, value=accounts.issue_session(session, who, hours=1).secret)]


def _of_the_customer(app: Flask, session: Session) -> list[Cookie]:
    """Of somebody who was made an offer, and whose receipt is still open."""
    offered = select(Complaint).where(Complaint.status == "WAITING_CUSTOMER_DECISION").order_by(Complaint.received_at.desc())
    row = session.scalars(offered.limit(1)).one()
    given = Response()
    with app.test_request_context():
        public_door.open_case(given, row.id)
        public_door.give_receipt(given, reference=row.reference, key=public_door.fresh_key())
    found = {
        name: value for header in given.headers.getlist("Set-Cookie") for name, value in parse_cookie(header.partition(";")[0]).items()
    }
    return [
        Cookie(name=public_door.CASE_COOKIE, value=found[public_door.CASE_COOKIE], path=public_door.CASE_PATH),
        Cookie(name=public_door.RECEIPT_COOKIE, value=found[public_door.RECEIPT_COOKIE], path=public_door.RECEIPT_PATH),
    ]

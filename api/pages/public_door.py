"""The door for customers: what a browser may see without an account, in signed cookies that end soon."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from api import accounts
from api.pages import door
from engine import clock
from engine.errors import NotFound
from processes import cases

CASE_COOKIE, CASE_PATH = "redress_case", "/status"
RECEIPT_COOKIE, RECEIPT_PATH = "redress_receipt", "/complain"
STAYS_OPEN = timedelta(minutes=30)  # since the last page; a telephone or a library computer may have other users soon
KEY = re.compile(r"[\w-]{20,80}", re.ASCII)


def fresh_key() -> str:
    """What makes a form that is sent twice one thing."""
    return secrets.token_urlsafe(24)


def sent_key() -> str:
    """The key the form was shown with; another one when something else came back."""
    given = request.form.get("key", "")
    return given if KEY.fullmatch(given) else fresh_key()


def secret() -> str:
    """The key of this installation."""
    return str(current_app.config["SECRET_KEY"])


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret(), salt=f"redress.{purpose}", signer_kwargs={"digest_method": hashlib.sha256})


def _give(response: Response, cookie: str, path: str, content: dict[str, str]) -> None:
    until = clock.elapsed() + STAYS_OPEN
    value = _signer(cookie).dumps({**content, "until": until.isoformat()})
    seconds = int(STAYS_OPEN.total_seconds())
    response.set_cookie(cookie, value, path=path, max_age=seconds, httponly=True, samesite="Lax", secure=door.secure())


def _given(cookie: str) -> dict[str, str] | None:
    """What we put into the cookie; None when it is not there, not ours, or over."""
    try:
        content: Any = _signer(cookie).loads(request.cookies.get(cookie, ""))
    except BadSignature:
        return None
    return content if datetime.fromisoformat(content["until"]) > clock.elapsed() else None


def open_case(response: Response, complaint_id: str) -> None:
    """Let this browser see this one case for a while; called again with every page of it."""
    _give(response, CASE_COOKIE, CASE_PATH, {"case": complaint_id})


def opened_case() -> str | None:
    """The id of the case this browser may see now."""
    content = _given(CASE_COOKIE)
    return content["case"] if content is not None else None


def give_receipt(response: Response, *, reference: str, key: str) -> None:
    """Let this browser see the receipt of what it just sent. The code is not in it: it is worked out from the key."""
    _give(response, RECEIPT_COOKIE, RECEIPT_PATH, {"reference": reference, "key": key})


def receipt() -> tuple[str, str] | None:
    """Number and form key of what this browser just sent."""
    content = _given(RECEIPT_COOKIE)
    return (content["reference"], content["key"]) if content is not None else None


def leave(response: Response) -> None:
    """Nobody sees anything in this browser from now on."""
    for cookie, path in ((CASE_COOKIE, CASE_PATH), (RECEIPT_COOKIE, RECEIPT_PATH)):
        response.delete_cookie(cookie, path=path, httponly=True, samesite="Lax", secure=door.secure())


def case_for(reference: str, code: str) -> str | None:
    """The id of the case that this number and this code open. Raises TooManyAttempts."""
    right = accounts.guarded(
        door.database(),
        subject=reference,
        address=request.remote_addr or "",
        right=lambda session: cases.opened_by(session, reference, code) is not None,
    )
    if not right:
        return None
    with door.reads() as session:
        try:
            return cases.by_reference(session, reference).id
        except NotFound:
            return None  # erased a moment ago

"""Parts of a page that are asked for again and again: 304 when they are as before."""

import hashlib

from flask import Response as FlaskResponse
from flask import make_response, request
from werkzeug.wrappers import Response


def conditional(html: str) -> Response:
    """The part, or nothing when the reader has it."""
    response: FlaskResponse = make_response(html)
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "no-store"
    return response.make_conditional(request)

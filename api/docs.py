"""The OpenAPI document, and a page to read and try it: /docs, drawn by swagger-ui from our own files."""

import json
from typing import Any

from flask import Flask, Response, render_template
from flask_smorest import Api

from api import exact_json

DOCUMENT = "/api/v1/openapi.json"
# swagger-ui sets style attributes and draws its icons from data: addresses.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def document(api: Api) -> dict[str, Any]:
    """The OpenAPI document of this code."""
    found: dict[str, Any] = api.spec.to_dict()
    return found


def register(app: Flask, api: Api) -> None:
    """Serve both; the document is written once, at the first request."""
    written: list[bytes] = []

    def openapi() -> Response:
        if not written:
            written.append(exact_json.dumps(document(api)))
        return Response(written[0], mimetype="application/json", headers={"Cache-Control": "max-age=60"})

    def page() -> Response:
        return Response(render_template("docs.html", document=DOCUMENT), headers={"Content-Security-Policy": POLICY})

    app.extensions["redress-api"] = api
    app.add_url_rule(DOCUMENT, "openapi", openapi)
    app.add_url_rule("/docs", "docs", page)


def as_text(api: Api) -> str:
    """The document as it is committed."""
    return json.dumps(document(api), indent=1, ensure_ascii=False, sort_keys=True) + "\n"

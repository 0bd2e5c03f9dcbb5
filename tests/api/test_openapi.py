"""The OpenAPI document: complete, committed, served, readable in a browser without anybody else's servers."""

from pathlib import Path

import orjson

from api import docs
from tests.api.conftest import Office

COMMITTED = Path(docs.__file__).with_name("openapi.json")
HINT = "run `.venv/bin/redress openapi > api/openapi.json` and look at what changed"


def test_the_committed_document_is_the_one_the_code_writes(office: Office) -> None:
    assert COMMITTED.read_text() == docs.as_text(office.app.extensions["redress-api"]), HINT


def test_the_document_is_served_to_everybody(office: Office) -> None:
    served = office.stranger().get("/openapi.json")
    assert served.json["openapi"].startswith("3.1")
    assert served.json == orjson.loads(COMMITTED.read_bytes())


def test_every_operation_says_what_it_does_what_it_answers_and_how_it_refuses() -> None:
    document = orjson.loads(COMMITTED.read_bytes())
    operations = {
        f"{method} {path}": operation
        for path, found in document["paths"].items()
        for method, operation in found.items()
        if method != "parameters"
    }
    for name, operation in operations.items():
        assert operation["summary"], name
        assert {"400", "401"} <= operation["responses"].keys(), name
        if "requestBody" in operation:
            content = next(iter(operation["requestBody"]["content"].values()))  # JSON, or a form where files are sent
            assert "example" in content or content["schema"]["$ref"] == "#/components/schemas/Reason", name
    assert len({operation["operationId"] for operation in operations.values()}) == len(operations)


def test_the_page_to_read_it_loads_only_our_own_files(office: Office) -> None:
    page = office.app.test_client().get("/docs")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "//" not in page.text.replace("<!doctype html>", "").replace("://localhost", "")

"""The OpenAPI document and the code say the same: schemathesis makes requests from the document and judges the answers.

Left out are the checks `positive_data_acceptance` (a body that fits the shape may still name an account that does not
exist: 422 is right) and `use_after_free`, `ensure_resource_availability` (they need links between operations).
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi import checks

from api import app as application
from api.settings import Settings
from engine import clock
from engine.database import unit_of_work
from processes.tables.people import Membership
from tests import databases, postgresql
from tests.api import walks
from tests.api.conftest import DIAGRAMS, MONDAY, Office
from tests.api.test_openapi import COMMITTED

pytestmark = [pytest.mark.long, pytest.mark.once, pytest.mark.filterwarnings("default")]  # its own warnings are not ours
ROLES = ("ops", "process_owner", "complaint_manager", "auditor", "intake_agent", "case_owner")
CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.ignored_auth,
)
EXAMPLES = 15


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, staffed: str, postgresql_server: postgresql.Server | None
) -> Iterator[tuple[Office, dict[str, str]]]:
    """An application of its own with one case in it, and the ids of that case by the names of the path parameters."""
    folder = tmp_path_factory.mktemp("contract")
    url = databases.copy(staffed, folder / "redress.db", server=postgresql_server)
    settings = Settings(database_url=url, secret_key="of these tests", mail_url=str(folder / "letters"))
    time = clock.MovableClock(MONDAY)
    office = Office(app=application.create_app(settings=settings, clock=time, scheduler=False), time=time)
    with unit_of_work(office.database) as session:
        session.add_all(Membership(account_id="u_lead1", group=role) for role in ROLES)
    yield office, _case(office)
    application.close(office.app)
    clock.set_process_clock(None)
    databases.remove(url, server=postgresql_server)


def _case(office: Office) -> dict[str, str]:
    office.deploy(DIAGRAMS / "errand.bpmn", DIAGRAMS / "errand.form")
    broken = walks.broken(office)
    ops = office.person("u_ops1")
    definition = ops.get("/process-definitions").json["items"][0]
    return {
        "task_id": broken["task"]["id"],
        "instance_id": broken["task"]["instance_id"],
        "job_id": broken["job"]["id"],
        "incident_id": broken["incident"]["id"],
        "timer_id": ops.get("/timers").json["items"][0]["id"],
        "definition_id": definition["id"],
        "deployment_id": definition["deployment_id"],
        "form_key": "errand",
    }


@pytest.fixture(scope="module")
def api(world: tuple[Office, dict[str, str]]) -> Any:
    """The document as it is served."""
    office, _ = world
    config = schemathesis.Config.from_dict({"generation": {"allow-x00": False, "with-security-parameters": False}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", office.app, config=config)


def _cases() -> Iterator[Any]:
    """Every operation of the committed document but the one that ends the token all other requests need, asked well and, where
    anything that is sent can be wrong, badly."""
    paths = orjson.loads(COMMITTED.read_bytes())["paths"]
    for path, described in paths.items():
        for method, operation in described.items():
            label = f"{method.upper()} {path}"
            if method == "parameters" or label == "DELETE /api/v1/tokens/current":
                continue
            yield pytest.param(label, schemathesis.GenerationMode.POSITIVE, id=f"{label}-fits")
            sent = [*described.get("parameters", ()), *operation.get("parameters", ())]
            if "requestBody" in operation or any(map(_can_be_wrong, sent)):
                yield pytest.param(label, schemathesis.GenerationMode.NEGATIVE, id=f"{label}-does_not_fit")


def _can_be_wrong(parameter: dict[str, Any]) -> bool:
    """Not a name in the path, nor a header, that may be any text: hundreds of tries would find nothing that does not fit."""
    return parameter["in"] == "query" or not parameter["schema"].keys() <= {"type", "minLength"} or parameter["schema"]["type"] != "string"


@pytest.mark.parametrize(("label", "mode"), list(_cases()))
def test_document_and_code_agree(label: str, mode: schemathesis.GenerationMode, api: Any, world: tuple[Office, dict[str, str]]) -> None:
    operation = api.find_operation_by_label(label)
    headers = world[0].person("u_lead1").headers
    turns = count()

    @hypothesis_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def agrees(case: schemathesis.Case[Any]) -> None:
        if next(turns) % 2:  # every second request is about things that exist
            for name in case.path_parameters:
                case.path_parameters[name] = world[1].get(name, case.path_parameters[name])
        case.call_and_validate(checks=list(CHECKS), headers=headers)

    agrees()

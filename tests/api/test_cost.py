"""How many SQL statements a request may cost, sign-in and transaction included."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.api import walks
from tests.api.conftest import Office


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """The statements given to the driver meanwhile; BEGIN, COMMIT and savepoints are not counted."""
    sent: list[str] = []
    dialect = office.database.engine.dialect

    def noting(send: Callable[..., None]) -> Callable[..., None]:
        def note(cursor: Any, statement: str, *rest: Any) -> None:
            sent.append(" ".join(statement.split())[:150])
            send(cursor, statement, *rest)

        return note

    with pytest.MonkeyPatch.context() as patch:
        for send in ("do_execute", "do_executemany"):
            patch.setattr(dialect, send, noting(getattr(dialect, send)))
        yield sent


def test_who_is_it_is_one_statement(office: Office) -> None:
    person = office.person("u_lead1")
    with statements(office) as sent:
        assert person.get("/accounts/me").status_code == 200
    assert len(sent) == 1, sent


def test_a_list_of_tasks_is_three_statements_however_long(errands: Office) -> None:
    for _ in range(5):
        walks.start(errands)
    person = errands.person("u_lead1")
    with statements(errands) as sent:
        assert len(person.get("/user-tasks").json["items"]) == 5
    assert len(sent) <= 3, sent


def test_start_list_and_complete_stay_within_their_budget(errands: Office) -> None:
    owner, lead = errands.person("u_po1"), errands.person("u_lead1")
    walks.start(errands)
    lead.post(f"/user-tasks/{walks.task(errands)['id']}/completion", {"values": {"parts": 4}})  # fills the caches of the definition
    with statements(errands) as sent:
        owner.post("/process-instances", {"definition_key": "errand", "business_key": "K-2"})
        task = next(one for one in lead.get("/user-tasks").json["items"] if one["element_id"] == "split")
        assert lead.post(f"/user-tasks/{task['id']}/completion", {"values": {"parts": 4}}).status_code == 200
    # Budget of the benchmark for start, script, task, gateway, script, end; errand adds a timer and a second task.
    assert len(sent) <= 30, "\n".join(sent)

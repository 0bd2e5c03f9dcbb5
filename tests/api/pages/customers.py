"""A customer without an account: what he or she types, and the case it becomes."""

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from processes import cases
from tests.api.pages.conftest import Desk, Visitor
from tests.processes.conftest import Bank
from tests.processes.conftest import Office as Processes
from tests.processes.handling import Handling

LATE: dict[str, str] = {
    "business_type": "goods",
    "complained_object": "快递",
    "order_no": "EC20260301-118",
    "content": "快递延误三天还没收到货",
    "demand": "赔偿",
    "claim_amount": "45",
    "name": "王敏",
    "phone": "138 0000 0001",
    "preferred_contact": "phone",
    "consent_data_use": "yes",
}


def form_key(page: TestResponse) -> str:
    """The key of the form on this page."""
    found = re.search(r'name="key" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def receipt_of(page: TestResponse) -> tuple[str, str]:
    """Number and code on the page that confirms a complaint."""
    found = [re.search(rf"data-{name}>([^<]+)<", page.text) for name in ("reference", "code")]
    assert found[0] is not None and found[1] is not None
    return unescape(found[0][1]), unescape(found[1][1])


@dataclass(kw_only=True)
class Customer:
    """Somebody who complained in a browser, with the number and the code that were shown."""

    desk: Desk
    visitor: Visitor
    reference: str
    code: str

    def enter(self, **changes: str) -> TestResponse:
        """Open the status page with number and code."""
        return self.visitor.post("/status", **{"reference": self.reference, "code": self.code, **changes})

    def look(self) -> TestResponse:
        """The status page as it stands; entered before."""
        return self.visitor.get("/status")

    def send(self, what: str, **typed: str) -> TestResponse:
        """Send one of its forms, and let everything due happen."""
        page = self.look()
        key = typed.pop("key", "") or form_key(page)
        answer = self.visitor.post(f"/status/{what}", key=key, **typed)
        self.desk.office.tick()
        return answer

    def case(self) -> Handling:
        """The case for the people who handle it."""
        office = self.desk.office
        processes = Processes(database=office.database, time=office.time, letters=Path("letters"), bank=Bank())
        with processes.reading() as session:
            return Handling(office=processes, complaint_id=cases.by_reference(session, self.reference).id)


def complain(desk: Desk, *, language: str = "en", **changes: Any) -> Customer:
    """A customer who has just complained; what is due after it has happened."""
    visitor = desk.visitor(language=language)
    sent = visitor.post("/complain", key=form_key(visitor.get("/complain")), **{**LATE, **changes})
    assert sent.status_code == 303, sent.text
    reference, code = receipt_of(visitor.get(sent.location))
    desk.office.tick()
    return Customer(desk=desk, visitor=visitor, reference=reference, code=code)

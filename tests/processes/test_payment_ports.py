"""Payment orders: the folder of the demonstration, and a gateway over HTTP."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from processes.ports import HttpPayments, LedgerPayments, PaymentFailed, PaymentOrder

ORDER = PaymentOrder(
    key="comp-c1/1", reference="TS-20260914-00001", amount="900.00", payee_name="曹磊", method="bank", account="6222..0014"
)

NO_HTTP = 0


def test_the_folder_keeps_an_order_once_under_its_key(tmp_path: Path) -> None:
    ledger = LedgerPayments(tmp_path / "payments")
    ledger.pay(ORDER)
    ledger.pay(ORDER)
    (file,) = (tmp_path / "payments").iterdir()
    assert file.name == "comp-c1-1.json"
    assert json.loads(file.read_text("utf-8"))["payee_name"] == "曹磊"


def test_a_key_is_not_used_for_another_order(tmp_path: Path) -> None:
    ledger = LedgerPayments(tmp_path)
    ledger.pay(ORDER)
    with pytest.raises(PaymentFailed, match="used for another order"):
        ledger.pay(replace(ORDER, amount="901.00"))


def test_a_folder_that_is_gone_fails_in_words(tmp_path: Path) -> None:
    ledger = LedgerPayments(tmp_path / "payments")
    (tmp_path / "payments").rmdir()
    with pytest.raises(PaymentFailed, match="the payment folder payments cannot be used"):
        ledger.pay(ORDER)


class _Gateway(BaseHTTPRequestHandler):
    """Takes what it is given, or answers with the status the test wants."""

    status = 202
    taken: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append({"key": self.headers["Idempotency-Key"], "token": self.headers["Authorization"], **json.loads(body)})
        if self.status == NO_HTTP:
            self.wfile.write(b"220 a mail server\r\n")
            return
        self.send_response(self.status)
        self.send_header("Location", "/sign-in")
        self.end_headers()

    def do_GET(self) -> None:
        self.taken.append({"path": self.path, "token": self.headers["Authorization"]})
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test says what it has to say."""


@pytest.fixture
def gateway() -> Iterator[str]:
    _Gateway.status, _Gateway.taken = 202, []
    server = HTTPServer(("127.0.0.1", 0), _Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/orders"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_gateway_is_given_the_order_and_its_key(gateway: str) -> None:
    HttpPayments(url=gateway, token="secret").pay(ORDER)
    (taken,) = _Gateway.taken
    assert (taken["key"], taken["token"], taken["amount"], taken["account"]) == ("comp-c1/1", "Bearer secret", "900.00", "6222..0014")


def test_a_gateway_that_refuses_says_so(gateway: str) -> None:
    _Gateway.status = 503
    with pytest.raises(PaymentFailed, match="answered 503"):
        HttpPayments(url=gateway).pay(ORDER)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_order_that_is_sent_elsewhere_is_not_taken_and_its_token_stays_here(gateway: str, status: int) -> None:
    _Gateway.status = status
    with pytest.raises(PaymentFailed, match=f"answered {status}"):
        HttpPayments(url=gateway, token="secret").pay(ORDER)
    assert [one.get("path") for one in _Gateway.taken] == [None]


def test_what_is_no_gateway_at_all_fails_in_words(gateway: str) -> None:
    _Gateway.status = NO_HTTP
    with pytest.raises(PaymentFailed, match="cannot be reached"):
        HttpPayments(url=gateway).pay(ORDER)


def test_a_gateway_that_is_not_there_says_so() -> None:
    with pytest.raises(PaymentFailed, match="cannot be reached"):
        HttpPayments(url="http://127.0.0.1:1/orders").pay(ORDER)


def test_only_http_leads_to_a_gateway() -> None:
    with pytest.raises(ValueError, match="no http or https address"):
        HttpPayments(url="file:///etc/passwd")

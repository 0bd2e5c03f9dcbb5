"""A payment gateway that remembers every order it was given: the other side, where a repetition is seen."""

import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SLOW = 0.15  # seconds until it answers: time to be killed in while an order is on its way


class Bank:
    """Serves at `url` until closed; `orders` are the bodies by idempotency key, as often as they came."""

    def __init__(self) -> None:
        self.orders: dict[str, list[Any]] = defaultdict(list)
        bank = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                bank.orders[self.headers["Idempotency-Key"]].append(body)
                threading.Event().wait(SLOW)
                try:
                    self.send_response(202)
                    self.end_headers()
                except OSError:
                    self.close_connection = True  # who asked was killed

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """No more orders."""
        self._server.shutdown()
        self._server.server_close()

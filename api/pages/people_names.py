"""The names of people for a page: asked once for each, in the reader's language."""

from sqlalchemy.orm import Session

from api.pages import wording
from engine.errors import NotFound
from processes import people


class Names:
    """`names(id)` is the name of an account; what is no account (`system`) stands as it is."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str] = {}

    def __call__(self, account_id: str | None) -> str:
        if not account_id:
            return ""
        if account_id not in self._known:
            self._known[account_id] = self._ask(account_id)
        return self._known[account_id]

    def _ask(self, account_id: str) -> str:
        try:
            return wording.name_of(people.get(self._session, account_id))
        except NotFound:
            return account_id  # the system, or an account of another time

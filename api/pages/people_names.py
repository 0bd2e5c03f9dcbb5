"""The names of people for a page: asked once for each, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.pages import wording
from api.pages.texts import lazy_gettext
from processes import people

# Who acts without being a person.
HOUSE: Mapping[str, Any] = {"system": lazy_gettext("the system"), "installer": lazy_gettext("the installation")}


class Names:
    """`names(id)` is the name of an account, or of the house itself; what is neither stands as it is. `department(code)` is that of one."""

    def __init__(self, session: Session, account_ids: Iterable[str | None] = ()) -> None:
        """`account_ids` are those a list will ask for: read in one statement."""
        self._session = session
        self._known: dict[str, str] = {}
        self._departments: dict[str, str] | None = None
        self.learn(account_ids)

    def __call__(self, account_id: str | None) -> str:
        if not account_id:
            return ""
        if account_id not in self._known:
            self.learn({account_id})
        return self._known[account_id]

    def learn(self, account_ids: Iterable[str | None]) -> None:
        """Read those of these that are not known yet, in one statement."""
        wanted = {one for one in account_ids if one and one not in self._known}
        if wanted:
            found = people.named(self._session, wanted)
            self._known |= {one: wording.name_of(found[one]) if one in found else str(HOUSE.get(one, one)) for one in wanted}

    def department(self, code: str) -> str:
        """The name of a department; an unknown code stands as it is. All are read, once, when the first is asked for."""
        if self._departments is None:
            self._departments = {one.code: wording.name_of(one) for one in people.departments(self._session)}
        return self._departments.get(code, code)

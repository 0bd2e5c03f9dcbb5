"""Accounts: who am I, and what may I do."""

from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.shapes import Output, maybe, moment, shown, texts

resource = Resource("accounts", "/accounts", "Accounts: who am I, and what may I do.")


class Me(Output):
    """The account behind the token."""

    id = shown(example="u_lead1")
    name = shown()
    name_zh = maybe()
    locale = shown(example="zh")
    groups = texts("The roles.")
    permissions = texts("What the roles allow.")
    expires_at = moment("When the token ends.")


@resource.get("/me")
@reads(answers={200: Me})
def me(session: Session, call: Call) -> Answer:
    """The account behind the token, its roles and permissions."""
    who = call.signed_in
    body = {
        "id": who.actor.id,
        "name": who.actor.name,
        "name_zh": who.name_zh,
        "locale": who.locale,
        "groups": sorted(who.actor.groups),
        "permissions": sorted(permissions.granted(who.actor.groups)),
        "expires_at": who.expires_at,
    }
    return Answer(body=body)

"""Groups and their members; and the roles among them, with what each may do."""

from typing import Any

from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.account_shapes import AccountShape, account_json
from api.v1.resource import Resource
from api.v1.shapes import ListQuery, Output, list_of, many, page_json, shown, sorts, texts, whole
from engine.paging import Query
from processes import account_changes, account_list, case_messages, roles

resource = Resource("groups", "/groups", "Groups: roles, which carry rights and are the lanes of the diagrams, and teams.")


class GroupShape(Output):
    """A group. `permissions` and `messages` are those of a role; a team has none."""

    code = shown(example="team_lead")
    name = shown()
    name_zh = shown()
    members = whole("Active accounts in it.")
    permissions = texts("What it allows.")
    messages = texts("Names, or beginnings of names, of the messages about a case that it may send.")


class Groups(Output):
    """All groups. There are few, so there are no pages."""

    items = many(GroupShape)


class MemberQuery(ListQuery):
    """Which members."""

    sort = sorts("name", "id")


def _json(one: account_list.Group) -> dict[str, Any]:
    sends = [name for name, senders in case_messages.SENDERS.items() if name and one.code in senders]
    return {
        "code": one.code,
        "name": roles.shown(one.code, "en"),
        "name_zh": roles.shown(one.code, "zh"),
        "members": one.members,
        "permissions": sorted(permissions.granted([one.code])),
        "messages": sends,
    }


@resource.get("")
@reads("account:manage", answers={200: Groups})
def list_groups(session: Session, call: Call) -> Answer:
    """Every group with how many are in it, and what it allows."""
    return Answer(body={"items": [_json(one) for one in account_list.groups(session)]})


@resource.get("/<string:group>/members")
@reads("account:manage", query=MemberQuery, answers={200: list_of(AccountShape)})
def members(session: Session, call: Call, group: str) -> Answer:
    """Who is in a group, inactive accounts too; nobody for a group that is not known."""
    query = Query(sort=call.query.get("sort", ""), cursor=call.query.get("cursor"), limit=call.query["limit"])
    found = account_list.members(session, group, query)
    return Answer(body=page_json(found, [account_json(row) for row in found.items]))


@resource.put("/<string:group>/members/<string:account_id>")
@writes("account:manage", answers={200: AccountShape})
def add(session: Session, call: Call, group: str, account_id: str) -> Answer:
    """Put somebody into a group; who is in it already stays."""
    row = account_changes.add_member(session, group, account_id, actor=call.actor)
    return Answer(body=account_json(row), revision=row.revision)


@resource.delete("/<string:group>/members/<string:account_id>")
@writes("account:manage", answers={200: AccountShape})
def remove(session: Session, call: Call, group: str, account_id: str) -> Answer:
    """Take somebody out of a group."""
    row = account_changes.remove_member(session, group, account_id, actor=call.actor)
    return Answer(body=account_json(row), revision=row.revision)

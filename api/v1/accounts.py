"""Accounts: who am I, who is there, and what administrators do to accounts."""

from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from api import accounts, passwords, permissions, sign_ins
from api.requests import Answer, Call, reads, redress, writes
from api.v1.account_shapes import (
    AccountInput,
    AccountQuery,
    AccountShape,
    AccountWithActions,
    Activity,
    ApiTokens,
    LinkShape,
    Me,
    NewAccount,
    PasswordChange,
    Taste,
    TasteInput,
    account_json,
    actions,
    token_json,
)
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import list_of, page_json
from engine.errors import RevisionChanged
from engine.extensions import Actor
from engine.paging import Query
from processes import account_changes, account_list, account_settings
from processes.account_fields import Person
from processes.account_list import Wanted
from processes.tables.people import Account

resource = Resource("accounts", "/accounts", "Accounts: who am I, what may I do, and who else is there.")
EXAMPLE = {
    "name": "Ren Jie",
    "name_zh": "任杰",
    "email": "ren@redress.example",
    "locale": "zh",
    "department": "CS",
    "groups": ["intake_agent"],
}


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


def _with_actions(session: Session, row: Account, actor: Actor) -> dict[str, Any]:
    held = account_list.holdings(session, row.id)
    return account_json(row) | {
        "browsers": sign_ins.browsers(session, row.id),
        "has_password": sign_ins.has_password(session, row.id),
        "open_tasks": held.tasks,
        "open_cases": held.cases,
        "actions": actions(row, actor),
    }


def _mine_or_managed(call: Call, account_id: str) -> str:
    """`me` or one's own id, or anybody's for an administrator."""
    if account_id in ("me", call.actor.id):
        return call.actor.id
    permissions.require(call.actor, "account:manage")
    return account_id


@resource.get("")
@reads("account:manage", query=AccountQuery, answers={200: list_of(AccountShape)})
def list_accounts(session: Session, call: Call) -> Answer:
    """Accounts by name."""
    asked = call.query
    wanted = Wanted(text=asked.get("q", ""), active=asked.get("active"), group=asked.get("group"), department=asked.get("department"))
    query = Query(sort=asked.get("sort", ""), cursor=asked.get("cursor"), limit=asked["limit"])
    found = account_list.search(session, wanted, query)
    return Answer(body=page_json(found, [account_json(row) for row in found.items]))


@resource.post("")
@writes("account:manage", body=NewAccount, answers={201: AccountWithActions}, example={"id": "u_ren", **EXAMPLE})
def create(session: Session, call: Call) -> Answer:
    """A new account. Its owner chooses a password by `PUT /accounts/{id}/password-link`."""
    account_id = call.body["id"]
    account_changes.create(session, account_id, _person(call.body), actor=call.actor)
    row = account_changes.get(session, account_id)
    where = {"Location": f"{PREFIX}/accounts/{account_id}"}
    return Answer(body=_with_actions(session, row, call.actor), status=201, revision=row.revision, headers=where)


def _person(body: dict[str, Any]) -> Person:
    given = {name: value for name, value in body.items() if name != "id"}
    return Person(**given | {"groups": frozenset(given["groups"])})


@resource.get("/<string:account_id>")
@reads(answers={200: AccountWithActions})
def get(session: Session, call: Call, account_id: str) -> Answer:
    """One account: one's own, or any for administrators."""
    row = account_changes.get(session, _mine_or_managed(call, account_id))
    return Answer(body=_with_actions(session, row, call.actor), revision=row.revision)


@resource.put("/<string:account_id>")
@writes("account:manage", body=AccountInput, if_match=True, answers={200: AccountWithActions}, example=EXAMPLE)
def change(session: Session, call: Call, account_id: str) -> Answer:
    """Write an account anew: name, e-mail, language, department, manager, groups."""
    revision = call.required_revision
    row = account_changes.change(session, account_id, _person(call.body), revision=revision, actor=call.actor)
    return Answer(body=_with_actions(session, row, call.actor), revision=row.revision)


@resource.put("/<string:account_id>/activity")
@writes("account:manage", body=Activity, answers={200: AccountWithActions}, example={"active": False, "reason": "Left the company."})
def set_active(session: Session, call: Call, account_id: str) -> Answer:
    """Deactivate an account, which signs it out everywhere, or let it in again."""
    active, reason = call.body["active"], call.body["reason"]
    row = sign_ins.set_active(session, account_id, active=active, reason=reason, actor=call.actor)
    return Answer(body=_with_actions(session, row, call.actor), revision=row.revision)


@resource.put("/<string:account_id>/password-link")
@writes("account:manage", answers={200: LinkShape})
def make_link(session: Session, call: Call, account_id: str) -> Answer:
    """A link that works once within a day. The password there was, every session and every token end at once."""
    issued = passwords.issue_link(session, account_id, actor=call.actor)
    path = url_for("pages.choose_password", secret=issued.secret)
    return Answer(body={"secret": issued.secret, "path": path, "expires_at": issued.expires_at})


@resource.delete("/<string:account_id>/sessions")
@writes(answers={204: None})
def sign_out(session: Session, call: Call, account_id: str) -> Answer:
    """Sign out everywhere: every browser and every token, this one too where it is one's own account."""
    sign_ins.end_all(session, _mine_or_managed(call, account_id), actor=call.actor)
    return Answer(status=204)


@resource.get("/<string:account_id>/tokens")
@reads(answers={200: ApiTokens})
def list_tokens(session: Session, call: Call, account_id: str) -> Answer:
    """The live tokens of an account, newest first: one's own, or anybody's for administrators."""
    row = account_changes.get(session, _mine_or_managed(call, account_id))
    return Answer(body={"items": [token_json(one) for one in sign_ins.tokens(session, row.id)]})


@resource.delete("/<string:account_id>/tokens/<string:token_id>")
@writes(answers={204: None})
def revoke_token(session: Session, call: Call, account_id: str, token_id: str) -> Answer:
    """End a token at once."""
    sign_ins.revoke_token(session, _mine_or_managed(call, account_id), token_id, actor=call.actor)
    return Answer(status=204)


def _proven(call: Call) -> str:
    """The hash of the new password, for who knows the old one; slow, so before the transaction."""
    address = request.remote_addr or ""
    passwords.prove(redress().database, call.actor.id, password=call.body["current_password"], address=address)
    return accounts.hashed(call.body["password"])


@resource.put("/me/password")
@writes(
    body=PasswordChange,
    before=_proven,
    answers={204: None},
    also_refuses=(429,),
    example={"current_password": "...", "password": "..."},
)
def change_password(session: Session, call: Call) -> Answer:
    """Another password. Every session and token ends, this one too: sign in again with `POST /tokens`."""
    passwords.change_own(session, call.actor.id, password_hash=call.prepared, actor=call.actor)
    return Answer(status=204)


def _taste(row: Account) -> Answer:
    return Answer(
        body={"locale": row.locale, "time_zone": row.time_zone, "theme": row.theme, "keyboard": row.keyboard}, revision=row.revision
    )


@resource.get("/me/settings")
@reads(answers={200: Taste})
def settings(session: Session, call: Call) -> Answer:
    """Your language, time zone and theme, and whether single keys act."""
    return _taste(account_changes.get(session, call.actor.id))


@resource.put("/me/settings")
@writes(body=TasteInput, if_match=True, answers={200: Taste}, example={"locale": "en", "time_zone": "Europe/Berlin", "theme": "dark"})
def keep_settings(session: Session, call: Call) -> Answer:
    """Choose them anew."""
    revision = call.required_revision
    if account_changes.get(session, call.actor.id).revision != revision:
        raise RevisionChanged()
    return _taste(account_settings.keep(session, account_settings.Taste(**call.body), actor=call.actor))

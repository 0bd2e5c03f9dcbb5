"""What accounts, their settings, tokens and rules look like in requests and answers."""

from typing import Any

from marshmallow import fields, validate

from api import accounts, permissions
from api.tables import ApiToken
from api.v1.shapes import LONG, SHORT, Action, Input, ListQuery, Output, many, maybe, moment, shown, sorts, text, texts, truth, whole
from engine.errors import Conflict, RedressError
from engine.extensions import Actor
from processes import account_fields
from processes.tables.people import Account

FIELDS = ("id", "name", "name_zh", "email", "locale", "department", "manager_id", "active", "time_zone", "theme")


class Me(Output):
    """The account behind the token."""

    id = shown(example="u_lead1")
    name = shown()
    name_zh = maybe()
    locale = shown(example="zh")
    groups = texts("The roles.")
    permissions = texts("What the roles allow.")
    expires_at = moment("When the token ends.")


class AccountShape(Output):
    """A person or service that may sign in."""

    id = shown(example="u_lead1")
    name = shown()
    name_zh = maybe()
    email = maybe()
    locale = shown(example="zh")
    department = maybe("Its code.")
    manager_id = maybe()
    active = truth()
    time_zone = maybe("None: that of the house.")
    theme = maybe("None: as the device.")
    groups = texts("Roles and teams.")


class AccountWithActions(AccountShape):
    """An account, what it is signed in with and holds, and what can be done to it."""

    browsers = whole("Browsers signed in now.")
    has_password = truth()
    open_tasks = whole("Open tasks assigned to it.")
    open_cases = whole("Open cases it owns.")
    actions = many(Action)


class AccountQuery(ListQuery):
    """Which accounts."""

    q = text(SHORT, metadata={"description": "Looked for in id, names and e-mail."})
    active = fields.Boolean()
    group = text(SHORT)
    department = text(SHORT)
    sort = sorts("name", "id")


def _optional(limit: int, **more: Any) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(1, limit), **more)


class AccountInput(Input):
    """What is written about an account: all of it, what is left out is empty."""

    name = text(account_fields.LONGEST_NAME, required=True)
    name_zh = _optional(account_fields.LONGEST_NAME)
    email = _optional(account_fields.LONGEST_ADDRESS)
    locale = fields.String(load_default="zh", validate=validate.OneOf(account_fields.LOCALES))
    department = _optional(SHORT)
    manager_id = _optional(SHORT)
    groups = fields.List(text(SHORT), load_default=list, validate=validate.Length(max=100))


class NewAccount(AccountInput):
    """A new account. It signs in once a password is chosen by its `password-link`."""

    id = text(SHORT, required=True, metadata={"description": "What is typed to sign in; it never changes.", "examples": ["u_ren"]})


class Activity(Input):
    """Whether the account may sign in, and why that changes."""

    active = fields.Boolean(required=True)
    reason = text(LONG, required=True)


class LinkShape(Output):
    """The one-time link by which a password is chosen; shown once."""

    secret = shown("For POST /password-links/redemption.")
    path = shown("The page behind it.", example="/password/…")
    expires_at = moment()


class ApiTokenShape(Output):
    """A bearer token without its secret."""

    id = shown()
    name = shown("What it is for.")
    created_at = moment()
    expires_at = moment()


class ApiTokens(Output):
    """The live tokens of an account. There are at most 50 of them, so there are no pages."""

    items = many(ApiTokenShape)


class PasswordChange(Input):
    """The password one has, and the one one wants."""

    current_password = fields.String(required=True, validate=validate.Length(max=accounts.PASSWORD_LENGTH[1]))
    password = fields.String(required=True, validate=validate.Length(max=accounts.PASSWORD_LENGTH[1]))


class Taste(Output):
    """How somebody reads Redress."""

    locale = shown(example="en")
    time_zone = maybe("None: that of the house.", example="Europe/Berlin")
    theme = maybe("None: as the device.", example="dark")
    keyboard = truth("Do single keys act (`g t`, `/`, `?`)?")


class TasteInput(Input):
    """The same, all of it."""

    locale = fields.String(required=True, validate=validate.OneOf(account_fields.LOCALES))
    time_zone = _optional(SHORT)
    theme = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([*account_fields.THEMES, None]))
    keyboard = fields.Boolean(load_default=True)


def account_json(row: Account) -> dict[str, Any]:
    """An account as it is answered; its memberships must be loaded."""
    return {name: getattr(row, name) for name in FIELDS} | {"groups": [one.group for one in row.memberships]}


def token_json(row: ApiToken) -> dict[str, Any]:
    """A token as it is answered."""
    return {name: getattr(row, name) for name in ("id", "name", "created_at", "expires_at")}


def actions(row: Account, actor: Actor) -> list[dict[str, Any]]:
    """What this person may do to an account."""

    def manage(name: str, blocked: RedressError | None = None) -> dict[str, Any]:
        return permissions.action(name, actor, "account:manage", blocked=blocked)

    inactive = None if row.active else Conflict(reason="the account is inactive")
    return [
        manage("change"),
        manage("deactivate", inactive),
        manage("reactivate", Conflict(reason="the account is active already") if row.active else None),
        manage("password_link", inactive),
        permissions.entry("sign_out", None) if row.id == actor.id else manage("sign_out"),
    ]

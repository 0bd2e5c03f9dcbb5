"""Password links: choosing a password by the link an administrator made."""

from flask import request
from marshmallow import fields, validate

from api import accounts, passwords
from api.requests import Answer, Call, open_to_all, redress
from api.v1.resource import Resource
from api.v1.shapes import SHORT, Input, Output, shown, text

resource = Resource("password_links", "/password-links", "Password links: choose a password by a link that works once.")


class Redemption(Input):
    """The secret of the link, and the password."""

    secret = text(SHORT, required=True)
    password = fields.String(required=True, validate=validate.Length(max=accounts.PASSWORD_LENGTH[1]))


class Chosen(Output):
    """Whose password it is now."""

    account = shown(example="u_ren")


@resource.post("/redemption")
@open_to_all(body=Redemption, answers={200: Chosen}, also_refuses=(409,), example={"secret": "...", "password": "..."})
def redeem(call: Call) -> Answer:
    """Choose the password. The link is over then; sign in with `POST /tokens`."""
    secret, password = call.body["secret"], call.body["password"]
    account_id = passwords.redeem(redress().database, secret, password=password, address=request.remote_addr or "")
    return Answer(body={"account": account_id})

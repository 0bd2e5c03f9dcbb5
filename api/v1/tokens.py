"""Bearer tokens: signing in and out."""

from flask import request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import accounts, sign_ins
from api.requests import Answer, Call, open_to_all, redress, writes
from api.v1.resource import Resource
from api.v1.shapes import NAME, SHORT, Input, Output, moment, shown, text

resource = Resource("tokens", "/tokens", "Bearer tokens: sign in, sign out.")


class SignIn(Input):
    """Who signs in."""

    account = text(SHORT, required=True)
    password = fields.String(required=True, validate=lambda given: len(given) <= accounts.PASSWORD_LENGTH[1])
    name = text(NAME, load_default="", metadata={"description": "What the token is for."})
    hours = fields.Integer(
        strict=True,
        validate=validate.Range(1, sign_ins.LONGEST_HOURS),
        metadata={"description": "How long it is valid; as the house says, if left out."},
    )


class BearerToken(Output):
    """A fresh token; it is shown once."""

    token = shown()
    token_type = shown(example="Bearer")
    expires_at = moment()


@resource.post("")
@open_to_all(body=SignIn, answers={201: BearerToken}, example={"account": "u_lead1", "password": "..."})
def create(call: Call) -> Answer:
    """Sign in: a bearer token for account and password."""
    issued = accounts.sign_in_for_token(
        redress().database,
        account_id=call.body["account"],
        password=call.body["password"],
        address=request.remote_addr or "",
        name=call.body["name"],
        hours=call.body.get("hours", redress().settings.token_hours),
    )
    return Answer(body={"token": issued.secret, "token_type": "Bearer", "expires_at": issued.expires_at}, status=201)


@resource.delete("/current")
@writes(answers={204: None})
def delete(session: Session, call: Call) -> Answer:
    """Sign out: this token is worth nothing from now on."""
    accounts.sign_out(session, call.signed_in)
    return Answer(status=204)

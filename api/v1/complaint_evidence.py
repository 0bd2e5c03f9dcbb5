"""Evidence of the complainant, with files: for who has number and code of the case."""

from flask_smorest.fields import Upload
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import uploaded
from api.requests import Answer, Call, database, writes
from api.v1.complaint_messages import Received, knows_code
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import LONG, NAME, SHORT, Input, text
from engine.database import reading
from engine.errors import Refused
from processes import case_messages, cases, customer_files
from processes.evidence import CUSTOMERS
from processes.uploads import Received as File

resource = Resource("complaint_evidence", "/complaints/<string:reference>/evidence", "Evidence that customers hand in.")

EXAMPLE = {"id": "app-2026-000124", "code": "K7QF3M9XWA", "text": "The photo of the broken seal."}
STAFF = "only the customer sends evidence here; add files with POST /complaints/{reference}/attachments"


class Evidence(Input):
    """Something that proves something. Its id comes from the sender: sent twice, it is one. At most ten files at once."""

    id = text(NAME, required=True)
    code = text(SHORT, required=True)
    text = text(LONG, load_default="")
    files = fields.List(Upload(), required=True, validate=validate.Length(1, customer_files.MOST_AT_ONCE))


def _receive(call: Call, reference: str) -> list[File]:
    """Nothing is kept of who does not know the code."""
    if not knows_code(call, reference):
        raise Refused(reason=STAFF)
    with reading(database()) as session:
        complaint = cases.by_reference(session, reference)
        customer_files.demand_room(session, complaint, len(call.body["files"]))
    return uploaded.receive_from_stranger(most=customer_files.MOST_AT_ONCE)


@resource.post("")
@writes(
    body=Evidence, body_type=uploaded.MULTIPART, parse=uploaded.body, public=True, before=_receive, answers={202: Received}, example=EXAMPLE
)
def add(session: Session, call: Call, reference: str) -> Answer:
    """Add evidence to one's complaint: the message evidence.added, with files. Each has at most 20 MB."""
    complaint = cases.by_reference(session, reference)
    payload = {"type": CUSTOMERS, "text": call.body["text"]}
    row = case_messages.send(
        session,
        complaint,
        "evidence.added",
        payload,
        message_id=call.body["id"],
        actor=case_messages.complainant(complaint),
        files=call.prepared,
    )
    body = {"id": row.id, "name": row.name, "state": row.state, "received_at": row.received_at}
    return Answer(body=body, status=202, headers={"Location": f"{PREFIX}/messages/{row.id}"})

"""Numbers people quote, and the code that opens a case to the one who complained."""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from processes.sla_time import ZONE
from processes.tables.cases import Complaint, DayNumber

CODE_LENGTH = 10
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is mistaken for something else when read aloud


def next_reference(session: Session, received_at: datetime) -> str:
    """TS-YYYYMMDD-NNNNN of the local day it was received."""
    return _next(session, "TS", f"{received_at.astimezone(ZONE):%Y%m%d}", prefix="")


def next_archive_number(session: Session, closed_at: datetime) -> str:
    """AR-YYYYMMDD-NNNNN of the local day it was closed."""
    return _next(session, "AR", f"{closed_at.astimezone(ZONE):%Y%m%d}", prefix="AR-")


def _next(session: Session, kind: str, day: str, *, prefix: str) -> str:
    # Count up in one statement: two intakes of the same moment wait for each other's row, not for luck.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    counted = insert(DayNumber).values(day=f"{prefix}{day}", last=1)
    counted = counted.on_conflict_do_update(index_elements=["day"], set_={"last": DayNumber.last + 1})
    number = session.scalar(counted.returning(DayNumber.last))
    return f"{kind}-{day}-{number:05d}"


def new_code() -> str:
    """Ten characters from a random source, shown once."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def code_of(key: str, *, secret: str) -> str:
    """The code that belongs to a form: a form sent twice gets the code it had, which is nowhere kept to be looked up."""
    left = int.from_bytes(hmac.digest(secret.encode(), f"code of {key}".encode(), "sha256"))
    letters = []
    for _ in range(CODE_LENGTH):
        left, letter = divmod(left, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "".join(letters)


def hashed(code: str) -> str:
    """The code as it is kept: salted; 50 bits of randomness and few tries an hour need no slow hash."""
    salt = secrets.token_hex(8)
    return f"{salt}${_digest(salt, code)}"


def opens(complaint: Complaint, code: str) -> bool:
    """Whether this code opens the case, compared in constant time."""
    salt, _, digest = (complaint.secret_hash or "").partition("$")
    return bool(digest) and hmac.compare_digest(digest, _digest(salt, code))


def _digest(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}${code.strip().upper()}".encode()).hexdigest()

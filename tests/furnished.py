"""A company with a bit of everything, as much as a test asks for: what the pages of `tests.all_pages` have to show."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engine import clock
from engine.database import unit_of_work
from engine.extensions import SYSTEM
from processes import cases, comments, deputy_entries, file_kinds, letter_texts, people, watchers
from processes.deputy_entries import Entry
from processes.tables.cases import Complaint
from processes.uploads import Received
from tests.processes.conftest import Office
from tests.processes.handling import registered


def arrange_house(session: Session) -> None:
    """What administrators leave behind: a letter in other words, somebody who is away. Once for a database."""
    before = letter_texts.get(session, "T-ACK", "en")
    letter_texts.save(
        session, "T-ACK", "en", before.text + "\nYours,\nRedress\n", version=before.version, note="With a greeting", actor=SYSTEM
    )
    go_away(session, "u_owner2", days=5)


def go_away(session: Session, account_id: str, *, days: int) -> None:
    """Somebody is absent from now on."""
    now = clock.now()
    away = Entry(account_id=account_id, deputy_id="u_owner1", absent=True, starts_at=now, ends_at=now + timedelta(days=days), note="Leave")
    deputy_entries.add(session, away, actor=SYSTEM)


def talk(session: Session, complaint: Complaint) -> None:
    """What the house says about a case: somebody is mentioned, a file is added. (The file itself is nowhere: it is only named.)"""
    lead = people.actor_of(session, "u_lead1")
    minutes = Received(name="minutes.docx", sha256="0" * 64, size=18_432, mime=file_kinds.DOCX.mime, scan="clean")
    comments.add(session, complaint, "@u_cm1 the carrier has answered, see the minutes of the call.", actor=lead, files=[minutes])
    watchers.watch(session, complaint, lead.id)


def furnish(office: Office, rows: int, *, first: int = 0) -> None:
    """So many complaints that came in, were offered something and talked about so often, and ask for money.

    `first` tells the customers of several calls apart.
    """
    for number in range(first, first + rows):
        registered(office, phone=f"1380000{number:04}", order_no=f"EC-{number}")
        offered = registered(office, phone=f"1390000{number:04}", order_no=f"WL-{number}")
        offered.offer()
        for _ in range(rows):
            with unit_of_work(office.database) as session:
                talk(session, cases.get(session, offered.complaint_id))
        office.ask("DELIVERY_LOST", "1500", {"price": "1500", "freight": "0"})

"""The part of the settings about how and when one is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.pages import door, notification_words
from processes import notification_rules, notification_schedules
from processes.incident_notes import OPS
from processes.notification_rules import KINDS, MAILS, Kind, Rule
from processes.notification_schedules import Schedule


def kinds() -> list[Kind]:
    """The kinds that can happen to this person: incidents are told to those who repair."""
    return [kind for kind in KINDS if kind != "incident" or OPS in door.actor().groups]


def parts(session: Session, account_id: str) -> dict[str, Any]:
    """What the page shows."""
    rules = notification_rules.of(session, account_id)
    return {
        "rules": {kind: rules[kind] for kind in kinds()},
        "schedule": notification_schedules.of(session, account_id),
        "kinds": notification_words.KINDS,
        "icons": notification_words.ICONS,
        "mails": notification_words.MAILS,
        "digests": notification_words.DIGESTS,
    }


def rules_of(form: Mapping[str, str]) -> dict[Kind, Rule]:
    """What was ticked and chosen."""
    return {
        kind: Rule(
            screen=bool(form.get(f"{kind}.screen")),
            browser=bool(form.get(f"{kind}.browser")),
            mail=next((one for one in MAILS if one == form.get(f"{kind}.mail")), "off"),
            deputy=bool(form.get(f"{kind}.deputy")),
        )
        for kind in kinds()
    }


def schedule_of(form: Mapping[str, str]) -> Schedule:
    """When the digest comes and when it is quiet; what is left empty is not."""
    return Schedule(
        digest="hourly" if form.get("digest") == "hourly" else "daily",
        digest_at=form.get("digest_at") or notification_schedules.USUAL.digest_at,
        quiet_from=form.get("quiet_from") or None,
        quiet_until=form.get("quiet_until") or None,
    )

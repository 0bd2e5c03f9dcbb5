"""Messages: stored first, delivered second, each once.

A message that nobody waits for starts the process whose start event it is; else it stays until somebody waits. Its id comes
from the sender: a repetition changes nothing, and what has another name or key is no repetition but refused.
Delivery is a job, so that it locks one instance only and is repeated when the step behind it fails.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import clock, job_rows, operations
from engine.errors import MessageIdTaken, NotFound
from engine.extensions import SYSTEM, Actor
from engine.paging import Listing, Page, Query, page
from engine.tables import Job, Message, MessageSubscription, ProcessInstance

LISTING = Listing(
    fields={"name": Message.name, "state": Message.state, "correlation_key": Message.correlation_key, "instance_id": Message.instance_id},
    sorts={"received_at": Message.received_at},
    id=Message.id,
    default_sort="-received_at",
)
_MESSAGES = select(Message)


def receive(session: Session, *, id: str, name: str, correlation_key: str | None, payload: dict[str, Any], actor: Actor) -> Message:
    """Store a message and have it delivered at once after the commit."""
    known = repeated(session, id=id, name=name, correlation_key=correlation_key)
    if known is not None:
        return known
    message = _store(session, id, name, correlation_key, payload, actor)
    _deliver_later(session, message, root=None)
    return message


def keep(session: Session, *, id: str, name: str, correlation_key: str | None, payload: dict[str, Any], actor: Actor) -> Message:
    """Store a message that no instance is to get: what it says is in the caller's tables already."""
    known = repeated(session, id=id, name=name, correlation_key=correlation_key)
    if known is not None:
        return known
    message = _store(session, id, name, correlation_key, payload, actor)
    message.state, message.delivered_at = "delivered", clock.now()
    return message


def repeated(session: Session, *, id: str, name: str, correlation_key: str | None) -> Message | None:
    """The message that came under this id before. Raises MessageIdTaken for another one's: nothing of it is told."""
    known = session.get(Message, id)
    if known is not None and (known.name, known.correlation_key) != (name, correlation_key):
        raise MessageIdTaken(id=id)
    return known


def _store(session: Session, id: str, name: str, correlation_key: str | None, payload: dict[str, Any], actor: Actor) -> Message:
    message = Message(
        id=id, name=name, correlation_key=correlation_key, payload=payload, state="waiting", received_at=clock.now(), sent_by=actor.id
    )
    session.add(message)
    operations.record(session, "message", actor=actor, subject=message, name=name)
    return message


def offer_again(session: Session, message: Message) -> Job:
    """Have a message delivered to whoever waits for it."""
    return _deliver_later(session, message, root=None)


def _deliver_later(session: Session, message: Message, *, root: ProcessInstance | None) -> Job:
    return job_rows.add(
        session,
        "message",
        root=root,
        due_at=clock.now(),
        payload={"message_id": message.id},
        instance_id=root.id if root else None,
        retries=job_rows.DEFAULT_RETRIES,
    )


def deliver_buffered(session: Session, root: ProcessInstance, subscriptions: list[dict[str, Any]]) -> None:
    """Somebody begins to wait: what came before is delivered now."""
    names = {one["name"] for one in subscriptions}
    early = select(Message).where(Message.state == "waiting", Message.name.in_(names)).order_by(Message.received_at, Message.id)
    for message in session.scalars(early):
        if any(one["name"] == message.name and one["correlation_key"] == message.correlation_key for one in subscriptions):
            _deliver_later(session, message, root=root)


def is_waiting(session: Session, *, name: str, correlation_key: str) -> bool:
    """Whether a message of this name and key came that nobody has got yet."""
    return session.scalar(_waiting(name, correlation_key).limit(1)) is not None


def drop_waiting(session: Session, *, name: str, correlation_key: str) -> None:
    """What is asked now is asked anew: who begins to wait does not get what came before."""
    for message in session.scalars(_waiting(name, correlation_key)):
        message.state, message.delivered_at = "delivered", clock.now()


def _waiting(name: str, correlation_key: str) -> Select[Message]:
    return select(Message).where(Message.state == "waiting", Message.name == name, Message.correlation_key == correlation_key)


def subscription(session: Session, message: Message, *, root_id: str | None = None) -> MessageSubscription | None:
    """Who waits for this message longest (in this root instance); a message goes to one receiver."""
    waiting = select(MessageSubscription).where(MessageSubscription.name == message.name)
    if root_id is not None:
        waiting = waiting.where(MessageSubscription.root_id == root_id)
    if message.correlation_key is not None:
        waiting = waiting.where(MessageSubscription.correlation_key == message.correlation_key)
    else:
        waiting = waiting.where(MessageSubscription.correlation_key.is_(None))
    return session.scalar(waiting.order_by(MessageSubscription.created_at, MessageSubscription.id).limit(1))


def waiting_for(session: Session, name: str, *, limit: int = 20) -> Sequence[MessageSubscription]:
    """Who waits for messages of this name, whatever the key; the longest first."""
    waiting = select(MessageSubscription).where(MessageSubscription.name == name)
    return session.scalars(waiting.order_by(MessageSubscription.created_at, MessageSubscription.id).limit(limit)).all()


def sent_by_instance(session: Session, job: Job) -> Message:
    """What an instance threw, as a message of its own; the job's key makes it one message however often the job runs."""
    return receive(
        session,
        id=job.key,
        name=job.payload["name"],
        correlation_key=job.payload["correlation_key"],
        payload=job.payload["payload"],
        actor=SYSTEM,
    )


def get(session: Session, message_id: str) -> Message:
    """One message."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(kind="message", id=message_id)
    return message


def search(session: Session, query: Query) -> Page[Message]:
    """Messages, newest first."""
    return page(session, _MESSAGES, query, listing=LISTING)

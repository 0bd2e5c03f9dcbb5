"""Files nobody names: of a transaction that failed, of a form that was never sent, of what was deleted, of a server that was killed."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from engine import clock
from engine.database import Database, reading
from processes import attachments
from processes.file_store import FileStore

GRACE = timedelta(days=1)  # a form with files may lie open that long before it is sent
_AT_ONCE = 500


def clean(database: Database, store: FileStore) -> int:
    """Remove them; gives how many. It may run at any time, and beside a server."""
    before = clock.elapsed() - GRACE
    removed = store.forget_incoming(before=before)
    for digests in _batches(store.kept_before(before)):
        with reading(database) as session:
            living = attachments.named(session, digests)
        removed += sum(store.forget(one, before=before) for one in digests if one not in living)
    return removed


def _batches(digests: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(digests)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch

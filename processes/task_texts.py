"""What a list of tasks is searched by beside the number of the case."""

from collections.abc import Sequence

from engine.extensions import Actor
from processes.case_access import TALKS_TO_CUSTOMERS

CUSTOMER = "customer"  # the search attribute


def searched(actor: Actor) -> Sequence[str]:
    """Search attributes. Names are looked for where the person reads them in full: masked ones cannot be guessed at by searching."""
    return (CUSTOMER,) if actor.groups & TALKS_TO_CUSTOMERS else ()

"""One worker of a fleet in a process of its own, with the `counted` handler."""

from datetime import timedelta
from multiprocessing.connection import Connection

from api.app import open_product_database, start_scheduler
from api.settings import Settings
from engine.dispatch import Fleet
from tests.live_app import with_counted

LOST_AFTER = timedelta(seconds=2)  # a test does not wait half a minute for a killed worker's jobs


def run(told: Connection, database_url: str) -> None:
    """Work until the process is ended; that it works is told first."""
    database = with_counted(open_product_database(Settings(database_url=database_url)))
    fleet = Fleet(database, lost_after=LOST_AFTER)
    scheduler = start_scheduler(database, dispatch=fleet)
    told.send("working")
    fleet.work()
    scheduler.stop()
    database.close()

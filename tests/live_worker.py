"""One worker of a fleet in a process of its own, with the `counted` handler: `python -m tests.live_worker --database URL`."""

import argparse
from datetime import timedelta

from api.app import open_product_database, start_scheduler
from api.settings import Settings
from engine.dispatch import Fleet
from tests.live_app import with_counted

LOST_AFTER = timedelta(seconds=2)  # a test does not wait half a minute for a killed worker's jobs

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    database = with_counted(open_product_database(Settings(database_url=parser.parse_args().database)))
    fleet = Fleet(database, lost_after=LOST_AFTER)
    scheduler = start_scheduler(database, dispatch=fleet)
    print("working", flush=True)
    fleet.work()
    scheduler.stop()
    database.close()

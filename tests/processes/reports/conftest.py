"""An office at the beginning of October, whose records a test writes itself."""

from collections.abc import Iterator

import pytest

from engine.database import reading
from tests.processes.conftest import Office
from tests.processes.reports.given import Cases, at

NOW = at("10-01", "11:00")


@pytest.fixture
def cases(office: Office) -> Iterator[Cases]:
    """Where a test writes cases, and reads them counted; nothing is kept."""
    office.time.move_to(NOW)
    with reading(office.database) as session:
        yield Cases(session=session)

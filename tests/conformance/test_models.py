"""Every model of `models/` does what `traces.yaml` says."""

from typing import Any

import pytest

from tests.conformance import walk

pytestmark = pytest.mark.long


@pytest.mark.parametrize("case", [pytest.param(case, id=walk.name_of(case)) for case in walk.cases()])
def test_the_model_does_what_the_standard_says(case: dict[str, Any]) -> None:
    assert walk.differences(case) == []

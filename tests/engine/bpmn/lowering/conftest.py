"""`run` of the folder above; the diagrams are those of this one."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.bpmn.running import Run


@pytest.fixture
def lowered(run: Callable[..., Run]) -> Callable[..., Run]:
    """Start a fixture diagram of this folder."""

    def start(name: str, **variables: Any) -> Run:
        return run(f"../lowering/{name}", **variables)

    return start

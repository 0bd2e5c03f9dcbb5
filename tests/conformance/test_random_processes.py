"""Random block-structured processes run as an independent reading of the standard says, whether or not they are kept between steps.

`REDRESS_EXAMPLES=5000` looks longer, and elsewhere each time; without it the same processes are tried always.
"""

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conformance.blocks.play import play
from tests.conformance.blocks.strategy import models
from tests.conformance.blocks.tree import Model

ASKED = os.environ.get("REDRESS_EXAMPLES")
EXAMPLES = int(ASKED or 40)


@settings(
    max_examples=EXAMPLES,
    derandomize=ASKED is None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(model=models(), moves=st.lists(st.integers(0, 1000), max_size=20))
def test_a_random_process_does_what_the_token_game_says(model: Model, moves: list[int]) -> None:
    play(model, moves)

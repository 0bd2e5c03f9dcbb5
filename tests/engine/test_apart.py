"""Work in another process: its answer comes back, and whatever it does, the next call is answered too."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import apart, apart_limits
from tests.engine import hostile

LINUX = sys.platform.startswith("linux")


def test_an_answer_comes_back_whatever_is_printed_meanwhile() -> None:
    assert apart.call(hostile.doubled, 21) == (42, 1)


@pytest.fixture(autouse=True)
def fresh() -> None:
    """No worker that other tests have used up nearly."""
    apart.end_all()


def test_a_worker_is_used_again_and_another_one_takes_the_place_of_one_that_died() -> None:
    first = apart.call(hostile.process)
    assert first != os.getpid()
    assert apart.call(hostile.process) == first
    with pytest.raises(apart.Ended):
        apart.call(hostile.killed)
    assert apart.call(hostile.process) != first


def test_a_big_process_does_not_make_its_workers_look_used_up() -> None:
    big = bytearray(b"x" * apart_limits.USED_UP)
    assert apart.call(hostile.process) == apart.call(hostile.process)
    assert len(big) == apart_limits.USED_UP


def test_a_worker_that_has_taken_much_is_not_used_again() -> None:
    first = apart.call(hostile.keeps, apart_limits.USED_UP)
    assert apart.call(hostile.process) != first


def test_a_worker_that_died_while_it_waited_is_not_asked() -> None:
    first = apart.call(hostile.process)
    os.kill(first, 9)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert apart.call(hostile.process) != first


@pytest.mark.parametrize(
    ("work", "by_limit"),
    [
        (hostile.too_much, True),
        pytest.param(hostile.much, True, marks=pytest.mark.skipif(not LINUX, reason="the system limits no memory")),
        (hostile.too_deep, True),
        (hostile.killed, True),
        (hostile.left, False),
        (hostile.exits, False),
        (hostile.unsendable, False),
        (hostile.foreign, False),
    ],
)
def test_work_that_does_not_end_well_is_said_to_have_ended(work: Callable[[], object], by_limit: bool) -> None:
    with pytest.raises(apart.Ended) as ended:
        apart.call(work)
    assert ended.value.by_limit is by_limit
    assert apart.call(hostile.doubled, 1)[0] == 2


@pytest.mark.skipif(not LINUX, reason="the system limits no processor time")
def test_work_without_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart_limits, "SECONDS", 0)
    with pytest.raises(apart.Ended) as ended:
        apart.call(hostile.for_ever)
    assert ended.value.by_limit


def test_work_that_takes_the_time_of_the_wall_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart_limits, "WALL_SECONDS", 0.2)
    with pytest.raises(apart.Ended) as ended:
        apart.call(hostile.for_ever)
    assert ended.value.by_limit


def test_work_whose_time_is_over_before_it_began_is_said_to_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart_limits, "WALL_SECONDS", 0)
    for _ in range(3):
        with pytest.raises(apart.Ended) as ended:
            apart.call(hostile.for_ever)
        assert ended.value.by_limit


def test_a_worker_knows_no_secret_and_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    apart.end_all()
    for name in ("REDRESS_DATABASE_URL", "REDRESS_SECRET_KEY", "PGPASSWORD", "DATABASE_URL"):
        monkeypatch.setenv(name, "a secret of the server")
    with open(__file__, encoding="utf-8") as held:
        os.set_inheritable(held.fileno(), True)
        assert "a secret of the server" not in apart.call(hostile.environment).values()
        if LINUX:
            assert __file__ not in apart.call(hostile.opened)


def test_calls_of_several_threads_do_not_mix() -> None:
    with ThreadPoolExecutor(8) as threads:
        assert [answer for answer, _ in threads.map(lambda number: apart.call(hostile.doubled, number), range(40))] == list(range(0, 80, 2))
    assert len(apart._idle) <= apart.AT_ONCE

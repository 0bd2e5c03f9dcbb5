"""Patterns of fields: useful ones work, dangerous ones are refused at deployment."""

import time

import pytest

from engine import form_patterns


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^[A-Z]{2}-\d{4}-\d{6}$", "CP-2026-000123", "CP-2026-12"),
        (r"^\d{16,19}$", "6222020200112233445", "622202 0200112233"),
        (r"^1[3-9]\d{9}$", "13812345678", "23812345678"),
        (r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", "li@example.com", "li@example"),
        (r"^(?:CC|cc)\d{4}$", "CC1001", "CD1001"),
        (r"^\d+(\.\d{1,2})?$", "44.85", "44.855"),
        (r"^(?:\d{3}-){2}\d{4}$", "138-123-4567", "138-1234567"),
        (r"^\d+$", "123", "１２３"),
        (r"^\d$", "1", "1\n"),
        (r"^[\])(]+$", "])(", "a"),
        (r"^a\$", "a$", "a"),
    ],
)
def test_a_pattern_means_what_it_means_in_the_browser(pattern: str, good: str, bad: str) -> None:
    assert form_patterns.problem(pattern) is None
    assert form_patterns.matches(pattern, good)
    assert not form_patterns.matches(pattern, bad)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(a+)+$",
        r"^(a*)*$",
        r"^(a|aa)+$",
        r"^(?:a|a)*$",
        r"^(\d+\s?)+$",
        r"^(a?){25}a{25}$",
        r"^((a+)b?)+$",
        r"^((ab)+)+$",
        r"^(?:(?:a+))*$",
        r"(.*)(.*)(.*)(.*)x",
        r"a*a*a*a*b",
        "a?" * 30 + "a" * 30,
        r"^(?=a+)a+$",
        r"^(?P<a>b)$",
        r"^(a)\1$",
        r"(?i)a",
        r"(?!a)",
        "[a",
        "(a",
        "a{99999999999}",
        "x" * 300,
    ],
)
def test_a_pattern_that_could_run_for_minutes_is_refused(pattern: str) -> None:
    assert form_patterns.problem(pattern) is not None


@pytest.mark.parametrize(
    "pattern", [r"^[^@]+@[^@]+\.[^@]+$", r"^a*a*b$", r"^\w+\s\w+$", "^(a?b?)" + "c?" * 5 + "$", r"^(?:a|b)?(?:c|d)?\d+x$"]
)
def test_the_worst_value_for_an_accepted_pattern_is_decided_quickly(pattern: str) -> None:
    assert form_patterns.problem(pattern) is None
    for unit in ("a", "a@", "@", ".", "a.", "a b", "c", "1"):
        started = time.thread_time()
        form_patterns.matches(pattern, (unit * form_patterns.LONGEST_VALUE)[: form_patterns.LONGEST_VALUE] + "!")
        assert time.thread_time() - started < 0.3

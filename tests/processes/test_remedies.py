"""The facts a remedy case is counted with."""

from decimal import Decimal

from processes import remedies


def test_every_fact_of_the_decision_table_is_there_with_zero_where_none_was_given() -> None:
    clean, problems = remedies.read_inputs("FRAUD", {"price": "1299"})
    assert not problems
    assert clean["price"] == Decimal("1299.00")
    assert clean["overdue_wd"] == 0
    assert set(clean) == {*remedies.AMOUNTS, *remedies.COUNTS}


def test_a_fact_the_case_is_counted_with_must_be_given() -> None:
    _, problems = remedies.read_inputs("DELIVERY_LATE", {"price": "10"})
    assert [(one.code, one.pointer) for one in problems] == [("REQUIRED", "/inputs/days_late")]


def test_each_wrong_fact_is_named_by_its_place() -> None:
    _, problems = remedies.read_inputs("DELIVERY_LATE", {"price": "-1", "days_late": "2.5", "colour": "red"})
    assert {(one.code, one.pointer) for one in problems} == {
        ("UNKNOWN", "/inputs/colour"),
        ("RANGE", "/inputs/price"),
        ("RANGE", "/inputs/days_late"),
    }


def test_days_are_whole_and_not_absurd() -> None:
    for wrong in (True, "-1", "٣", 99_999_999, "36501"):
        _, problems = remedies.read_inputs("OVERDUE_GOODWILL", {"overdue_wd": wrong})
        assert [one.pointer for one in problems] == ["/inputs/overdue_wd"], wrong

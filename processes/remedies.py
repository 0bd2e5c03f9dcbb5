"""The remedy cases of DMN-08 and the facts each one is counted with.

The amounts themselves are the decision table's (`diagrams/compensation_approval/compensation_standard.dmn`); a new row
there with facts of its own needs an entry here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Problem
from processes import money

AMOUNTS = ("price", "freight", "loss", "medical", "care", "lost_income", "overcharge", "fee")
COUNTS = ("repair_days", "days_late", "days", "overdue_wd")
MOST_DAYS = 36_500


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A remedy case: what it is called and the inputs without which no standard can be computed."""

    name: str
    name_zh: str
    needs: tuple[str, ...] = ()


REMEDIES: Mapping[str, Remedy] = {
    "PQ_RETURN": Remedy(name="Defective goods: return", name_zh="质量问题退货", needs=("price", "freight")),
    "PQ_REPLACE": Remedy(name="Defective goods: replacement", name_zh="质量问题换货", needs=("freight",)),
    "PQ_REPAIR": Remedy(name="Defective goods: late repair", name_zh="质量问题维修超期", needs=("repair_days",)),
    "PQ_LOSS": Remedy(name="Loss caused by a defect", name_zh="质量问题造成损失", needs=("loss",)),
    "FRAUD": Remedy(name="Fraud: refund and three times the price", name_zh="欺诈退一赔三", needs=("price",)),
    "FOOD": Remedy(name="Unsafe food: refund and ten times the price", name_zh="食品安全退一赔十", needs=("price",)),
    "INJURY": Remedy(name="Injury", name_zh="人身伤害", needs=("medical", "care", "lost_income")),
    "DELIVERY_LATE": Remedy(name="Late delivery", name_zh="配送延误", needs=("price", "days_late")),
    "DELIVERY_LOST": Remedy(name="Lost in delivery", name_zh="配送丢失", needs=("price", "freight")),
    "PRICE_OVERCHARGE": Remedy(name="Overcharged", name_zh="多收价款", needs=("overcharge",)),
    "SERVICE_ATTITUDE": Remedy(name="Bad service", name_zh="服务态度"),
    "FEE_ERROR": Remedy(name="Wrong fee", name_zh="错收费用", needs=("fee", "days")),
    "TXN_ERROR": Remedy(name="Wrong transaction", name_zh="交易差错", needs=("loss",)),
    "MIS_SELLING": Remedy(name="Mis-selling", name_zh="误导销售", needs=("loss",)),
    "PRIVACY": Remedy(name="Personal data leaked", name_zh="个人信息泄露"),
    "MALL_ADVANCE": Remedy(name="Advance payment by the mall", name_zh="商场先行赔付", needs=("price",)),
    "OVERDUE_GOODWILL": Remedy(name="Goodwill for late handling", name_zh="处理超期补偿", needs=("overdue_wd",)),
    "APOLOGY_ONLY": Remedy(name="Apology, no money", name_zh="仅致歉"),
    "OTHER": Remedy(name="Other, without a standard", name_zh="其他(无标准)"),
}
GOODWILL = frozenset({"OVERDUE_GOODWILL"})


def read_inputs(remedy_case: str, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The facts as the decision table takes them (every name, 0 where none was given), and what is wrong with them."""
    clean: dict[str, Any] = {}
    problems = [
        Problem(code="UNKNOWN", pointer=f"/inputs/{name}", message=f"No remedy case is counted with '{name}'.")
        for name in inputs
        if name not in AMOUNTS + COUNTS
    ]
    for name in AMOUNTS + COUNTS:
        value = inputs.get(name)
        if value is None and name in REMEDIES[remedy_case].needs:
            message = f"{REMEDIES[remedy_case].name} is counted with '{name}'; give it."
            problems.append(Problem(code="REQUIRED", pointer=f"/inputs/{name}", message=message))
            continue
        read = money.read if name in AMOUNTS else _count
        found = read(0 if value is None else value, pointer=f"/inputs/{name}")
        if isinstance(found, Problem):
            problems.append(found)
        clean[name] = found
    return clean, problems


def _count(value: Any, *, pointer: str) -> int | Problem:
    """A whole number of days."""
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) > MOST_DAYS:
        return Problem(code="RANGE", pointer=pointer, message=f"This is a whole number of days between 0 and {MOST_DAYS}.")
    return int(text)

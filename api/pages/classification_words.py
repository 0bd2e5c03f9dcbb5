"""What the delivered classification calls by codes: categories and what is in them, the words that point at one, priorities."""

from collections.abc import Mapping
from typing import Any

from api.pages.texts import gettext, lazy_gettext

CATEGORIES: Mapping[str, Any] = {
    "PQ": lazy_gettext("Product quality"),
    "AS": lazy_gettext("After-sales and repair"),
    "DL": lazy_gettext("Delivery"),
    "PR": lazy_gettext("Price and charges"),
    "SA": lazy_gettext("Service attitude"),
    "CT": lazy_gettext("Contract and fraud"),
    "FN": lazy_gettext("Financial business"),
    "IS": lazy_gettext("Information system"),
    "PI": lazy_gettext("Personal information"),
    "SF": lazy_gettext("Safety and food"),
    "MG": lazy_gettext("Internal management"),
    "OT": lazy_gettext("Other"),
}
SUB_CATEGORIES: Mapping[str, Any] = {
    "AS-REPAIR": lazy_gettext("Repair and warranty"),
    "CT-FRAUD": lazy_gettext("Fraud and false claims"),
    "CT-TERM": lazy_gettext("Terms and breach of contract"),
    "DL-LATE": lazy_gettext("Late or lost"),
    "DL-LOST": lazy_gettext("Lost in delivery"),
    "FN-ACC": lazy_gettext("Customer account"),
    "FN-EDU": lazy_gettext("Courses for investors"),
    "FN-FEE": lazy_gettext("Fees and interest"),
    "FN-SUIT": lazy_gettext("Suitability of what was sold"),
    "IS-TXN": lazy_gettext("Failed transaction"),
    "MG-INT": lazy_gettext("Rules and premises"),
    "OT-GEN": lazy_gettext("Other"),
    "PI-LEAK": lazy_gettext("Leaked personal data"),
    "PQ-DEFECT": lazy_gettext("Defect"),
    "PR-OVERCHARGE": lazy_gettext("Overcharged"),
    "SA-ATT": lazy_gettext("Attitude of staff"),
    "SF-FOOD": lazy_gettext("Food safety"),
    "SF-INJ": lazy_gettext("Injury or danger"),
}
HINTS: Mapping[str, Any] = {
    "KW-SAFETY": lazy_gettext("injury or danger"),
    "KW-FOOD": lazy_gettext("food"),
    "KW-PRIVACY": lazy_gettext("privacy"),
    "KW-FRAUD": lazy_gettext("fraud"),
    "KW-QUALITY": lazy_gettext("quality"),
    "KW-AFTER": lazy_gettext("after-sales"),
    "KW-DELIVERY": lazy_gettext("delivery"),
    "KW-PRICE": lazy_gettext("price"),
    "KW-FEE": lazy_gettext("fees"),
    "KW-SALE": lazy_gettext("misleading sale"),
    "KW-ACCOUNT": lazy_gettext("customer account"),
    "KW-SYSTEM": lazy_gettext("system"),
    "KW-EDU": lazy_gettext("courses"),
    "KW-CONTRACT": lazy_gettext("contract"),
    "KW-ATTITUDE": lazy_gettext("attitude"),
    "KW-INTERNAL": lazy_gettext("management"),
}
PRIORITIES: Mapping[str, Any] = {
    "PR1": lazy_gettext("1 at once"),
    "PR2": lazy_gettext("2 soon"),
    "PR3": lazy_gettext("3 in turn"),
    "PR4": lazy_gettext("4 can wait"),
}


def sub_category_name(code: str | None) -> str:
    """A sub-category; `<category>-GEN` is what is no other of its category, and one of another table stands as it is."""
    category, _, kind = (code or "").partition("-")
    if kind == "GEN" and code not in SUB_CATEGORIES and category in CATEGORIES:
        return gettext("%(category)s in general", category=CATEGORIES[category])
    return str(SUB_CATEGORIES.get(code, code)) if code else ""


def hint_name(code: str) -> str:
    """What a word of the content points at; one of another lexicon stands as it is."""
    return str(HINTS.get(code, code))


def priority_name(band: str | None) -> str:
    """A priority, 1 (most urgent) to 4."""
    return str(PRIORITIES.get(band, band)) if band else ""

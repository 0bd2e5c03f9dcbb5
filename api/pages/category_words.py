"""The sub-categories of DMN-02 and the hints it goes by, in words (decisions.md); the categories are in `complaint_words`."""

from collections.abc import Mapping
from typing import Any

from api.pages.complaint_words import CATEGORIES
from api.pages.texts import gettext, lazy_gettext

SUB_CATEGORIES: Mapping[str, Any] = {
    "SF-INJ": lazy_gettext("Somebody was hurt"),
    "SF-FOOD": lazy_gettext("Food safety"),
    "PI-LEAK": lazy_gettext("Personal data disclosed"),
    "CT-FRAUD": lazy_gettext("Counterfeit or deception"),
    "CT-TERM": lazy_gettext("Terms of a contract"),
    "PQ-DEFECT": lazy_gettext("Defective product"),
    "AS-REPAIR": lazy_gettext("Repair and warranty"),
    "DL-LATE": lazy_gettext("Late delivery"),
    "DL-LOST": lazy_gettext("Lost in delivery"),
    "PR-OVERCHARGE": lazy_gettext("Charged too much"),
    "FN-FEE": lazy_gettext("Fees and interest"),
    "FN-SUIT": lazy_gettext("Unsuitable financial product"),
    "FN-ACC": lazy_gettext("Accounts and cards"),
    "FN-EDU": lazy_gettext("Events for investors"),
    "IS-TXN": lazy_gettext("Systems and transactions"),
    "SA-ATT": lazy_gettext("Attitude of staff"),
    "MG-INT": lazy_gettext("Management and premises"),
}
HINTS: Mapping[str, Any] = {
    "KW-SAFETY": lazy_gettext("injury, fire or poisoning"),
    "KW-FOOD": lazy_gettext("food gone bad"),
    "KW-PRIVACY": lazy_gettext("personal data"),
    "KW-FRAUD": lazy_gettext("counterfeit, deception"),
    "KW-QUALITY": lazy_gettext("quality, breakage"),
    "KW-AFTER": lazy_gettext("repair, warranty"),
    "KW-DELIVERY": lazy_gettext("delivery, delay"),
    "KW-PRICE": lazy_gettext("price, overcharging"),
    "KW-FEE": lazy_gettext("fees, interest"),
    "KW-SALE": lazy_gettext("misleading sale"),
    "KW-ACCOUNT": lazy_gettext("account, bank card"),
    "KW-SYSTEM": lazy_gettext("system, app, sign-in"),
    "KW-EDU": lazy_gettext("training, lectures"),
    "KW-CONTRACT": lazy_gettext("contract, deposit"),
    "KW-ATTITUDE": lazy_gettext("attitude of staff"),
    "KW-INTERNAL": lazy_gettext("management, queues"),
}


def sub_category_name(code: str) -> str:
    """In words; `<category>-GEN` is what is no other of its category, and a code of the house stands as it is."""
    category, _, kind = code.partition("-")
    if kind == "GEN" and category in CATEGORIES:
        return gettext("%(category)s in general", category=CATEGORIES[category])
    return str(SUB_CATEGORIES.get(code, code))

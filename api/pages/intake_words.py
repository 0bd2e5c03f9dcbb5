"""The choices of the registration form of the office, in words."""

from collections.abc import Mapping
from typing import Any

from api.pages.texts import lazy_gettext

SOURCES: Mapping[str, Any] = {
    "customer": lazy_gettext("The customer"),
    "third_party": lazy_gettext("Somebody else"),
    "regulator": lazy_gettext("An authority, 12315 or an association"),
    "internal": lazy_gettext("Our own house"),
}
BUSINESS: Mapping[str, Any] = {
    "goods": lazy_gettext("Goods"),
    "service": lazy_gettext("Service"),
    "delivery": lazy_gettext("Delivery"),
    "finance": lazy_gettext("Finance"),
    "other": lazy_gettext("Other"),
}
LANGUAGES: Mapping[str, Any] = {"zh": "中文", "en": "English"}
AMOUNTS_OF_HARM: Mapping[str, Any] = {
    "none": lazy_gettext("None"),
    "potential": lazy_gettext("Somebody may be harmed"),
    "actual": lazy_gettext("Somebody is harmed"),
}
MEDIA: Mapping[str, Any] = {
    "none": lazy_gettext("Not that we know"),
    "threatened": lazy_gettext("The customer announces it"),
    "published": lazy_gettext("It is public"),
}
TIERS: Mapping[str, Any] = {"serious": lazy_gettext("Serious"), "urgent": lazy_gettext("Urgent")}

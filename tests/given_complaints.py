"""The two complaints most tests are about, as they are given."""

from datetime import datetime
from typing import Any

# As a customer or the staff registers it.
LATE_PARCEL: dict[str, Any] = {
    "channel": "app",
    "name": "王敏",
    "phone": "13800000001",
    "preferred_contact": "phone",
    "consent_data_use": True,
    "complained_object": "快递",
    "business_type": "goods",
    "order_no": "EC20260301-118",
    "content": "快递延误三天还没收到货",
    "demand": "赔偿",
    "claim_amount": "45.00",
}


def lost_parcel(received_at: datetime) -> dict[str, Any]:
    """As another system hands it over, with the one who handles it."""
    return {
        "customer_id": "c14",
        "customer_name": "曹磊",
        "level": 2,
        "channel": "web",
        "content": "包裹丢件",
        "received_at": received_at,
        "case_owner": "u_owner1",
        "owner_department": "LOGISTICS",
    }

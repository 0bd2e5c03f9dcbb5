"""How complete the record of a case is, and what its fields are called when somebody is asked for them."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from processes import cases, complaints, intake_fields
from processes.tables.cases import Complaint

FIELDS: Mapping[str, tuple[str, str]] = {
    "channel": ("how the complaint reached us", "投诉渠道"),
    "business_type": ("what kind of business it is about (goods, service, finance, delivery)", "业务类型(商品、服务、金融、配送等)"),
    "complained_object": ("who or what the complaint is about", "被投诉的对象"),
    "content": ("what happened", "投诉内容"),
    "demand": ("what you ask for", "您的诉求"),
    "consent_data_use": ("your consent to our using this data to handle the complaint", "您对使用相关信息处理投诉的同意"),
    "name": ("your name", "您的姓名"),
    "phone": ("a phone number or an e-mail address", "联系电话或电子邮箱"),
    "preferred_contact": ("how you prefer to be contacted", "您希望的联系方式"),
    "order_no": ("the number of the order or contract", "订单号或合同号"),
    "external_no": ("the file number of the authority", "监管转办编号"),
    "authorised": ("the authorisation of whoever acts for you", "代理人的授权材料"),
    "root_cause": ("the root cause", "根本原因"),
}


def note(session: Session, complaint: Complaint) -> list[str]:
    """Compute the share of mandatory fields that are filled and keep it; gives those that are not."""
    complaint.completeness = intake_fields.completeness(complaint, cases.customer_of(session, complaint))
    return complaints.missing(session, complaint)


def words(name: str, locale: str) -> str:
    """A field in words."""
    english, chinese = FIELDS.get(name, (name, name))
    return chinese if locale == "zh" else english

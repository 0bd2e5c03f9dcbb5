"""Roles (processes.md 2.1), the teams cases are routed to (DMN-06) and who speaks from outside, with the names people read."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as people read it."""

    name: str
    name_zh: str


ROLES: Mapping[str, Role] = {
    "intake_agent": Role(name="Intake agent", name_zh="受理员"),
    "case_owner": Role(name="Case owner", name_zh="投诉责任人"),
    "case_owner_senior": Role(name="Senior case owner", name_zh="高级责任人"),
    "team_lead": Role(name="Team lead", name_zh="客服主管"),
    "dept_handler": Role(name="Department handler", name_zh="责任部门经办"),
    "dept_manager": Role(name="Department manager", name_zh="部门经理"),
    "complaint_manager": Role(name="Complaint manager", name_zh="投诉管理部负责人"),
    "mediator": Role(name="Mediator", name_zh="调解员"),
    "legal": Role(name="Legal", name_zh="法务"),
    "compliance": Role(name="Compliance", name_zh="合规"),
    "dpo": Role(name="Data protection officer", name_zh="个人信息保护负责人"),
    "finance_clerk": Role(name="Finance clerk", name_zh="财务经办"),
    "finance_checker": Role(name="Finance checker", name_zh="财务复核"),
    "executive": Role(name="Executive", name_zh="分管高管"),
    "general_manager": Role(name="General manager", name_zh="总经理"),
    "compensation_committee": Role(name="Compensation committee", name_zh="赔付委员会"),
    "arbiter": Role(name="Arbiter", name_zh="内部仲裁委员"),
    "return_visitor": Role(name="Return visitor", name_zh="回访专员"),
    "capa_owner": Role(name="Improvement owner", name_zh="整改责任人"),
    "quality_analyst": Role(name="Quality analyst", name_zh="质量分析"),
    "public_relations": Role(name="Public relations", name_zh="公共关系"),
    "review_officer": Role(name="Review officer", name_zh="上级核查人"),
    "auditor": Role(name="Auditor", name_zh="审计"),
    "supervision_group": Role(name="Supervision group", name_zh="督导组"),
    "process_owner": Role(name="Process owner", name_zh="流程负责人"),
    "ops": Role(name="Operations", name_zh="运维"),
    "admin": Role(name="Administrator", name_zh="系统管理员"),
    "duty": Role(name="Case owner on duty", name_zh="值班责任人"),
    "cs_group": Role(name="Customer service team", name_zh="客服组"),
    "cs_senior_group": Role(name="Senior customer service team", name_zh="高级客服组"),
    "quality_group": Role(name="Quality team", name_zh="质量组"),
    "aftersales_group": Role(name="After-sales team", name_zh="售后组"),
    "logistics_group": Role(name="Logistics team", name_zh="物流组"),
    "pricing_group": Role(name="Pricing team", name_zh="价格组"),
    "contract_group": Role(name="Contract team", name_zh="合同组"),
    "fin_group": Role(name="Financial business team", name_zh="金融业务组"),
    "it_group": Role(name="Information systems team", name_zh="信息系统组"),
    "privacy_group": Role(name="Personal information team", name_zh="个人信息保护组"),
    "crisis_group": Role(name="Crisis team", name_zh="危机处置组"),
    "admin_group": Role(name="Administration team", name_zh="行政组"),
    "payment_provider": Role(name="Payment provider", name_zh="支付服务方"),
    "authority": Role(name="Authority", name_zh="监管部门"),
    "complainant": Role(name="Complainant", name_zh="投诉人"),
}


def shown(role: str, locale: str) -> str:
    """The role in that language; a group nobody described stands for itself."""
    known = ROLES.get(role)
    return role if known is None else known.name_zh if locale == "zh" else known.name

"""How codes, instants and amounts are said in letters: filters of the templates, each given the language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from processes import money, roles

ZONE = ZoneInfo("Asia/Shanghai")
WEEKDAYS_ZH = "一二三四五六日"

CLOCKS: Mapping[str, tuple[str, str]] = {
    "C-ACK": ("the acknowledgement", "受理回执"),
    "C-TRIAGE": ("triage", "分类定级"),
    "C-ACCEPT": ("acceptance by the case owner", "责任人受理"),
    "C-FIRST": ("the first response", "首次响应"),
    "C-ENGAGE": ("engagement of management", "管理人员介入"),
    "C-PRELIM": ("the preliminary reply", "初步答复"),
    "C-INVEST": ("the investigation", "调查核实"),
    "C-REVIEW": ("the review of the solution", "方案审核"),
    "C-RESOLVE": ("the resolution", "问题解决"),
    "C-FEEDBACK": ("the feedback to the customer", "结果反馈"),
    "C-VISIT": ("the return visit", "回访"),
    "C-CLOSE": ("closing the case", "结案归档"),
    "C-APPROVE": ("the approval of the compensation", "赔付审批"),
    "C-FINCHK": ("the finance check", "财务审核"),
    "C-PAY": ("the payment", "赔付支付"),
    "C-MED-OPEN": ("the first mediation session", "首次调解会议"),
    "C-MEDIATE": ("the mediation", "调解"),
    "C-SIGN": ("signing the settlement", "协议签署"),
    "C-ARB": ("the arbitration", "责任仲裁"),
    "C-CAPA-PLAN": ("the improvement plan", "整改计划"),
    "C-REVIEW2": ("the second review", "核查"),
    "C-DISC": ("the disclosure decision", "披露审批"),
    "C-REG": ("the reply due by regulation", "监管时限"),
}
ENGAGEMENTS: Mapping[str, tuple[str, str]] = {
    "manager": ("engagement of the department manager", "部门经理介入"),
    "kickoff": ("the cross-department kickoff", "跨部门协作启动"),
    "exec": ("sponsorship by the executive", "高层督办"),
}
# what a customer is told about a status: the stage, not the word of the office
STAGES: Mapping[str, tuple[str, str]] = {
    "NEW": ("received", "已收到"),
    "NEED_INFO": ("waiting for something from you", "等待您补充材料"),
    "TRIAGE": ("being read and graded", "分类评定中"),
    "ASSIGNED": ("handed to a case owner", "已分派责任人"),
    "ACCEPTED": ("with its case owner", "责任人已受理"),
    "INVESTIGATING": ("being investigated", "调查核实中"),
    "WAITING_CUSTOMER_INFO": ("waiting for something from you", "等待您补充材料"),
    "DETERMINING": ("finding out who is responsible", "责任认定中"),
    "PROPOSING": ("working on a solution", "制定方案中"),
    "IN_REVIEW": ("the solution is being reviewed", "方案审核中"),
    "COMP_APPROVAL": ("the compensation is being approved", "赔付审批中"),
    "COMMUNICATING": ("our answer is on its way", "方案告知中"),
    "WAITING_CUSTOMER_DECISION": ("waiting for your answer", "等待您的答复"),
    "MEDIATION": ("in mediation", "调解中"),
    "EXECUTING": ("being carried out", "方案执行中"),
    "RESOLVED": ("resolved", "已解决"),
    "FEEDBACK_SENT": ("resolved, the result was sent to you", "已反馈结果"),
    "RETURN_VISIT": ("we are asking how content you are", "回访中"),
    "CLOSING": ("being closed", "结案中"),
    "REOPENED": ("taken up again", "重新处理中"),
    "SUSPENDED": ("waiting for an expert opinion or a proceeding", "暂缓处理"),
    "CLOSED": ("closed", "已结案"),
}
REMEDIES: Mapping[str, tuple[str, str]] = {
    "regulator": ("turn to the authority in charge, or to the consumer hotline 12315", "向主管部门反映，或拨打 12315"),
    "review": ("ask us for a second review within 30 days", "在三十日内申请我们进行核查"),
    "mediation": ("ask a consumer association or mediation committee to mediate", "请消费者协会或调解组织调解"),
    "arbitration": ("apply for arbitration, if it was agreed", "有仲裁约定的，申请仲裁"),
    "court": ("bring an action before the court", "向人民法院起诉"),
}
METHODS: Mapping[str, tuple[str, str]] = {
    "bank": ("to your bank account", "银行转账"),
    "alipay": ("by Alipay", "支付宝"),
    "wechat": ("by WeChat Pay", "微信支付"),
    "original payment route": ("the way you paid", "原路退回"),
    "voucher": ("as a voucher", "代金券"),
}
PROVIDERS: Mapping[str, str] = {
    "company mediator": "本公司调解员",
    "industry mediation organisation / consumer association": "行业调解组织或消费者协会",
    "people's mediation committee": "人民调解委员会",
}


def moment(value: date | datetime, locale: str) -> str:
    """An instant or a day in plain words: `Friday, 17 April 2026, 18:00`."""
    if isinstance(value, datetime):
        local = value.astimezone(ZONE)
        return f"{_day(local.date(), locale)}{', ' if locale != 'zh' else ''}{local:%H:%M}"
    return _day(value, locale)


def _day(day: date, locale: str) -> str:
    if locale == "zh":
        return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS_ZH[day.weekday()]}）"
    return f"{day:%A}, {day.day} {day:%B %Y}"


def clock_name(clock: str, locale: str, key: str = "") -> str:
    """A deadline as people call it, with the role it waits for."""
    if key in ENGAGEMENTS:
        return _said(ENGAGEMENTS, key, locale)
    name = _said(CLOCKS, clock, locale)
    if key not in roles.ROLES:
        return name
    return f"{name}({roles.shown(key, locale)})" if locale == "zh" else f"{name} ({roles.shown(key, locale)})"


def _said(words: Mapping[str, tuple[str, str]], code: str, locale: str) -> str:
    """What has no words of its own stands for itself: what a person typed, for example."""
    known = words.get(code)
    return code if known is None else known[1 if locale == "zh" else 0]


def _amount(value: Decimal | str) -> str:
    return money.shown(Decimal(value))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "money": _amount,
    "clock_name": clock_name,
    "stage": lambda status, locale: _said(STAGES, status, locale),
    "remedy_name": lambda remedy, locale: _said(REMEDIES, remedy, locale),
    "method_name": lambda method, locale: _said(METHODS, method, locale),
    "provider_name": lambda provider, locale: PROVIDERS.get(provider, provider) if locale == "zh" else provider,
    "role_name": roles.shown,
}

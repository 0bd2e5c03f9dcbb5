"""Words in the content of a complaint that point at a category: the hints DMN-02 `classification` reads (decisions.md)."""

import re
from collections.abc import Mapping

LEXICON: Mapping[str, str] = {
    "KW-SAFETY": "受伤|伤人|起火|爆炸|漏电|刹车失灵|中毒|食物中毒|住院",
    "KW-FOOD": "过期|变质|异物|食品安全|发霉",
    "KW-PRIVACY": "泄露|个人信息|隐私|骚扰电话|身份被冒用",
    "KW-FRAUD": "假货|欺诈|虚假宣传|诈骗|冒充",
    "KW-QUALITY": "质量|破损|瑕疵|故障|坏了|不能用|异响",
    "KW-AFTER": "维修|保修|售后|返修|退货难",
    "KW-DELIVERY": "延误|没收到|物流|快递|配送|丢件",
    "KW-PRICE": "多收|价格|价保|乱收费|标价",
    "KW-FEE": "手续费|年费|佣金|管理费|利息",
    "KW-SALE": "误导销售|理财|保本|风险等级|基金亏损",
    "KW-ACCOUNT": "账户|冻结|银行卡|盗刷|销户",
    "KW-SYSTEM": "系统|APP|无法登录|行情|委托|交易失败",
    "KW-EDU": "投资者教育|培训活动|讲座",
    "KW-CONTRACT": "合同|违约|条款|押金|定金",
    "KW-ATTITUDE": "态度|辱骂|推诿|不理睬|冷漠",
    "KW-INTERNAL": "管理|制度|排队|环境",
}
_PATTERNS = {hint: re.compile(pattern) for hint, pattern in LEXICON.items()}


def hints(content: str) -> list[str]:
    """The hints found, in the order of the lexicon."""
    return [hint for hint, pattern in _PATTERNS.items() if pattern.search(content)]

"""The people of the demonstration: the fixture users of the scenarios, and those that claims of high bands need besides."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from processes import people
from processes.tables.people import Account

DOMAIN = "redress.example"


@dataclass(frozen=True)
class Person:
    """One account: id, name, Chinese name, department, groups (separated by spaces), manager."""

    id: str
    name: str
    name_zh: str
    department: str
    groups: str
    manager: str | None = None


DEPARTMENTS = {
    "CS": ("Customer Service", "客户服务部"),
    "QA": ("Quality", "质量部"),
    "PRODUCTION": ("Production", "生产部"),
    "PURCHASING": ("Purchasing", "采购部"),
    "LOGISTICS": ("Logistics", "物流部"),
    "AFTERSALES": ("After-sales", "售后部"),
    "BUSINESS_LINE": ("Business Line", "业务部"),
    "FINANCE_PRICING": ("Pricing", "价格管理部"),
    "FINANCE": ("Finance", "财务部"),
    "LEGAL": ("Legal", "法务部"),
    "COMPLIANCE": ("Compliance", "合规部"),
    "MARKETING": ("Marketing", "市场部"),
    "PR_TEAM": ("Public Relations", "公关部"),
    "IT": ("IT", "信息技术部"),
    "SAFETY": ("Safety", "安全部"),
    "ADMIN": ("Administration", "行政部"),
    "MANAGEMENT": ("Management", "管理层"),
}

# department: (manager, deputies)
MANAGERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "QA": ("u_mgr_qa", ()),
    "PRODUCTION": ("u_mgr_prod", ()),
    "LOGISTICS": ("u_mgr_log", ("u_mgr_log2", "u_mgr_log3")),
    "BUSINESS_LINE": ("u_mgr_fin", ()),
    "LEGAL": ("u_mgr_legal", ()),
    "MARKETING": ("u_mgr_mkt", ()),
    "CS": ("u_mgr_cs", ()),
    "AFTERSALES": ("u_mgr_as", ()),
}

STAFF = (
    Person("u_intake1", "Chen Jing", "陈静", "CS", "intake_agent", "u_lead1"),
    Person("u_intake2", "Zhao Lei", "赵磊", "CS", "intake_agent", "u_lead2"),
    Person("u_desk1", "Sun Yue", "孙悦", "CS", "intake_agent case_owner", "u_lead1"),
    Person("u_owner1", "Lin Mei", "林梅", "CS", "case_owner", "u_lead1"),
    Person("u_owner2", "Guo Qiang", "郭强", "CS", "case_owner", "u_lead2"),
    Person("u_owner_duty", "He Fang", "何芳", "CS", "case_owner duty", "u_lead1"),
    Person("u_duty1", "Ma Chao", "马超", "CS", "case_owner duty", "u_lead2"),
    Person("u_senior1", "Xu Lan", "许兰", "CS", "case_owner case_owner_senior", "u_mgr_cs"),
    Person("u_senior2", "Tang Bo", "唐波", "CS", "case_owner case_owner_senior", "u_mgr_cs"),
    Person("u_lead1", "Wang Fang", "王芳", "CS", "team_lead", "u_mgr_cs"),
    Person("u_lead2", "Li Jun", "李军", "CS", "team_lead", "u_mgr_cs"),
    Person("u_mgr_qa", "Gao Min", "高敏", "QA", "dept_manager", "u_exec1"),
    Person("u_mgr_prod", "Luo Gang", "罗刚", "PRODUCTION", "dept_manager", "u_exec1"),
    Person("u_mgr_log", "Song Tao", "宋涛", "LOGISTICS", "dept_manager", "u_exec1"),
    Person("u_mgr_log2", "Cao Ying", "曹颖", "LOGISTICS", "dept_manager", "u_mgr_log"),
    Person("u_mgr_log3", "Deng Kai", "邓凯", "LOGISTICS", "dept_manager", "u_mgr_log"),
    Person("u_mgr_fin", "Xie Hong", "谢红", "BUSINESS_LINE", "dept_manager", "u_exec1"),
    Person("u_mgr_legal", "Han Xue", "韩雪", "LEGAL", "dept_manager", "u_exec1"),
    Person("u_mgr_mkt", "Feng Li", "冯丽", "MARKETING", "dept_manager", "u_exec1"),
    Person("u_mgr_cs", "Zheng Yu", "郑宇", "CS", "dept_manager", "u_exec1"),
    Person("u_mgr_as", "Peng Wei", "彭伟", "AFTERSALES", "dept_manager", "u_exec1"),
    Person("u_cm1", "Liang Hui", "梁辉", "MANAGEMENT", "complaint_manager", "u_exec1"),
    Person("u_exec1", "Shen Yang", "沈阳", "MANAGEMENT", "executive", "u_gm1"),
    Person("u_gm1", "Jiang Nan", "江南", "MANAGEMENT", "general_manager"),
    Person("u_cc1", "Qin Shu", "秦书", "MANAGEMENT", "compensation_committee", "u_gm1"),
    Person("u_legal1", "Ye Qing", "叶青", "LEGAL", "legal", "u_mgr_legal"),
    Person("u_legal2", "Yu Hao", "余浩", "LEGAL", "legal", "u_mgr_legal"),
    Person("u_compl1", "Pan Rui", "潘睿", "COMPLIANCE", "compliance", "u_exec1"),
    Person("u_dpo1", "Du Juan", "杜娟", "COMPLIANCE", "dpo", "u_exec1"),
    Person("u_fin1", "Jin Ling", "金玲", "FINANCE", "finance_clerk", "u_exec1"),
    Person("u_fin2", "Shi Jian", "石坚", "FINANCE", "finance_checker", "u_exec1"),
    Person("u_med1", "Kong Yi", "孔毅", "LEGAL", "mediator", "u_cm1"),
    Person("u_arb1", "Bai Yun", "白云", "MANAGEMENT", "arbiter", "u_gm1"),
    Person("u_arb2", "Cui Ming", "崔明", "MANAGEMENT", "arbiter", "u_gm1"),
    Person("u_arb3", "Kang Ning", "康宁", "MANAGEMENT", "arbiter", "u_gm1"),
    Person("u_rv1", "Mao Dan", "毛丹", "CS", "return_visitor", "u_lead1"),
    Person("u_capa1", "Qiu Shi", "邱实", "QA", "capa_owner", "u_mgr_qa"),
    Person("u_qa1", "Qi Lin", "齐琳", "QA", "quality_analyst", "u_mgr_qa"),
    Person("u_dept_qa1", "Gu Feng", "顾峰", "QA", "dept_handler", "u_mgr_qa"),
    Person("u_dept_prod1", "Meng Fei", "孟飞", "PRODUCTION", "dept_handler", "u_mgr_prod"),
    Person("u_dept_log1", "Xiong Wei", "熊伟", "LOGISTICS", "dept_handler", "u_mgr_log"),
    Person("u_dept_as1", "Bao Yan", "鲍燕", "AFTERSALES", "dept_handler", "u_mgr_as"),
    Person("u_dept_mkt1", "Yan Song", "严松", "MARKETING", "dept_handler", "u_mgr_mkt"),
    Person("u_dept_fin1", "Wen Jie", "文杰", "BUSINESS_LINE", "dept_handler", "u_mgr_fin"),
    Person("u_dept_it1", "Lei Ting", "雷婷", "IT", "dept_handler", "u_exec1"),
    Person("u_pr1", "Ai Xin", "艾欣", "PR_TEAM", "public_relations", "u_exec1"),
    Person("u_ho1", "Wu Di", "吴迪", "MANAGEMENT", "review_officer", "u_gm1"),
    Person("u_ho2", "Fan Hua", "范华", "MANAGEMENT", "review_officer", "u_gm1"),
    Person("u_po1", "Lu Ping", "陆平", "ADMIN", "process_owner", "u_exec1"),
    Person("u_ops1", "Zhu Jie", "朱杰", "IT", "ops", "u_exec1"),
    Person("u_aud1", "Yao Yuan", "姚远", "MANAGEMENT", "auditor", "u_gm1"),
    Person("u_admin1", "Tian Tian", "田甜", "IT", "admin", "u_exec1"),
)

# the groups of the routing table (DMN-06), in their order; handler groups are the handlers of the department
GROUPS: dict[str, tuple[str, ...]] = {
    "cs_group": ("u_owner1", "u_owner2", "u_desk1"),
    "cs_senior_group": ("u_senior1", "u_senior2"),
    "duty": ("u_owner_duty", "u_duty1"),
    "quality_group": ("u_dept_qa1",),
    "aftersales_group": ("u_dept_as1",),
    "logistics_group": ("u_dept_log1",),
    "fin_group": ("u_dept_fin1",),
    "it_group": ("u_dept_it1",),
}

# Who has a number of two or three reads Chinese, but for those the sign-in page names among others who all read English.
READ_ENGLISH = frozenset({"u_fin2"})


def hire(session: Session) -> None:
    """Write departments and accounts."""
    for code, (name, name_zh) in DEPARTMENTS.items():
        people.add_department(session, code, name=name, name_zh=name_zh)
    session.flush()  # accounts point at departments, and at each other
    accounts = {person.id: _account(session, person) for person in STAFF}
    session.flush()
    for person in STAFF:
        accounts[person.id].manager_id = person.manager
    for group, members in GROUPS.items():
        people.set_group(session, group, members)
    for code, (manager, deputies) in MANAGERS.items():
        people.set_managers(session, code, manager=manager, deputies=deputies)


def _account(session: Session, person: Person) -> Account:
    return people.add_account(
        session,
        person.id,
        name=person.name,
        name_zh=person.name_zh,
        email=address(person.id),
        locale="zh" if person.id[-1] in "23" and person.id not in READ_ENGLISH else "en",
        department=person.department,
        groups=person.groups.split(),
    )


def address(account_id: str) -> str:
    """The e-mail address somebody has in the demonstration."""
    return f"{account_id}@{DOMAIN}"

"""The lists of the configuration, in the order of the page: which file and place each lives in, what its entries say, in words for the office."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from core.entries import (
    AccountEntry,
    ColumnEntry,
    EventEntry,
    FormerLeader,
    Leader,
    Listing,
    NewsEntry,
    PaperEntry,
    PreviewEntry,
    SubmissionEntry,
    UnitEntry,
)
from service.alerts.entries import Channel, Route
from service.desk.config.fields import Field
from service.schedule import LABELS, JobEntry

Shape = Literal["items", "grouped", "named", "pairs", "plain"]
_URL = "打开网站，把浏览器地址栏里的网址整条复制过来；还没核实的先留空，采集时会如实报“未配置网址”。"
_UNIT = Field("unit", "单位", "由哪个单位负责。名单在“单位”里维护。", "unit", required=True)
_RECIPE = Field("recipe", "网站类型", "一般留空，采集时自动辨认；认错了才指定。", suggestions=("hanweb", "trs", "vsb", "ucap", "plain"), narrow=True)
_RENDER = Field("render", "用浏览器打开", "网页不用浏览器打开就看不到列表时勾选，采集会慢一些。", "yes", narrow=True)
SEVERITY_CHOICES = (("veto", "一票否决"), ("error", "错误"), ("warning", "提醒"), ("info", "提示"))
_FAMILIES = (
    ("privacy", "个人信息"),
    ("expression", "表述"),
    ("typo", "错别字"),
    ("format", "格式"),
    ("link", "链接"),
    ("tag", "标签"),
    ("document", "读不了的文件"),
)
_CHANNELS = (("mail", "邮件"), ("wecom", "企业微信群"), ("dingtalk", "钉钉群"), ("feishu", "飞书群"), ("webhook", "其他系统"))


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list. shape: items (a sequence of mappings) · grouped (columns below their unit) · named (name → mapping) · pairs (a: b) · plain (words).

    key: the fields by which an entry is known. item: what one of them is called. start: the text of a file that does not exist yet.
    """

    slug: str
    title: str
    item: str
    file: str
    path: tuple[str, ...]
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    about: str
    empty: str
    model: type[BaseModel] | None = None
    shape: Shape = "items"
    start: str = ""

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


UNITS = ListSpec(
    "units", "单位", "单位", "units.yaml", (),
    (
        Field("name", "名称", "通用的简称，如“县民政局”。改名时，原来的名称自动留作别名，以前的数据仍归它。", required=True),
        Field("aliases", "别名", "附件、网页“来源”和公文里的其他写法，用“、”隔开或每行一个，都认作同一单位。", "lines"),
        Field("mail", "邮箱", "收告警、认报送邮件的发件人；没有就留空，告警改发办公室。", "mail"),
    ),
    ("name",), "被通报的责任单位，和它们在各处的不同写法。", "先把本县各镇、各部门加进来，栏目、账号才有归属。可以下载空表填好后导入。", UnitEntry,
)  # fmt: skip
COLUMNS = ListSpec(
    "columns", "栏目", "栏目", "columns.yaml", (),
    (
        _UNIT,
        Field("name", "栏目", "栏目名称，与网站上的写法一致。改名或换单位等于新栏目，以前的数据留在原名下。", required=True),
        Field("cycle", "更新周期", "写 n条/月、n条/季度、n条/半年、n条/年，或 实时更新。", required=True, suggestions=("实时更新", "1条/月", "2条/月", "1条/季度", "1条/半年", "1条/年")),
        Field("url", "网址", _URL, "url"),
        _RECIPE, _RENDER,
    ),
    ("unit", "name"), "政府信息公开栏目（附件1）：归谁、多久更新一次、列表页在哪里。", "还没有栏目。把附件1的栏目加进来，或导入一张表。", ColumnEntry, "grouped",
)  # fmt: skip
LISTINGS = ListSpec(
    "listings", "快讯栏目", "快讯栏目", "news.yaml", ("listings",),
    (Field("name", "名称", "如“各镇快讯”“部门动态”。", required=True), Field("url", "网址", _URL, "url"), _RECIPE, _RENDER),
    ("name",), "各镇快讯、部门动态（附件2）的列表页。", "还没有快讯栏目。", Listing,
)  # fmt: skip
NEWS = ListSpec(
    "news", "快讯单位", "快讯单位", "news.yaml", ("units",),
    (_UNIT, Field("listing", "快讯栏目", "它的信息发在哪个栏目。", "listing", required=True)),
    ("unit",), "每月要报送快讯、动态的单位（附件2）。", "还没有报送单位。", NewsEntry,
)  # fmt: skip
ACCOUNTS = ListSpec(
    "accounts", "新媒体账号", "账号", "accounts.yaml", ("accounts",),
    (
        Field("platform", "平台", "如 微信订阅号、微信服务号、抖音号。", required=True, suggestions=("微信订阅号", "微信服务号", "抖音号", "新浪微博")),
        Field("name", "账号", "账号名称；同一平台上不能重名。改名等于新账号，以前的数据留在原名下。", required=True),
        _UNIT,
        Field("url", "台账或主页", "微信等填台账文件（收件目录下的路径）或网址，抖音填账号主页。", "url"),
    ),
    ("platform", "name"), "政务新媒体账号（附件3）：在哪个平台、归谁、从哪里看它发了什么。", "还没有账号。", AccountEntry,
)  # fmt: skip
SUBMISSIONS = ListSpec(
    "submissions", "数据报送", "报送任务", "submissions.yaml", ("duties",),
    (
        _UNIT,
        Field("column", "栏目", "平台上的栏目，如“民生服务-政府救助”。", required=True),
        Field("content", "内容", "报什么，如“城镇农村低保信息”。", required=True),
        Field("cycle", "周期", "多久报一次。", "choice", required=True, choices=tuple((word, word) for word in ("月", "季度", "半年", "年"))),
        Field("template", "模板文件", "模板的文件名，如“城镇农村低保信息.xlsx”。", required=True),
        Field("header", "表头", "模板第一行的各列，用“、”隔开；留空就只核对文件名。", "lines", narrow=True),
        Field("months", "应报月份", "只在这些月份应报，如 1、4、7、10；留空就是每个月。", "integers", narrow=True),
    ),
    ("unit", "column", "content"), "数字眉县运营管理平台的数据报送（附件4）。", "还没有报送任务。", SubmissionEntry,
)  # fmt: skip
PAPERS = ListSpec(
    "papers", "材料报送", "材料", "papers.yaml", ("duties",),
    (
        _UNIT,
        Field("paper", "材料", "如“工作总结”“审核表”。", required=True),
        Field("due_day", "截止日", "当月几日前，1 到 31；31 就是月末。", "integer", default=31),
        Field("due_offset", "顺延几个月", "0 是当月，1 是次月。", "integer", default=0),
    ),
    ("unit", "paper"), "每月要用邮件报送的材料。", "还没有要报送的材料。", PaperEntry,
)  # fmt: skip
EVENTS = ListSpec(
    "events", "智慧场景", "场景", "events.yaml", ("duties",),
    (
        Field("platform", "平台", "如“街面秩序管理平台”。", required=True),
        _UNIT,
        Field("types", "事件类型", "由它处置的事件，用“、”隔开或每行一个。", "lines", required=True),
    ),
    ("platform", "unit"), "智慧场景平台的事件归哪个单位处置（附件5）。", "还没有场景。", EventEntry,
)  # fmt: skip
PREVIEWS = ListSpec(
    "previews", "预览站", "预览站", "previews.yaml", ("previews",),
    (
        Field("name", "名称", "自己起，不能重复。", required=True),
        Field("url", "网址", "待发布稿件的列表页，以 http:// 或 https:// 开头。", "url", required=True),
        Field("unit", "单位", "发现问题告诉谁；留空告诉办公室。", "unit"),
        Field("login", "登录", "每行一个，如“Cookie: $XUNCHA_PREVIEW_COOKIE”（环境变量的名字）或“Cookie: 文件 secrets/cookie.txt”。不要写 Cookie 的内容。", "logins"),
        _RECIPE,
        Field("max_pages", "看几页", "列表最多看几页。", "integer", default=3, narrow=True),
        Field("history_months", "看几个月", "只看最近几个月的。", "integer", default=2, narrow=True),
    ),
    ("name",), "还没公开、登录后才能看的页面：每小时看一遍，公开之前就告警。", "还没有预览站。发布系统有“待发布”列表的，可以加进来。", PreviewEntry,
    start="previews: []\n",
)  # fmt: skip
LEADERS = ListSpec(
    "leaders", "现任领导", "领导", "people.yaml", ("leaders",),
    (
        Field("rank", "排名", "名单里的先后，从 1 起。", "integer", required=True),
        Field("name", "姓名", "全名。", required=True),
        Field("titles", "职务", "全称，多个用“、”隔开。", "lines", required=True),
        Field("short", "简称", "姓名前面常用的简短称呼，如“副县长”。", "lines"),
        Field("from", "任职起", "从哪天起；不清楚就留空。", "date"),
        Field("to", "任职止", "到哪天止；在任的留空。", "date"),
    ),
    ("name",), "本县领导干部名录，用来查姓名、职务、排序写错。", "还没有名录。填好以后，才能查姓名、职务和排序。", Leader, start="leaders: []\nformer: []\n",
)  # fmt: skip
FORMER = ListSpec(
    "former", "离任领导", "离任领导", "people.yaml", ("former",),
    (Field("name", "姓名", "全名。", required=True), Field("titles", "原任职务", "离任前的职务，多个用“、”隔开。", "lines", required=True)),
    ("name",), "已经离任的领导：文章里仍用原职务称呼的会提醒。", "还没有离任名单。", FormerLeader, start="leaders: []\nformer: []\n",
)  # fmt: skip
WORDS = ListSpec(
    "words", "自定义词", "词", "words.yaml", ("words",),
    (Field("wrong", "错误写法", "至少两个字。", required=True), Field("right", "正确写法", "应当怎样写；它本身不能又是错误写法。", required=True)),
    ("wrong",), "本单位自己的错词表，通用规则之外的。", "还没有自定义词。发现通用规则查不出的错词，就加在这里。", shape="pairs", start="words: {}\n",
)  # fmt: skip
PHRASES = ListSpec(
    "phrases", "固定名称", "名称", "words.yaml", ("phrases",),
    (Field("phrase", "名称", "必须一字不差的名称，写错一个字就报。", required=True),),
    ("phrase",), "必须一字不差的名称。", "还没有固定名称。", shape="plain", start="phrases: []\n",
)  # fmt: skip
RENAMED = ListSpec(
    "renamed", "更名机构", "更名", "words.yaml", ("renamed",),
    (
        Field("old", "原名", "不再使用的名称。", required=True),
        Field("new", "现名", "现在的名称。", required=True),
        Field("from", "从哪天起", "从这天起只能用现名。", "date", required=True),
    ),
    ("old",), "机构改革后不再使用的名称。", "还没有更名机构。", start="renamed: []\n",
)  # fmt: skip
CHANNELS = ListSpec(
    "channels", "告警渠道", "渠道", "alerts.yaml", ("channels",),
    (
        Field("name", "名称", "自己起，如“办公室邮箱”“值班钉钉群”。", required=True),
        Field("kind", "方式", "怎样发出去。", "choice", required=True, choices=_CHANNELS),
        Field("to", "收件人", "只用于邮件：写“出问题的单位”，或写明邮箱，用“、”隔开。", "receivers", suggestions=("出问题的单位",)),
        Field("token_env", "令牌变量", "群机器人的令牌放在哪个环境变量里；这里只写变量的名字。"),
        Field("secret_env", "密钥变量", "加签密钥放在哪个环境变量里；没有就留空。", narrow=True),
        Field("url_env", "网址变量", "只用于其他系统：接收网址放在哪个环境变量里。", narrow=True),
        Field("base", "服务器", "自建机器人服务器的网址；一般留空。", "url", narrow=True),
        Field("per_round", "每分钟几条", "群机器人每分钟最多发几条。", "integer", default=18, narrow=True),
    ),
    ("name",), "告警从哪里发出去。密钥一律放在环境变量里，这里只写变量的名字。", "还没有渠道，告警发不出去。", Channel, "named",
)  # fmt: skip
ROUTES = ListSpec(
    "routes", "告警分派", "分派规则", "alerts.yaml", ("routes",),
    (
        Field("name", "名称", "自己起，如“泄露立即告诉单位”。", required=True),
        Field("severities", "级别", "哪些级别的问题。", "choices", choices=SEVERITY_CHOICES, default=["veto", "error"]),
        Field("families", "类别", "哪些类别；都不选就是不限。", "choices", choices=_FAMILIES),
        Field("units", "单位", "只管这些单位，每行一个；留空就是不限。", "lines", narrow=True),
        Field("hours", "时段", "只在这个时段，如 18:00-08:00；留空就是不限。", narrow=True),
        Field("channels", "渠道", "发到哪些渠道，用“、”隔开。", "lines", required=True),
        Field("send", "什么时候发", "立即，或进每日汇总。", "choice", choices=(("now", "立即"), ("digest", "每日汇总")), default="now"),
    ),
    ("name",), "谁收什么：按单位、级别、类别、时段分派。", "还没有分派规则。", Route,
)  # fmt: skip
_SOURCE_KINDS = ("portal", "ledger", "douyin", "recommended", "sent-news", "submissions", "mailbox", "events", "preview")
_KIND_WORDS = ("网站栏目", "台账", "抖音主页", "推荐清单", "上报导出", "报送文件夹", "报送邮箱", "智慧场景", "预览站")
SOURCE_KINDS = tuple(zip(_SOURCE_KINDS, _KIND_WORDS, strict=True))
JOBS = ListSpec(
    "jobs", "运行计划", "任务", "schedule.yaml", ("jobs",),
    (
        Field("name", "名称", "自己起，不能重复；改名等于新任务，从下一次开始算。", required=True),
        Field("run", "做什么", "这个任务做哪一件事。", "choice", required=True, choices=tuple((str(stage), word) for stage, word in LABELS.items())),
        Field("enabled", "启用", "暂时不用就取消勾选。", "yes", default=True),
        Field("at", "几点", "如 01:00；与“每隔几分钟”只写一个。"),
        Field("every", "每隔几分钟", "如 5、15、60、120。", "integer"),
        Field("after", "在哪些任务之后", "任务的名称，用“、”隔开。", "lines"),
        Field("weekdays", "星期几", "1 到 7，如 1、2、3、4、5；留空就是每天。", "integers", narrow=True),
        Field("day", "几日", "1 到 28，或 月末；与“几点”一起用。", "day", narrow=True),
        Field("month", "几月", "1 到 12；与“几日”一起用。", "integer", narrow=True),
        Field("between", "每天的时段", "“每隔几分钟”只在这个时段内，如 07:00-22:30。", narrow=True),
        Field("window", "运行时段", "只在这个时段内运行，到点未完的停下，如 01:00-06:30。", narrow=True),
        Field("missed", "错过以后", "关机错过了怎么办。", "choice", choices=(("at-once", "开机就补"), ("in-window", "等下一个时段")), default="at-once", narrow=True),
        Field("limit", "最多几分钟", "超过就结束。", "integer", default=60, narrow=True),
        Field("tries", "最多试几次", "出错时最多试几次。", "integer", default=3, narrow=True),
        Field("retry", "隔几分钟再试", "出错后隔几分钟。", "integer", default=10, narrow=True),
        Field("sources", "只看这些来源", "来源编号，每行一个，* 代表任意文字，编号见“来源”；只用于采集。", "lines", narrow=True),
        Field("kinds", "只看这几类来源", "只用于采集；都不选就是不限。", "choices", choices=SOURCE_KINDS, narrow=True),
        Field("full", "全部重新采集", "只用于采集：不只看可能有变化的。", "yes", narrow=True),
        Field("keep_days", "保留天数", "只用于清理证据，至少 90 天。", "integer", default=400, narrow=True),
        Field("draft_days", "留存稿件的天数", "只用于清理证据：单位要求留存的稿件过了这么多天就删除。", "integer", default=180, narrow=True),
        Field("period", "哪一期", "只用于通报草稿和台账。", "choice", choices=(("previous", "上一期"), ("current", "本期")), default="previous", narrow=True),
    ),
    ("name",), "每项任务什么时候自动运行。改好后自动生效，不必重启。", "还没有任务，什么也不会自动运行。", JobEntry,
)  # fmt: skip

LISTS: tuple[ListSpec, ...] = (
    UNITS, COLUMNS, LISTINGS, NEWS, ACCOUNTS, SUBMISSIONS, PAPERS, EVENTS, PREVIEWS, WORDS, PHRASES, RENAMED, LEADERS, FORMER, CHANNELS, ROUTES, JOBS,
)  # fmt: skip


def list_of(slug: str) -> ListSpec | None:
    return next((spec for spec in LISTS if spec.slug == slug), None)

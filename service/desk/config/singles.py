"""Settings that are one form each: thresholds, the county itself, mail, alerts in general, mailbox, folder, the year's points, and where lists come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from core.entries import AccountsFile, CountyFile, EventsFile, Grading, NewsFile, PapersFile, SubmissionsFile
from reports.kinds import KINDS
from reports.yearly import Yearly
from service.alerts.entries import Alerts
from service.desk.config.fields import Field
from service.desk.config.lists import SEVERITY_CHOICES
from service.desk.config.rows import Values
from service.desk.config.yamltext import YamlText
from service.inbox_entries import InboxFile
from service.watch import WatchFile


@dataclass(frozen=True, slots=True)
class Single:
    """One form over a file. groups: headings and the fields below them · optional: parts that vanish when all their fields are empty.

    open_: a mapping with keys of the office's own (one whole number for each), as `accounts.silence_days` with its platforms.
    """

    slug: str
    title: str
    file: str
    about: str
    groups: tuple[tuple[str, tuple[Field, ...]], ...]
    model: type[BaseModel]
    optional: tuple[str, ...] = ()
    open_: Field | None = None
    start: str = ""

    def fields(self, data: Any, names: Iterable[str] = ()) -> tuple[Field, ...]:
        """The form's fields; for the open mapping one a key that the file names, and one for each of `names` besides."""
        found = [field for _, fields in self.groups for field in fields]
        if self.open_:
            held = value_at(data, self.open_.path)
            for name in dict.fromkeys([*(held if isinstance(held, dict) else ()), *names]):
                found.append(Field(f"{self.open_.key}.{name}", str(name), self.open_.help, self.open_.kind))
        return tuple(found)


def value_at(data: Any, path: tuple[str, ...]) -> Any:
    """What the file says there; None where it says nothing."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def values_of(single: Single, data: Any, names: Iterable[str] = ()) -> dict[str, Any]:
    """The form's values as the file gives them."""
    given = ((field, value_at(data, field.path)) for field in single.fields(data, names))
    return {field.key: field.empty if value is None else field.settled(value) for field, value in given}


def changed(single: Single, text: str, values: Values) -> str:
    """The file's text with these values; a part whose fields are all empty goes, with what else it held."""
    file = YamlText(text)
    data = file.data
    gone = [part for part in single.optional if _all_empty(single, data, values, part)]
    for part in gone:
        if isinstance(data, dict) and part in data:
            file.drop((part,))
    made: dict[str, dict[str, Any]] = {}
    named = [key.split(".")[-1] for key in values if single.open_ and key.startswith(f"{single.open_.key}.")]
    for field in single.fields(data, named):
        value, held = values[field.key], value_at(data, field.path)
        if field.path[0] in gone or value == field.settled(held):
            continue
        nothing = value is None or value == [] or (value == field.empty and held is None)
        if nothing and held is not None and not (value == [] and field.kind == "choices"):
            file.drop(field.path)
        elif not nothing or held is not None:
            if len(field.path) > 1 and value_at(data, field.path[:-1]) is None:
                made.setdefault(field.path[0], {})[field.path[-1]] = value
            else:
                file.put(field.path, value)
    for part, entry in made.items():
        for key, value in entry.items():
            file.put((part, key), value)
    return file.result()


def _all_empty(single: Single, data: Any, values: Values, part: str) -> bool:
    """True when no required field of the part is filled; the others have defaults and say nothing by themselves."""
    return not any(values[field.key] not in (None, []) for field in single.fields(data) if field.path[0] == part and field.default is None)


def _grading() -> Single:
    return Single(
        "grading", "评定标准", "grading.yaml", "优秀、合格、不合格怎样定。改了以后，没有签发的月份按新标准重算，已签发的不变。",
        (
            ("政府信息公开栏目", (Field("columns.excellent_surplus", "优秀要多更新几条", "实际更新总数减去应更新总数，达到这个数为优秀。", "integer", default=5),)),
            ("各镇快讯、部门动态", (
                Field("news.excellent_published", "优秀要发布几条", "发布达到这个数且没有错敏词为优秀。", "integer", default=5),
                Field("news.owed", "每月应发布几条", "少于这个数为未完成。", "integer", default=1),
            )),
            ("新媒体账号", (
                Field("accounts.owed_originals", "每月应更新原创几条", "少于这个数为原创不足。", "integer", default=4),
                Field("accounts.excellent_surplus", "优秀要多几条原创", "原创比应更新数多出这么多、且没有问题为优秀。", "integer", default=10),
                Field("accounts.repost_platforms", "考核转载的平台", "只在这些平台上考核转载推荐信息，用“、”隔开。", "lines"),
                Field("accounts.repost_share", "应转载的比例", "0 到 1；0.5 就是推荐信息的一半。", "number", default=0.5),
                Field("accounts.silence_default", "多少天不更新算停更", "没有另外写明的平台都按这个天数。", "integer", default=14),
                Field("accounts.similarity", "相似到多少算转载", "0 到 1；与推荐信息或他处在先文章的相似度。", "number", default=0.6),
            )),
            ("智慧场景办结率（%）", (
                Field("events.excellent", "优秀", "办结率达到这个百分数。", "integer", default=85),
                Field("events.good", "良好", "办结率达到这个百分数。", "integer", default=70),
                Field("events.passing", "合格", "办结率达到这个百分数，低于它为不合格。", "integer", default=60),
            )),
            ("固定表述错误", (Field("serious", "哪些级别算严重", "严重的在通报里点名。", "choices", choices=SEVERITY_CHOICES[:3]),)),
        ),
        Grading, open_=Field("accounts.silence_days", "多少天不更新算停更", "留空就按上面的天数。", "integer"),
    )  # fmt: skip


def _county() -> Single:
    return Single(
        "county", "县和门户", "county.yaml", "县的名称、门户网址、采集的礼貌、发信服务器。",
        (
            ("县", (
                Field("name", "县名", "简称，如“眉县”。", required=True),
                Field("full_name", "全称", "如“陕西省宝鸡市眉县”。", required=True),
                Field("office", "通报单位", "以谁的名义通报。", required=True),
                Field("issue_day", "通报在次月几日印发", "1 到 28。", "integer", default=23),
            )),
            ("门户网站", (
                Field("portal.name", "网站名称", "如“眉县人民政府网站”。", required=True),
                Field("portal.url", "首页网址", "以 http:// 或 https:// 开头。", "url"),
                Field("portal.verified", "网址已核实", "有人打开过、确认是对的，就勾选。", "yes"),
            )),
            ("采集", (
                Field("crawl.contact", "联系人", "写在访问记录里，让网站管理方找得到人。", required=True),
                Field("crawl.delay", "两次访问隔几秒", "对同一个网站；太快会被拒绝。", "number", default=1.0),
                Field("crawl.concurrency", "同时打开几页", "1 到 32，一般 2。", "integer", default=2),
                Field("crawl.timeout", "等几秒算打不开", "1 到 600。", "integer", default=30),
                Field("crawl.retries", "打不开再试几次", "0 到 10。", "integer", default=2),
            )),
            ("发信服务器", (
                Field("mail.host", "服务器", "如 smtp.example.cn；留空就不发邮件。", "word"),
                Field("mail.port", "端口", "一般 25、465 或 587。", "integer", default=25),
                Field("mail.sender", "发件人", "发件邮箱。", "mail"),
                Field("mail.security", "加密", "与端口相配。", "choice", choices=(("none", "不加密"), ("starttls", "STARTTLS"), ("ssl", "SSL")), default="none"),
                Field("mail.user", "登录名", "不需要登录就留空；密码放在环境变量 XUNCHA_SMTP_PASSWORD 里。", "word"),
            )),
        ),
        CountyFile, ("mail",),
    )  # fmt: skip


def _alerts() -> Single:
    return Single(
        "alerts", "告警总则", "alerts.yaml", "链接指向哪里、什么时候不打扰人、多久催办。渠道和分派在“告警渠道”“告警分派”里。",
        (
            ("一般", (
                Field("desk", "工作台网址", "告警里的链接指向它，如 http://10.0.0.8:8000；留空时指向被查的页面。", "url"),
                Field("fallback", "找不到收件人时", "单位不明或没有邮箱时改发这些渠道，用“、”隔开。", "lines"),
                Field("repeat_hours", "几小时内不重复", "同一处问题在这么多小时内不重复告诉同一收件人。", "number", default=72),
                Field("all_clear", "整改后告知", "整改后告诉收到过告警的人。", "yes", default=True),
                Field("digest.at", "每日汇总几点发", "如 08:30。"),
            )),
            ("静默时段", (
                Field("quiet.hours", "时段", "如 21:30-07:00；留空就是没有静默时段。"),
                Field("quiet.except", "不受限制的级别", "这些级别在静默时段也照发。", "choices", choices=SEVERITY_CHOICES),
            )),
            ("督办", (
                Field("escalation.after_hours", "几小时没整改报主任", "留空就不督办。", "number"),
                Field("escalation.severities", "哪些级别", "一般只督办一票否决。", "choices", choices=SEVERITY_CHOICES),
                Field("escalation.channels", "发到哪些渠道", "主任的邮箱或群，用“、”隔开。", "lines"),
                Field("escalation.repeat_hours", "几小时后再报", "仍未整改的再报一次。", "number", default=72),
            )),
        ),
        Alerts, ("quiet", "escalation"),
    )  # fmt: skip


def _inbox() -> Single:
    security = (("ssl", "SSL"), ("starttls", "STARTTLS"), ("none", "不加密（只用于内网）"))
    return Single(
        "inbox", "收信邮箱", "inbox.yaml", "单位寄来的稿件当即检查并回复，材料和数据表自动归档。",
        (
            ("邮箱", (
                Field("enabled", "启用", "填好核对后勾选，再到“运行计划”里启用收信任务。", "yes", default=True),
                Field("host", "服务器", "收信（IMAP）服务器的地址。", "word", required=True),
                Field("port", "端口", "一般 993。", "integer", default=993),
                Field("security", "加密", "与端口相配。", "choice", choices=security, default="ssl"),
                Field("user", "登录名", "邮箱账号。", "word", required=True),
                Field("password", "密码变量", "密码放在哪个环境变量里；这里只写变量的名字。", default="XUNCHA_IMAP_PASSWORD"),
            )),
            ("处理", (
                Field("folders", "看哪些文件夹", "用“、”隔开，一般是 INBOX。", "lines"),
                Field("done", "处理完的移到", "文件夹名；留空就留在原处。"),
                Field("left", "要人看的移到", "文件夹名；留空就留在原处。"),
                Field("draft_words", "稿件的标题用词", "标题里有其中一个词，就按稿件检查。", "lines"),
                Field("keep_words", "留存的标题用词", "送审的标题里再有其中一个词，稿件才加密留存，否则查完即弃。", "lines"),
                Field("answer_unknown", "回复未登记的人", "只回复一次，请他用登记的邮箱。", "yes", default=True),
                Field("max_mail", "单封上限（MB）", "1 到 100。", "integer", default=40),
            )),
        ),
        InboxFile, start="enabled: false\n",
    )  # fmt: skip


def _watch() -> Single:
    fields = (
        Field("enabled", "启用", "不用就取消勾选。", "yes", default=True),
        Field("folder", "文件夹", "相对于收件目录的路径，也可以写绝对路径。", default="drafts"),
        Field("settle", "静置几秒再检查", "避免文件还没拷完。", "integer", default=5),
        Field("limit", "单个文件上限（MB）", "1 到 200。", "integer", default=50),
    )
    return Single("watch", "稿件文件夹", "watch.yaml", "放进来的稿件自动检查，结果写在旁边。", (("", fields),), WatchFile, start="enabled: true\n")


def _yearly() -> Single:
    kinds = tuple(KINDS.items())
    return Single(
        "yearly", "年度扣分", "yearly.yaml", "每月通报的问题怎样折成全年的扣分。请按本县目标责任考核办法填写。",
        (
            ("总则", (
                Field("sample", "分值是示例", "核对过本县办法以后取消勾选，页面上的“示例”字样随之消失。", "yes"),
                Field("base", "年初基础分", "一般 100。", "number", default=100),
                Field("floor", "扣到多少分为止", "一般 0。", "number", default=0),
                Field("veto", "一票否决", "全年发生一次即排在最后。", "choices", choices=kinds),
            )),
            ("每项问题扣几分", tuple(Field(f"points.{key}", word, "留空就是不扣分。", "number") for key, word in kinds)),
        ),
        Yearly, start="sample: true\n",
    )  # fmt: skip


def _places() -> tuple[Single, ...]:
    one = (
        (
            "recommended-place",
            "推荐清单的位置",
            "accounts.yaml",
            "recommended",
            "收件目录下的文件夹，或一个网址；每月的推荐转载信息清单放在那里。",
            AccountsFile,
        ),
        ("export-place", "上报导出的位置", "news.yaml", "export", "CMS 导出的上报信息，收件目录下的文件或文件夹；留空时上传条数按发布条数计。", NewsFile),
        ("folder-place", "报送文件夹的位置", "submissions.yaml", "folder", "收件目录下的文件夹，里面按 年-月/单位/文件 存放。", SubmissionsFile),
        ("mailbox-place", "报送邮箱的位置", "papers.yaml", "mailbox", "收信目录（Maildir），收件目录下的路径。", PapersFile),
        ("events-place", "事件接口的网址", "events.yaml", "url", "智慧场景平台的事件接口，由平台方提供。", EventsFile),
    )
    return tuple(Single(slug, title, file, about, (("", (Field(key, title, about, "url"),)),), model) for slug, title, file, key, about, model in one)


SINGLES: tuple[Single, ...] = (_county(), _grading(), _yearly(), _alerts(), _inbox(), _watch(), *_places())


def single_of(slug: str) -> Single | None:
    return next((single for single in SINGLES if single.slug == slug), None)

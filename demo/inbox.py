"""What reaches the county by other ways than the web: ledgers, lists, exports, forms and mail, as folders."""

import os
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path

from core.calendar import SHANGHAI, Month
from demo import documents, forms
from demo.accounts import BuiltAccount, Recommended
from demo.facts import Facts, PaperFact, SubmissionFact
from demo.media import Writer
from demo.media_plan import seeded
from demo.sheets import Sheet

LEDGERS, RECOMMENDED, CMS, SUBMISSIONS, MAIL = "ledgers", "recommended", "cms", "submissions", "mail"
_EARLIER_FORMS = 3


def write_inbox(
    facts: Facts, folder: Path, accounts: Sequence[BuiltAccount], recommended: Sequence[Recommended], mails: Mapping[str, str], today: date
) -> None:
    """Fill the folder with everything that has arrived by `today`; `mails` is the address of each unit."""
    for account in accounts:
        if account.ledger:
            _put(folder / account.ledger[0], account.ledger[1])
    _put(folder / RECOMMENDED / f"推荐转载信息清单-{facts.month}.xlsx", _recommended(facts, recommended))
    _put(folder / CMS / f"上报信息导出-{facts.month}.xlsx", _export(facts))
    _submissions(facts, folder / SUBMISSIONS, today)
    _mailbox(facts, folder / MAIL, mails, today)


def _recommended(facts: Facts, recommended: Sequence[Recommended]) -> bytes:
    rows = tuple((title, url, day.isoformat()) for title, url, day, _ in recommended)
    return documents.xlsx(Sheet(f"{facts.month.year}年{facts.month.month}月推荐转载信息清单", ("标题", "链接", "推荐日期"), rows), facts.month.last)


def _export(facts: Facts) -> bytes:
    """The CMS's list of what units sent in; what is live was passed."""
    writer, rows = Writer(), []
    for fact in facts.news:
        rng = seeded(facts, "cms", fact.unit)
        for index in range(fact.uploaded):
            day = rng.choice(facts.month.days())
            title = writer.write("综合", day, rng, short=True).title
            uploaded = f"{day.isoformat()} {rng.randint(8, 17):02d}:{rng.randrange(60):02d}"
            rows.append((uploaded, fact.unit, title, "通过" if index < fact.published else "未通过"))
    rows.sort()
    sheet = Sheet(
        f"{facts.month.year}年{facts.month.month}月上报信息",
        ("序号", "单位", "标题", "上传时间", "审核状态"),
        tuple((number, unit, title, uploaded, state) for number, (uploaded, unit, title, state) in enumerate(rows, 1)),
    )
    return documents.xlsx(sheet, facts.month.last)


def _submissions(facts: Facts, folder: Path, today: date) -> None:
    """Blank templates, the month's forms, and a few of the month before."""
    headers = forms.headers(facts.submissions)
    for number, fact in enumerate(facts.submissions):
        header = headers[(fact.unit, fact.content)]
        _put(folder / "templates" / fact.unit / forms.file_name(fact.content), forms.blank(fact.content, header, facts.month.first))
        if fact.received and fact.received <= today:
            _form(facts, folder, fact, header, facts.month, fact.received)
        if fact.cycle == "月" and number < _EARLIER_FORMS:
            before = facts.month.plus(-1)
            intact = SubmissionFact(fact.unit, fact.column, fact.content, fact.cycle, date(before.year, before.month, 25), "原样")
            _form(facts, folder, intact, header, before, date(before.year, before.month, 25))


def _form(facts: Facts, folder: Path, fact: SubmissionFact, header: tuple[str, ...], month: Month, received: date) -> None:
    rng = seeded(facts, "form", fact.unit, fact.content, str(month))
    name, data = forms.handed_in(fact, header, month.last, rng)
    _put(folder / str(month) / fact.unit / name, data, datetime.combine(received, time(10), SHANGHAI))


def _mailbox(facts: Facts, folder: Path, mails: Mapping[str, str], today: date) -> None:
    """A Maildir: the month's papers, last month's paper come late, a mail about something else, one from a stranger."""
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    letters: list[tuple[datetime, EmailMessage]] = []
    for paper in facts.papers:
        if paper.received and paper.received <= today:
            letters.append(_paper_mail(paper, facts.month, paper.received, mails[paper.unit]))
    if facts.papers:
        first = facts.papers[0]
        letters.append(_paper_mail(first, facts.month.plus(-1), date(facts.month.year, facts.month.month, 8), mails[first.unit]))
        letters.append(_paper_mail(PaperFact("某文化传媒公司", first.paper, first.due, None), facts.month, facts.month.last, "news@stranger.invalid"))
        at = datetime.combine(date(facts.month.year, facts.month.month, 12), time(9, 30), SHANGHAI)
        letters.append((at, _mail(first.unit, mails[first.unit], "关于更换信息员联系方式的函", "我单位信息员有调整，有关名单另行报送。", at)))
    for number, (at, letter) in enumerate(letters):
        where = "new" if number % 2 else "cur"
        name = f"{int(at.timestamp())}.M{number:06d}P1.demo" + ("" if where == "new" else ":2,S")
        _put(folder / where / name, letter.as_bytes(), at)


def _paper_mail(paper: PaperFact, month: Month, received: date, sender: str) -> tuple[datetime, EmailMessage]:
    """A mail at three in the afternoon that hands in the month's paper."""
    at = datetime.combine(received, time(15), SHANGHAI)
    called = f"{month.year}年{month.month}月{paper.paper}"
    letter = _mail(paper.unit, sender, f"关于报送{called}的邮件", f"县政府办公室：\n现将我单位{called}随信报送，请查收。\n{paper.unit}", at)
    lines = (
        f"{month.month}月以来，{paper.unit}认真落实县委、县政府工作安排，各项工作有序推进。",
        "一是抓好信息公开。按时更新栏目内容，严格落实三审三校制度。",
        "二是抓好项目建设。定期调度进展，协调解决存在困难。",
        "下一步，将继续完善工作机制，提升服务水平。",
    )
    data = documents.docx(Sheet(f"{paper.unit}{called}", (), (), above=lines), received, table=False)
    letter.add_attachment(data, "application", "vnd.openxmlformats-officedocument.wordprocessingml.document", filename=f"{paper.unit}{called}.docx")
    letter.set_boundary(f"=_{int(at.timestamp())}_part")
    return at, letter


def _mail(name: str, sender: str, subject: str, text: str, at: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = formataddr((name, sender))
    letter["To"] = "xinxi@demo.invalid"
    letter["Subject"] = subject
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{int(at.timestamp())}.{zlib.crc32(subject.encode()):08x}.{sender}>"
    letter.set_content(text, cte="base64")
    return letter


def _put(path: Path, data: bytes, at: datetime | None = None) -> None:
    """Write a file, dated when it was received."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if at:
        os.utime(path, (at.timestamp(), at.timestamp()))

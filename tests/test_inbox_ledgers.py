"""Ledgers of links that units send by mail: whose they are, where they lie, and that the crawler reads them with what was there before."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from core.calendar import SHANGHAI
from core.config import County, load_county
from core.records import Account, Source, Unit
from crawler.job import Job
from crawler.parse.ledger import read_ledger
from crawler.spiders.ledger import ledger_paths
from service.gate import DraftFile
from service.inbox_ledgers import file_ledgers
from service.inbox_letters import Mail

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2023, 10, 26, 8, 0, tzinfo=SHANGHAI)
UNIT = Unit("县教体局", mail="jtj@unit.invalid")
TABLE = "标题,链接,发布时间\n一,https://mp.weixin.qq.com/s/a,2023-10-09\n二,https://mp.weixin.qq.com/s/b,2023-10-10\n".encode()


@pytest.fixture
def county(tmp_path: Path) -> County:
    model = load_county(ROOT / "config" / "meixian")
    accounts = [
        Account(platform, name, UNIT.name, f"account/{platform}/{name}")
        for platform, name in (("微信订阅号", "眉县教育"), ("微信服务号", "眉县教育"), ("微信订阅号", "眉县体育"))
    ]
    sources = [Source(a.source, "ledger", f"ledgers/{a.platform}-{a.name}.csv", a.unit, a.name, {"platform": a.platform, "account": a.name}) for a in accounts]
    return replace(model, inbox=tmp_path, accounts=tuple(accounts), sources=tuple(sources), units=(UNIT,), _by_name={UNIT.name: UNIT})


def mail(subject: str, *files: tuple[str, bytes], text: str = "请查收。", digest: str = "1a2b3c4d") -> Mail:
    return Mail("<1@x>", digest, UNIT.mail or "", subject, NOW, False, text, "", tuple(DraftFile(name, data) for name, data in files), b"")


def laid(county: County) -> list[str]:
    return sorted(path.name for path in (county.inbox / "ledgers").glob("*")) if (county.inbox / "ledgers").exists() else []


def test_a_ledger_is_laid_beside_the_accounts_own_and_read_with_it(county: County) -> None:
    (found,) = file_ledgers(county, UNIT, mail("眉县教育（微信订阅号）10月台账", ("10月.csv", TABLE)))
    assert found.told() == "微信订阅号“眉县教育”的链接台账：2023年10月26日收到，2 条链接。"
    assert laid(county) == ["微信订阅号-眉县教育.20231026-1a2b3c.csv"]
    file_ledgers(county, UNIT, mail("眉县教育（微信订阅号）10月台账", ("10月.csv", TABLE)))
    assert len(laid(county)) == 1, "the same mail twice is one ledger"
    job = Job(county, county.inbox, date(2023, 10, 27), NOW)
    own = county.inbox / "ledgers" / "微信订阅号-眉县教育.csv"
    assert [path.name for path in ledger_paths(job, "ledgers/微信订阅号-眉县教育.csv")] == ["微信订阅号-眉县教育.20231026-1a2b3c.csv"]
    own.write_bytes(b"\xe9\x93\xbe\xe6\x8e\xa5\nhttps://mp.weixin.qq.com/s/old\n")
    paths = ledger_paths(job, "ledgers/微信订阅号-眉县教育.csv")
    assert paths[0] == own
    assert len(paths) == 2
    assert [item.url[-3:] for path in paths for item in read_ledger(path.read_bytes(), path.name) or ()] == ["old", "s/a", "s/b"]


def test_whose_ledger_it_is(county: County) -> None:
    def names(letter: Mail) -> list[str]:
        return [f"{item.account.platform}/{item.account.name}/{item.links}" for item in file_ledgers(county, UNIT, letter)]

    assert names(mail("眉县体育台账", ("a.csv", TABLE))) == ["微信订阅号/眉县体育/2"]
    assert names(mail("10月台账", ("微信服务号眉县教育.csv", TABLE))) == ["微信服务号/眉县教育/2"]
    assert names(mail("台账", ("a.csv", TABLE))) == [], "three accounts, none named"
    many = "平台,公众号,标题,链接\n微信订阅号,眉县教育,一,https://x.example/1\n微信订阅号,眉县体育,二,https://x.example/2\n".encode()
    assert names(mail("10月台账", ("a.csv", many))) == ["微信订阅号/眉县教育/1", "微信订阅号/眉县体育/1"]
    assert names(mail("眉县体育10月推文", text="推文如下：\n一 https://mp.weixin.qq.com/s/c\n二 https://mp.weixin.qq.com/s/d\n")) == ["微信订阅号/眉县体育/2"]
    assert names(mail("眉县体育工作总结", text="见 https://mp.weixin.qq.com/s/c")) == [], "a letter that links to something is no ledger"
    assert names(mail("眉县体育台账", ("a.csv", b"\x00\x01"), ("b.docx", b"PK"), ("c.xlsx", b"PK\x03\x04"))) == []
    single = replace(county, accounts=county.accounts[2:])
    assert [item.account.name for item in file_ledgers(single, UNIT, mail("10月链接台账", ("a.csv", TABLE)))] == ["眉县体育"]
    assert file_ledgers(single, UNIT, mail("低保信息", ("a.csv", TABLE))) == []
    assert file_ledgers(county, replace(UNIT, name="县民政局"), mail("眉县体育台账", ("a.csv", TABLE))) == [], "another unit's account"


def test_a_ledger_path_that_leads_outside_is_not_written(county: County) -> None:
    outside = replace(county, sources=tuple(replace(source, url="../elsewhere.csv") for source in county.sources))
    assert file_ledgers(outside, UNIT, mail("眉县体育台账", ("a.csv", TABLE))) == []
    web = replace(county, sources=tuple(replace(source, url="https://x.example/l.csv") for source in county.sources))
    assert file_ledgers(web, UNIT, mail("眉县体育台账", ("a.csv", TABLE))) == []

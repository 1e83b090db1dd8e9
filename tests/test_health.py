"""The national indicators of a portal: home page, columns, links; from observations to findings and back to nothing when all is well again."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from test_crawler_run import KEY, ROOT, County, Site, county, site

from checks import links
from checks.health import ColumnState, SiteState, column_class, judge
from core.records import Link, Observation, Subject

__all__ = ["county", "site"]  # fixtures
TODAY = date(2023, 11, 23)
BAD = links.read_list(yaml.safe_load((Path(__file__).parents[1] / "config/data/bad_links.yaml").read_text(encoding="utf-8")))


def _probes(days: int, a_day: int = 24, failing: int = 0, changed: int = 1) -> list[Observation]:
    """`failing` of each day's probes fail; the page changes every `changed` days (0: never)."""
    found = []
    for back in range(days, 0, -1):
        for hour in range(a_day):
            day = TODAY - timedelta(days=back)
            shown = "same" if not changed else str(back // changed)
            data = {"ok": False, "reason": "超过时间没有响应"} if hour < failing else {"ok": True, "reason": "", "digest": shown, "tags": []}
            found.append(Observation("site", "probe", f"probe/{day}T{hour:02d}:00", day, data))
    return found


def _rules(probes: list[Observation], columns: list[ColumnState] | None = None) -> list[tuple[str, str]]:
    site = SiteState("c", "县政府办", "http://www.x.gov.cn/", probes, columns or [])
    return [(finding.rule, finding.severity) for finding in judge(site, TODAY)]


@pytest.mark.parametrize(
    ("probes", "expected"),
    [
        (_probes(8), []),
        (_probes(8, failing=1), []),  # 1 of 24: 4.2 %
        (_probes(8, failing=2), [("site/unreachable", "error")]),
        (_probes(8, a_day=19, failing=10), []),  # too few visits to say anything
        (_probes(5, failing=24), []),  # not a week yet
        (_probes(20, changed=0), [("site/home-unchanged", "error")]),
        (_probes(13, changed=0), []),
        (_probes(30, changed=10), []),
        ([], []),
    ],
)
def test_the_home_page(probes: list[Observation], expected: list[tuple[str, str]]) -> None:
    assert _rules(probes) == expected


def test_columns_by_class_and_the_count_that_makes_it_the_sites_matter() -> None:
    def column(name: str, age: int | None, items: int = 5, collected: bool = True) -> ColumnState:
        return ColumnState(f"column/{name}", "县水利局", name, None, TODAY - timedelta(days=age) if age is not None else None, items, collected)

    assert [column_class(name) for name in ("部门动态", "通知公告", "人事信息", "规划计划", "双公示", "政策文件")] == [
        ("动态要闻", 14),
        ("通知政策", 182),
        ("人事规划", 365),
        ("人事规划", 365),
        None,
        ("通知政策", 182),
    ]
    fine = [column("部门动态", 14), column("通知公告", 182), column("规划计划", 365), column("双公示", 4000), column("工作动态", 99, collected=False)]
    assert _rules([], fine) == []
    late = [column(f"{number}号动态", 15) for number in range(4)]
    assert _rules([], late) == [("freshness/column", "warning")] * 4
    assert _rules([], [*late, column("政策文件", 183)])[-1] == ("site/columns-unchanged", "error")
    blank = [column(f"空栏目{number}", None, 0) for number in range(5)]
    assert _rules([], blank[:4]) == [("site/blank-column", "warning")] * 4
    assert _rules([], blank)[-1] == ("site/blank-columns", "error")
    assert _rules([], [replace(item, collected=False) for item in blank]) == []


@pytest.mark.parametrize(
    ("url", "text", "rule"),
    [
        ("http://www.bet365.com/cn", "点击进入", "link/gambling"),
        ("http://a.yabovip99.cc/", "官网", "link/gambling"),
        ("http://sedo.com/x", "招商网", "link/parked"),
        ("http://www.example.cn/", "澳门新葡京娱乐", "link/gambling"),
        ("http://www.pornhub.com/", "图片", "link/adult"),
        ("http://news.example.cn/1.html", "公安机关打击跨境博彩犯罪", None),
        ("http://www.x.gov.cn/casino/", "博彩", None),
        ("http://www.notsedo.com/", "招商网", None),
        ("http://www.alphabet3650.org/", "字母", None),
        ("http://[bad", "链接", None),
    ],
)
def test_links_that_lead_where_no_government_page_may(url: str, text: str, rule: str | None) -> None:
    subject = Subject((), links=(Link(url, text, 200),))
    assert [finding.rule for finding in links.scan(subject, BAD)] == ([rule] if rule else [])


def _night(county: County, moment: str) -> list[tuple[str, str | None]]:
    """The hourly job as the scheduler runs it; open and closed findings after it."""
    code = (
        "import sys; from datetime import datetime; from pathlib import Path; from core.config import load_county; from core.store.setup import open_store; from service import health; from service.jobs import Night\n"
        "now = datetime.fromisoformat(sys.argv[3]); night = Night(load_county(Path(sys.argv[1])), open_store(Path(sys.argv[2])), now.date(), now)\n"
        "print(__import__('json').dumps(health.probe(night))); health.check_up(night)"
    )
    arguments = [str(county.config), str(county.home), moment]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=os.environ | {"XUNCHA_VAULT_KEY": KEY}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_probe_and_check_up_open_findings_and_close_them(site: Site, county: County) -> None:
    links_shown = "".join(f'<a href="/a/{number}.html">关于第{number}号工作的通知</a>' for number in range(5))
    site.add("/", f'<html><head><meta name="SiteName" content="示范县"></head><body>{links_shown}<p>访问量 1</p></body></html>')
    names = [f"{number}号动态" for number in range(5)]
    for name in names:
        site.article(f"/{name[0]}/1.html", "关于放水的通知")
        site.listing(f"/{name[0]}/", [(f"/{name[0]}/1.html", "关于放水的通知", "2023-10-10")])
    county.write({name: f"{site.base}/{name[0]}/" for name in names})
    path = county.config / "county.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["portal"]["url"] = f"{site.base}/"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert county.crawl("--today", "2023-10-12", "--now", "2023-10-12T02:00:00+08:00")[0] == 0
    first = _night(county, "2023-10-12T03:00:00+08:00")
    assert (first["ok"], first["tags"]) == (True, ["SiteDomain", "SiteIDCode"])
    assert county.rows("select rule from store_finding") == [("site/tags",)]
    county.crawl("--today", "2023-11-01", "--now", "2023-11-01T02:00:00+08:00")
    site.pages["/"] = (200, site.pages["/"][1].replace("访问量 1".encode(), "访问量 2".encode()), {})
    second = _night(county, "2023-11-01T03:00:00+08:00")
    assert second["digest"] == first["digest"]
    rules = {rule for (rule,) in county.rows("select rule from store_finding where closed_at is null")}
    assert rules == {"site/tags", "site/home-unchanged", "freshness/column", "site/columns-unchanged"}
    site.add("/", "", 500)
    assert _night(county, "2023-11-01T04:00:00+08:00") == {"ok": False, "reason": "服务器返回错误 500"}
    assert site.asked["/"] == 3
    site.add("/", "<html><body><a href='/b/1.html'>首页换了新的内容</a></body></html>")
    for name in names:
        site.article(f"/{name[0]}/2.html", "关于清渠的通知")
        page = site.pages[f"/{name[0]}/2.html"]
        site.pages[f"/{name[0]}/2.html"] = (200, page[1].replace(b"2023-10-10", b"2023-10-31"), {})
        site.listing(f"/{name[0]}/", [(f"/{name[0]}/2.html", "关于清渠的通知", "2023-10-31"), (f"/{name[0]}/1.html", "关于放水的通知", "2023-10-10")])
    county.crawl("--today", "2023-11-02", "--now", "2023-11-02T02:00:00+08:00")
    _night(county, "2023-11-02T03:00:00+08:00")
    still = {rule for (rule,) in county.rows("select rule from store_finding where closed_at is null")}
    assert still == {"site/tags"}

"""`xuncha source add`: from an address to an entry that collects, with everything else in the file as it was, and golden pages beside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_crawler_run import ROOT, County, Site, county, site

from core.config import load_county

__all__ = ["county", "site"]  # fixtures


def add(county: County, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service.cli", "source", "add", *arguments, "--config", str(county.config)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONWARNINGS": "default"}, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def column(site: Site, county: County) -> str:
    items = [(f"/a/100{number}.html", f"关于第{number}号工作的通知", f"2023-10-{20 - number}") for number in range(6)]
    for path, title, _ in items:
        site.article(path, title)
    site.listing("/a/", items[:4])
    site.listing("/a/index_1.html", items[4:])
    status, body, headers = site.pages["/a/"]
    site.pages["/a/"] = (status, body.replace(b"</body>", b'<script>createPageHTML(2, 0, "index", "html");</script></body>'), headers)
    county.write({"已有": None})
    path = county.config / "columns.yaml"
    path.write_text("# 本县的栏目\n- unit: 县水利局\n  columns:\n    - {name: 已有, cycle: 1条/月}  # 待补网址\n", encoding="utf-8")
    return f"{site.base}/a/"


def test_a_page_becomes_a_source_that_collects(column: str, county: County, tmp_path: Path) -> None:
    golden = tmp_path / "golden"
    done = add(county, column, "--unit", "县水利局", "--name", "水情", "--cycle", "2条/月", "--golden", str(golden))
    assert (done.returncode, done.stderr) == (0, "")
    assert "识别为 trs：首页 4 条，其中 4 条有日期" in done.stdout
    assert "index_1.html：另有 2 条" in done.stdout
    assert "第一篇：关于第0号工作的通知；2023-10-10" in done.stdout
    text = (county.config / "columns.yaml").read_text(encoding="utf-8")
    assert "# 本县的栏目\n" in text
    assert "{name: 已有, cycle: 1条/月}  # 待补网址" in text
    source = load_county(county.config).source("column/县水利局/水情")
    assert source is not None
    assert source.url == column
    (folder,) = golden.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["article.html", "article.url", "list-next.html", "list-next.url", "list.html", "list.url"]
    _, receipts, _ = county.crawl("--source", "column/县水利局/水情")
    assert (receipts["水情"]["status"], receipts["水情"]["items"]) == ("ok", 6)


def test_an_existing_column_only_gets_its_address_and_nothing_is_written_unasked(column: str, county: County) -> None:
    before = (county.config / "columns.yaml").read_text(encoding="utf-8")
    shown = add(county, column)
    assert shown.returncode == 0
    assert "没有写入" in shown.stdout
    assert (county.config / "columns.yaml").read_text(encoding="utf-8") == before
    assert add(county, column, "--unit", "县水利局", "--name", "已有").returncode == 0
    entry = yaml.safe_load((county.config / "columns.yaml").read_text(encoding="utf-8"))[0]["columns"]
    assert entry == [{"name": "已有", "cycle": "1条/月", "url": column}]


def test_what_is_no_list_or_wrongly_asked_is_one_line(site: Site, column: str, county: County) -> None:
    app = site.add("/app/", "<html><body><div id='app'></div></body></html>")
    before = (county.config / "columns.yaml").read_text(encoding="utf-8")
    cases = [
        ((app, "--news", "快讯"), 3, "render: true"),
        ((f"{site.base}/nothing/",), 3, "不存在"),
        (("ftp://x/",), 2, "http"),
        ((column, "--unit", "县水利局"), 2, "--name"),
        ((column, "--unit", "无此局", "--name", "甲"), 2, "units.yaml"),
        ((column, "--unit", "县水利局", "--name", "甲", "--cycle", "有空就更"), 2, "更新周期"),
    ]
    for arguments, code, words in cases:
        done = add(county, *arguments)
        assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (code, True, 1), (arguments, done.stderr)
    assert (county.config / "columns.yaml").read_text(encoding="utf-8") == before

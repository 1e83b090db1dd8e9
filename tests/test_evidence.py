"""Evidence: how responses are noted, WARC files, what a picture may show, what a hostile page can reach, and the whole way through the store."""

import io
import json
import os
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from test_crawler_run import KEY

from core.calendar import SHANGHAI
from core.records import Block, Finding
from crawler.browser import find_browser
from crawler.camera import Camera
from crawler.captures import Captures
from crawler.evidence import exhibit, read_warc, write_warc
from service.evidence_page import page_html
from service.evidence_text import MARKED, MASKED, Place, paint, places

NOW = datetime(2023, 11, 23, 1, 0, tzinfo=SHANGHAI)
ID, MOBILE = "610326199003071238", "13812345678"
needs_browser = pytest.mark.skipif(find_browser() is None, reason="no browser")


# --- responses and WARC -------------------------------------------------------------------------------------------


def test_a_response_is_known_by_its_bytes_and_without_sessions_or_numbers() -> None:
    captures = Captures(NOW)
    headers = {"Content-Type": "text/html", "Set-Cookie": "sid=1", "Content-Encoding": "gzip", "X-Served": f"by {MOBILE}"}
    captures.note("http://x.example/1", 200, headers, b"page")
    how = captures.of(b"page")
    assert how is not None
    assert (how["url"], how["status"], how["headers"], how["size"]) == (
        "http://x.example/1",
        200,
        {"Content-Type": "text/html", "X-Served": "by 138****5678"},
        4,
    )
    assert datetime.fromisoformat(how["at"]) >= NOW
    assert captures.of(b"another page") is None


def test_a_warc_holds_the_response_as_it_came_and_shows_every_change() -> None:
    captures = Captures(NOW)
    captures.note("http://x.example/名单.xlsx", 200, {"Content-Type": "application/vnd.ms-excel"}, b"sheet" * 1000)
    items = [
        exhibit("http://x.example/1", b"<p>page</p>", None, NOW, "text/html"),
        exhibit("http://other/", b"sheet" * 1000, captures.of(b"sheet" * 1000), NOW),
    ]
    data = write_warc(items, {"findings": [{"masked": "610326********1238"}]}, NOW)
    records = read_warc(data)
    assert [(record.kind, record.url) for record in records[1:3]] == [("resource", "http://x.example/1"), ("response", "http://x.example/名单.xlsx")]
    assert records[2].body == b"sheet" * 1000
    assert json.loads(records[3].body)["findings"][0]["masked"] == "610326********1238"
    assert all(record.intact for record in records)
    assert records[1].at == "2023-11-22T17:00:00Z"
    from warcio.archiveiterator import ArchiveIterator

    response = next(record for record in ArchiveIterator(io.BytesIO(data)) if record.rec_type == "response")
    assert (response.http_headers.get_statuscode(), response.http_headers.get_header("Content-Type")) == ("200", "application/vnd.ms-excel")
    import gzip

    altered = gzip.decompress(data).replace(b"sheetsheet", b"sheetshee7", 1)
    assert not all(record.intact for record in read_warc(altered))
    for broken in (b"", b"no warc", data[: len(data) // 2]):
        try:
            assert not all(record.intact for record in read_warc(broken)) or len(read_warc(broken)) < len(records)
        except ValueError:
            continue
    foreign = {**(captures.of(b"sheet" * 1000) or {}), "sha256": "0" * 64}
    assert exhibit("http://x.example/1", b"sheet" * 1000, foreign, NOW).status is None, "a capture of other bytes is not believed"


# --- what a picture may show --------------------------------------------------------------------------------------


def found(text: str, value: str, rule: str = "privacy/resident-id", masked: str | None = None, last: bool = False) -> Finding:
    start = text.rindex(value) if last else text.index(value)
    return Finding(rule, "error", "m", where="正文", start=start, end=start + len(value), masked=masked)


def test_places_are_found_however_the_markup_cuts_them() -> None:
    text = f"关于新疆省的说法\n张三 {ID}，电话 138 1234 5678，来自新疆省某县"
    wanted = places(
        [Block(text, "正文")],
        [
            found(text, ID, masked="610326********1238"),
            found(text, "138 1234 5678", "privacy/mobile", "138****5678"),
            found(text, "新疆省", "expression/x", last=True),
        ],
    )
    shown = f"关于新疆省的说法张三６１０３２６{ID[6:10]}\n{ID[10:]}，电话138-1234-5678和138 1234 5678，来自新\u200b疆省某县；又 {ID}；热线 0917-5545900；编号 20231012345678901"
    painted = paint(shown, wanted)
    assert len(painted.text) == len(shown)
    assert painted.found == 3
    for secret in (ID[6:14], "1234 5678", "1234-5678", "345678901", "20231012345678901"):
        assert secret not in painted.text.replace("\n", "")
    assert "0917-5545900" in painted.text
    assert [shown[index] for index in range(len(shown)) if painted.kinds[index] == MARKED] == list("新\u200b疆省")
    assert shown.index("新疆省的说法") not in [index for index in range(len(shown)) if painted.kinds[index]]
    assert painted.kinds.count(MASKED) >= 2 * len(ID)
    assert paint("", wanted).text == ""


def test_a_value_that_a_rule_masks_in_another_length_is_starred_whole() -> None:
    assert paint("住在 示范镇一号楼 里", [Place("示范镇一号楼", "", "", "示范镇**")]).text == "住在 ****** 里"
    assert paint("编号A1", [Place("A1", "", "", "A1")]).text == "编号**", "a mask that masks nothing is not believed"


HOSTILE = f"""<html><head><title>{ID}</title><base href="BASE/"><meta http-equiv="refresh" content="0;url=BASE/refresh">
<link rel="stylesheet" href="BASE/link.css"><style>@import url(BASE/import.css);</style><style>p{{background:url(BASE/style.png)}}</style></head>
<body onload="fetch('BASE/onload')" background="BASE/body.png"><script>document.body.innerHTML = "SCRIPT"; fetch("BASE/script")</script>
<iframe src="BASE/frame"></iframe><object data="BASE/object"></object><embed src="BASE/embed"><img src="BASE/img.png" alt="{ID}" srcset="BASE/set.png 2x">
<video poster="BASE/poster.png"><source src="BASE/video.mp4"></video><svg><image href="BASE/svg.png"/><script>fetch("BASE/svg")</script></svg>
<p style="background-image:url(BASE/inline.png)" title="{ID}" data-id="{ID}">身份证号<b>{ID[:9]}</b>{ID[9:]}<!-- {ID} --></p><input value="{ID}"><textarea>{ID}</textarea>
<div style="position:fixed;inset:0;background:#000">覆盖</div><p class="xuncha-mark">冒充</p><a href="http://169.254.169.254/latest/">链接</a><template>{ID}</template>
<style>b::after{{content:"{ID}"}} i::before{{content:attr(class)}}</style><style>b::after{{c\\6fntent:"{ID}"}}</style><i class="{ID}">斜</i>
<xmp><script>fetch(1)</script>{ID}</xmp><form action="BASE/form"><button autofocus>提交</button></form><p>{"长文" * 50_000}</p></body></html>"""


def _safe(base: str = "http://127.0.0.1:1") -> str:
    text = f"身份证号{ID}"
    html, count = page_html(HOSTILE.replace("BASE", base).encode(), places([Block(text, "正文")], [found(text, ID, masked="610326********1238")]), "巡查")
    assert count == 1
    return html


def test_nothing_of_a_hostile_page_is_left_but_looks_and_text() -> None:
    html = _safe()
    for word in (
        ID,
        "http://127",
        "169.254",
        "SCRIPT",
        "<script",
        "<iframe",
        "<img",
        "<svg",
        "<object",
        "url(",
        "onload",
        "refresh",
        "<input",
        '覆盖</div><p class="xuncha-mark">',
    ):
        assert word not in html, word
    assert 'class="xuncha-mark xuncha-mask"' in html
    assert "610326" in html


@pytest.fixture(scope="module")
def camera() -> Iterator[Camera]:
    with Camera() as made:
        yield made


@needs_browser
def test_the_camera_reaches_no_address_and_takes_what_is_marked(camera: Camera) -> None:
    reached: list[bytes] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)

        def listen() -> None:
            try:
                while True:
                    client, _ = server.accept()
                    reached.append(client.recv(200))
                    client.close()
            except OSError:
                return

        threading.Thread(target=listen, daemon=True).start()
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        shot = camera.take(_safe(base))
        assert shot is not None
        assert shot.places >= 1
        raw = camera.take(HOSTILE.replace("BASE", base))  # even without the cleaning
        server.close()
    assert shot.png.startswith(b"\x89PNG")
    assert raw is None or raw.png.startswith(b"\x89PNG")
    assert reached == []
    from PIL import Image

    width, height = Image.open(io.BytesIO(shot.png)).size
    assert width == 1200
    assert height <= 2400


@needs_browser
def test_a_page_that_hangs_costs_its_own_picture_only() -> None:
    nested = "<div>" * 3000 + "x" + "</div>" * 3000
    with Camera(seconds=0.001) as hasty:
        assert hasty.take(f"<html><body>{nested}</body></html>") is None
        hasty._seconds = 60
        assert hasty.take("<html><body><p class='xuncha-mark'>好</p></body></html>") is not None


# --- through the store --------------------------------------------------------------------------------------------

SCENARIO = """
import json, shutil, sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from core.calendar import SHANGHAI
from core.config import load_county
from core.records import Attachment, Post
from core.store import posts, proofs, runs
from core.store.setup import open_store
from core.store.vault import Vault
from crawler.captures import Captures
from service import jobs
from service.evidence import gather
from service.evidence_check import export, find, told, verify
from service.expiry import expire
from service.jobs import Night
from service.judging import load_rules

ID = "610326199003071238"
home = open_store(Path(sys.argv[1]))
from core.store import models
vault, county = Vault.open(home), load_county(Path(sys.argv[2]))
now = datetime(2023, 11, 23, 1, 0, tzinfo=SHANGHAI)
night = Night(county, home, now.date(), now)
captures = Captures(now)
column = county.columns[0].source
page = f"<html><body><div id='zoom'><h1>关于发放补助的公示</h1><p>张三，身份证号：{ID}，来自新疆省。</p></div></body></html>".encode()
sheet = f"姓名,身份证号\\n张三,{ID}\\n".encode()
captures.note("http://x.example/1", 200, {"Content-Type": "text/html"}, page)
captures.note("http://x.example/a.csv", 200, {"Content-Type": "text/csv"}, sheet)

def save(text=f"张三，身份证号：{ID}，来自新疆省。", page=page, at=now):
    item = Attachment("http://x.example/a.csv", "名单.csv", vault.put(sheet), len(sheet), "text/csv")
    how = {vault.put(data): found for data in (page, sheet) if (found := captures.of(data))}
    post = Post(column, "http://x.example/1", "关于发放补助的公示", now, "tag", text=text, page=page, attachments=(item,), capture=how)
    return posts.save_post(county.id, runs.start_run(county.id, "crawl", at), post, at, vault)

rules = load_rules(county)
save()
jobs.check(night, rules, lambda done, total: None)
"""


def _scenario(tmp_path: Path, code: str, **environ: str) -> None:
    root = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONWARNINGS": "error", "XUNCHA_VAULT_KEY": KEY} | environ
    command = [sys.executable, "-c", SCENARIO + textwrap.dedent(code), str(tmp_path / "home"), str(root / "config" / "meixian")]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=180, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@needs_browser
def test_from_a_finding_to_its_proof_and_to_its_end(tmp_path: Path) -> None:
    _scenario(
        tmp_path,
        """
        done = gather(night)
        assert (done.proofs, done.pictures, done.without, done.left) == (1, 2, 0, False), done
        assert gather(night).proofs == 0
        (row,) = models.Proof.objects.all()
        assert [(shown.file, shown.places > 0) for shown in row.pictures.order_by("file")] == [("", True), ("名单.csv", True)]
        from crawler.evidence import read_warc
        records = read_warc(vault.get(row.warc))
        assert [record.kind for record in records] == ["warcinfo", "response", "response", "metadata"]
        assert records[1].body == page and records[2].body == sheet
        assert ID not in records[3].body.decode()
        assert verify(county.id, vault, True) == (5, [])

        finding = models.Finding.objects.filter(severity__in=["veto", "error"]).first()
        shown = told(*find(county.id, finding.uid[:10]))
        assert shown["proofs"][0]["covers"] and ID not in json.dumps(shown)
        out = Path(sys.argv[1]).parent / "out"
        names = [path.name for path in export(vault, *find(county.id, finding.uid), out, raw=False)]
        assert sorted(names) == ["20231123-v1-1.png", "20231123-v1-2.png", "manifest.json"], names
        assert all(ID.encode() not in path.read_bytes() for path in out.iterdir())
        assert any(path.name.endswith(".warc.gz") for path in export(vault, *find(county.id, finding.uid), out, raw=True))
        assert all(path.stat().st_mode & 0o77 == 0 for path in out.iterdir())
        shutil.rmtree(out)

        # the page changes: the old proof stays as it was, the new version gets its own
        later = now + timedelta(days=1)
        save(f"更正：身份证号：{ID}", page.replace(b"zoom", b"Zoom"), later)
        jobs.check(replace(night, now=later), rules, lambda done, total: None)
        assert gather(replace(night, now=later)).proofs == 1
        assert [proof.version for proof in proofs.of_finding(finding)] == [2, 1]
        assert vault.get(proofs.of_finding(finding)[1].warc) and page in [record.body for record in read_warc(vault.get(proofs.of_finding(finding)[1].warc))]

        # a file that is gone, and one that was replaced by another
        first, second = models.Picture.objects.order_by("pk")[:2]
        (vault.folder / first.name[:2] / first.name).unlink()
        path = vault.folder / second.name[:2] / second.name
        path.write_bytes(path.read_bytes()[:-1] + b"0")
        models.Proof.objects.filter(version=2).update(sha256="0" * 64)
        count, faults = verify(county.id, vault)
        assert sorted(fault.kind for fault in faults) == ["altered", "altered", "altered", "missing"], "the same picture serves both versions"

        # past the term everything goes, unless somebody still has to act on it
        import os, time
        far = now + timedelta(days=500)
        assert expire(county.id, vault, far, 400).proofs == 0
        models.Finding.objects.update(closed_at=now)
        for path in vault.folder.rglob("*"):
            if path.is_file():
                os.utime(path, (now.timestamp(), now.timestamp()))
        assert expire(county.id, vault, far, 400).proofs == 2
        assert models.Picture.objects.count() == 0
        assert verify(county.id, vault, True) == (0, [])
        """,
    )
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            assert ID.encode() not in path.read_bytes(), path


def test_without_a_browser_the_warc_is_kept_and_the_picture_says_why(tmp_path: Path) -> None:
    _scenario(
        tmp_path,
        """
        done = gather(night)
        assert (done.proofs, done.pictures, done.without) == (1, 0, 1), done
        (row,) = models.Proof.objects.all()
        assert row.warc and all("浏览器" in shown.note for shown in row.pictures.all())
        """,
        XUNCHA_CHROMIUM="/nowhere/chromium",
    )

"""Pictures of the desk for the manuals, made from the demo county: `.venv/bin/python deploy/screenshots.py`.

Uses what `xuncha demo --keep --out var/demo` left (made first where it is missing), opens a desk on a copy of it, and writes docs/images/.
`--only NAME…` makes some of them anew; `--county`, `--out` name other folders. People and data are made up.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
MOST_BYTES = 120 * 1024
MONTH = "2023-10"
DRAFT = "经研究，对张三（身份证号61032619900307123X）等2人给予临时救助，现予以公示。务工地点：新疆省。"
Press = Callable[[Any], Any]


@dataclass(frozen=True)
class Picture:
    """A file's name, who looks at which address, on a phone or not, and what is pressed before the shot."""

    name: str
    role: str
    address: str
    press: Press | None = None
    phone: bool = False
    tall: int = 0  # height of the window where 768 cuts off what is shown


def _open_leak(page: Any) -> None:
    page.locator("a.finding-line", has_text="身份证号").first.click()


def _beside(page: Any) -> None:
    page.locator("[data-row] a[data-open]").nth(1).click()
    page.locator("#beside .excerpt").wait_for()


def _check(page: Any) -> None:
    page.get_by_label("正文").fill(DRAFT)
    page.get_by_role("button", name="检查", exact=True).click()
    page.locator("#result .outcome").wait_for()
    page.wait_for_timeout(500)


def _problem(page: Any) -> None:
    page.get_by_role("link", name="未按要求及时更新").first.click()
    page.locator("#side .opened").wait_for()
    page.locator("h3", has_text="存在").first.scroll_into_view_if_needed()


def _grade(page: Any) -> None:
    page.locator("#annex1 td.failed a").first.click()
    page.locator("#side .opened").wait_for()
    page.locator("#annex1").scroll_into_view_if_needed()


def _issue(page: Any) -> None:
    page.get_by_role("button", name="确认签发").click()
    page.wait_for_timeout(1500)


# In this order: what is pressed for one picture stays so for the next.
PICTURES = (
    Picture("login", "", "/login/"),
    Picture("today", "reviewer", "/"),
    Picture("finding-beside", "reviewer", "/findings/?severity=veto", _beside),
    Picture("finding", "reviewer", "/", _open_leak, tall=1000),
    Picture("units", "reviewer", "/units/"),
    Picture("unit", "reviewer", "/units/县乡村振兴局/"),
    Picture("accounts", "reviewer", "/accounts/"),
    Picture("account", "reviewer", "/accounts/微信服务号/眉县公安/"),
    Picture("columns", "reviewer", "/columns/"),
    Picture("bulletin-draft", "reviewer", f"/bulletins/{MONTH}/"),
    Picture("bulletin-problem", "reviewer", f"/bulletins/{MONTH}/", _problem),
    Picture("bulletin-grade", "reviewer", f"/bulletins/{MONTH}/", _grade),
    Picture("bulletin-issue", "reviewer", f"/bulletins/{MONTH}/issue/"),
    Picture("bulletin-issued", "reviewer", f"/bulletins/{MONTH}/issue/", _issue),
    Picture("year", "reviewer", "/year/"),
    Picture("precheck", "other", "/precheck/", _check, tall=1000),
    Picture("runs", "administrator", "/runs/"),
    Picture("runs-sources", "administrator", "/runs/sources/"),
    Picture("runs-alerts", "administrator", "/runs/alerts/"),
    Picture("users", "administrator", "/users/"),
    Picture("config", "administrator", "/config/"),
    Picture("officer-today", "other", "/"),
    Picture("officer-unit", "other", "/my-unit/"),
    Picture("phone-today", "other", "/", phone=True),
    Picture("phone-precheck", "other", "/precheck/", _check, phone=True),
)


def main(arguments: Sequence[str]) -> int:
    """Make the pictures; tells each with its size."""
    reader = argparse.ArgumentParser(description="为手册制作工作台的图片")
    reader.add_argument("--county", type=Path, default=ROOT / "var/demo/county", help="演示县的文件夹（默认 var/demo/county，没有就先准备）")
    reader.add_argument("--out", type=Path, default=ROOT / "docs/images")
    reader.add_argument("--only", nargs="*", default=[], metavar="NAME", help="只做这几张")
    chosen = reader.parse_args(arguments)
    from browser.desk_server import running

    if not (chosen.county / "home").is_dir():
        command = [sys.executable, "-m", "service.cli", "demo", "--keep", "--out", str(chosen.county.parent)]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xuncha-pictures-") as folder, running(chosen.county, Path(folder), with_people=True) as desk:
        return _all(desk, chosen.out, chosen.only)


def _all(desk: Any, out: Path, only: Sequence[str]) -> int:
    from playwright.sync_api import sync_playwright

    from crawler.browser import find_browser

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_browser(),
            env={**os.environ, "LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"},
            args=["--no-sandbox", "--disable-background-networking", "--lang=zh-CN"],
        )
        for picture in PICTURES:
            if only and picture.name not in only:
                continue
            data = _shot(browser, desk, picture)
            if data is None:
                print(f"{picture.name}：还没有这一页，跳过")
                continue
            (out / f"{picture.name}.png").write_bytes(data)
            print(f"{picture.name}.png {len(data) // 1024} KB")
        browser.close()
    return 0


def _shot(browser: Any, desk: Any, picture: Picture) -> bytes | None:
    """The window as the person sees it; None for a page that this desk does not have."""
    size = PHONE if picture.phone else WIDE | ({"height": picture.tall} if picture.tall else {})
    context = browser.new_context(base_url=desk.base, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", device_scale_factor=1)
    if picture.role:
        context.add_cookies([{"name": "xuncha_session", "value": desk.sessions[picture.role], "url": desk.base}])
    page = context.new_page()
    if page.goto(picture.address, wait_until="networkidle").status == 404:
        return None
    if picture.press:
        picture.press(page)
        page.wait_for_load_state("networkidle")
    shot = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return _small(shot)


def _small(shot: bytes) -> bytes:
    """The picture with as many colours as fit into the size that a manual bears."""
    from PIL import Image

    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in (256, 128, 64, 32):
        packed = io.BytesIO()
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= MOST_BYTES:
            break
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

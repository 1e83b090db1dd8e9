"""The county's configuration: complete for 眉县, and every way of being wrong named with file, entry and reason."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import SHARED, load_county
from core.errors import ConfigurationError

MEIXIAN = SHARED / "meixian"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MEIXIAN, tmp_path / "meixian"))


def test_meixian_is_complete() -> None:
    county = load_county(MEIXIAN)
    assert len({column.unit for column in county.columns}) == 40
    assert len(county.columns) == 163
    assert len(county.news) == 38
    assert len(county.accounts) == 15
    assert len(county.submissions) == 12
    assert len(county.events) == 6
    assert len({source.id for source in county.sources}) == len(county.sources)


def test_one_unit_under_several_names() -> None:
    county = load_county(MEIXIAN)
    assert county.same_unit("县商信局", "县商务和工业信息化局")
    assert county.same_unit("县退役军人事务", "县退役军人事务局")
    assert not county.same_unit("县商信局", "县商务局")
    unit = county.attribute("来源： 眉县退役军人事务局 ")
    assert unit is not None
    assert unit.name == "县退役军人事务局"
    assert county.attribute("人民日报") is None


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def write(name: str, data: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (remove("units.yaml"), "units.yaml：文件不存在"),
        (write("news.yaml", b""), "news.yaml：文件是空的"),
        (write("columns.yaml", "- unit: 县发改局\n".encode("gbk")), "columns.yaml：不是 UTF-8 编码"),
        (write("columns.yaml", "- unit: [县发改局\n".encode()), "不是合法的 YAML"),
        (write("columns.yaml", b"unit: x\n"), "columns.yaml：应是一个列表"),
        (edit("columns.yaml", "1条/年", "每年1条"), "县发改局 → columns → 第3项 部门信息公开年报 → cycle：更新周期应为"),
        (edit("columns.yaml", "- unit: 县财政局", "- unit: 县财正局"), "columns.yaml：县财正局 → 单位不在 units.yaml 中"),
        (edit("columns.yaml", 'name: "权责清单"', 'name: "政府机构"'), "columns.yaml：县发改局/政府机构 → 出现了不止一次"),
        (edit("units.yaml", "- name: 县民政局", "- name: 县民政局\n  email: a@b.c"), "县民政局 → email：没有这个设置项"),
        (edit("units.yaml", "县发展和改革局", "县民政局"), "“县民政局”已属于“县发改局”"),
        (edit("accounts.yaml", "unit: 县招商局, ", ""), "眉县招商 → unit：缺少这一项"),
        (edit("accounts.yaml", "name: 眉县民政", "name: 眉县招商"), "微信订阅号/眉县招商 → 出现了不止一次"),
        (edit("news.yaml", "listing: 部门动态", "listing: 部门快讯"), "listing“部门快讯”不在 listings 中"),
        (edit("grading.yaml", "excellent_surplus: 5", "excellent_surplus: 五"), "excellent_surplus：应是整数"),
        (edit("grading.yaml", "repost_share: 0.5", "repost_share: 5"), "repost_share：不能大于 1"),
        (edit("submissions.yaml", "cycle: 月", "cycle: 周"), "cycle：只能是"),
        (edit("papers.yaml", "due_day: 31", "due_day: 32"), "due_day：不能大于 31"),
        (edit("county.yaml", "id: meixian", "id: 眉县"), "id：写法不对"),
        (edit("county.yaml", "issue_day: 23", "issue_day: 31"), "issue_day：不能大于 28"),
        (edit("events.yaml", "types: [道路积水]", "types: []"), "types：至少要有一项"),
    ],
)
def test_every_mistake_is_named(folder: Path, change: Callable[[Path], None], complaint: str) -> None:
    change(folder)
    with pytest.raises(ConfigurationError) as caught:
        load_county(folder)
    assert complaint in str(caught.value)
    assert str(folder) in str(caught.value)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    edit("columns.yaml", "1条/年", "每年1条")(folder)
    edit("grading.yaml", "excellent_surplus: 5", "excellent_surplus: 五")(folder)
    with pytest.raises(ConfigurationError) as caught:
        load_county(folder)
    assert len(str(caught.value).splitlines()) == 2


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="没有这个配置目录"):
        load_county(tmp_path / "nowhere")

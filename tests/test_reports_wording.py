"""bulletin.yaml: what is accepted, and one complaint for each way of being wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from reports_month import BULLETIN_YAML, october, wording

from core.errors import ConfigurationError
from reports.wording import SENTENCES, Voice, load_wording


def raw() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(BULLETIN_YAML.read_text(encoding="utf-8"))
    return data


def test_the_county_s_wording_is_complete() -> None:
    words = wording()
    assert set(words.sentences) == {key for key, _ in SENTENCES}
    assert len(words.annexes) == 5
    voice = Voice.of(words, october())
    assert "".join(voice.fill(line) for line in words.title) == "眉县人民政府办公室关于2023年10月县政府网站、政务新媒体及数字眉县运营管理平台运行情况的通报"


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def apply(data: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for key in parents:
            data = data[int(key)] if isinstance(data, list) else data[key]
        if value is KeyError:
            del data[last]
        else:
            data[last] = value

    return apply


WRONG = (
    ("issuer", KeyError, "issuer：缺少这一项"),
    ("issuer", 5, "issuer：应是文字"),
    ("isuer", "x", "isuer：没有这个设置项"),
    ("sentences.repost", KeyError, "sentences → repost：缺少这一句"),
    ("sentences.reposts", "x", "sentences → reposts：没有这一句"),
    ("sentences.repost", "{nmes}转载不足", "sentences → repost：没有可填的“{nmes}”"),
    ("sentences.repost", "{names转载不足", "sentences → repost：花括号不成对"),
    ("sentences.repost", "{names.__class__}", "sentences → repost：花括号里只能写一个名字"),
    ("sentences.repost", "{names!r}", "sentences → repost：花括号里只能写一个名字"),
    ("closing", "{posts}条", "closing：没有可填的“{posts}”"),
    ("title", "一行", "title：应是一个列表"),
    ("annexes", [], "annexes：项数不够"),
    ("sources.column", "{third}", "sources → column：没有可填的“{third}”"),
    ("names.all", 0, "names → all：数字太小"),
    ("names.all", "多", "names → all：应是整数"),
    ("demands.1.when", ["no-such-kind"], "demands → 第2项 → when → 第1项：不是问题种类"),
    ("reasons.no-such-kind", "x", "reasons → no-such-kind：不是问题种类"),
)


@pytest.mark.parametrize(("path", "value", "complaint"), WRONG, ids=[f"{path}-{value}" for path, value, _ in WRONG])
def test_a_complaint_names_file_and_entry(tmp_path: Path, path: str, value: Any, complaint: str) -> None:
    data = raw()
    change(path, value)(data)
    file = tmp_path / "bulletin.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_wording(file)
    assert f"{file}：{complaint}" in str(raised.value)


def test_all_complaints_are_told_at_once(tmp_path: Path) -> None:
    data = raw()
    del data["issuer"]
    data["names"] = {"all": 0}
    file = tmp_path / "bulletin.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_wording(file)
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"title: [", "不是合法的 YAML"),
        ("title: 通报".encode("gbk"), "不是 UTF-8 编码"),
        (b"", "应是“键: 值”的形式"),
        (b"- 1\n", "应是“键: 值”的形式"),
        (None, "文件不存在"),
    ],
)
def test_an_unreadable_file_is_told(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    file = tmp_path / "bulletin.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=complaint):
        load_wording(file)

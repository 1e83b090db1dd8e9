"""Everything a county's folder says, read at once: complaints of every loader with file and entry, notices of what will not work, `config check`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import SHARED
from service.configuration import read_configuration

MEIXIAN = SHARED / "meixian"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MEIXIAN, tmp_path / "meixian"))


def put(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_meixian_is_right_and_told_what_is_missing() -> None:
    read = read_configuration(MEIXIAN, {})
    assert not read.complaints
    notices = "\n".join(map(str, read.notices))
    assert "168 个来源还没有配置网址" in notices
    assert "县和门户" not in notices
    assert "county.yaml：mail：没有配置发信服务器" in notices


def test_every_loader_complains_with_its_file(folder: Path) -> None:
    put(folder, "bulletin.yaml", "document_number: 眉政办函〔{issue_year}〕", "document_number: 眉政办函〔{issue_yaer}〕")
    put(folder, "words.yaml", "徐香弥猴桃: 徐香猕猴桃", "徐: 徐")
    put(folder, "yearly.yaml", "base: 100", "base: 很多")
    put(folder, "alerts.yaml", "fallback: [办公室邮箱]", "fallback: [没有的渠道]")
    put(folder, "schedule.yaml", 'at: "01:00"', 'at: "25:00"')
    put(folder, "inbox.yaml", "port: 993", "port: 0")
    put(folder, "watch.yaml", "settle: 5", "settle: -1")
    read = read_configuration(folder, {})
    assert {complaint.file for complaint in read.complaints} == {
        "bulletin.yaml",
        "words.yaml",
        "yearly.yaml",
        "alerts.yaml",
        "schedule.yaml",
        "inbox.yaml",
        "watch.yaml",
    }
    assert all(str(folder) not in complaint.text for complaint in read.complaints)
    put(folder, "units.yaml", "- name: 县民政局", "- nam: 县民政局")
    broken = read_configuration(folder, {})
    assert broken.county is None
    assert {complaint.file for complaint in broken.complaints} == {"units.yaml", "bulletin.yaml", "words.yaml", "yearly.yaml"}


def test_secrets_that_are_not_set_are_noticed_by_name(folder: Path) -> None:
    put(folder, "alerts.yaml", "  # 办公室企业微信群", "  办公室企业微信群")
    put(folder, "inbox.yaml", "enabled: false", "enabled: true")
    (folder / "previews.yaml").write_text(
        "previews:\n  - {name: 预览, url: 'http://a.example', login: [{environment: XUNCHA_PREVIEW}]}\n  - {name: 另一, url: 'http://b.example', login: [{file: cookie.txt}]}\n",
        encoding="utf-8",
    )
    told = {str(notice) for notice in read_configuration(folder, {}).notices}
    for part in (
        "办公室企业微信群：环境变量 XUNCHA_WECOM_KEY 没有设置",
        "环境变量 XUNCHA_IMAP_PASSWORD 没有设置",
        "环境变量 XUNCHA_PREVIEW 没有设置",
        "文件 cookie.txt 不存在",
        "没有启用的“收信”任务",
    ):
        assert any(part in line for line in told), part
    secrets = {"XUNCHA_WECOM_KEY": "geheim", "XUNCHA_IMAP_PASSWORD": "geheim", "XUNCHA_PREVIEW": "geheim"}
    (folder / "cookie.txt").write_text("geheim", encoding="utf-8")
    put(folder, "schedule.yaml", "limit: 30, enabled: false", "limit: 30")
    after = "\n".join(map(str, read_configuration(folder, secrets).notices))
    assert "环境变量" not in after
    assert "收信" not in after
    assert "geheim" not in after


def test_config_check_prints_it(folder: Path) -> None:
    def check() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "service.cli", "config", "check", "--config", str(folder)], capture_output=True, text=True, check=False, timeout=120
        )

    good = check()
    assert good.returncode == 0
    assert "配置无误。眉县，49 个单位" in good.stdout
    assert "请留意：" in good.stdout
    put(folder, "alerts.yaml", "repeat_hours: 72", "repeat_hours: 三天")
    wrong = check()
    assert wrong.returncode == 2
    assert f"{folder / 'alerts.yaml'}：repeat_hours：应是数字" in wrong.stderr

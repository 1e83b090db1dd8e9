"""Fact tables: what is read, and every way of being wrong with its complaint."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from core.calendar import Month
from core.errors import FactsError
from demo.facts import load_facts

SEED = Path(__file__).parent.parent / "demo" / "facts-2023-10"
SMALL = {
    "month.yaml": "month: 2024-02\nrecommended_reposts: 2\n",
    "columns.csv": "保障单位,保障栏目,更新周期,本月条数,本周期此前条数\n县甲局,通知公告,1条/月,2,0\n县甲局,政府机构,实时更新,0,0\n县甲局,资金信息,1条/季度,1,3\n",
    "news.csv": "单位,上传条数,发布条数\n县甲局,2,1\n",
    "accounts.csv": "平台,账号名称,原创条数,转载推荐条数,其它转载条数,停更起,停更止\n微信订阅号,甲县发布,6,2,1,2024-02-05,2024-02-12\n抖音号,甲县发布,4,0,0,,\n",
    "submissions.csv": "保障单位,保障栏目,更新内容,更新周期,报送日期,模板\n县甲局,民生-救助,救助信息,月,2024-02-25,原样\n县甲局,民生-救助,低保信息,季度,,\n",
    "reports_due.csv": "单位,材料,截止日期,报送日期\n县甲局,工作总结,2024-02-29,\n",
    "events.csv": "平台,责任单位,事件类型,生成,受理,废弃,办结\n街面平台,城管局,暴露垃圾,20,10,5,7\n",
    "incidents.csv": "日期,单位,位置,载体,类型,说明\n2024-02-20,县甲局,政府信息公开/资金信息,附件xlsx,resident-id,名单\n"
    "2024-02-20,县甲局,政务新媒体/微信订阅号/甲县发布,新媒体正文,expression,新疆省\n",
}


def write(folder: Path, *, encoding: str = "utf-8", **changed: str | None) -> Path:
    """The small month with some files changed (`columns_csv=` …, None for a missing file)."""
    files = {**SMALL, **{name.replace("_csv", ".csv").replace("_yaml", ".yaml"): text for name, text in changed.items()}}
    for name, text in files.items():
        if text is not None:
            (folder / name).write_bytes(text.encode(encoding))
    return folder


def complaints(folder: Path) -> list[str]:
    with pytest.raises(FactsError) as caught:
        load_facts(folder)
    return str(caught.value).split("\n")


def replaced(file: str, old: str, new: str) -> dict[str, str]:
    assert old in SMALL[file]
    return {file.replace(".", "_"): SMALL[file].replace(old, new)}


def test_seed_month_is_read_whole() -> None:
    facts = load_facts(SEED)
    assert facts.month == Month(2023, 10)
    assert facts.recommended == 9
    assert (len(facts.columns), len(facts.news), len(facts.accounts), len(facts.submissions)) == (163, 38, 15, 12)
    assert sum(fact.published for fact in facts.news) == 62
    assert sum(account.total for account in facts.accounts) == 482
    assert {incident.kind for incident in facts.incidents} == {"resident-id", "bank-card", "mobile", "expression"}
    assert facts.incidents[0].column == "扶贫资金信息公开"
    assert facts.accounts[-1].silence == (date(2023, 10, 9), date(2023, 10, 31))


def test_small_month_is_read(tmp_path: Path) -> None:
    facts = load_facts(write(tmp_path))
    assert facts.month == Month(2024, 2)
    assert facts.columns[1].cycle.period is None
    assert facts.columns[2].earlier == 3
    assert facts.submissions[1].received is None
    assert facts.incidents[1].account == ("微信订阅号", "甲县发布")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_other_encodings_read_alike(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert load_facts(write(tmp_path / "a", encoding=encoding)) == load_facts(write(tmp_path / "b"))


def test_windows_line_ends_and_blank_lines(tmp_path: Path) -> None:
    changed = SMALL["news.csv"].replace("\n", "\r\n") + "\r\n,,\r\n"
    assert load_facts(write(tmp_path, news_csv=changed)).news[0].published == 1


WRONG = [
    ("columns.csv", "1条/月,2,0", "1条/周,2,0", 2, "更新周期"),
    ("columns.csv", "1条/月,2,0", "1条/月,二,0", 2, "“本月条数”应为不小于 0 的整数"),
    ("columns.csv", "1条/月,2,0", "1条/月,-2,0", 2, "不是“-2”"),
    ("columns.csv", "1条/月,2,0", "1条/月,2.5,0", 2, "整数"),
    ("columns.csv", "1条/月,2,0", "1条/月,2", 2, "应有 5 格，实有 4 格"),
    ("columns.csv", "1条/月,2,0", "1条/月,2,0,9", 2, "应有 5 格，实有 6 格"),
    ("columns.csv", "1条/月,2,0", "1条/月,2,1", 2, "第一个月"),
    ("columns.csv", "县甲局,资金信息", "县甲局,通知公告", 4, "与第2行重复"),
    ("columns.csv", "县甲局,通知公告", ",通知公告", 2, "“保障单位”是空的"),
    ("columns.csv", "县甲局,通知公告", "../甲,通知公告", 2, "斜杠"),
    ("columns.csv", "本周期此前条数", "此前", 1, "“本周期此前条数”"),
    ("news.csv", "县甲局,2,1", "县甲局,1,2", 2, "发布条数 2 多于上传条数 1"),
    ("news.csv", "县甲局,2,1", "县甲局,2,1\n县甲局,2,1", 3, "与第2行重复"),
    ("accounts.csv", "6,2,1", "6,3,1", 2, "多于当月推荐转载信息数 2"),
    ("accounts.csv", "2024-02-05,2024-02-12", "2024-02-12,2024-02-05", 2, "晚于停更止"),
    ("accounts.csv", "2024-02-05,2024-02-12", "2024-02-05,", 2, "要么都填，要么都不填"),
    ("accounts.csv", "2024-02-05,2024-02-12", "2024-02-05,2024-02-30", 2, "不是“2024-02-30”"),
    ("accounts.csv", "2024-02-05,2024-02-12", "2024-02-05,2024-03-12", 2, "晚于月末"),
    ("accounts.csv", "2024-02-05,2024-02-12", "2024-01-05,2024-01-12", 2, "不在 2024-02"),
    ("accounts.csv", "2024-02-05,2024-02-12", "2024-01-20,2024-02-29", 2, "覆盖全月"),
    ("accounts.csv", "4,0,0,,", "0,0,0,2024-02-05,2024-02-25", 3, "一条未发"),
    ("accounts.csv", "4,0,0,,", "1,0,0,,2024-02-03", 3, "要么都填"),
    ("accounts.csv", "6,2,1,2024-02-05,2024-02-12", "1,0,0,2024-02-05,2024-02-12", 2, "至少要"),
    ("accounts.csv", "抖音号,甲县发布", "微信订阅号,甲县发布", 3, "与第2行重复"),
    ("submissions.csv", "2024-02-25,原样", "2024-02-25,照旧", 2, "“模板”应为"),
    ("submissions.csv", "2024-02-25,原样", "2024-02-25,", 2, "有报送日期"),
    ("submissions.csv", "救助信息,月", "救助信息,周", 2, "“更新周期”应为"),
    ("reports_due.csv", "2024-02-29,", "2024-01-31,", 2, "早于 2024-02"),
    ("reports_due.csv", "2024-02-29,", "下月初,", 2, "“截止日期”应写成"),
    ("events.csv", "20,10,5,7", "20,16,5,7", 2, "之和多于生成 20"),
    ("events.csv", "20,10,5,7", "20,10,5,11", 2, "办结 11 多于受理 10"),
    ("incidents.csv", "2024-02-20,县甲局,政府信息公开/资金信息", "2024-03-01,县甲局,政府信息公开/资金信息", 2, "不在 2024-02"),
    ("incidents.csv", "政府信息公开/资金信息", "政府信息公开/没有的栏目", 2, "没有 县甲局 的栏目“没有的栏目”"),
    ("incidents.csv", "县甲局,政府信息公开", "县乙局,政府信息公开", 2, "没有 县乙局 的栏目"),
    ("incidents.csv", "政府信息公开/资金信息", "各镇快讯", 2, "“位置”应为"),
    ("incidents.csv", "政务新媒体/微信订阅号", "政务新媒体/微信服务号", 3, "没有账号“微信服务号/甲县发布”"),
    ("incidents.csv", "附件xlsx,resident-id", "附件xlsx,身份证", 2, "“类型”应为"),
    ("incidents.csv", "附件xlsx,resident-id", "附件doc,resident-id", 2, "“载体”应为"),
    ("incidents.csv", "附件xlsx,resident-id", "新媒体正文,resident-id", 2, "只用于 政务新媒体"),
    ("incidents.csv", "新媒体正文,expression", "附件pdf,expression", 3, "新媒体账号的载体"),
    ("incidents.csv", "expression,新疆省", "expression,", 3, "“说明”应写错误表述本身"),
    ("incidents.csv", "2024-02-20,县甲局,政务新媒体", "2024-02-08,县甲局,政务新媒体", 3, "停更期"),
    (
        "incidents.csv",
        "附件xlsx,resident-id,名单",
        "附件xlsx,resident-id,名单\n2024-02-21,县甲局,政府信息公开/资金信息,正文,mobile,电话",
        2,
        "有 2 天要埋设问题",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "reason"), WRONG, ids=[f"{file}-{reason[:16]}-{new[:24]}" for file, _, new, _, reason in WRONG])
def test_one_wrong_row_is_named(tmp_path: Path, file: str, old: str, new: str, line: int, reason: str) -> None:
    lines = complaints(write(tmp_path, **replaced(file, old, new)))
    assert any(entry.startswith(f"{file} 第{line}行：") and reason in entry for entry in lines), lines
    assert all(entry.startswith(file) for entry in lines), lines


@pytest.mark.parametrize("file", sorted(SMALL))
def test_missing_file_is_named(tmp_path: Path, file: str) -> None:
    folder = write(tmp_path)
    (folder / file).unlink()
    assert complaints(folder)[0].startswith(f"{file}：")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("month: 2024-13\nrecommended_reposts: 2\n", "month 有误"),
        ("recommended_reposts: 2\n", "缺少 month"),
        ("month: 2024-02\n", "recommended_reposts"),
        ("month: 2024-02\nrecommended_reposts: 两条\n", "不是“两条”"),
        ("month: 2024-02\nrecommended_reposts: -1\n", "不是“-1”"),
        ("month: 2024-02\nrecommended_reposts: true\n", "整数"),
        ("month: [2024\n", "YAML"),
        ("2024-02", "两项"),
    ],
)
def test_wrong_month_file(tmp_path: Path, text: str, reason: str) -> None:
    lines = complaints(write(tmp_path, month_yaml=text))
    assert lines[0].startswith("month.yaml")
    assert reason in lines[0]


def test_everything_is_told_at_once_but_not_endlessly(tmp_path: Path) -> None:
    rows = "".join(f"县{number}局,x,1\n" for number in range(30))
    lines = complaints(write(tmp_path, news_csv="单位,上传条数,发布条数\n" + rows, **replaced("events.csv", "20,10", "20,30")))
    assert len(lines) == 21
    assert "另有" in lines[-1]
    assert sum(bool(re.match(r"news.csv 第\d+行：", line)) for line in lines) + sum(line.startswith("events.csv") for line in lines) == 20


def test_a_cell_nobody_can_decode(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "news.csv").write_bytes(b"\xff\xff\xff\n")
    assert "UTF-8" in complaints(folder)[0]


def test_no_folder(tmp_path: Path) -> None:
    assert "没有事实表文件夹" in complaints(tmp_path / "missing")[0]


def test_an_unclosed_quote_is_told(tmp_path: Path) -> None:
    lines = complaints(write(tmp_path, news_csv='单位,上传条数,发布条数\n"县甲局,2,1\n'))
    assert lines[0].startswith("news.csv")


def test_two_carriers_on_one_day_need_one_post(tmp_path: Path) -> None:
    both = SMALL["incidents.csv"].replace("附件xlsx,resident-id,名单", "附件xlsx,resident-id,名单\n2024-02-20,县甲局,政府信息公开/资金信息,附件pdf,mobile,电话")
    assert len(load_facts(write(tmp_path, incidents_csv=both)).incidents) == 3


def test_seed_can_be_copied_and_changed(tmp_path: Path) -> None:
    shutil.copytree(SEED, tmp_path / "facts", copy_function=shutil.copyfile)
    path = tmp_path / "facts" / "accounts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("眉县交警大队,1,0,0", "眉县交警大队,0,0,0"), encoding="utf-8")
    assert "至少" not in complaints(tmp_path / "facts")[0]

"""The spreadsheets units hand in: each 更新内容 has a template, and files come intact, renamed or with another header."""

import random
from collections.abc import Iterable, Mapping
from datetime import date

from demo import documents
from demo.facts import SubmissionFact
from demo.media import words
from demo.sheets import Cell, Sheet

_HEADERS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (  # words in the content's name → header
    (("低保",), ("镇（街）", "城镇低保户数", "农村低保户数", "保障人数", "发放金额（万元）")),
    (("特困",), ("镇（街）", "集中供养人数", "分散供养人数", "护理费（万元）", "发放金额（万元）")),
    (("矛盾", "纠纷", "信访"), ("镇（街）", "婚姻家庭纠纷数", "邻里纠纷数", "土地纠纷数", "调处成功数")),
    (("评价",), ("服务窗口", "好评数", "中评数", "差评数", "好评率")),
    (("热点", "12345"), ("镇（街）", "受理工单数", "热点问题类别", "办结工单数", "回访满意率")),
    (("市长",), ("承办单位", "市长信箱件数", "按期回复件数", "超期件数", "办结率")),
    (("县长",), ("承办单位", "县长信箱件数", "按期回复件数", "退回件数", "办结率")),
    (("考核",), ("承办单位", "交办工单数", "按期办结数", "重办件数", "考核得分")),
    (("舆情",), ("涉及单位", "调查函件数", "已回复件数", "属实件数", "回复率")),
    (("财政",), ("预算科目", "年度预算（万元）", "本季收入（万元）", "本季支出（万元）", "完成率")),
    (("投资", "固定资产"), ("投资领域", "计划投资（万元）", "完成投资（万元）", "在建项目数", "同比增长率")),
    (("农业", "种植", "果"), ("镇（街）", "种植面积（亩）", "产量（吨）", "产值（万元）", "合作社数")),
    (("教育", "学"), ("学校", "班级数", "在校学生数", "专任教师数", "升学率")),
    (("医", "卫生", "健康"), ("机构名称", "门诊人次数", "住院人次数", "床位数", "床位使用率")),
    ((), ("统计项目", "计划数", "完成数", "未完成数", "完成率")),
    ((), ("镇（街）", "任务数", "办结数", "在办数", "办结率")),
    ((), ("指标名称", "本期数", "上期数", "累计数", "增长率")),
    ((), ("工作类别", "登记数", "处理数", "结转数", "处理率")),
)


def headers(submissions: Iterable[SubmissionFact]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The header row of each unit's content, all different within a unit."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for fact in submissions:
        used = {header for (unit, _), header in found.items() if unit == fact.unit}
        fitting = [header for keys, header in _HEADERS if any(key in fact.content for key in keys)]
        general = [header for keys, header in _HEADERS if not keys]
        free = [header for header in (*fitting, *general) if header not in used]
        found[(fact.unit, fact.content)] = free[0] if free else (*general[0], f"分项{len(used)}")
    return found


def file_name(content: str) -> str:
    """The template's file name."""
    return f"{content}.xlsx"


def handed_in(fact: SubmissionFact, header: tuple[str, ...], day: date, rng: random.Random) -> tuple[str, bytes]:
    """The file as the unit sent it: name and bytes."""
    name = file_name(fact.content)
    if fact.template == "改文件名":
        name = file_name(f"{fact.unit}报{day.month}月（{fact.content.replace(' ', '')[:6]}）")
    if fact.template == "改表头":
        header = (header[0], f"上报{header[1]}", *header[2:-1], "备注")
    return name, filled(fact.content, header, day, rng)


def blank(content: str, header: tuple[str, ...], day: date) -> bytes:
    """The template itself."""
    return documents.xlsx(Sheet(content, header, ()), day)


def filled(content: str, header: tuple[str, ...], day: date, rng: random.Random) -> bytes:
    """A form with a few lines of figures."""
    towns = rng.sample(words()["towns"], rng.randint(5, 8))
    return documents.xlsx(Sheet(content, header, tuple(_line(header, number, town, rng) for number, town in enumerate(towns, 1))), day)


def _line(header: tuple[str, ...], number: int, town: str, rng: random.Random) -> tuple[Cell, ...]:
    return tuple(town if column == 0 and "镇" in head else _cell(head, number, column, rng) for column, head in enumerate(header))


def _cell(head: str, number: int, column: int, rng: random.Random) -> Cell:
    if column == 0:
        return f"{head}{number}"
    if head.endswith("率"):
        return f"{rng.randint(71, 99)}.{rng.randint(1, 9)}%"
    if "万元" in head:
        return f"{rng.randint(101, 9890) / 10:.1f}"
    return "" if head == "备注" else ("供暖供水" if "类别" in head else rng.randint(2, 480))

"""Random months as fact tables, and what the annexes of such a month must say: read off the tables alone, sharing no code with the product."""

import calendar
import csv
import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
LIMITS = {"微信订阅号": 7, "微信服务号": 7, "抖音号": 14}
LENGTHS = {"季度": 3, "半年": 6, "年": 12}
ORDER = ["优秀", "良好", "合格", "不合格"]
CARRIERS = ["正文", "附件xlsx", "附件docx", "附件pdf", "附件图片"]
LEAKS = ["resident-id", "bank-card", "mobile"]
WRONGS = ["新疆省", "广西省", "内蒙古省", "宁夏省", "西藏省"]


# --- making a month ---


def random_month(seed: int, year: int, month: int, folder: Path) -> dict[str, Rows]:
    """Write consistent fact tables below `folder` and return them."""
    rng = random.Random(f"{seed}-{year}-{month}")
    days = calendar.monthrange(year, month)[1]
    tables = {
        "columns.csv": _columns(rng, month),
        "news.csv": _news(rng),
        "accounts.csv": _accounts(rng, year, month, days),
        "submissions.csv": _submissions(rng, year, month, days),
        "events.csv": _events(rng),
        "reports_due.csv": _papers(rng, year, month, days),
    }
    tables["incidents.csv"] = _incidents(rng, tables, year, month, days)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (folder / "month.yaml").write_text(f"month: {year}-{month:02d}\nrecommended_reposts: {_recommended(rng)}\n", encoding="utf-8")
    return tables


def _recommended(rng: random.Random) -> int:
    return 8


def _columns(rng: random.Random, month: int) -> Rows:
    units = ["县发改局", "县财政局", "县民政局", "县商信局", "县水利局", "汤峪镇", "县应急管理局", "县乡村振兴局"]
    rows = []
    for unit in units:
        names = rng.sample(
            ["政府机构", "规划计划", "财政资金信息", "乡村振兴", "住房保障信息", "生态环境", "部门信息公开年报", "安全生产信息", "就业稳岗信息"],
            rng.randint(3, 6),
        )
        for name in names:
            cycle = rng.choice(["实时更新", "1条/月", "2条/月", "3条/月", "1条/季度", "2条/季度", "1条/半年", "2条/年", "1条/年"])
            owed = int(cycle[0]) if cycle[0].isdigit() else 0
            span = LENGTHS.get(cycle.rpartition("/")[2], 1)
            first = (month - 1) % span == 0
            earlier = 0 if first or span == 1 else rng.choice([0, 0, 1, owed, owed + 1])
            count = rng.choice([0, 1, owed, owed, owed + 1, owed + 2, owed + 5])
            rows.append({"保障单位": unit, "保障栏目": name, "更新周期": cycle, "本月条数": count, "本周期此前条数": earlier})
    return rows


def _news(rng: random.Random) -> Rows:
    rows = []
    for unit in ["县乡村振兴局", "齐镇", "县商务和工业信息化局", "县财政局", "汤峪镇", "首善街办", "经开区管委会", "县水利局"]:
        published = rng.choice([0, 1, 2, 4, 5, 6])
        rows.append({"单位": unit, "上传条数": published + rng.choice([0, 0, 1, 3]), "发布条数": published})
    return rows


def _accounts(rng: random.Random, year: int, month: int, days: int) -> Rows:
    rows = []
    first, last = date(year, month, 1), date(year, month, days)
    names = [
        ("微信订阅号", "眉县招商"),
        ("微信订阅号", "眉县教育"),
        ("微信订阅号", "眉县反诈中心"),
        ("抖音号", "眉县反诈中心"),
        ("微信服务号", "眉县公安"),
        ("抖音号", "眉县交警大队"),
        ("微信订阅号", "眉县民政"),
    ]
    for platform, name in names:
        originals, reposted, other = rng.choice([3, 4, 6, 10, 13, 14, 20]), rng.choice([0, 3, 4, 5, 8]), rng.choice([0, 2, 6, 15])
        if platform == "抖音号":
            reposted, other = rng.choice([0, 0, 2]), rng.choice([0, 0, 1])
        start: Any = ""
        end: Any = ""
        if rng.random() < 0.6:
            length = rng.choice([7, 8, 14, 15])
            start = rng.choice([first, first - timedelta(days=3), last - timedelta(days=length - 1), first + timedelta(days=rng.randint(2, days - length))])
            end = start + timedelta(days=length - 1)
            originals += 8
        elif originals + reposted + other < 5:
            other += 5
        rows.append(
            {"平台": platform, "账号名称": name, "原创条数": originals, "转载推荐条数": reposted, "其它转载条数": other, "停更起": start, "停更止": end}
        )
    rows.append(
        {"平台": "微信订阅号", "账号名称": "健康眉县", "原创条数": 0, "转载推荐条数": 0, "其它转载条数": 0, "停更起": first - timedelta(days=2), "停更止": last}
    )
    return rows


def _submissions(rng: random.Random, year: int, month: int, days: int) -> Rows:
    rows = []
    for number, unit in enumerate(["县民政局", "县民政局", "县信访局", "县财政局", "县信息中心", "县信息中心", "县信息中心"]):
        form = rng.choice(["原样", "原样", "改表头", "改文件名", ""])
        late = rng.random() < 0.25
        received: Any = date(year, month, days) + timedelta(days=3) if late else date(year, month, rng.choice([1, 15, days]))
        rows.append(
            {
                "保障单位": unit,
                "保障栏目": f"栏目-{number}",
                "更新内容": f"第{number}类情况统计表",
                "更新周期": rng.choice(["月", "季度"]),
                "报送日期": received if form else "",
                "模板": form,
            }
        )
    return rows


def _events(rng: random.Random) -> Rows:
    rows = []
    for platform, unit, kinds in [
        ("街面秩序管理平台", "城管执法局", ["暴露垃圾", "乱停乱放"]),
        ("防汛排涝监测平台", "常兴镇", ["道路积水"]),
        ("秦岭综合管理平台", "林业局", ["烟雾视频检测"]),
        ("防汛排涝监测平台", "林业局", ["道路积水"]),
    ]:
        for kind in kinds:
            accepted = rng.choice([0, 20, 100])
            closed = rng.choice([accepted * 85 // 100, accepted * 70 // 100, accepted * 60 // 100, accepted * 59 // 100, accepted, 0])
            discarded = rng.choice([0, 7])
            rows.append(
                {
                    "平台": platform,
                    "责任单位": unit,
                    "事件类型": kind,
                    "生成": accepted + discarded + rng.choice([0, 0, 3]),
                    "受理": accepted,
                    "废弃": discarded,
                    "办结": closed,
                }
            )
    return rows


def _papers(rng: random.Random, year: int, month: int, days: int) -> Rows:
    due = date(year, month, days)
    options = ["", due, due - timedelta(days=4), due + timedelta(days=2)]
    return [
        {"单位": unit, "材料": "工作总结", "截止日期": due, "报送日期": rng.choice(options)} for unit in ["滨河新区管委会", "经开区管委会", "猕猴桃园区管委会"]
    ]


def _incidents(rng: random.Random, tables: Mapping[str, Rows], year: int, month: int, days: int) -> Rows:
    rows: Rows = []
    columns = [row for row in tables["columns.csv"] if row["本月条数"] and row["更新周期"] != "实时更新"]
    news = [row for row in tables["news.csv"] if row["发布条数"]]
    accounts = [row for row in tables["accounts.csv"] if row["原创条数"] >= 6 and not row["停更起"] and row["平台"].startswith("微信")]
    places = [(row["保障单位"], f"政府信息公开/{row['保障栏目']}") for row in rng.sample(columns, min(4, len(columns)))]
    places += [(row["单位"], "各镇快讯、部门动态") for row in rng.sample(news, min(2, len(news)))]
    carriers = rng.sample(CARRIERS, len(CARRIERS)) + rng.sample(CARRIERS, len(CARRIERS))
    for (unit, place), carrier in zip(places, carriers, strict=False):
        rows += _planted(rng, date(year, month, rng.randint(1, days)), unit, place, carrier)
    owners = {"眉县招商": "县招商局", "眉县教育": "县教体局", "眉县反诈中心": "县公安局", "眉县公安": "县公安局", "眉县民政": "县民政局"}
    for row in accounts[:1]:
        place = f"政务新媒体/{row['平台']}/{row['账号名称']}"
        rows += _planted(rng, date(year, month, rng.randint(1, days)), owners[row["账号名称"]], place, "新媒体正文")
    return rows


def _planted(rng: random.Random, day: date, unit: str, place: str, carrier: str) -> Iterable[dict[str, Any]]:
    kinds = rng.sample(LEAKS, rng.randint(1, 3)) if rng.random() < 0.6 else []
    wrongs = [rng.choice(WRONGS)] if not kinds or rng.random() < 0.4 else []
    for kind, note in [(kind, "名单中人员信息") for kind in kinds] + [("expression", wrong) for wrong in wrongs]:
        yield {"日期": day, "单位": unit, "位置": place, "载体": carrier, "类型": kind, "说明": note}


# --- what must come out ---


class Expected:
    """The annexes (rows of strings without header) and the problems (kind, units, account) that the tables demand."""

    def __init__(self, tables: Mapping[str, Rows], year: int, month: int, recommended: int = 8) -> None:
        self.problems: set[tuple[str, tuple[str, ...], str | None]] = set()
        self.last = date(year, month, calendar.monthrange(year, month)[1])
        self._content(tables["incidents.csv"])
        self.annexes = [
            self._annex1(tables["columns.csv"], month),
            self._annex2(tables["news.csv"]),
            self._annex3(tables["accounts.csv"], recommended),
            self._annex4(tables["submissions.csv"]),
            self._annex5(tables["events.csv"]),
        ]
        for row in tables["reports_due.csv"]:
            if not row["报送日期"] or row["报送日期"] > row["截止日期"]:
                self.problems.add(("paper-missing", (row["单位"],), None))

    def _content(self, incidents: Rows) -> None:
        self.leaks: set[tuple[str, str]] = set()
        self.wrong: set[tuple[str, str]] = set()
        for row in incidents:
            (self.wrong if row["类型"] == "expression" else self.leaks).add((row["单位"], row["位置"]))
            account = row["位置"].partition("/")[2] if row["位置"].startswith("政务新媒体/") else None
            self.problems.add(("wrong-expression" if row["类型"] == "expression" else "privacy-leak", (row["单位"],), account))

    def _bad(self, unit: str, place: str) -> bool:
        return (unit, place) in self.leaks or (unit, place) in self.wrong

    def _annex1(self, rows: Rows, month: int) -> list[list[str]]:
        units: dict[str, list[tuple[dict[str, Any], str]]] = {}
        grades: dict[str, str] = {}
        for unit in dict.fromkeys(row["保障单位"] for row in rows):
            surplus, failed = 0, False
            for row in (row for row in rows if row["保障单位"] == unit):
                shown, counted, owed = self._column(row, month)
                surplus += counted - owed
                if counted < owed:
                    failed = True
                    self.problems.add(("column-not-updated", (unit,), None))
                failed = failed or self._bad(unit, f"政府信息公开/{row['保障栏目']}")
                units.setdefault(unit, []).append((row, shown))
            grades[unit] = "不合格" if failed else "优秀" if surplus >= 5 else "合格"
        ordered = sorted(units, key=lambda unit: ORDER.index(grades[unit]))
        return [[str(n), unit, row["保障栏目"], row["更新周期"], shown, grades[unit]] for n, unit in enumerate(ordered, 1) for row, shown in units[unit]]

    @staticmethod
    def _column(row: Mapping[str, Any], month: int) -> tuple[str, int, int]:
        cycle, count = row["更新周期"], row["本月条数"]
        if cycle == "实时更新":
            return "/", 0, 0
        number, period = int(cycle.partition("条")[0]), cycle.rpartition("/")[2]
        if period == "月":
            return str(count), count, number
        owed = max(0, number - row["本周期此前条数"]) if month % LENGTHS[period] == 0 else 0
        return str(count) if count or owed else "/", count, owed

    def _annex2(self, rows: Rows) -> list[list[str]]:
        graded = []
        for row in rows:
            bad = self._bad(row["单位"], "各镇快讯、部门动态")
            graded.append((row, "不合格" if bad or not row["发布条数"] else "优秀" if row["发布条数"] >= 5 else "合格"))
        silent = tuple(row["单位"] for row in rows if not row["发布条数"])
        if silent:
            self.problems.add(("no-news", silent, None))
        graded.sort(key=lambda pair: (ORDER.index(pair[1]), -pair[0]["发布条数"]))
        return [[str(n), row["单位"], str(row["上传条数"]), str(row["发布条数"]), grade] for n, (row, grade) in enumerate(graded, 1)]

    def _annex3(self, rows: Rows, recommended: int) -> list[list[str]]:
        judged = []
        for row in rows:
            key = f"{row['平台']}/{row['账号名称']}"
            parts = self._complaints(row, key, recommended)
            lone = len(parts) == 1 and not parts[0].endswith("不足")
            text = "；".join(parts) + ("" if lone or not parts else "。") or "无"
            judged.append((row, text, "不合格" if parts else "优秀" if row["原创条数"] >= 14 else "合格"))
        judged.sort(key=lambda item: (ORDER.index(item[2]), -item[0]["原创条数"]))
        lines = []
        for number, (row, text, grade) in enumerate(judged, 1):
            reposts = row["转载推荐条数"] + row["其它转载条数"]
            lines.append(
                [
                    str(value)
                    for value in (
                        number,
                        row["账号名称"],
                        4,
                        row["原创条数"],
                        recommended,
                        row["转载推荐条数"],
                        reposts,
                        row["其它转载条数"],
                        row["原创条数"] + reposts,
                        text,
                        grade,
                    )
                ]
            )
        return lines

    def _complaints(self, row: Mapping[str, Any], key: str, recommended: int) -> list[str]:
        parts, kinds = [], []
        silent = bool(row["停更起"]) and (row["停更止"] - row["停更起"]).days + 1 > LIMITS[row["平台"]]
        if silent:
            parts.append(f"{row['停更起']}至{row['停更止']}信息未更新")
            kinds.append("account-silent")
        if row["平台"] == "微信订阅号" and row["转载推荐条数"] * 2 < recommended:
            parts.append("应转载信息数量不足")
            kinds.append("repost-shortfall")
        if row["原创条数"] < 4 and not silent:
            parts.append("原创信息更新数量不足")
            kinds.append("original-shortfall")
        place = f"政务新媒体/{key}"
        parts += ["信息内容存在隐私泄露"] * any(where == place for _, where in self.leaks)
        parts += ["信息内容存在固定表述错误"] * any(where == place for _, where in self.wrong)
        owner = {
            "眉县招商": "县招商局",
            "眉县教育": "县教体局",
            "眉县反诈中心": "县公安局",
            "眉县公安": "县公安局",
            "眉县交警大队": "县公安局",
            "眉县民政": "县民政局",
            "健康眉县": "县卫健局",
        }
        self.problems |= {(kind, (owner[row["账号名称"]],), key) for kind in kinds}
        return parts

    def _annex4(self, rows: Rows) -> list[list[str]]:
        lines = []
        for number, row in enumerate(rows, 1):
            on_time = bool(row["报送日期"]) and row["报送日期"] <= self.last
            in_form = "" if not row["报送日期"] else "是" if row["模板"] == "原样" else "否"
            if not on_time:
                self.problems.add(("submission-missing", (row["保障单位"],), None))
            if in_form == "否":
                self.problems.add(("submission-malformed", (row["保障单位"],), None))
            grade = "合格" if on_time and in_form == "是" else "不合格"
            lines.append([str(number), row["保障单位"], row["保障栏目"], row["更新内容"], row["更新周期"], "是" if on_time else "否", in_form, grade])
        return lines

    def _annex5(self, rows: Rows) -> list[list[str]]:
        lines = []
        names = ("生成", "受理", "废弃", "办结")
        for key in dict.fromkeys((row["平台"], row["责任单位"]) for row in rows):
            group = [row for row in rows if (row["平台"], row["责任单位"]) == key]
            total = {name: sum(row[name] for row in group) for name in names}
            if not total["受理"]:
                grade = "不合格" if total["生成"] > total["废弃"] else "合格"
            else:
                grade = next((grade for bound, grade in ((85, "优秀"), (70, "良好"), (60, "合格")) if total["办结"] * 100 >= bound * total["受理"]), "不合格")
            if grade == "不合格":
                self.problems.add(("events-unhandled", (key[1],), None))
            label = f"{key[0]} ({key[1]})"
            lines += [self._event(label, row["事件类型"], row, grade) for row in group]
            if len(group) > 1:
                lines.append(self._event(label, "合计", total, grade))
        grand = {name: sum(row[name] for row in rows) for name in names}
        return [*lines, self._event("合计", "", grand, "")]

    @staticmethod
    def _event(label: str, kind: str, row: Mapping[str, Any], grade: str) -> list[str]:
        rate = "0" if not row["受理"] else f"{(row['办结'] * 20000 + row['受理']) // (2 * row['受理']) / 100:.2f}%"
        return [label, kind, *(str(row[name]) for name in ("生成", "受理", "废弃", "办结")), rate, grade]

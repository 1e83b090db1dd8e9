"""Makes `config/rules/regions/china.yaml` from `config/data/regions.csv`: which places every province and prefecture has, and the names to be spelt right.

Usage: python -m bench.region_tables
"""

import csv
from collections.abc import Iterable, Iterator

from checks.expressions.common import exchanged
from core.config import SHARED
from core.rules import load

TARGET = SHARED / "rules" / "regions" / "china.yaml"
_NO_NAME = {"市辖区", "县", "市", "郊区", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级行政单位"}
_RECENT = 2010  # names that ended since then still stand in many a text
_BASIS = "《中华人民共和国行政区划》（民政部公布）；名称取自 config/data/regions.csv（2026-01）"
_HEAD = f"""# 由 python -m bench.region_tables 根据 config/data/regions.csv 生成，请勿手工修改。
family: 全国市县名称
severity: error
basis: {_BASIS}
unless: {{contexts: [history, book, former, title], after: ["(今", "(原"]}}
rules:
"""
_CHILD = """  - id: expression/region-child
    title: 省、市所辖地名的用字和类别
    why: 上级地名之后的下级地名与该省、市所辖的地名只差一字，或类别（市、县、区）不对。
    severity: error
    check: region-child
    examples:
      wrong: ["发往⟦江苏省徐洲市→江苏省徐州市⟧的货物。", "到⟦福建省夏门市→福建省厦门市⟧参会。", "与⟦榆林市府谷区→榆林市府谷县⟧交流。", "⟦内蒙古自治区呼伦贝尔盟→内蒙古自治区呼伦贝尔市⟧牧场。"]
      right: ["江苏省徐州市、福建省厦门市、榆林市府谷县、内蒙古自治区呼伦贝尔市。", "西安市高新区、宝鸡市高新区、渭南市经开区。", "陕西省市场监督管理局、宝鸡市各县区、宝鸡市人民政府、西安市周边。", "湖北省襄樊市（今襄阳市）。"]
"""


def rows() -> Iterator[tuple[str, str, int]]:
    """Code, full name, the year in which the name ended (0: in force)."""
    with (SHARED / "data" / "regions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["code"], row["name"], int(row["until"][:4] or 0)


def tables() -> tuple[dict[str, list[str]], dict[str, int], list[str]]:
    """Parent → children in force; names that once were, with their last year; the prefectures."""
    provinces = {code: name for code, name, ended in rows() if code.endswith("0000") and not ended and int(code[:2]) < 70}
    cities = {
        code: name.removeprefix(provinces[code[:2] + "0000"])
        for code, name, ended in rows()
        if not ended and code[2:4] != "00" and code.endswith("00") and code[:2] + "0000" in provinces
    }
    children: dict[str, list[str]] = {}
    former = dict[str, int]()
    for code, name, ended in rows():
        province = provinces.get(code[:2] + "0000")
        if not province or code.endswith("0000"):
            continue
        city = cities.get(code[:4] + "00", "")
        short = name.removeprefix(province)
        short = short if code.endswith("00") else short.removeprefix(city)
        if short in _NO_NAME or not short:
            continue
        if ended:
            former[short] = max(ended, former.get(short, 0))
            continue
        parents = {province, city} - {"", "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"} if not code.endswith("00") else {province}
        for parent in parents:
            children.setdefault(parent, []).append(short)
    known = {name for names in children.values() for name in names}
    former = {name: ended for name, ended in former.items() if name not in known and len(name) <= 7}
    return children, former, [name for name in cities.values() if name not in _NO_NAME and len(name) >= 3]


def _wrapped(words: Iterable[str], indent: str, comma: str) -> Iterator[str]:
    line = indent
    for word in words:
        if len(line) > 140:
            yield line.rstrip()
            line = indent
        line += word + comma
    yield line.rstrip()


def main() -> None:
    children, former, cities = tables()
    names = {name for listed in children.values() for name in listed} | set(former)
    TARGET.unlink(missing_ok=True)
    confusable = load(SHARED / "rules").confusable
    short = sorted(
        {name for name in cities if not name.endswith("区")} | {name for name in names if name.endswith(("自治县", "自治旗")) and name not in former}
    )
    allow = sorted({form for name in short for form, _ in exchanged(name, confusable) if form in names})
    lines = [*_HEAD.rstrip("\n").split("\n"), *_CHILD.rstrip("\n").split("\n"), "    options:", "      alike: true", "      children:"]
    for parent, listed in children.items():
        lines += [f"        {parent}: >-", *_wrapped(listed, "          ", " ")]
    lines += ["      former: >-", *_wrapped(sorted(former), "        ", " ")]
    lines += ["      recent: >-", *_wrapped(sorted(name for name, ended in former.items() if ended >= _RECENT), "        ", " ")]
    lines += [
        "  - id: expression/near-prefecture-city",
        "    title: 设区的市、自治州、盟名称用字",
        "    options: {certain: true, tail: false}",
        "    phrases:",
        "      [",
    ]
    lines += [*_wrapped(short, "        ", ", "), "      ]", "    allow:", "      [", *_wrapped(allow, "        ", ", "), "      ]"]
    lines += [
        "    examples:",
        '      wrong: ["赴⟦徐洲市→徐州市⟧学习。", "来自⟦岳扬市→岳阳市⟧的客商。", "⟦西双版纳傣族自治洲→西双版纳傣族自治州⟧代表团。"]',
        '      right: ["徐州市、厦门市、西双版纳傣族自治州。", "滕州市、禹州市、通州区、登封市。"]',
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(children)} parents, {sum(map(len, children.values()))} places, {len(former)} former names, {len(short)} prefectures, {len(allow)} allowed")


if __name__ == "__main__":
    main()

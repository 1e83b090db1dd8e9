"""What one field of an entry is: how it is written in YAML, shown in a form and in a spreadsheet's cell, and read back from either."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from core.text import conceal

Kind = Literal[
    "text", "word", "url", "mail", "unit", "listing", "lines", "choice", "choices", "integer", "integers", "number", "yes", "date", "day", "receivers", "logins"
]
LISTS = ("lines", "choices", "integers", "logins")
_YES, _NO = ("是", "true", "yes", "1", "√", "启用"), ("否", "false", "no", "0", "×", "停用")
_LOGIN = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*[:：]\s*(?:\$\{?([A-Z][A-Z0-9_]*)\}?|文件\s*(\S.*))")
_MAIL = re.compile(r"[^\s@,;<>（），；]+@[^\s@,;<>（），；]+\.[^\s@,;<>（），；]+")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-— ]?\d{7,8}(?!\d)")
_LONGEST = 2000
UNIT = "出问题的单位"


def personal(text: str) -> bool:
    """True when a number as long as a person's stands in the text; an office's landline may."""
    bare = _LANDLINE.sub("", text)
    return conceal(bare) != bare


@dataclass(frozen=True, slots=True)
class Field:
    """`key` is the YAML key (with dots: a path), `label` its name on pages and in spreadsheets, `help` one sentence beside it.

    choices: value → word. suggestions: what is offered, without obligation. narrow: not shown in the table of the list.
    """

    key: str
    label: str
    help: str = ""
    kind: Kind = "text"
    required: bool = False
    default: Any = None
    choices: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[str, ...] = ()
    narrow: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.key.split("."))

    @property
    def name(self) -> str:
        """The field's name in a form: a letter, digits and dashes for every key."""
        return "f-" + "-".join(part.encode().hex() if not part.isascii() else part for part in self.path)

    @property
    def empty(self) -> Any:
        """The value of an entry that does not say it."""
        return [] if self.kind in LISTS and self.default is None else False if self.kind == "yes" and self.default is None else self.default

    def settled(self, value: Any) -> Any:
        """The value in one form of several that mean the same: choices in their own order."""
        if self.kind == "choices" and isinstance(value, list | tuple):
            order = [choice for choice, _ in self.choices]
            return sorted(map(str, value), key=lambda item: order.index(item) if item in order else len(order))
        return value

    def show(self, value: Any) -> str:
        """The value as people read and write it: lists with 、, or a line each where an item holds a 、."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if self.kind == "receivers" and value == "unit":
            return UNIT
        if self.kind == "logins" and isinstance(value, list):
            return "\n".join(_login_text(item) for item in value)
        if isinstance(value, list | tuple):
            words = [self._word(item) for item in value]
            return "、".join(words) if not any("、" in word for word in words) else "".join(f"{word}\n" for word in words)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return self._word(value)

    def _word(self, value: Any) -> str:
        return dict(self.choices).get(str(value), str(value))

    def read(self, text: str) -> Any:
        """The value that the text means; raises ValueError with a sentence for the person."""
        text = text.strip() if self.kind not in LISTS else text
        if len(text) > _LONGEST * (10 if self.kind in LISTS else 1):
            raise ValueError(f"太长，请控制在 {_LONGEST} 字以内。")
        if not text.strip():
            if self.required:
                raise ValueError(f"请填写{self.label}。")
            return self.empty
        if self.kind in ("text", "lines", "unit", "listing") and personal(text):
            raise ValueError("里面有一长串数字，像是个人号码。配置里不要写个人号码，请删去。")
        reader = getattr(self, f"_read_{self.kind}", None)
        return reader(text) if reader else text

    def _read_text(self, text: str) -> str:
        return " ".join(text.split())

    def _read_word(self, text: str) -> str:
        if re.search(r"\s", text):
            raise ValueError(f"{self.label}中间不能有空格。")
        return text

    def _read_url(self, text: str) -> str:
        if re.search(r"\s", text):
            raise ValueError("网址或路径中间不能有空格，请检查。")
        return text

    def _read_mail(self, text: str) -> str:
        if not _MAIL.fullmatch(text):
            raise ValueError(f"“{text}”不是一个邮箱地址，应像 name@example.cn。")
        return text

    def _read_lines(self, text: str) -> list[str]:
        parts = text.split("\n") if "\n" in text.strip("\r") else re.split(r"[、；;]", text)
        return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))

    def _read_choice(self, text: str) -> str:
        for value, word in self.choices:
            if text in (value, word):
                return value
        raise ValueError(f"只能是{'、'.join(word for _, word in self.choices)}之一，不是“{text}”。")

    def _read_choices(self, text: str) -> list[str]:
        return list(self.settled([self._read_choice(part) for part in self._read_lines(text)]))

    def _read_integer(self, text: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,9}(\.0+)?", text):
            raise ValueError(f"{self.label}应是整数，不是“{text}”。")
        return int(float(text))

    def _read_integers(self, text: str) -> list[int]:
        return [self._read_integer(part) for part in re.split(r"[、；;，,\s]+", text.strip()) if part]

    def _read_number(self, text: str) -> int | float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not abs(number) < 1e9:
            raise ValueError(f"{self.label}应是数字，不是“{text}”。")
        return int(number) if number.is_integer() else number

    def _read_yes(self, text: str) -> bool:
        if text.lower() in _YES:
            return True
        if text.lower() in _NO:
            return False
        raise ValueError(f"{self.label}应写“是”或“否”，不是“{text}”。")

    def _read_day(self, text: str) -> int | str:
        return "last" if text in ("last", "月末") else self._read_integer(text)

    def _read_receivers(self, text: str) -> str | list[str]:
        if text in ("unit", UNIT):
            return "unit"
        return [self._read_mail(part) for part in self._read_lines(text)]

    def _read_date(self, text: str) -> date:
        found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?", text)
        try:
            return date(*(int(part) for part in found.groups())) if found else date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{self.label}应是日期，如 2021-07-01，不是“{text}”。") from None

    def _read_logins(self, text: str) -> list[dict[str, str]]:
        logins = []
        for line in text.splitlines():
            found = _LOGIN.fullmatch(line.strip())
            if line.strip() and not found:
                raise ValueError("每行应写成“Cookie: $环境变量名”或“Cookie: 文件 路径”。不要把 Cookie 的内容写在这里。")
            if found:
                logins.append({"header": found[1], **({"environment": found[2]} if found[2] else {"file": found[3]})})
        return logins


def _login_text(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    return f"{item.get('header', 'Cookie')}: " + (f"${item['environment']}" if item.get("environment") else f"文件 {item.get('file', '')}")

"""The words of the bulletin: `bulletin.yaml` of a county, read into a typed `Wording`; complaints name file and entry."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.assessment import Assessment, ProblemKind
from core.calendar import shanghai
from core.errors import ConfigurationError
from core.yamls import parse

COMMON_SLOTS = ("year", "month", "issue_year", "issue_month")
SYSTEMS = ("columns", "news", "accounts", "submissions", "events")
PROBLEM_PARTS = ("content", "updates", "duties", "unverified")

# Every sentence the bulletin can say, with the slots that are filled beside the common ones.
SENTENCES: tuple[tuple[str, str], ...] = (
    ("see_annex", "number"),
    ("names_more", "names count"),
    ("names_complete", "names count"),
    ("graded", "grades"),
    ("grade", "grade count"),
    ("grade_named", "grade count names"),
    ("grade_single", "grade count names"),
    ("grade_more", "grade count names"),
    ("no_excellent", ""),
    ("no_failed", ""),
    ("unverified_units", "count names"),
    ("unverified_accounts", "count names"),
    ("columns_total", "units posts"),
    ("columns_none", "units"),
    ("news_total", "units uploaded published"),
    ("news_none", "units"),
    ("accounts_total", "accounts posts"),
    ("accounts_none", "accounts"),
    ("accounts_shares", "originals original_share reposts repost_share"),
    ("accounts_excellent", "names count"),
    ("accounts_no_excellent", ""),
    ("accounts_passed", "names count"),
    ("accounts_failed", "names count reasons"),
    ("accounts_failed_plain", "names count"),
    ("accounts_no_failed", ""),
    ("submissions_total", "units items"),
    ("submissions_none", ""),
    ("submitted_each", "names count"),
    ("submitted", "names count"),
    ("submitted_late", "names"),
    ("submitted_partly", "names count"),
    ("submitted_malformed", "names"),
    ("submissions_graded", "grades"),
    ("events_total", "platforms count generated discarded pending accepted closed"),
    ("events_rate", "rate"),
    ("events_none", "platforms count"),
    ("events_absent", ""),
    ("where_file", "file"),
    ("where_text", ""),
    ("dated", "date"),
    ("post", "when unit title carrier"),
    ("post_untitled", "when unit carrier"),
    ("account_post", "when unit account platform title carrier"),
    ("account_post_untitled", "when unit account platform carrier"),
    ("leak", "post kinds"),
    ("leak_more", "post kinds"),
    ("leak_wrong", "pairs"),
    ("wrong", "post pairs"),
    ("pair", "right wrong"),
    ("no_content", ""),
    ("column", "unit columns"),
    ("no_news", "names"),
    ("no_news_unknown", "names"),
    ("no_news_published", "names"),
    ("repost", "names platform"),
    ("original", "names platform"),
    ("silent", "names platform limit spans"),
    ("silent_many", "names platform limit spans"),
    ("no_updates", ""),
    ("paper", "names paper"),
    ("paper_late", "names paper"),
    ("submission", "items"),
    ("submission_late", "items"),
    ("submission_malformed", "items"),
    ("events_pending", "unit platform pending"),
    ("events_both", "unit platform pending rate"),
    ("events_slow", "unit platform rate"),
    ("no_duties", ""),
    ("failed_sources", "sources count"),
    ("failed_sources_more", "sources count"),
    ("unverified_keys", "keys"),
    ("failed_source", "source reason"),
)


def slots_of(template: str) -> set[str]:
    """Names of the slots in a template; raises ValueError where the braces are wrong or reach beyond a plain name."""
    found: set[str] = set()
    for _, name, form, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"花括号里只能写一个名字，不是“{{{name}}}”")
        found.add(name)
    return found


def _checked(template: str, allowed: tuple[str, ...]) -> str:
    try:
        unknown = slots_of(template) - set(allowed)
    except ValueError as error:
        reason = str(error) if "花括号" in str(error) else "花括号不成对"
        raise ValueError(reason) from None
    if unknown:
        raise ValueError(f"没有可填的“{{{sorted(unknown)[0]}}}”，这里能用的是 {'、'.join('{' + name + '}' for name in allowed)}")
    return template


def _plain(template: str) -> str:
    return _checked(template, COMMON_SLOTS)


def _numbering(template: str) -> str:
    return _checked(template, ("n",))


def _source_name(template: str) -> str:
    return _checked(template, ("first", "second"))


Text = Annotated[str, Field(min_length=1), AfterValidator(_plain)]
Name = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(_Entry):
    """How many names are listed: `all` of a group at most, `examples` of the accounts that merely passed."""

    all: Annotated[int, Field(ge=1)] = 12
    examples: Annotated[int, Field(ge=1)] = 3


class Overview(_Entry):
    columns: Text
    news: Text
    accounts: Text
    submissions: Text
    events: Text


class ProblemHeadings(_Entry):
    content: Text
    updates: Text
    duties: Text
    unverified: Text


class Annex(_Entry):
    """Title lines (joined in the list of annexes), a line below the title and a note below the table."""

    title: tuple[Text, ...] = Field(min_length=1)
    subtitle: Text | None = None
    note: Text | None = None


class Demand(_Entry):
    """A paragraph of 三、工作要求, said only in a month with one of the problem kinds in `when` (always when empty)."""

    heading: Text
    text: Text
    when: tuple[ProblemKind, ...] = ()


class Wording(_Entry):
    """The whole of `bulletin.yaml`."""

    red_head: Text
    document_number: Text
    title: tuple[Text, ...] = Field(min_length=1)
    addressees: Text
    opening: Text
    issuer: Text
    names: Names = Names()
    numbering: Annotated[str, AfterValidator(_numbering)] = "{n}. "
    overview_heading: Text
    problems_heading: Text
    demands_heading: Text
    overview: Overview
    problems: ProblemHeadings
    annexes: tuple[Annex, ...] = Field(min_length=5, max_length=5)
    sentences: Mapping[str, str]
    sources: Mapping[str, Annotated[str, AfterValidator(_source_name)]]
    kinds: Mapping[str, Name]
    reasons: Mapping[ProblemKind, Name]
    demands: tuple[Demand, ...]
    closing: Text
    closing_clean: Text

    @model_validator(mode="after")
    def _complete(self) -> Self:
        known = dict(SENTENCES)
        wrong = [f"sentences → {key}：没有这一句，请检查拼写" for key in self.sentences if key not in known]
        for key, slots in SENTENCES:
            if key not in self.sentences:
                wrong.append(f"sentences → {key}：缺少这一句")
                continue
            try:
                _checked(self.sentences[key], (*slots.split(), *COMMON_SLOTS))
            except ValueError as error:
                wrong.append(f"sentences → {key}：{error}")
        if wrong:
            raise ValueError("\n".join(wrong))
        return self


@dataclass(frozen=True, slots=True)
class Voice:
    """A wording in a given month: fills the common slots by itself."""

    wording: Wording
    common: Mapping[str, object]

    @classmethod
    def of(cls, wording: Wording, assessment: Assessment) -> Self:
        issued = shanghai(assessment.generated_at)
        month = assessment.month
        return cls(wording, {"year": month.year, "month": month.month, "issue_year": issued.year, "issue_month": issued.month})

    def say(self, key: str, **slots: object) -> str:
        """The sentence `key` with its slots filled."""
        return self.wording.sentences[key].format(**{**self.common, **slots})

    def source(self, source_id: str) -> str:
        """A source as a reader knows it: `column/县发改局/政府机构` is 县发改局“政府机构”栏目; one of an unknown kind keeps its id."""
        kind, first, second = [*source_id.split("/", 2), "", ""][:3]
        template = self.wording.sources.get(kind)
        return template.format(first=first, second=second) if template else source_id

    def fill(self, template: str) -> str:
        """A text that has common slots only."""
        return template.format(**self.common)


_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个设置项，请检查拼写",
    "string_type": "应是文字（数字请加引号）",
    "string_too_short": "不能为空",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "greater_than_equal": "数字太小",
    "tuple_type": "应是一个列表（每项以“- ”开头）",
    "mapping_type": "应是“键: 值”的形式",
    "model_type": "应是“键: 值”的形式",
    "too_short": "项数不够",
    "too_long": "项数太多",
    "literal_error": f"不是问题种类，可用的有 {'、'.join(get_args(ProblemKind))}",
}


def complaints(path: Path, failure: ValidationError) -> list[str]:
    """What is wrong with a file, one line a complaint: the place and the reason."""
    lines = []
    for error in failure.errors(include_url=False):
        place = " → ".join(f"第{step + 1}项" if isinstance(step, int) else str(step) for step in error["loc"] if step != "[key]")
        reason = _REASONS.get(error["type"]) or str(error.get("ctx", {}).get("error", "写法不对"))
        lines += [f"{path}：{place + '：' if place else ''}{line}" for line in reason.splitlines()]
    return lines


def read_yaml(path: Path) -> Any:
    """The file's plain values; raises ConfigurationError."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}：文件不存在，请补上（可参照 config/meixian/bulletin.yaml）") from None
    except OSError as error:
        raise ConfigurationError(f"{path}：读不了（{error.strerror}），请检查权限") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}：不是 UTF-8 编码，请另存为 UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigurationError(f"{path}：{f'第{mark.line + 1}行' if mark else '某处'}不是合法的 YAML，请检查缩进、冒号和引号") from None


def load_wording(path: Path) -> Wording:
    """Read a county's `bulletin.yaml`; raises ConfigurationError with one complaint a line."""
    data = read_yaml(path)
    if not isinstance(data, Mapping):
        raise ConfigurationError(f"{path}：应是“键: 值”的形式，不能为空")
    try:
        return Wording.model_validate(data)
    except ValidationError as failure:
        raise ConfigurationError("\n".join(complaints(path, failure))) from None

"""二、存在问题: the assessment's problems as sentences, those of one kind merged into one; what could not be verified stands apart."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from core.assessment import Assessment, Problem
from reports.phrases import as_date, day, distinct, percent, quoted
from reports.sentences import Paragraph, Sentence, unit_names
from reports.wording import Voice

Numbered = tuple[int, Problem]
# What a sentence of each kind needs in `Problem.data`; a problem without it is told by its own text.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "privacy-leak": ("kinds",),
    "wrong-expression": ("wrong",),
    "column-not-updated": ("column",),
    "account-silent": ("from", "to", "limit"),
    "paper-missing": ("paper",),
    "events-unhandled": ("platform",),
}
ACCOUNT_KINDS = ("repost-shortfall", "original-shortfall", "account-silent")


def fault_paragraphs(assessment: Assessment, voice: Voice) -> list[Paragraph]:
    """The three groups, each saying so when nothing was found, and what could not be verified, if anything."""
    groups: tuple[tuple[int, str, str, Callable[[list[Numbered], Assessment, Voice], list[Sentence]]], ...] = (
        (1, voice.wording.problems.content, "no_content", _content),
        (2, voice.wording.problems.updates, "no_updates", _updates),
        (3, voice.wording.problems.duties, "no_duties", _duties),
    )
    paragraphs = []
    for group, heading, nothing, write in groups:
        mine = [(index, problem) for index, problem in enumerate(assessment.problems) if problem.group == group]
        told = [item for item in mine if _tellable(item[1])]
        sentences = [*write(told, assessment, voice), *(Sentence(problem.text.rstrip("。；"), (index,)) for index, problem in mine if not _tellable(problem))]
        paragraphs.append(Paragraph(voice.fill(heading), _punctuated(sentences, "。" if group == 1 else "；") or (Sentence(voice.say(nothing)),)))
    unverified = _unverified(assessment, voice)
    if unverified:
        paragraphs.append(Paragraph(voice.fill(voice.wording.problems.unverified), (Sentence(unverified),)))
    return paragraphs


def _tellable(problem: Problem) -> bool:
    """False for a problem that is told by its own text: one without the data its sentence needs, or one in a person's words."""
    if problem.data.get("adjusted"):
        return False
    needed = all(problem.data.get(key) for key in NEEDED.get(problem.kind, ()))
    return needed and bool(problem.units) and (problem.kind not in ACCOUNT_KINDS or "/" in (problem.account or ""))


def _punctuated(sentences: Sequence[Sentence], between: str) -> tuple[Sentence, ...]:
    last = len(sentences) - 1
    return tuple(Sentence(sentence.text + (between if index < last else "。"), sentence.problems) for index, sentence in enumerate(sentences))


def _of(problems: Iterable[Numbered], kind: str) -> list[Numbered]:
    return [item for item in problems if item[1].kind == kind]


def _groups(problems: Iterable[Numbered], key: Callable[[Problem], Any]) -> list[list[Numbered]]:
    grouped: dict[Any, list[Numbered]] = defaultdict(list)
    for item in problems:
        grouped[key(item[1])].append(item)
    return list(grouped.values())


def _indices(problems: Iterable[Numbered]) -> tuple[int, ...]:
    return tuple(index for index, _ in problems)


def _units(problems: Iterable[Numbered]) -> list[str]:
    return distinct([unit for _, problem in problems for unit in problem.units])


# --- group 1: content ---------------------------------------------------------------------------------------


def _content(problems: list[Numbered], assessment: Assessment, voice: Voice) -> list[Sentence]:
    posts = _groups(problems, lambda problem: (problem.units, problem.account, problem.data.get("title"), str(problem.data.get("date"))[:10]))
    posts.sort(key=lambda post: not _of(post, "privacy-leak"))
    sentences: list[Sentence] = []
    leaked = False
    for post in posts:
        leaks, wrong = _of(post, "privacy-leak"), _of(post, "wrong-expression")
        for files in _groups(leaks, lambda problem: tuple(problem.data.get("files") or ())):
            kinds = "、".join(distinct([_kind(str(kind), voice) for _, problem in files for kind in problem.data["kinds"]]))
            text = voice.say("leak_more" if leaked else "leak", post=_post(files[0][1], assessment, voice), kinds=kinds)
            sentences.append(Sentence(text, _indices(files)))
            leaked = True
        if leaks and (pairs := _pairs(post, voice)):
            sentences.append(Sentence(voice.say("leak_wrong", pairs=pairs), _indices(wrong or leaks)))
            continue
        for files in _groups(wrong, lambda problem: tuple(problem.data.get("files") or ())):
            text = voice.say("wrong", post=_post(files[0][1], assessment, voice), pairs=_pairs(files, voice))
            sentences.append(Sentence(text, _indices(files)))
    return sentences


def _kind(kind: str, voice: Voice) -> str:
    return voice.wording.kinds.get(kind.removeprefix("privacy/"), kind)


def _pairs(problems: Iterable[Numbered], voice: Voice) -> str:
    pairs = [pair for _, problem in problems for pair in problem.data.get("wrong") or ()]
    return "，".join(distinct([voice.say("pair", right=quoted(str(pair["right"])), wrong=quoted(str(pair["wrong"]))) for pair in pairs]))


def _post(problem: Problem, assessment: Assessment, voice: Voice) -> str:
    data = problem.data
    carrier = (
        voice.say("where_file", file="”“".join(quoted(str(name)).replace("!/", "/") for name in data["files"]))
        if data.get("files")
        else voice.say("where_text")
    )
    when = voice.say("dated", date=day(data["date"], assessment.month)) if data.get("date") else ""
    slots = {"when": when, "unit": "、".join(problem.units), "carrier": carrier}
    key = "post"
    if problem.account:
        key = "account_post"
        slots["platform"], _, slots["account"] = problem.account.partition("/")
    if not data.get("title"):
        return voice.say(f"{key}_untitled", **slots)
    return voice.say(key, **slots, title=quoted(str(data["title"])))


# --- group 2: updates ---------------------------------------------------------------------------------------


def _updates(problems: list[Numbered], assessment: Assessment, voice: Voice) -> list[Sentence]:
    sentences = []
    for group in _groups(_of(problems, "column-not-updated"), lambda problem: problem.units):
        columns = "".join(f"“{quoted(str(name))}”" for name in distinct([problem.data["column"] for _, problem in group]))
        sentences.append(Sentence(voice.say("column", unit="、".join(group[0][1].units), columns=columns), _indices(group)))
    sentences += _no_news(_of(problems, "no-news"), assessment, voice)
    for kind, key in (("repost-shortfall", "repost"), ("original-shortfall", "original")):
        for group in _groups(_of(problems, kind), _platform):
            names = "".join(_account(problem) for _, problem in group)
            sentences.append(Sentence(voice.say(key, names=names, platform=_platform(group[0][1])), _indices(group)))
    silent = _of(problems, "account-silent")
    for group in _groups(silent, lambda problem: (_platform(problem), problem.data["limit"])):
        sentences.append(Sentence(_silent([problem for _, problem in group], assessment, voice), _indices(group)))
    return sentences


def _no_news(problems: list[Numbered], assessment: Assessment, voice: Voice) -> list[Sentence]:
    """Units that sent nothing in, units whose items were all turned down, and units of which only the latter half is known."""
    uploaded = {row.unit: row.uploaded for row in assessment.news}
    keys = {
        unit: "no_news_unknown" if not uploaded.get(unit, "").isdecimal() else "no_news_published" if int(uploaded[unit]) else "no_news"
        for unit in _units(problems)
    }
    sentences = []
    for key in ("no_news", "no_news_published", "no_news_unknown"):
        units = [unit for unit, its_key in keys.items() if its_key == key]
        if units:
            mine = tuple(index for index, problem in problems if set(problem.units) & set(units))
            sentences.append(Sentence(voice.say(key, names=unit_names(voice, units)), mine))
    return sentences


def _platform(problem: Problem) -> str:
    return (problem.account or "").partition("/")[0]


def _account(problem: Problem) -> str:
    return f"“{quoted((problem.account or '').partition('/')[2])}”"


def _silent(problems: Sequence[Problem], assessment: Assessment, voice: Voice) -> str:
    spans = [f"{day(problem.data['from'], assessment.month)}至{_until(problem, assessment)}" for problem in problems]
    slots = {"platform": _platform(problems[0]), "limit": problems[0].data["limit"], "spans": "、".join(spans)}
    return voice.say("silent" if len(problems) == 1 else "silent_many", names="".join(_account(problem) for problem in problems), **slots)


def _until(problem: Problem, assessment: Assessment) -> str:
    """The end of a silence; a year that differs from the month's has been told with its beginning."""
    start, end = as_date(problem.data["from"]), as_date(problem.data["to"])
    if start and end and start.year != end.year:
        return f"{end.year}年{end.month}月{end.day}日"
    return day(problem.data["to"], assessment.month)


# --- group 3: duties ----------------------------------------------------------------------------------------


def _duties(problems: list[Numbered], assessment: Assessment, voice: Voice) -> list[Sentence]:
    sentences = []
    for group in _groups(_of(problems, "paper-missing"), lambda problem: (problem.data["paper"], bool(problem.data.get("late")))):
        data = group[0][1].data
        text = voice.say("paper_late" if data.get("late") else "paper", names=unit_names(voice, _units(group)), paper=data["paper"])
        sentences.append(Sentence(text, _indices(group)))
    for kind, late, key in (
        ("submission-missing", False, "submission"),
        ("submission-missing", True, "submission_late"),
        ("submission-malformed", None, "submission_malformed"),
    ):
        group = [item for item in _of(problems, kind) if late is None or bool(item[1].data.get("late")) is late]
        if group:
            sentences.append(Sentence(voice.say(key, items=_items(group)), _indices(group)))
    sentences += [Sentence(_event(problem, voice), (index,)) for index, problem in _of(problems, "events-unhandled")]
    return sentences


def _event(problem: Problem, voice: Voice) -> str:
    data = problem.data
    pending, accepted = data.get("pending") or 0, data.get("accepted") or 0
    slots = {"unit": "、".join(problem.units), "platform": data["platform"]}
    if not accepted:
        return voice.say("events_pending", **slots, pending=pending)
    rate = percent(data.get("closed") or 0, accepted)
    return voice.say("events_both", **slots, pending=pending, rate=rate) if pending else voice.say("events_slow", **slots, rate=rate)


def _items(problems: Iterable[Numbered]) -> str:
    """`县信访局（矛盾纠纷统计表）、县民政局（低保信息、特困信息）`."""
    contents: dict[str, list[str]] = defaultdict(list)
    for _, problem in problems:
        for unit in problem.units:
            contents[unit] += [quoted(str(problem.data["content"]))] if problem.data.get("content") else []
    return "、".join(unit + (f"（{'、'.join(distinct(listed))}）" if listed else "") for unit, listed in contents.items())


# --- what could not be verified -----------------------------------------------------------------------------


def _unverified(assessment: Assessment, voice: Voice) -> str:
    limit = voice.wording.names.all
    failed = assessment.coverage.failed
    if failed:
        listed = [voice.say("failed_source", source=voice.source(source), reason=reason.rstrip("。")) for source, reason in failed]
        key = "failed_sources" if len(failed) <= limit else "failed_sources_more"
        return voice.say(key, sources="、".join(listed[:limit]), count=len(failed))
    keys = [key for system in assessment.unverified.values() for key in system]
    return voice.say("unverified_keys", keys="、".join(keys[:limit]) + ("等" if len(keys) > limit else "")) if keys else ""

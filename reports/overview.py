"""一、总体情况: one paragraph for each annex, every figure from the assessment's rows and totals."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from core.assessment import UNVERIFIED, AccountRow, Assessment, SubmissionRow
from reports.phrases import distinct, names, percent
from reports.sentences import Paragraph, Sentence, grades_text, unit_names
from reports.wording import Voice

YES, NO = "是", "否"


def overview_paragraphs(assessment: Assessment, voice: Voice) -> list[Paragraph]:
    """The five paragraphs in the annexes' order."""
    writers: tuple[tuple[str, Callable[[Assessment, Voice], str]], ...] = (
        (voice.wording.overview.columns, _columns),
        (voice.wording.overview.news, _news),
        (voice.wording.overview.accounts, _accounts),
        (voice.wording.overview.submissions, _submissions),
        (voice.wording.overview.events, _events),
    )
    paragraphs = []
    for number, (heading, write) in enumerate(writers, 1):
        text = write(assessment, voice).rstrip("，。；") + voice.say("see_annex", number=number)
        paragraphs.append(Paragraph(voice.fill(heading), (Sentence(text),)))
    return paragraphs


def _columns(assessment: Assessment, voice: Voice) -> str:
    totals = assessment.totals["columns"]
    judged = list({row.unit: row.grade for row in assessment.columns}.items())
    key = "columns_total" if totals["posts"] else "columns_none"
    return voice.say(key, units=totals["units"], posts=totals["posts"]) + grades_text(voice, judged)


def _news(assessment: Assessment, voice: Voice) -> str:
    totals = assessment.totals["news"]
    key = "news_total" if totals["uploaded"] or totals["published"] else "news_none"
    figures = {"units": totals["units"], "uploaded": totals["uploaded"], "published": totals["published"]}
    return voice.say(key, **figures) + grades_text(voice, [(row.unit, row.grade) for row in assessment.news])


def account_names(rows: Sequence[AccountRow], everyone: Sequence[AccountRow]) -> list[str]:
    """`“眉县招商”`; where one name is on two platforms, with the platform: `“眉县反诈中心”（抖音号）`."""
    often = Counter(row.name for row in everyone)
    return [f"“{row.name}”" + (f"（{row.platform}）" if often[row.name] > 1 else "") for row in rows]


def _accounts(assessment: Assessment, voice: Voice) -> str:
    totals = assessment.totals["accounts"]
    if not totals["posts"]:
        text = voice.say("accounts_none", accounts=totals["accounts"])
    else:
        text = voice.say("accounts_total", accounts=totals["accounts"], posts=totals["posts"])
        text += voice.say(
            "accounts_shares",
            originals=totals["originals"],
            original_share=percent(totals["originals"], totals["posts"]),
            reposts=totals["reposts"],
            repost_share=percent(totals["reposts"], totals["posts"]),
        )
    return text + "；".join(_account_grades(assessment, voice))


def _account_grades(assessment: Assessment, voice: Voice) -> list[str]:
    limit, everyone = voice.wording.names.all, assessment.accounts

    def named(grade: str, most: int) -> dict[str, object]:
        listed = account_names([row for row in everyone if row.grade == grade], everyone)
        return {"names": "".join(listed[:most]) + ("等" if len(listed) > most else ""), "count": len(listed)}

    best, passed, failed, unverified = named("优秀", limit), named("合格", voice.wording.names.examples), named("不合格", limit), named(UNVERIFIED, limit)
    judged = bool(best["count"] or passed["count"] or failed["count"])
    parts = []
    if judged:
        parts.append(voice.say("accounts_excellent", **best) if best["count"] else voice.say("accounts_no_excellent"))
    if passed["count"]:
        parts.append(voice.say("accounts_passed", **passed))
    if failed["count"]:
        reasons = _reasons(assessment, voice)
        parts.append(voice.say("accounts_failed", **failed, reasons=reasons) if reasons else voice.say("accounts_failed_plain", **failed))
    elif judged:
        parts.append(voice.say("accounts_no_failed"))
    if unverified["count"]:
        parts.append(voice.say("unverified_accounts", **unverified))
    return parts


def _reasons(assessment: Assessment, voice: Voice) -> str:
    present = {problem.kind for problem in assessment.problems if problem.account}
    return "、".join(text for kind, text in voice.wording.reasons.items() if kind in present)


def _submissions(assessment: Assessment, voice: Voice) -> str:
    rows = assessment.submissions
    if not rows:
        return voice.say("submissions_none")
    units = distinct([row.unit for row in rows])
    text = voice.say("submissions_total", units=len(units), items=len(rows))
    delivered = "，".join(_deliveries(rows, units, voice))
    text += f"{delivered}。" if delivered else ""
    worst = assessment.grades["submissions"]
    judged = [(unit, worst.get(unit, UNVERIFIED)) for unit in units]
    return text + grades_text(voice, judged, intro="submissions_graded", named=False, scale=("合格", "不合格"))


def _deliveries(rows: Sequence[SubmissionRow], units: Sequence[str], voice: Voice) -> list[str]:
    on_time = Counter(row.unit for row in rows if row.on_time == YES)
    late = Counter(row.unit for row in rows if row.on_time == NO)
    by_count: dict[int, list[str]] = defaultdict(list)
    for unit in units:
        if on_time[unit]:
            by_count[on_time[unit]].append(unit)
    parts = []
    for count, group in sorted(by_count.items()):
        parts.append(voice.say("submitted" if len(group) == 1 else "submitted_each", names=unit_names(voice, group), count=count))
    partly = [unit for unit in units if late[unit] and on_time[unit]]
    parts += [voice.say("submitted_partly", names=unit, count=late[unit]) for unit in partly]
    missed = [unit for unit in units if late[unit] and not on_time[unit]]
    if missed:
        parts.append(voice.say("submitted_late", names=unit_names(voice, missed)))
    malformed = distinct([row.unit for row in rows if row.in_form == NO])
    if malformed:
        parts.append(voice.say("submitted_malformed", names=unit_names(voice, malformed)))
    return parts


def _events(assessment: Assessment, voice: Voice) -> str:
    platforms = distinct([row.platform for row in assessment.events if row.platform and row.platform != "合计"])
    if not platforms:
        return voice.say("events_absent")
    totals = assessment.totals["events"]
    listed = {"platforms": names(platforms, voice.wording.names.all), "count": len(platforms)}
    if not totals["generated"]:
        text = voice.say("events_none", **listed)
    else:
        figures = {key: totals[key] for key in ("generated", "discarded", "pending", "accepted", "closed")}
        text = voice.say("events_total", **listed, **figures)
        if totals["accepted"]:
            text += voice.say("events_rate", rate=percent(totals["closed"], totals["accepted"]))
    return text + grades_text(voice, list(assessment.grades["events"].items()), named=False)

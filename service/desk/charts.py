"""Small charts as SVG: a month strip of an account or column, bars, a trend line. Made of attributes alone, so that no style has to be allowed; each says in words what it shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from core.activity import Silence
from core.calendar import Month

Mark = Literal["original", "repost", "both"]
INK, FAINT, LINE, ACCENT, RED = "#1d2330", "#667085", "#dfe3ea", "#1f4e8c", "#b3261e"
_WORDS = {"original": "原创", "repost": "转载", "both": "原创和转载"}


@dataclass(frozen=True, slots=True)
class _Size:
    """Measures of a strip: side of a day's square, gap, room for the days' numbers, room for the silence's line."""

    side: float
    gap: float
    head: float
    foot: float

    @property
    def step(self) -> float:
        return self.side + self.gap


_LARGE, _SMALL = _Size(19, 3, 16, 20), _Size(8, 2, 0, 5)


def month_strip(
    month: Month, marks: Mapping[date, Mark], counts: Mapping[date, int], silence: Silence | None, today: date, name: str, *, large: bool = False
) -> SafeString:
    """One square a day: original filled, repost hatched, no post empty, days to come dotted; a silence too long as a red line with its days.

    `silence` is drawn as given (pass None when it is within the limit).
    """
    size = _LARGE if large else _SMALL
    days = month.days()
    width, height = len(days) * size.step - size.gap + 1, size.head + size.side + size.foot + 1
    squares = (
        [_day(size, index, day, marks.get(day), counts.get(day, 0), today) for index, day in enumerate(days)] if large else [_compact(size, days, marks, today)]
    )
    line = _silence(size, month, silence, large) if silence else SafeString()
    return format_html(
        '<svg class="strip{}" role="img" viewBox="0 0 {} {}" width="{}" height="{}" aria-label="{}">{}{}</svg>',
        " strip-large" if large else "", _n(width), _n(height), _n(width), _n(height), _told(month, marks, silence, name), _joined(squares), line,
    )  # fmt: skip


def _told(month: Month, marks: Mapping[date, Mark], silence: Silence | None, name: str) -> str:
    """The strip in words."""
    text = f"{name}{month.month}月有{len(marks)}天发布信息"
    return f"{text}，{silence.start.month}月{silence.start.day}日至{silence.end.month}月{silence.end.day}日{silence.days}天没有信息" if silence else text


def _compact(size: _Size, days: Sequence[date], marks: Mapping[date, Mark], today: date) -> SafeString:
    """The squares of a small strip in a few paths: a list shows hundreds of strips."""
    paths: dict[str, list[str]] = {"none": [], "future": [], "original": [], "repost": [], "hatch": []}
    side = size.side
    for index, day in enumerate(days):
        x, y = index * size.step + 0.5, size.head + 0.5
        mark = marks.get(day)
        kind = mark or ("future" if day > today else "none")
        square = f"M{_n(x)} {_n(y)}h{_n(side)}v{_n(side)}h-{_n(side)}z"
        paths["repost" if kind == "both" else kind].append(square)
        if kind in ("repost", "both"):
            paths["hatch"].append(_hatch(x, y, side))
        if kind == "both":
            paths["original"].append(f"M{_n(x)} {_n(y)}h{_n(side)}L{_n(x)} {_n(y + side)}z")
    looks = (
        ("none", f'fill="#fff" stroke="{LINE}"'), ("future", f'fill="#fff" stroke="{LINE}" stroke-dasharray="2 2"'), ("repost", f'fill="#fff" stroke="{ACCENT}"'),
        ("hatch", f'stroke="{ACCENT}" stroke-width="1.2"'), ("original", f'fill="{ACCENT}"'),
    )  # fmt: skip
    return _joined(format_html('<path d="{}" {}/>', "".join(paths[kind]), SafeString(look)) for kind, look in looks if paths[kind])


def _hatch(x: float, y: float, side: float) -> str:
    """Four slanting lines within a square."""
    upper = [f"M{_n(x)} {_n(y + side * part)}L{_n(x + side * part)} {_n(y)}" for part in (0.4, 0.8)]
    lower = [f"M{_n(x + side * part)} {_n(y + side)}L{_n(x + side)} {_n(y + side * part)}" for part in (0.2, 0.6)]
    return "".join(upper + lower)


def _day(size: _Size, index: int, day: date, mark: Mark | None, count: int, today: date) -> SafeString:
    x, y, side = index * size.step + 0.5, size.head + 0.5, size.side
    told = f"{day.month}月{day.day}日：" + (f"{count}条，{_WORDS[mark]}" if mark else "还没有到" if day > today else "没有信息")
    label = SafeString()
    if day.day == 1 or day.day % 5 == 0:
        label = format_html('<text x="{}" y="11" font-size="11" text-anchor="middle" fill="{}">{}</text>', _n(x + side / 2), FAINT, day.day)
    shape = _square(x, y, side, mark, day > today)
    figure = SafeString()
    if count > 1 and mark:
        colour = "#fff" if mark == "original" else INK
        figure = format_html(
            '<text x="{}" y="{}" font-size="11" text-anchor="middle" fill="{}"{}>{}</text>',
            _n(x + side / 2), _n(y + side / 2 + 4), colour, SafeString(' stroke="#fff" stroke-width="3" paint-order="stroke"') if mark != "original" else "", count,
        )  # fmt: skip
    return format_html("<g><title>{}</title>{}{}{}</g>", told, label, shape, figure)


def _square(x: float, y: float, side: float, mark: Mark | None, future: bool) -> SafeString:
    place = SafeString(f'x="{_n(x)}" y="{_n(y)}" width="{_n(side)}" height="{_n(side)}" rx="{2 if side > 10 else 1}"')
    if mark is None:
        return format_html('<rect {} fill="#fff" stroke="{}"{}/>', place, LINE, SafeString(' stroke-dasharray="2 2"') if future else "")
    if mark == "original":
        return format_html('<rect {} fill="{}" stroke="{}"/>', place, ACCENT, ACCENT)
    hatch = _hatch(x, y, side)
    if mark == "repost":
        return format_html('<rect {} fill="#fff" stroke="{}"/><path d="{}" stroke="{}" stroke-width="1.3"/>', place, ACCENT, hatch, ACCENT)
    corner = f"M{_n(x)} {_n(y)}H{_n(x + side)}L{_n(x)} {_n(y + side)}Z"
    return format_html(
        '<rect {} fill="#fff" stroke="{}"/><path d="{}" stroke="{}" stroke-width="1.3"/><path d="{}" fill="{}"/>', place, ACCENT, hatch, ACCENT, corner, ACCENT
    )


def _silence(size: _Size, month: Month, silence: Silence, large: bool) -> SafeString:
    first, last = max(silence.start, month.first), min(silence.end, month.last)
    if last < first:
        return SafeString()
    left, right = (first.day - 1) * size.step + 0.5, (last.day - 1) * size.step + size.side + 0.5
    y = size.head + size.side + (5 if large else 3)
    line = format_html('<path d="M{} {}H{}" stroke="{}" stroke-width="{}"/>', _n(left), _n(y), _n(right), RED, 3 if large else 2)
    if not large:
        return line
    text = f"{silence.days}天没有信息" + ("（从上月起）" if silence.start < month.first else "")
    at = min(max((left + right) / 2, 70), month.last.day * size.step - 70)
    return format_html('{}<text x="{}" y="{}" font-size="11.5" text-anchor="middle" fill="{}">{}</text>', line, _n(at), _n(y + 14), RED, text)


def legend() -> SafeString:
    """What the squares of a strip mean."""
    shapes: list[tuple[Mark | None, str]] = [("original", "原创"), ("repost", "转载"), ("both", "两种都有"), (None, "没有信息")]
    items = [
        format_html('<span><svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">{}</svg> {}</span>', _square(0.5, 0.5, 11, mark, False), word)
        for mark, word in shapes
    ]
    line = format_html(
        '<span><svg width="16" height="13" viewBox="0 0 16 13" aria-hidden="true"><path d="M0 7H16" stroke="{}" stroke-width="3"/></svg> 停更超过规定</span>',
        RED,
    )
    return format_html('<p class="legend">{}{}</p>', _joined(items), line)


def bar(value: Decimal | int, most: Decimal | int, told: str, colour: str = ACCENT) -> SafeString:
    """A horizontal bar, as long as its share of `most`."""
    length = float(value) / float(most) * 100 if most else 0
    return format_html(
        '<svg class="bar" role="img" viewBox="0 0 100 8" preserveAspectRatio="none" width="100" height="8" aria-label="{}"><rect width="100" height="8" fill="#eef1f5"/>'
        '<rect width="{}" height="8" fill="{}"/></svg>',
        told, _n(min(100.0, length)), colour,
    )  # fmt: skip


def trend(points: Sequence[tuple[str, Decimal]], floor: Decimal, ceiling: Decimal, name: str, *, large: bool = False) -> SafeString:
    """A line through the months' values; the last one is labelled, on the large one every one. Vertical scale from `floor` to `ceiling`."""
    width, height = (520, 150) if large else (120, 26)
    left, top, foot = (14, 24, 22) if large else (3, 4, 4)
    span = max(ceiling - floor, Decimal(1))
    across = (width - 2 * left) / max(1, len(points) - 1)
    places = [(left + index * across, top + float((ceiling - value) / span) * (height - top - foot)) for index, (_, value) in enumerate(points)]
    if not places:
        return SafeString()
    path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in places)
    dots = [
        format_html('<circle cx="{}" cy="{}" r="{}" fill="{}"><title>{}：{}</title></circle>', _n(x), _n(y), 3 if large else 2, ACCENT, month, plain(value))
        for (x, y), (month, value) in zip(places, points, strict=True)
    ]
    labels = list(_trend_labels(places, points, height)) if large else []
    return format_html(
        '<svg class="trend{}" role="img" viewBox="0 0 {} {}" width="{}" height="{}" aria-label="{}"><path d="{}" fill="none" stroke="{}" stroke-width="1.6"/>{}{}</svg>',
        " trend-large" if large else "", width, height, width, height,
        f"{name}：" + "，".join(f"{month} {plain(value)}" for month, value in points), path, ACCENT, _joined(dots), _joined(labels),
    )  # fmt: skip


def _trend_labels(places: Sequence[tuple[float, float]], points: Sequence[tuple[str, Decimal]], height: int) -> Iterable[SafeString]:
    for (x, y), (month, value) in zip(places, points, strict=True):
        yield format_html('<text x="{}" y="{}" font-size="11" text-anchor="middle" fill="{}">{}</text>', _n(x), _n(y - 8), INK, plain(value))
        yield format_html('<text x="{}" y="{}" font-size="11" text-anchor="middle" fill="{}">{}</text>', _n(x), height - 5, FAINT, month)


def plain(value: Decimal) -> str:
    """A number without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _n(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((conditional_escape(part),) for part in parts))

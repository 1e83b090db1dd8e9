"""What the configuration's pages share: who writes, how the whole stands, what was changed last."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Max
from django.urls import reverse

from core.calendar import shanghai
from service.configuration import Complaint, Configuration, read_configuration
from service.desk import clock
from service.desk.access import DeskRequest
from service.desk.config.files import Author
from service.desk.config.forms import in_words
from service.desk.config.lists import LISTS
from service.desk.config.singles import SINGLES
from service.desk.models import ConfigChange


def folder() -> Path:
    """The county's folder that this desk serves."""
    return Path(settings.CONFIG)


def author(request: DeskRequest) -> Author:
    person = request.person
    return Author(person.county.id, person.user.get_username(), clock.now(), request.META.get("REMOTE_ADDR", ""))


def standing() -> Configuration:
    """The whole folder as it is now, read once for each state of its files."""
    files = sorted(path for path in folder().iterdir() if path.suffix in (".yaml", ".csv", ".xlsx"))
    return _standing(folder(), tuple((path.name, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=2)
def _standing(where: Path, state: tuple[tuple[str, int], ...]) -> Configuration:
    return read_configuration(where)


def about(file: str, complaints: Sequence[Complaint]) -> list[str]:
    """The complaints about one file, in words."""
    return [complaint.text for complaint in complaints if complaint.file == file]


def shown(complaints: Sequence[Complaint]) -> list[dict[str, str]]:
    """Complaints with the page on which each is put right."""
    return [{"text": in_words(complaint), "url": page_of(complaint.file)} for complaint in complaints]


def page_of(file: str) -> str:
    """The first page that edits this file."""
    for spec in LISTS:
        if spec.file == file:
            return reverse("config-list", args=[spec.slug])
    for single in SINGLES:
        if single.file == file:
            return reverse("config-single", args=[single.slug])
    return reverse("config-file", args=[file.removesuffix(".yaml")]) if file.endswith(".yaml") else reverse("config-files")


def title_of(file: str) -> str:
    """A file as the office calls it: by the pages that edit it."""
    titles = [spec.title for spec in LISTS if spec.file == file] + [
        single.title for single in SINGLES if single.file == file and not single.slug.endswith("-place")
    ]
    return "、".join(titles) or {"bulletin.yaml": "通报文字"}.get(file, "推荐转载信息清单" if file.startswith("recommended/") else file)


def last_change(county: str, file: str) -> str:
    """Who changed the file last, when and what, as half a sentence; empty when nobody did at the desk."""
    return last_changes(county).get(file, "")


def name_of(username: str) -> str:
    return names().get(username, username)


def names() -> dict[str, str]:
    """User name → the name people know."""
    return {username: name or username for username, name in User.objects.values_list("username", "first_name")}


def last_changes(county: str) -> dict[str, str]:
    """File → who changed it last, when and what."""
    newest = ConfigChange.objects.filter(county=county).order_by().values("file").annotate(last=Max("pk")).values("last")
    known = names()
    rows = ConfigChange.objects.filter(pk__in=newest).defer("before", "after")
    return {row.file: f"{known.get(row.who, row.who)}在 {shanghai(row.at):%m月%d日 %H:%M} {row.summary}" for row in rows}


def told(request: DeskRequest, change: ConfigChange | None, note: str = "") -> None:
    """Tell that a change was kept, with its undo; or that there was none."""
    if change is None:
        messages.info(request, "没有改动，与原来一样。")
    else:
        done = f"已{change.summary}" if change.summary.startswith("撤销") else f"已保存：{change.summary}"
        messages.success(request, f"{done}。{note}几秒钟内自动生效，不用重启。", extra_tags=reverse("config-undo", args=[change.pk]))


def context(request: DeskRequest, **more: Any) -> dict[str, Any]:
    """What every page of the configuration gets."""
    return {"edits": request.person.is_administrator, **more}

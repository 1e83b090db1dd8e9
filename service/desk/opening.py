"""Opening the desk: Django with the desk's settings on one home, migrations applied, and on the very first start an administrator."""

import os
import secrets
from pathlib import Path

from core.errors import EnvironmentFailure

ADMIN = "admin"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper


def open_desk(config: Path, home: Path | None = None) -> Path:
    """Prepare Django for the desk of the county in `config`; returns the home. One process has one home and one county."""
    from core.store.setup import open_store

    wanted = Path(home or os.environ.get("XUNCHA_HOME", "var")).resolve()
    os.environ["XUNCHA_HOME"], os.environ["XUNCHA_CONFIG"] = str(wanted), str(config.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "service.desk.settings"
    from django.conf import settings

    if not hasattr(settings, "CONFIG"):
        raise EnvironmentFailure("本进程已为其他任务打开数据目录，不能再打开工作台；请另起一个进程")
    return open_store(wanted)


def first_administrator() -> tuple[str, str] | None:
    """Make the administrator when nobody can log in yet; returns name and one-time password, None when there are users."""
    from django.contrib.auth.models import User
    from django.db import transaction

    from service.desk import county
    from service.desk.models import ADMINISTRATOR, Profile

    with transaction.atomic():
        here = county.current()
        if Profile.objects.filter(county=here.id, role=ADMINISTRATOR, user__is_active=True).exists():
            return None
        name, password = _free_name(), one_time_password()
        user = User.objects.create_user(name, password=password, last_name="", first_name="管理员")
        Profile.objects.create(user=user, county=here.id, role=ADMINISTRATOR, must_change=True)
    return name, password


def one_time_password() -> str:
    """Twelve letters and digits in groups of four, about 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _free_name() -> str:
    from django.contrib.auth.models import User

    taken = set(User.objects.values_list("username", flat=True))
    return next(name for name in (ADMIN, *(f"{ADMIN}{number}" for number in range(2, 10_000))) if name not in taken)

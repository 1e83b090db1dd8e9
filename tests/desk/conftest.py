"""One desk for all tests here: a home and a copy of the model county in a temporary folder; what a test writes into the database is rolled back."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_world import MINE, NOW, OTHERS, ROOT

from service.desk.opening import open_desk


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk, opened once: Django knows one home per process."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "config" / "meixian", folder / "config")
    opened = open_desk(folder / "config", folder / "home")
    from django.test.utils import setup_test_environment

    setup_test_environment()
    return opened


@pytest.fixture(autouse=True)
def clean(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fixed clock, and nothing left in the database afterwards."""
    from django.db import transaction

    from service.desk import clock, standing

    monkeypatch.setattr(clock, "now", lambda: NOW)
    standing.forget()  # a rolled-back row's key is given out again, which never happens to a desk at work
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people() -> dict[str, Any]:
    """One user of each role, and an officer of another unit."""
    from django.contrib.auth.models import User

    from service.desk.models import Profile

    users = {}
    for name, role, unit in (
        ("administrator", "administrator", ""),
        ("reviewer", "reviewer", ""),
        ("director", "director", ""),
        ("officer", "officer", MINE),
        ("other", "officer", OTHERS),
    ):
        user = User(username=name, first_name=f"{name}君")
        user.set_unusable_password()
        user.save()
        Profile.objects.create(user=user, county="meixian", role=role, unit=unit, must_change=False)
        users[name] = user
    return users


@pytest.fixture
def desk(people: dict[str, Any]) -> Callable[..., Any]:
    """`desk("officer")`: a browser in which that user is logged in; `desk(None)`: nobody."""
    from django.test import Client

    def browser(name: str | None, **options: Any) -> Any:
        client = Client(**options)
        if name:
            client.force_login(people[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


@pytest.fixture
def county_files(home: Path) -> Iterator[Path]:
    """The county's folder; after the test its files are as they were."""
    from django.conf import settings

    folder = Path(settings.CONFIG)
    kept = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    yield folder
    for path in [path for path in folder.iterdir() if path.is_file() and path not in kept]:
        path.unlink()
    for path, content in kept.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)

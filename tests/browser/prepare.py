"""Run as a process of its own: users of every role in a desk's home, each with an open session, and the desk's routes; told as JSON.

`python prepare.py CONFIG HOME` · the sessions stand in for logging in, which the story of the month does by hand.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

OFFICER, OTHER = "县民政局", "县乡村振兴局"
PEOPLE = (
    ("administrator", "administrator", ""),
    ("reviewer", "reviewer", ""),
    ("director", "director", ""),
    ("officer", "officer", OFFICER),
    ("other", "officer", OTHER),
)
NAMES = {"administrator": "赵管理", "reviewer": "钱审核", "director": "孙主任", "officer": "李信息", "other": "周信息"}
HOLES = {"int": r"\d+", "slug": r"[-\w]+", "str": r"[^/]+", "path": r".+"}


def sessions() -> dict[str, str]:
    """Make the people; role → the cookie of a session."""
    from django.contrib.auth.models import User
    from django.test import Client

    from service.desk import clock, county
    from service.desk.models import Profile

    opened = {}
    for name, role, unit in PEOPLE:
        user = User(username=name, first_name=NAMES[name])
        user.set_unusable_password()
        user.save()
        Profile.objects.create(user=user, county=county.current().id, role=role, unit=unit, must_change=False)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        opened[name] = client.cookies["xuncha_session"].value
    User.objects.update(last_login=clock.now())  # the desk's clock stands at the demo's day, Django's does not
    return opened


def routes() -> list[dict[str, Any]]:
    """Every route outside the API in the order of matching: its name, the pattern of its addresses, who may call it."""
    from desk_world import routes as walk

    from service.desk.access import roles_of

    found = []
    for route, pattern in walk():
        pieces = re.split(r"(<[^>]+>)", route)
        regex = "".join(_hole(piece) if piece.startswith("<") else re.escape(piece) for piece in pieces)
        found.append({"route": route, "name": pattern.name, "regex": f"/{regex}", "roles": sorted(roles_of(pattern.callback) or ())})
    return found


def _hole(piece: str) -> str:
    kind, _, name = piece.strip("<>").rpartition(":")
    return f"(?P<{name}>{HOLES.get(kind or 'str', HOLES['str'])})"


def units() -> dict[str, list[str]]:
    """Every unit with all the ways its name is written."""
    from service.desk import county

    return {unit.name: [unit.name, *unit.aliases] for unit in county.current().units}


def one_change(config: Path) -> None:
    """A change of the configuration as the desk makes it, so that the log has a page to look at."""
    from service.desk import clock, county
    from service.desk.config.editing import Editor
    from service.desk.config.files import Author
    from service.desk.config.lists import PHRASES

    Editor(config, county.current(), PHRASES, Author(county.current().id, "administrator", clock.now())).add({"phrase": "眉县横渠书院"})


def main(config: Path, home: Path) -> None:
    from service.desk.opening import open_desk

    open_desk(config, home)
    one_change(config)
    json.dump({"sessions": sessions(), "routes": routes(), "units": units()}, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "desk"))
    main(Path(sys.argv[1]), Path(sys.argv[2]))

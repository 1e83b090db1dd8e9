"""The manuals tell the truth: every file, page, picture and command they name is there."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?<![\w/-])xuncha((?: [a-z]+)+)([^\n`；，。：|]*)")
MAKE = re.compile(r"(?<!\w)make ([a-z]+)")
MODULE = re.compile(r"python -m ((?:core|crawler|checks|reports|service|demo|bench)[\w.]*)")
PLACE = re.compile(r"(?<![\w/.:])((?:config|core|crawler|checks|reports|service|demo|deploy|docs|bench|tests)/[\w./<>-]*[\w>])")
MOST_BYTES = 120 * 1024


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code(path: Path) -> str:
    """What stands in code marks: commands and places."""
    return "\n".join(CODE.findall(path.read_text("utf-8")))


@cache
def commands() -> dict[str, set[str]]:
    """Every command with its options, groups included."""
    from typer.main import get_command

    from service.cli import app

    found: dict[str, set[str]] = {}

    def walk(command: object, path: tuple[str, ...]) -> None:
        found[" ".join(path)] = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}  # type: ignore[attr-defined]
        for child, below in getattr(command, "commands", {}).items():
            walk(below, (*path, child))

    walk(get_command(app), ())
    return found


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_and_pictures_lead_somewhere(path: Path) -> None:
    targets = [target.partition("#")[0] for target in LINK.findall(path.read_text("utf-8")) if not target.startswith(("http", "#"))]
    assert not [target for target in targets if not (path.parent / target).exists()]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_commands_exist(path: Path) -> None:
    known, wrong = commands(), []
    for words, rest in COMMAND.findall(code(path)):
        given = words.split()
        while given and " ".join(given) not in known:
            given.pop()
        if not given:
            wrong.append(f"xuncha{words}")
            continue
        options = set(re.findall(r"(?<!\S)--[a-z]+", rest))
        wrong += [f"xuncha {' '.join(given)} {option}" for option in options - known[" ".join(given)] - {"--help"}]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    wrong += [f"make {target}" for target in MAKE.findall(code(path)) if target not in targets]
    modules = [module.replace(".", "/") for module in MODULE.findall(code(path))]
    wrong += [module for module in modules if not (ROOT / f"{module}.py").exists() and not (ROOT / module / "__main__.py").exists()]
    assert not wrong


@pytest.mark.parametrize("path", [path for path in PAGES if path.parent.name != "decisions"], ids=name)
def test_places_in_the_tree_exist(path: Path) -> None:
    """Decisions are left out: they speak of their day."""
    places = {place.replace("<县>", "meixian").replace("<county>", "meixian") for place in PLACE.findall(code(path))}
    assert not sorted(place for place in places if not (ROOT / place).exists() and not (ROOT / f"{place}.py").exists())


def test_every_picture_is_shown_and_small() -> None:
    shown = {target.rpartition("/")[2] for path in PAGES for target in LINK.findall(path.read_text("utf-8"))}
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert not [picture.name for picture in pictures if picture.name not in shown]
    assert not [f"{picture.name} {picture.stat().st_size // 1024} KB" for picture in pictures if picture.stat().st_size > MOST_BYTES]


def test_the_desk_shows_exactly_the_manuals_that_exist() -> None:
    text = (ROOT / "service" / "desk" / "views" / "help.py").read_text("utf-8")
    named = re.findall(r'Manual\("([\w-]+)"', text)
    assert named
    assert not [manual for manual in named if not (ROOT / "docs" / f"{manual}.md").is_file()]

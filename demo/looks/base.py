"""What every look of the portal must be able to do."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from demo.articles import Dress
from demo.posts import PortalPost
from demo.web import Web

TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list page to be drawn: its running number, its name, its posts from the latest on."""

    number: int
    name: str
    unit: str
    posts: list[PortalPost]


class Look(Protocol):
    """One content management system's way of listing and showing."""

    recipe: str
    render: bool

    def listing_path(self, shelf: Shelf) -> str:
        """Where the list's first page lies."""

    def place(self, post: PortalPost, shelf: Shelf) -> None:
        """Give the post its path."""

    def dress(self, post: PortalPost, web: Web) -> Dress:
        """Put the post's files on the web and say how its page is made."""

    def show(self, shelf: Shelf, web: Web, today: date) -> None:
        """Put the list's pages on the web."""

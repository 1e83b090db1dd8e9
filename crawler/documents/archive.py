"""zip archives: every member read as a file of its own, named `名单.zip!/a/名单.xlsx`."""

from core.errors import UnreadableError
from crawler.documents.dispatch import read_part
from crawler.documents.package import Package
from crawler.documents.part import Part, Pieces

_LITTER = ("__MACOSX/", ".DS_Store")  # what an operating system adds, without content


def read(data: bytes, part: Part) -> Pieces:
    """Members in the archive's order; one that cannot be unpacked is named and does not stop the others."""
    package = Package(data, part.budget)
    for name in package.names:
        if name.startswith(_LITTER[0]) or name.endswith(_LITTER[1]):
            continue
        inner = part.inner(name)
        try:
            content = package.read(name)
        except UnreadableError as error:
            yield inner.unread(str(error))
            continue
        yield from read_part(content, inner)

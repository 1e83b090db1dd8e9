"""What docx, xlsx and pptx have in common: the main part, properties, pictures, embedded files, charts."""

from collections.abc import Callable
from pathlib import PurePosixPath

from core.errors import UnreadableError
from core.records import Block
from crawler.documents.dispatch import read_part
from crawler.documents.drawing import chart_texts
from crawler.documents.package import Package
from crawler.documents.part import Numbered, Part, Pieces
from crawler.documents.xmlsafe import local, parse

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".emf", ".wmf", ".jfif", ".jpe", ".dib", ".wdp", ".svg")
_VECTOR = (".emf", ".wmf", ".svg", ".wdp")
# Words that Office itself puts there, the same in millions of files.
_BORING = frozenset({"", "false", "true", "0", "1", "none", "normal.dotm", "normal", "microsoft office word", "microsoft excel", "python-docx", "openpyxl"})
_PROPERTY_NOISE = frozenset({
    "Template", "TotalTime", "Pages", "Words", "Characters", "Application", "DocSecurity", "Lines", "Paragraphs", "ScaleCrop", "LinksUpToDate",
    "CharactersWithSpaces", "SharedDoc", "HyperlinksChanged", "AppVersion", "created", "modified", "revision", "lastPrinted", "i4", "Slides", "Notes",
    "HiddenSlides", "MMClips", "PresentationFormat", "bool", "filetime", "version", "language",
})  # fmt: skip


def main_part(package: Package, usual: str) -> str:
    """The part that holds the document, by the package's own relations, else where it usually is."""
    for relation in package.relations(""):
        if relation.kind == "officeDocument" and relation.target in package:
            return relation.target
    return usual


def extras(package: Package, part: Part, skip: frozenset[str]) -> Pieces:
    """Charts and diagrams, pictures, embedded files and document properties; `skip` names parts read elsewhere."""
    yield from _charts(package, part)
    yield from pictures(package, part, skip)
    yield from embedded(package, part)
    yield from properties(package, part)


def guarded(part: Part, where: str, pieces: Callable[[], Pieces]) -> Pieces:
    """One secondary part whose damage must not hide the others."""
    try:
        yield from pieces()
    except UnreadableError as error:
        yield part.unread(str(error), where)


def _charts(package: Package, part: Part) -> Pieces:
    places = Numbered()
    for name in package.names:
        folder, base = PurePosixPath(name.lower()).parent.name, PurePosixPath(name.lower()).name
        if not base.endswith(".xml") or not ((folder == "charts" and base.startswith("chart")) or (folder == "diagrams" and base.startswith("data"))):
            continue

        def texts(name: str = name, label: str = "图表" if folder == "charts" else "图示") -> Pieces:
            for text in chart_texts(parse(package.read(name))):
                part.budget.take_cells()
                yield Block(text, places.next(label, always=True), file=part.file)

        yield from guarded(part, "图表", texts)


def pictures(package: Package, part: Part, skip: frozenset[str]) -> Pieces:
    """Text on every picture of the package, `图片1`, `图片2` in the order of the archive."""
    places = Numbered()
    for name in package.names:
        lower = name.lower()
        if "/media/" not in f"/{lower}" or not lower.endswith(_PICTURES) or name in skip:
            continue
        where = places.next("图片", always=True)
        if lower.endswith(_VECTOR) and _is_preview(package):
            continue  # the picture of an embedded object, whose content is read itself

        def text(name: str = name, where: str = where) -> Pieces:
            yield from read_part(package.read(name), part.at(where))

        yield from guarded(part, where, text)


def _is_preview(package: Package) -> bool:
    return any("/embeddings/" in f"/{name.lower()}" for name in package.names)


def embedded(package: Package, part: Part) -> Pieces:
    """Files inside the file: embedded workbooks, packages, HTML chunks."""
    for name in package.names:
        lower = f"/{name.lower()}"
        if "/embeddings/" not in lower and "/afchunk" not in lower and "/externaldata/" not in lower:
            continue
        inner = part.inner(name)
        yield from guarded(inner, "全文", lambda name=name, inner=inner: read_part(package.read(name), inner))  # type: ignore[misc]


def properties(package: Package, part: Part) -> Pieces:
    """Author, title, company, keywords and custom properties as one block `文档属性`, a line each."""
    lines: list[str] = []
    for name in package.names:
        if not name.lower().startswith("docprops/") or not name.lower().endswith(".xml"):
            continue
        for node in parse(package.read(name)).iter():
            text = (node.text or "").strip()
            if local(node) and local(node) not in _PROPERTY_NOISE and text.lower() not in _BORING:
                lines.append(text)
    if lines:
        yield Block("\n".join(lines), "文档属性", file=part.file)

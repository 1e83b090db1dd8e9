"""ofd (GB/T 33190): text objects of pages, templates and annotations, pictures, pages drawn as outlines by OCR, attachments, properties."""

import posixpath
from dataclasses import dataclass, field

from core.errors import UnreadableError
from core.records import Block
from crawler.documents import layout
from crawler.documents.dispatch import read_part
from crawler.documents.layout import Piece
from crawler.documents.ofd_page import drawn_page, picture_ids, ruled_heights, text_pieces
from crawler.documents.package import Package
from crawler.documents.part import DamagedError, Numbered, Part, Pieces
from crawler.documents.picture import NO_OCR, read_image
from crawler.documents.picture import read as read_picture
from crawler.documents.xmlsafe import Element, descendants, find, local, parse

_MANY_PATHS = 30


@dataclass(slots=True)
class _Document:
    """One document of the file: its folder, root, resources and templates."""

    package: Package
    part: Part
    folder: str
    root: Element
    media: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def resolve(self, location: str, folder: str = "") -> str:
        """A location as the file writes it: from the archive's root, or from the folder it stands in."""
        location = location.strip().replace("\\", "/")
        if location.startswith("/"):
            return location.lstrip("/")
        near = posixpath.normpath(posixpath.join(folder or self.folder, location))
        return near if near in self.package else posixpath.normpath(posixpath.join(self.folder, location))


def read(data: bytes, part: Part) -> Pieces:
    """Lines as `第2页`, tables as `第2页 第3行第2列`, pictures as `第2页 图片1`."""
    package = Package(data, part.budget)
    root = parse(package.read("OFD.xml"))
    bodies = list(descendants(root, "DocBody"))
    if not bodies:
        raise DamagedError
    for body in bodies:
        location = find(body, "DocRoot")
        path = (location.text or "").strip().lstrip("/") if location is not None else ""
        yield from _document(_open(package, path, part))
        info = find(body, "DocInfo")
        lines = (
            []
            if info is None
            else [(node.text or "").strip() for node in info.iter() if local(node) in ("Title", "Author", "Subject", "Abstract", "Keyword", "CustomData")]
        )
        if any(lines):
            yield Block("\n".join(line for line in lines if line), "文档属性", part.file)


def _open(package: Package, path: str, part: Part) -> _Document:
    document = _Document(package, part, posixpath.dirname(path), parse(package.read(path)))
    for node in descendants(document.root, "PublicRes", "DocumentRes"):
        listing = document.resolve(node.text or "")
        if listing in package:
            _resources(document, listing)
    for node in descendants(document.root, "TemplatePage"):
        document.templates[node.get("ID") or ""] = document.resolve(node.get("BaseLoc") or "")
    return document


def _resources(document: _Document, listing: str) -> None:
    root = parse(document.package.read(listing))
    base = posixpath.join(posixpath.dirname(listing), root.get("BaseLoc") or "")
    for node in descendants(root, "MultiMedia"):
        location = find(node, "MediaFile")
        if location is not None:
            document.media[node.get("ID") or ""] = document.resolve(location.text or "", base)


def _document(document: _Document) -> Pieces:
    pages = find(document.root, "Pages")
    notes = _annotations(document)
    for number, page in enumerate(pages if pages is not None else ()):
        document.part.budget.take_page()
        where = f"第{number + 1}页"
        try:
            yield from _page(document, document.resolve(page.get("BaseLoc") or ""), where, notes.get(page.get("ID") or "", []))
        except UnreadableError as error:
            yield document.part.unread(str(error), where)
    yield from _leftovers(document)


def _page(document: _Document, path: str, where: str, notes: list[Element]) -> Pieces:
    root = parse(document.package.read(path))
    layers = [root]
    for template in descendants(root, "Template"):
        location = document.templates.get(template.get("TemplateID") or "")
        if location:
            layers.append(parse(document.package.read(location)))
    layers += notes
    pieces: list[Piece] = [piece for layer in layers for piece in text_pieces(layer)]
    rules = [height for layer in layers for height in ruled_heights(layer)]
    yield from layout.blocks(pieces, document.part, where, ocr=False, rules=rules)
    paths = sum(1 for layer in layers for _node in descendants(layer, "PathObject"))
    if sum(len(piece.text) for piece in pieces) < 16 and paths >= _MANY_PATHS:
        if document.part.ocr:
            yield from read_image(drawn_page(layers, document.root), document.part, f"{where} 轮廓文字")
        else:
            yield document.part.unread(NO_OCR, where)
    places = Numbered()
    for layer in layers:
        for identifier in picture_ids(layer):
            yield from _picture(document, identifier, places.next(f"{where} 图片", always=True))


def _picture(document: _Document, identifier: str, where: str) -> Pieces:
    path = document.media.get(identifier, "")
    if path in document.used:
        return
    document.used.add(path)
    if path not in document.package:
        yield document.part.unread("图片缺失，未能检查；请重新导出后提供", where)
        return
    try:
        yield from read_picture(document.package.read(path), document.part.at(where))
    except UnreadableError as error:
        yield document.part.unread(str(error), where)


def _annotations(document: _Document) -> dict[str, list[Element]]:
    """Annotation layers by page."""
    found: dict[str, list[Element]] = {}
    location = find(document.root, "Annotations")
    listing = document.resolve(location.text or "") if location is not None else ""
    if listing not in document.package:
        return found
    for page in descendants(parse(document.package.read(listing)), "Page"):
        target = find(page, "FileLoc")
        path = document.resolve(target.text or "", posixpath.dirname(listing)) if target is not None else ""
        if path in document.package:
            found.setdefault(page.get("PageID") or "", []).append(parse(document.package.read(path)))
    return found


def _leftovers(document: _Document) -> Pieces:
    """Attached files, and invoice data that some programs keep in custom tags."""
    places = Numbered()
    location = find(document.root, "Attachments")
    listing = document.resolve(location.text or "") if location is not None else ""
    if listing in document.package:
        for node in descendants(parse(document.package.read(listing)), "Attachment"):
            target = find(node, "FileLoc")
            path = document.resolve(target.text or "", posixpath.dirname(listing)) if target is not None else ""
            inner = document.part.inner(node.get("Name") or posixpath.basename(path) or places.next("附件"))
            if path in document.package:
                yield from read_part(document.package.read(path), inner)
            else:
                yield inner.unread("附件缺失，未能检查；请重新导出后提供")

"""Attachments, pictures and links of an article, by address and name; nothing is fetched here."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from core.records import Attachment, Link
from crawler.parse.dom import Element, absolute, inline_text, marks, squash
from crawler.parse.furniture import in_furniture

EXTENSIONS = frozenset(
    [
        "doc",
        "docx",
        "wps",
        "xls",
        "xlsx",
        "et",
        "csv",
        "ppt",
        "pptx",
        "dps",
        "pdf",
        "ofd",
        "ceb",
        "txt",
        "rtf",
        "odt",
        "ods",
        "zip",
        "rar",
        "7z",
        "tar",
        "gz",
        "eml",
        "jpg",
        "jpeg",
        "png",
        "bmp",
        "tif",
        "tiff",
    ]
)
_PICTURES = frozenset(["jpg", "jpeg", "png", "bmp", "tif", "tiff", "gif", "webp"])
_SCRIPTS = re.compile(
    r"down(?:load|file|sys|attach|_?file)?(?:[./?]|$)|download|downfile|getdown|getfile|showfile|openfile|viewfile|readfile|attach(?:ment|dir)?(?:[./]|$)|/upfile|/annex|/fujian|/minio/|/file/|/files?/",
    re.IGNORECASE,
)
_PAGES = frozenset({"html", "htm", "shtml", "shtm", "xhtml"})
_FILE_WORD = re.compile(r"\.(?:docx?|xlsx?|wps|et|pdf|ofd|ceb|zip|rar|7z|pptx?|csv|txt)\s*[）)】\]》]?$", re.IGNORECASE)
_LABELLED = re.compile(r"^[【\[（(]?附\s*件\s*[\d一二三四五六七八九十]{0,3}\s*[:：.、】\]）)\s-]")
BARE_NAMES = re.compile(r"^(?:点击|查看|立即|附件)?(?:下载|附件下载|点击下载|查看|附件|预览|下载附件|打开|download)\d{0,2}[。.]?$", re.IGNORECASE)
_ICONS = re.compile(
    r"/(?:icon|ico|fileTypeImages|sysimage|images?/icon|editor/dialogs)[/_]|(?:icon_|_icon|weixin|qrcode|ewm|erweima|logo|blank|spacer|dot|arrow)[\w-]*\.(?:gif|png|jpg)",
    re.IGNORECASE,
)
MAX_FILES, MAX_LINKS = 100, 200


@lru_cache(maxsize=8192)
def extension(url: str) -> str:
    """The lower-case extension of the file that an address leads to (of its `filename=` where it has one), "" for none."""
    parts = urlsplit(url)
    for name in (*(value for key, value in parse_qsl(parts.query) if "name" in key.lower() or key.lower() == "file"), parts.path):
        found = re.search(r"\.([A-Za-z0-9]{1,5})$", unquote(name))
        if found:
            return found[1].lower()
    return ""


def _is_attachment(node: Element, url: str) -> bool:
    """By what the link says of itself, by its address, by its name, by the label or file icon before it."""
    if node.get("appendix") == "true" or "data-appendix" in node.attrib or "attachment" in (node.get("class") or "").lower():
        return True
    kind = extension(url)
    if kind in EXTENSIONS:
        return True
    if kind in _PAGES:
        return False
    shown = inline_text(node)
    if _SCRIPTS.search(urlsplit(url).path) is not None or node.get("download") is not None:
        return True
    return _FILE_WORD.search(shown) is not None or _LABELLED.match(shown) is not None or _after_label(node)


def _after_label(node: Element) -> bool:
    """True when 附件： or the icon of a file type stands right before the link."""
    before = node.getprevious()
    text = squash((before.tail if before is not None else node.getparent().text) or "") if node.getparent() is not None else ""
    if re.search(r"附\s*件\s*[\d一二三四五六七八九十]{0,3}\s*[:：.、【\[（(]\s*$", text):
        return True
    icon = before if before is not None and before.tag == "img" and not text else node.find("./img")
    return (
        icon is not None
        and re.search(
            r"(?:icon|ico|file)[\w/-]*(?:docx?|xlsx?|pdf|zip|rar|wps|txt|ofd)|/(?:docx?|xlsx?|pdf|zip|rar|wps)\.(?:gif|png|jpg)",
            icon.get("src") or "",
            re.IGNORECASE,
        )
        is not None
    )


def file_name(url: str) -> str:
    """The name that the address itself gives a file."""
    parts = urlsplit(url)
    for key, value in parse_qsl(parts.query):
        if "name" in key.lower() and "." in value:
            return unquote(value).rsplit("/", 1)[-1]
    return unquote(parts.path.rsplit("/", 1)[-1]) or parts.netloc


def read_attachments(trees: list[Element], containers: list[Element], base: str, title_node: Element | None = None) -> tuple[Attachment, ...]:
    """Files offered in the text or behind the title; links of navigation, sidebars and footers, and whatever stands before the title, are not the article's."""
    inside = {link for node in containers for link in node.iter("a")}
    above = _links_above(trees[0], title_node, inside)
    found: dict[str, Attachment] = {}
    for link in (link for tree in trees for link in tree.iter("a")):
        if link in above or (link not in inside and _plainly_a_page(link)):
            continue
        url = absolute(base, link.get("href")) or _scripted(link, base)
        if url is None or url in found or len(found) >= MAX_FILES or not _is_attachment(link, url):
            continue
        if link not in inside and _far(link):
            continue
        shown = extension(url) in _PICTURES and (link.find(".//img") is not None or not inline_text(link))
        found[url] = Attachment(url=url, name=_name(link, url), picture=shown)
    for url in _shown_files(containers, base):
        found.setdefault(url, Attachment(url=url, name=file_name(url)))
    return tuple(found.values())


def _plainly_a_page(link: Element) -> bool:
    """True for a link that need not be looked at: most links of a page lead to other pages."""
    href = (link.get("href") or "").lower()
    return href.endswith((".html", ".htm", ".shtml", "/")) and link.get("appendix") is None and link.get("onclick") is None


def _links_above(tree: Element, title_node: Element | None, inside: set[Element]) -> set[Element]:
    """The links that come before the title and the text."""
    above: set[Element] = set()
    if title_node is None:
        return above
    for node in tree.iter():
        if node is title_node or node in inside:
            break
        if node.tag == "a":
            above.add(node)
    return above


_SCRIPTED = re.compile(
    r"""["']((?:https?:/)?/?[^"'\s]{2,300}\.(?:docx?|xlsx?|wps|et|pdf|ofd|ceb|zip|rar|7z|pptx?|csv)(?:\?[^"']*)?|[^"'\s]*(?:download|downfile|attach)[^"'\s]*\?[^"'\s]+)["']""",
    re.IGNORECASE,
)
_NEAR_NAMES = re.compile(r"attach|file|fujian|(?:^|[\s_-])\w{0,3}fj(?:$|[\s_-])|down|appendix|annex", re.IGNORECASE)


def _scripted(link: Element, base: str) -> str | None:
    """The file that a link opens by script (`onclick="window.open('…')"`)."""
    href = link.get("href") or ""
    found = _SCRIPTED.search(f"{href if href.lower().startswith('javascript') else ''} {link.get('onclick') or ''}")
    return absolute(base, found[1]) if found else None


def _far(link: Element) -> bool:
    """True for a link in navigation or another part of the page; a box of related files is the article's own."""
    return in_furniture(link) and not any(_NEAR_NAMES.search(marks(parent)) for parent in list(link.iterancestors())[:4])


_SHOWN = re.compile(
    r"""(?:showVsbpdfIframe|showPdf|PDFObject\.embed|pdfh5|openPdf|previewPdf)\w*\(\s*["']([^"']+\.(?:pdf|ofd|docx?|xlsx?)[^"']*)["']""", re.IGNORECASE
)


def _shown_files(containers: list[Element], base: str) -> Iterator[str]:
    """Files that a viewer shows in the text: frames, embedded objects, scripts that open a PDF."""
    for node in (inner for container in containers for inner in container.iter("iframe", "embed", "object", "script")):
        if node.tag == "script":
            addresses = _SHOWN.findall(node.text or "")
        else:
            shown = node.get("src") or node.get("data") or ""
            addresses = [value for key, value in parse_qsl(urlsplit(shown).query) if key.lower() in {"file", "url", "src"}] or [shown]
        for address in addresses:
            url = absolute(base, address)
            if url is not None and extension(url) in EXTENSIONS - _PICTURES:
                yield url


def _name(link: Element, url: str) -> str:
    shown = inline_text(link)
    for text in (shown, squash(link.get("title")), squash(link.get("download"))):
        if text and not BARE_NAMES.match(text):
            return text
    return file_name(url) or shown


def read_pictures(containers: list[Element], base: str) -> tuple[Attachment, ...]:
    """Pictures in the text; icons of file types, codes to scan and one-pixel images left out."""
    found: dict[str, Attachment] = {}
    for node in containers:
        for image in node.iter("img"):
            url = next((address for address in (absolute(base, image.get(name)) for name in ("data-src", "data-original", "src", "oldsrc")) if address), None)
            if url is None or url in found or _ICONS.search(url) or _tiny(image) or len(found) >= MAX_FILES:
                continue
            found[url] = Attachment(url=url, name=squash(image.get("alt") or image.get("title")) or file_name(url), picture=True)
    return tuple(found.values())


def _tiny(image: Element) -> bool:
    sizes = [re.match(r"\s*(\d+)\s*(?:px)?\s*$", image.get(side) or "") for side in ("width", "height")]
    return any(size is not None and int(size[1]) <= 32 for size in sizes)


def read_links(containers: list[Element], base: str, page: str, files: set[str]) -> tuple[Link, ...]:
    """Web links in the text, each address once; attachments and links to the page itself left out."""
    found: dict[str, Link] = {}
    for node in containers:
        for link in node.iter("a"):
            url = absolute(base, link.get("href"))
            if url and url not in files and url != page and url not in found and len(found) < MAX_LINKS:
                found[url] = Link(url, inline_text(link)[:200])
    return tuple(found.values())

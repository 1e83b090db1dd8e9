"""The readers compared: ours, and the public ones that are installed (pip install -e .[bench]; GNE by hand, it is GPL)."""

import re
import warnings
from collections.abc import Callable
from urllib.parse import urljoin

from bench.pages_score import Read

Reader = Callable[[bytes, str], Read]
FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|zip|rar|7z|wps|et|ofd|txt|csv)(?:$|\?)|down(?:load|file)|DownloadAttach|/attach", re.I)


def ours(data: bytes, url: str) -> Read:
    """What `xuncha extract` gives."""
    from crawler.parse.extract import extract

    got = extract(data, url)
    return Read(got.get("title"), got.get("published_at"), got.get("source"), got.get("text") or "", [item["url"] for item in got.get("attachments") or []])


def _links(html: str, url: str) -> list[str]:
    return [urljoin(url, href) for href in re.findall(r"""(?:href|target)=["']([^"']+)""", html) if FILE.search(href)]


def _decode(data: bytes) -> str:
    """The text as a careful user of the peers would hand it over: they do not all guess encodings, and that is not what is measured."""
    from charset_normalizer import from_bytes

    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        return data.decode("gb18030", "replace") if best is None or "gb" in best.encoding else str(best)


def _trafilatura(data: bytes, url: str) -> Read:
    import trafilatura

    html = _decode(data)
    found = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False)
    linked = trafilatura.extract(html, url=url, include_links=True, output_format="html") or ""
    if found is None:
        return Read()
    return Read(found.title, found.date, found.author or found.sitename, found.text or "", _links(linked, url))


def _newspaper(data: bytes, url: str) -> Read:
    import newspaper

    article = newspaper.Article(url, language="zh", fetch_images=False)
    article.download(input_html=_decode(data))
    article.parse()
    date = article.publish_date.isoformat() if article.publish_date else None
    return Read(article.title, date, ", ".join(article.authors) or None, article.text, _links(article.article_html, url))


def _readability(data: bytes, url: str) -> Read:
    import lxml.html
    import readability

    document = readability.Document(_decode(data), url=url)
    summary = document.summary()
    return Read(document.short_title(), None, None, lxml.html.fromstring(summary).text_content(), _links(summary, url))


def _gne(data: bytes, url: str) -> Read:
    from gne import GeneralNewsExtractor

    found = GeneralNewsExtractor().extract(_decode(data), host=url)
    date = re.sub(r"[年月/.]", "-", found["publish_time"]).replace("日", "") if found["publish_time"] else None
    return Read(found["title"], date, found["author"] or None, found["content"], None)


PEERS: tuple[tuple[str, str, Reader], ...] = (
    ("trafilatura", "trafilatura", _trafilatura),
    ("newspaper4k", "newspaper", _newspaper),
    ("readability-lxml", "readability", _readability),
    ("GNE", "gne", _gne),
)


def readers(peers: bool = True) -> dict[str, Reader]:
    """Ours first, then each peer that can be imported."""
    import importlib.util

    found: dict[str, Reader] = {"巡查": ours}
    if peers:
        warnings.simplefilter("ignore")
        found |= {name: reader for name, module, reader in PEERS if importlib.util.find_spec(module)}
    return found

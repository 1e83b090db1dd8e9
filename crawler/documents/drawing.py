"""DrawingML shared by xlsx, docx and pptx: the paragraphs of shapes, charts and diagrams."""

from collections.abc import Iterator

from crawler.documents.xmlsafe import Element, attribute, descendants, local


def paragraphs(body: Element) -> list[str]:
    """Texts of the `a:p` paragraphs below an element, runs joined, breaks as line ends."""
    found = []
    for paragraph in descendants(body, "p"):
        text = "".join("\n" if local(node) == "br" else node.text or "" for node in descendants(paragraph, "t", "br"))
        if text.strip():
            found.append(text)
    return found


def texts_of_drawing(root: Element) -> Iterator[str]:
    """One text for each shape of a spreadsheet drawing, then the alternative texts of its pictures."""
    for body in descendants(root, "txBody"):
        text = "\n".join(paragraphs(body))
        if text:
            yield text
    yield from alternative_texts(root)


def alternative_texts(root: Element) -> Iterator[str]:
    """What authors wrote behind pictures (`描述` and `标题`); file names that Office fills in are no text."""
    for properties in descendants(root, "cNvPr", "docPr"):
        for key in ("descr", "title"):
            text = attribute(properties, key) or ""
            if len(text.strip()) > 1:
                yield text


def chart_texts(root: Element) -> list[str]:
    """Titles and cached values of a chart, or the words of a diagram."""
    titles = paragraphs(root)
    return titles + [node.text for node in descendants(root, "v") if node.text and node.text.strip()]

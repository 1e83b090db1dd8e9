"""docx and xlsx: a package whose XML parts are edited in their source; every other member is copied as it is."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from posixpath import join, normpath

from core.errors import UnreadableError
from crawler.documents import DEFAULT
from crawler.documents.limits import Budget
from crawler.documents.ooxml import main_part
from crawler.documents.package import Package
from crawler.documents.xmlsafe import descendants, parse
from service.redact import parts, scrub
from service.redact.cells import rewritten
from service.redact.encoded import Encoded, decoded_xml
from service.redact.forms import Edits, Source, splice

_HEAVY = ("/media/", "/embeddings/", "/afchunk", "/externaldata/")
_LIMITS = replace(DEFAULT, expanded=4 * DEFAULT.expanded)  # every member is read once to look and once to write
_DIGITS = re.compile(rb"(?:[0-9]\x00?){11,}")


class Office:
    """A docx or xlsx taken apart. `members` stand in for embedded files that were redacted themselves; `stale_previews`: something was starred in them."""

    def __init__(self, data: bytes, *, cells: bool) -> None:
        self.rewrites_cells = cells
        self._package = Package(data, Budget(_LIMITS))
        self._encoded: dict[str, Encoded] = {}
        self.members: dict[str, bytes] = {}
        self.stale_previews = False

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        found = []
        for name in self._package.names:
            if name.lower().endswith(parts.XML) and not _heavy(name):
                self._encoded[name] = decoded_xml(self._package.read(name))
                found.append(parts.source(name, self._encoded[name].text))
        return tuple(found)

    @property
    def embedded(self) -> dict[str, bytes]:
        """Files inside the file, by their member's name."""
        return {name: self._package.read(name) for name in self._package.names if _heavy(name) and "/media/" not in f"/{name.lower()}"}

    def probe(self, texts: Mapping[str, str]) -> bytes:
        return self._written({name: self._encoded[name].bytes_of(text) for name, text in texts.items()}, light=True)

    def edited(self, edits: Edits, numbers: Mapping[str, frozenset[int]]) -> bytes:
        spans = {name: dict(found) for name, found in edits.spans.items()}
        recalculated = self._cells(edits, spans)
        texts = {name: splice(self._encoded[name].text, found) for name, found in spans.items()}
        gone = {name for name in self._package.names if scrub.is_thumbnail(name) or (recalculated and name.lower() == "xl/calcchain.xml")}
        self._tidy(texts, gone)
        changed = {name: self._encoded[name].bytes_of(text) for name, text in texts.items()} | self.members
        changed |= self._pictures(numbers)
        return self._written(changed, without=frozenset(gone))

    def _cells(self, edits: Edits, spans: dict[str, dict[tuple[int, int], str]]) -> bool:
        """Add the replacements of single cells; True when a formula went."""
        if not edits.cells and not edits.formulas:
            return False
        sheets = self._sheets()
        wanted: dict[str, dict[tuple[int, int], str]] = {}
        for (sheet, row, column), text in edits.cells.items():
            wanted.setdefault(sheets[sheet], {})[row, column] = text
        gone = False
        for name in {*wanted, *edits.formulas}:
            new, went = rewritten(self._encoded[name].text, wanted.get(name, {}), edits.formulas.get(name, set()))
            spans.setdefault(name, {}).update(new)
            gone = gone or went
        return gone

    def _sheets(self) -> dict[str, str]:
        """Names of sheets → their parts."""
        main = main_part(self._package, "xl/workbook.xml")
        targets = {relation.id: relation.target for relation in self._package.relations(main)}
        names = {name.lower(): name for name in self._package.names}
        found = {}
        for element in descendants(parse(self._package.read(main)), "sheet"):
            ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
            found[element.get("name") or ""] = names[targets[ids[0]].lower()]
        return found

    def _tidy(self, texts: dict[str, str], gone: set[str]) -> None:
        """Empty the names in the properties, and take out what leads to parts that are gone."""
        for name, encoded in self._encoded.items():
            lower, text = name.lower(), texts.get(name, encoded.text)
            if lower in scrub.PROPERTIES:
                text = scrub.without_authors(text)
            elif lower.endswith(".rels"):
                text = _without(name, text, gone)
            elif lower == "[content_types].xml" and any(part.lower() == "xl/calcchain.xml" for part in gone):
                text = scrub.without_calculation_order(text)
            if text != encoded.text:
                texts[name] = text

    def _written(self, changed: Mapping[str, bytes], *, without: frozenset[str] = frozenset(), light: bool = False) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, info in self._package.infos.items():
                if name in without or (light and _heavy(name)):
                    continue
                new = zipfile.ZipInfo(name, info.date_time)
                new.compress_type, new.external_attr = info.compress_type, info.external_attr
                archive.writestr(new, changed[name] if name in changed else self._package.read(name))
        return buffer.getvalue()

    def _pictures(self, numbers: Mapping[str, frozenset[int]]) -> dict[str, bytes]:
        """Drawn previews that show what was starred, emptied; other binary members that hold a number in clear are refused."""
        emptied = {}
        for name in self._package.names:
            lower = name.lower()
            if not lower.endswith((".bin", *scrub.VECTOR)):
                continue
            data = self.members.get(name) or self._package.read(name)
            telling = any(match[0].replace(b"\0", b"").decode() in numbers for match in _DIGITS.finditer(data))
            if lower.endswith(scrub.VECTOR) and (telling or self.stale_previews):
                emptied[name] = scrub.blank(data)
            elif telling:
                raise UnreadableError(f"内部文件 {name} 里还有未遮盖的号码，无法修改；请另存为新文件后再脱敏")
        return emptied


def _heavy(name: str) -> bool:
    lower = f"/{name.lower()}"
    return any(mark in lower for mark in _HEAVY)


def _without(relations: str, text: str, gone: set[str]) -> str:
    base = join(relations.rpartition("/")[0], "..")
    for part in gone:
        folder = normpath(base)
        target = part[len(folder) + 1 :] if folder != "." and part.startswith(folder + "/") else part
        text = scrub.without_relation(text, target)
    return text


def docx(data: bytes) -> Office:
    return Office(data, cells=False)


def xlsx(data: bytes) -> Office:
    return Office(data, cells=True)

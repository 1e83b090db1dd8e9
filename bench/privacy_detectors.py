"""Ours and the peers behind one face: blocks of a document in, alarms out."""

import re
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

from checks.privacy import scan
from checks.privacy.policy import Policy
from core.records import Block, Subject


class Alarm(NamedTuple):
    """What a detector reports: kind, block, offsets; grave if it would stop a publication."""

    kind: str
    block: int
    start: int
    end: int
    grave: bool = True


Detector = Callable[[Sequence[Block], str], list[Alarm]]


def ours(policy: Policy) -> Detector:
    """Findings that count (info is only a hint)."""

    def detect(blocks: Sequence[Block], title: str) -> list[Alarm]:
        places = {(block.file, block.where): index for index, block in enumerate(blocks)}
        found = [finding for finding in scan(Subject(tuple(blocks), title=title), policy) if finding.severity != "info" and finding.where != "文件名"]
        return [Alarm(f.rule.removeprefix("privacy/"), places[f.file, f.where or ""], f.start or 0, f.end or 0, f.severity in ("veto", "error")) for f in found]

    return detect


_PLAIN = (
    ("resident-id", re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")),
    ("mobile", re.compile(r"1[3-9]\d{9}")),
    ("bank-card", re.compile(r"\d{16,19}")),
)


def plain_regex() -> Detector:
    """What most scripts do: three expressions, the first that matches a place has it."""

    def detect(blocks: Sequence[Block], title: str) -> list[Alarm]:
        found: list[Alarm] = []
        for index, block in enumerate(blocks):
            taken: list[tuple[int, int]] = []
            for kind, pattern in _PLAIN:
                for match in pattern.finditer(block.text):
                    if not any(a < match.end() and match.start() < b for a, b in taken):
                        taken.append(match.span())
                        found.append(Alarm(kind, index, *match.span()))
        return found

    return detect


def presidio_built_in() -> Detector:
    """Presidio's own recognizers with the phone regions set to CN."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, PhoneRecognizer

    registry = RecognizerRegistry(
        recognizers=[PhoneRecognizer(supported_language="zh", supported_regions=("CN",)), CreditCardRecognizer(supported_language="zh")],
        supported_languages=["zh"],
    )
    engine = AnalyzerEngine(registry=registry, nlp_engine=NoOpNlpEngine([{"lang_code": "zh", "model_name": ""}]), supported_languages=["zh"])
    kinds = {"PHONE_NUMBER": "mobile", "CREDIT_CARD": "bank-card"}

    def detect(blocks: Sequence[Block], title: str) -> list[Alarm]:
        return [
            Alarm(kinds[result.entity_type], index, result.start, result.end)
            for index, block in enumerate(blocks)
            for result in engine.analyze(block.text, "zh")
        ]

    return detect


def whole_documents(policy: Policy) -> Detector:
    """Presidio as it is meant to be used: jieba over everything, our recognizers, its own enhancer; tables are just cells."""
    from bench.privacy_peer import analyzer
    from checks.privacy.recognizers import CLAIM, LANGUAGE, ROLE, THRESHOLD
    from core.text import fold

    engine = analyzer(policy)

    def detect(blocks: Sequence[Block], title: str) -> list[Alarm]:
        found = []
        for index, block in enumerate(blocks):
            folded = fold(block.text)
            for result in engine.analyze(folded.text, LANGUAGE, score_threshold=THRESHOLD):
                claim, role = result.recognition_metadata[CLAIM], result.recognition_metadata[ROLE]
                if policy.severity(claim.level, role, "file") not in (None, "info"):
                    found.append(Alarm(claim.kind, index, *folded.span(result.start, result.end)))
        return found

    return detect


def jionlp() -> Detector | None:
    """JioNLP, where it is installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jionlp as jio  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None

    def detect(blocks: Sequence[Block], title: str) -> list[Alarm]:
        found = []
        for index, block in enumerate(blocks):
            found += [Alarm("resident-id", index, *item["offset"]) for item in jio.extract_id_card(block.text, detail=True)]
            phones = jio.extract_phone_number(block.text, detail=True)
            found += [Alarm("mobile", index, *item["offset"]) for item in phones if item["type"] == "cell_phone"]
        return found

    return detect


def detectors(policy: Policy, only_ours: bool = False) -> dict[str, Detector]:
    """Every detector at hand, by the name of the result tables."""
    found: dict[str, Detector] = {"巡查": ours(policy)}
    if only_ours:
        return found
    found |= {"正则": plain_regex(), "Presidio 自带（CN）": presidio_built_in(), "Presidio + jieba（同一套识别器）": whole_documents(policy)}
    if peer := jionlp():
        found["JioNLP"] = peer
    return found

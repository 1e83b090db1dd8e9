"""Presidio's AnalyzerEngine with our recognizers, no language model and no lemma matching: context is the recognizers' own business."""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from checks.privacy.policy import Policy
from checks.privacy.spots import Spotter

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, RecognizerResult

    from checks.privacy.judge import Claim


class Verdict(NamedTuple):
    """A claim that Presidio upheld, and the role it was seen in."""

    claim: "Claim"
    role: str


class Engine:
    """The analyzer, asked about one window of folded text at a time."""

    def __init__(self, analyzer: "AnalyzerEngine", spotter: Spotter) -> None:
        self._analyzer = analyzer
        self._spotter = spotter

    def verdicts(self, window: str, header: str = "") -> list[Verdict]:
        """The claims that stand in a window, in order of place; `header` is what a column or an earlier line says."""
        from checks.privacy.recognizers import CLAIM, LANGUAGE, ROLE, THRESHOLD

        results: list[RecognizerResult] = self._analyzer.analyze(
            window, LANGUAGE, score_threshold=THRESHOLD, return_decision_process=True, context=[header] if header else None
        )
        self._spotter.forget()
        found = [Verdict(result.recognition_metadata[CLAIM], result.recognition_metadata[ROLE]) for result in results]
        return sorted(found, key=lambda verdict: verdict.claim.start)


@lru_cache(maxsize=2)
def engine(policy: Policy) -> Engine:
    """The engine for a policy, built once; takes seconds the first time, because Presidio is imported here."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spaCy's and click's own deprecations on import
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
        from presidio_analyzer.nlp_engine import NoOpNlpEngine

    from checks.privacy.recognizers import LANGUAGE, recognizers

    class Untouched(ContextAwareEnhancer):  # type: ignore[misc]
        """Presidio's own enhancer copies every result and searches the tokens for each: quadratic, and blind in tables."""

        def enhance_using_context(self, text, raw_results, nlp_artifacts, recognizers, context=None):  # type: ignore[no-untyped-def]
            return raw_results

    spotter = Spotter(policy.tables)
    registry = RecognizerRegistry(recognizers=list(recognizers(policy, spotter)), supported_languages=[LANGUAGE])
    analyzer = AnalyzerEngine(
        registry=registry,
        nlp_engine=NoOpNlpEngine([{"lang_code": LANGUAGE, "model_name": ""}]),
        supported_languages=[LANGUAGE],
        context_aware_enhancer=Untouched(0, 0, 0, 0),
    )
    return Engine(analyzer, spotter)

"""Plain Presidio as a peer: jieba over the whole text, the same recognizers, the enhancer it comes with."""

import warnings
from typing import TYPE_CHECKING

from checks.privacy.policy import Policy

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine


def analyzer(policy: Policy) -> "AnalyzerEngine":
    """An engine that has tokenised something already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import NlpArtifacts, NoOpNlpEngine
        from spacy.tokens import Doc
        from spacy.vocab import Vocab

    from checks.privacy.recognizers import LANGUAGE, recognizers
    from checks.privacy.spots import Spotter

    jieba.setLogLevel(60)

    class JiebaEngine(NoOpNlpEngine):  # type: ignore[misc]
        """Words of the whole text, as Presidio's own engines give them."""

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            words, starts = [], []
            for word, start, _ in jieba.tokenize(text):
                words.append(word)
                starts.append(start)
            return NlpArtifacts([], Doc(Vocab(), words=words, spaces=[False] * len(words)), starts, words, self, language)

    registry = RecognizerRegistry(recognizers=list(recognizers(policy, Spotter(policy.tables))), supported_languages=[LANGUAGE])
    engine = AnalyzerEngine(registry=registry, nlp_engine=JiebaEngine([{"lang_code": LANGUAGE, "model_name": ""}]), supported_languages=[LANGUAGE])
    engine.analyze("预热", LANGUAGE)
    return engine

"""Our recognizers for Presidio: each finds the values of its kinds, weighs them in their context and explains itself.

Imported late (Presidio takes seconds to import). A result's `recognition_metadata` carries the claim and the role for the severity table.
"""

from collections.abc import Iterator

from presidio_analyzer import AnalysisExplanation, LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from checks.privacy.judge import judge, seen
from checks.privacy.numbers import Hit
from checks.privacy.policy import Policy
from checks.privacy.spots import Spotter

LANGUAGE = "zh"
CLAIM, ROLE, HIT = "claim", "role", "hit"
THRESHOLD = 0.5
_STRONG, _WEAK, _BELIEVED = 0.45, 0.2, 0.95
# recognizer → (Presidio's entity, kinds of claim it may make, kinds of hit it looks at)
_KINDS: tuple[tuple[str, str, frozenset[str], frozenset[str]], ...] = (
    ("ResidentIdRecognizer", "CN_RESIDENT_ID", frozenset({"resident-id"}), frozenset({"resident-id", "digits"})),
    ("UnderMaskedRecognizer", "CN_UNDER_MASKED", frozenset({"under-masked"}), frozenset({"under-masked"})),
    ("MobileRecognizer", "CN_MOBILE", frozenset({"mobile"}), frozenset({"mobile"})),
    ("LandlineRecognizer", "CN_LANDLINE", frozenset({"landline"}), frozenset({"landline", "digits"})),
    ("BankCardRecognizer", "CN_BANK_CARD", frozenset({"bank-card"}), frozenset({"bank-card", "digits"})),
    ("PassportRecognizer", "CN_PASSPORT", frozenset({"passport"}), frozenset({"passport"})),
    ("TravelPermitRecognizer", "CN_TRAVEL_PERMIT", frozenset({"travel-permit"}), frozenset({"travel-permit", "digits"})),
    ("HomeAddressRecognizer", "CN_HOME_ADDRESS", frozenset({"home-address"}), frozenset({"home-address"})),
    ("PlateRecognizer", "CN_PLATE", frozenset({"plate"}), frozenset({"plate"})),
    ("PersonalCodeRecognizer", "CN_PERSONAL_CODE", frozenset({"student-id", "exam-id", "social-security"}), frozenset({"digits", "mobile"})),
)


class ChineseRecognizer(LocalRecognizer):  # type: ignore[misc]
    """A recognizer of one family of Chinese personal data; expects text folded by core.text.fold."""

    COUNTRY_CODE = "cn"

    def __init__(self, name: str, entity: str, claims: frozenset[str], hits: frozenset[str], policy: Policy, spotter: Spotter) -> None:
        self._claims, self._hits, self._policy, self._spotter = claims, hits, policy, spotter
        super().__init__(supported_entities=[entity], supported_language=LANGUAGE, name=name)

    def load(self) -> None:
        """Nothing to load: the tables come with the policy."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None) -> list[RecognizerResult]:
        """Values of this family's forms, scored by what they prove by themselves; all still below the threshold."""
        return [self._result(hit) for hit in self._spotter(text) if hit.kind in self._hits]

    def _result(self, hit: Hit) -> RecognizerResult:
        score = _STRONG if hit.strong else _WEAK
        explanation = AnalysisExplanation(self.name, score, pattern_name=hit.kind, validation_result=hit.strong, textual_explanation="\n".join(hit.facts))
        metadata = {RecognizerResult.RECOGNIZER_NAME_KEY: self.name, RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id, HIT: hit}
        return RecognizerResult(self.supported_entities[0], hit.start, hit.end, score, explanation, metadata)

    def enhance_using_context(
        self,
        text: str,
        raw_recognizer_results: list[RecognizerResult],
        other_raw_recognizer_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """The second key: words before the value, or the header given as `context`; what stays unproved falls to zero."""
        return [self._weigh(text, result, context) for result in raw_recognizer_results]

    def _weigh(self, text: str, result: RecognizerResult, context: list[str] | None) -> RecognizerResult:
        hit: Hit = result.recognition_metadata[HIT]
        surroundings = seen(text, hit, self._policy, context)
        claim = judge(hit, surroundings, self._policy)
        believed = claim is not None and claim.kind in self._claims
        result.score = _BELIEVED if believed else 0.0
        result.analysis_explanation.set_improved_score(result.score)
        if believed and claim is not None:
            result.analysis_explanation.textual_explanation = "\n".join(claim.reasons)
            result.analysis_explanation.set_supportive_context_word(surroundings.place)
            result.recognition_metadata |= {CLAIM: claim, ROLE: surroundings.role}
        return result


def recognizers(policy: Policy, spotter: Spotter) -> Iterator[ChineseRecognizer]:
    """One of each family, looking at a text once together."""
    for name, entity, claims, hits in _KINDS:
        yield ChineseRecognizer(name, entity, claims, hits, policy, spotter)

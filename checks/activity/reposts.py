"""Original or repost: several kinds of evidence, each written down; a missing 原创 mark alone proves nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from core.activity import Judgement, PostKind
from core.calendar import Month
from core.config import County
from core.records import Account, StoredPost
from core.text import similarity, squeeze

_BANDS, _ROWS = 21, 3  # of 64 MinHash values: texts of Jaccard 0.6 share a band with probability 0.99
_TITLE_LENGTH = 8  # shorter titles ("简讯", "值班表") coincide by chance


class _Index:
    """Posts by near-identity of their text (locality-sensitive hashing over MinHash bands)."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._bands: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        self.posts: list[StoredPost] = []

    def add(self, post: StoredPost) -> None:
        for key in _band_keys(post.fingerprint):
            self._bands[key].append(len(self.posts))
        self.posts.append(post)

    def nearest(self, fingerprint: Sequence[int], accept: Callable[[int], bool]) -> tuple[int, float] | None:
        """Index and similarity of the most similar accepted post at or above the threshold."""
        candidates = {index for key in _band_keys(fingerprint) for index in self._bands.get(key, ()) if accept(index)}
        scored = [(similarity(fingerprint, self.posts[index].fingerprint), -index) for index in candidates]
        best = max(scored, default=(0.0, 0))
        return (-best[1], best[0]) if best[0] >= self.threshold else None


def _band_keys(fingerprint: Sequence[int]) -> Iterable[tuple[int, tuple[int, ...]]]:
    if fingerprint:
        for band in range(_BANDS):
            yield band, tuple(fingerprint[band * _ROWS : (band + 1) * _ROWS])


class Recommended:
    """The recommended list: `owed` items of the month; items of other months are still recognised as reposts."""

    def __init__(self, posts: Sequence[StoredPost], month: Month, threshold: float) -> None:
        self._index = _Index(threshold)
        self._titles: dict[str, StoredPost] = {}
        self._month = month
        for post in posts:
            self._index.add(post)
            if len(squeeze(post.title)) >= _TITLE_LENGTH:
                self._titles.setdefault(squeeze(post.title), post)
        self.owed = sum(post.published_on in month for post in posts)

    def match(self, post: StoredPost) -> tuple[StoredPost, str] | None:
        """The recommended item that the post repeats, and why we think so."""
        title = squeeze(post.title)
        for known, item in self._titles.items():
            if known in title:
                return item, f"标题与推荐信息“{item.title}”相同"
        near = self._index.nearest(post.fingerprint, lambda index: True)
        if near:
            item = self._index.posts[near[0]]
            return item, f"正文与推荐信息“{item.title}”相似度 {near[1]:.0%}"
        return None

    def counts(self, item: StoredPost) -> bool:
        return item.published_on in self._month


class Earlier:
    """Everything else the county published, to find texts that stood elsewhere first."""

    def __init__(
        self,
        texts: Iterable[tuple[str, str | None, StoredPost]],
        same_unit: Callable[[str | None, str | None], bool],
        threshold: float,
    ) -> None:
        self._index = _Index(threshold)
        self._sources: list[tuple[str, str | None]] = []
        self._same_unit = same_unit
        for source, unit, post in texts:
            if post.published_at and post.fingerprint:
                self._index.add(post)
                self._sources.append((source, unit))

    def match(self, account: Account, post: StoredPost) -> str | None:
        """Why the post repeats another unit's earlier text; a unit's own text on its other channels stays its own."""
        moment = post.published_at
        assert moment

        def elsewhere(index: int) -> bool:
            source, unit = self._sources[index]
            other = self._index.posts[index]
            return (
                source != account.source
                and not self._same_unit(unit or other.origin, account.unit)
                and other.published_at is not None
                and other.published_at < moment
            )

        near = self._index.nearest(post.fingerprint, elsewhere)
        if near is None:
            return None
        other = self._index.posts[near[0]]
        return f"正文与“{self._sources[near[0]][0]}”{other.published_on}的“{other.title}”相似度 {near[1]:.0%}"


def judge(
    county: County, account: Account, post: StoredPost, recommended: Recommended, earlier: Earlier, overruled: str | None
) -> tuple[Judgement, str | None]:
    """The judgement, and the URL of the recommended item when it is a counted repost of one. A person's word goes first, the platform's mark second."""
    if overruled:
        kind: PostKind = "original" if overruled == "original" else "other"
        return Judgement(post.id, post.url, kind, ("人工认定",)), None
    if post.original == "declared":
        return Judgement(post.id, post.url, "original", ("平台标注为原创",)), None
    reasons: list[str] = []
    match = recommended.match(post)
    if match:
        item, reason = match
        reasons.append(reason)
        if recommended.counts(item):
            return Judgement(post.id, post.url, "recommended", tuple(reasons)), item.url
    if post.original == "reprint":
        reasons.append("单位台账自己注明为转载" if post.tags.get("reprint") == "ledger" else "平台标注为转载")
    if post.origin and not _own(county, account, post.origin):
        reasons.append(f"注明来源：{post.origin}")
    if not reasons and (elsewhere := earlier.match(account, post)):
        reasons.append(elsewhere)
    if reasons:
        return Judgement(post.id, post.url, "other", tuple(reasons)), None
    return Judgement(post.id, post.url, "original", ("没有转载标注、来源标注或在先的相同文章",)), None


_OWN_WORDS = ("本号", "本网", "本站", "原创", "本单位", "本局")


def _own(county: County, account: Account, origin: str) -> bool:
    line = squeeze(origin)
    if line in _OWN_WORDS or line == squeeze(account.name):
        return True
    unit = county.attribute(line)
    return unit is not None and county.same_unit(unit.name, account.unit)

"""The speed that a county's night needs: clean text beside plain Presidio in the same process, and work linear in hits and rows."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.privacy_documents import Maker
from bench.privacy_peer import analyzer
from bench.privacy_speed import best, clean_text
from checks.privacy import scan
from checks.privacy.policy import Policy, load_policy
from checks.privacy.recognizers import LANGUAGE, THRESHOLD
from core.records import Block, Subject

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def test_clean_text_is_thirty_times_as_fast_as_tokenising_all_of_it(policy: Policy) -> None:
    long, short = clean_text(600_000), clean_text(60_000)
    subject = Subject((Block(long, "正文"),))
    assert scan(subject, policy) == []
    peer = analyzer(policy)
    mine = best(lambda: scan(subject, policy), 3) / len(long)
    theirs = best(lambda: peer.analyze(short, LANGUAGE, score_threshold=THRESHOLD), 2) / len(short)
    assert theirs > 30 * mine


def test_a_page_of_hits_takes_time_linear_in_them(policy: Policy) -> None:
    maker = Maker(2, policy.tables)

    def page(hits: int) -> Subject:
        return Subject((Block("\n".join(f"{maker.name()}{maker.identity()}，手机{maker.mobile()}。" for _ in range(hits // 2)), "第1页"),))

    small, large = page(2_000), page(4_000)
    assert len(scan(small, policy)) == 2_000
    assert best(lambda: scan(large, policy), 3) < 2.2 * 1.2 * best(lambda: scan(small, policy), 3)


def test_looking_at_clean_text_costs_no_heavy_import() -> None:
    program = (
        "import resource, sys; from checks.privacy import scan; from checks.privacy.policy import load_policy; from core.records import *\n"
        "from bench.privacy_speed import clean_text\n"
        "assert scan(Subject((Block(clean_text(600), '正文'),)), load_policy()) == []\n"
        "assert not {'presidio_analyzer', 'jieba', 'spacy', 'django', 'openpyxl'} & set(sys.modules)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_utime)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60, capture_output=True, text=True)
    assert float(done.stdout) < 1.5

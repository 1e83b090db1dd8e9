"""Folding keeps offsets, masking hides, concealing leaves no long number."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import conceal, fingerprint, fold, mask, similarity


@given(st.text(alphabet="0123456789Ｘ０９ａ。，\u200b\ufeff\u00ad -—县a", max_size=60), st.data())
def test_folded_spans_lead_back_to_the_original(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.span(start, end)
    assert 0 <= first < last <= len(text)
    assert fold(text[first:last]).text == folded.text[start:end]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("resident-id", "61032619900101123X", "610326********123X"),
        ("resident-id", "610326 1990 0101 123x", "610326********123x"),
        ("mobile", "138-1234-5678", "138****5678"),
        ("bank-card", "6228480402564890018", "622848*********0018"),
        ("passport", "E12345678", "E*****678"),
        ("home-address", "槐芽镇红崖头村三组15号", "槐芽镇红********"),
    ],
)
def test_masks_show_what_the_contract_says(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@given(
    st.sampled_from(["resident-id", "bank-card", "mobile", "landline", "passport", "travel-permit", "plate", "number", "other"]),
    st.text("0123456789X甲", min_size=3, max_size=30),
)
def test_a_mask_never_shows_the_value(kind: str, value: str) -> None:
    masked = mask(kind, value)
    assert masked.count("*") >= min(3, len(value) - 1)
    assert masked != value


@given(st.text("0123456789 -Xx０１２县，\u200b", max_size=80))
def test_nothing_concealed_keeps_a_long_number(text: str) -> None:
    assert not re.search(r"\d{11}", re.sub(r"(?<=\d)[ \-](?=\d)", "", fold(conceal(text)).text))


def test_concealing_leaves_ordinary_numbers() -> None:
    text = "国办发〔2018〕23号，2023-10-14 12:30 发布，共 1,234.56 万元"
    assert conceal(text) == text
    assert conceal("联系人张三13812345678。") == "联系人张三138****5678。"


def test_fingerprints_of_near_identical_texts_agree() -> None:
    body = "县农业农村局组织技术人员深入田间地头开展秋播技术培训，现场讲解小麦宽幅沟播、配方施肥和病虫害防治要点。" * 2
    other = "县应急管理局会同消防救援大队对人员密集场所开展联合检查，当场整改隐患十二处，下发责令整改通知书五份。" * 2
    assert similarity(fingerprint(body), fingerprint("转载：" + body.replace("，", "， "))) > 0.85
    assert similarity(fingerprint(body), fingerprint(other)) < 0.2
    assert similarity(fingerprint("短"), fingerprint("短")) == 0.0


def test_fingerprints_are_those_of_datasketch() -> None:
    from datasketch import MinHash

    text = "关于发放2023年度耕地地力保护补贴的公告" * 30
    sketch = MinHash(num_perm=64, seed=20231123)
    sketch.update_batch([text[i : i + 3].encode() for i in range(len(text) - 2)])
    assert fingerprint(text) == tuple(int(value) for value in sketch.hashvalues)

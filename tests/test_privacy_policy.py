"""The tables behind the privacy checks: proofs, and configuration that is wrong in every way it can be."""

import shutil
from pathlib import Path

import pytest
import yaml

from checks.privacy import proof
from checks.privacy.policy import CONFIG, load_policy
from core.errors import ConfigurationError

TABLES = load_policy().tables


@pytest.mark.parametrize(
    ("number", "strong"),
    [
        ("11010519491231002X", True),  # the example of GB 11643 itself
        ("110105194912310020", False),
        ("110105199002300025", False),
        ("990105194912310027", False),
    ],
)
def test_an_id_proves_itself_by_check_digit_region_and_day(number: str, strong: bool) -> None:
    assert proof.identity(number, TABLES).strong is strong


def test_abolished_regions_and_permits_are_known() -> None:
    assert proof.region("110103", TABLES) == "北京市崇文区"
    assert proof.region("610125", TABLES) == "陕西省西安市户县"
    assert proof.region("610326", TABLES) == "陕西省宝鸡市眉县"
    assert proof.region("830000", TABLES) == "台湾地区"
    assert proof.region("932682", TABLES) == "外国人永久居留身份证"
    assert proof.region("202310", TABLES) == ""


@pytest.mark.parametrize(("day", "right"), [("20000229", True), ("19000229", False), ("20230229", False), ("18991231", False), ("20231301", False)])
def test_days_of_birth_exist(day: str, right: bool) -> None:
    assert proof.is_date(day) is right


def test_luhn_bin_and_length_make_a_card() -> None:
    assert proof.is_luhn("79927398713")
    assert not proof.is_luhn("79927398710")
    body = "621700" + "123456789012"
    number = next(body + digit for digit in "0123456789" if proof.is_luhn(body + digit))
    assert proof.is_card(number, TABLES)
    assert proof.bank(number, TABLES) == "中国建设银行"
    assert not proof.is_card(number[:-1], TABLES)


def test_number_ranges() -> None:
    assert all(proof.is_mobile(f"{prefix}12345678", TABLES) for prefix in ("138", "190", "192", "193", "195", "196", "197", "199", "166", "170"))
    assert not any(proof.is_mobile(f"{prefix}12345678", TABLES) for prefix in ("120", "142", "154", "161", "194"))
    assert proof.is_landline("0917", "5542123", TABLES)
    assert not proof.is_landline("0999", "0542123", TABLES)
    assert not proof.is_landline("0110", "5542123", TABLES)


def test_codes_of_organisations() -> None:
    assert proof.is_uscc("91350100M000100Y43")
    assert not proof.is_uscc("91350100M000100Y44")
    assert not proof.is_uscc("11010519491231002X")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CONFIG / "data", tmp_path / "data")
    shutil.copy(CONFIG / "severity.yaml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("severity.yaml", "mobile: {default: error", "mobile: {default: grave", "mobile.default"),
        ("severity.yaml", "mobile: {default: error, ", "mobile: {", "mobile 应有 default"),
        ("severity.yaml", "plate: {default", "plate: {boss: error, default", "plate"),
        ("severity.yaml", "unread:", "unreadable:", "kinds 和 unread"),
        ("severity.yaml", "kinds:", "kinds: [", "YAML"),
        ("data/privacy_words.yaml", "amount_headers:", "amount_header:", "amount_header"),
        ("data/privacy_words.yaml", "words: [护照]", "words: 护照", "headers.passport.words"),
        ("data/privacy_words.yaml", "words: [护照]", "word: [护照]", "headers.passport"),
        ("data/privacy_words.yaml", "headers:", "heads:", "heads"),
        ("data/regions.csv", "610326,", "61032六,", "regions.csv：第"),
        ("data/card_bins.csv", "103,19,", "103,", "card_bins.csv：第2行"),
    ],
)
def test_wrong_configuration_is_named_by_file_and_entry(file: str, old: str, new: str, complaint: str, folder: Path) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_policy(folder)
    assert file.rsplit("/", 1)[-1] in str(caught.value)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("file", ["severity.yaml", "data/privacy_words.yaml", "data/regions.csv", "data/surnames.txt"])
def test_a_missing_file_is_named(file: str, folder: Path) -> None:
    (folder / file).unlink()
    with pytest.raises(ConfigurationError, match=file.rsplit("/", 1)[-1]):
        load_policy(folder)


def test_the_bulletin_has_a_word_for_every_kind() -> None:
    kinds = yaml.safe_load((CONFIG / "meixian" / "bulletin.yaml").read_text(encoding="utf-8"))["kinds"]
    assert set(load_policy().severities) - {"unread", "account-number", "birth-month"} <= set(kinds)  # the last two are levels of other kinds


def test_the_version_changes_with_the_tables(folder: Path) -> None:
    before = load_policy(folder).version
    path = folder / "severity.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("plate: {default: error", "plate: {default: warning"), encoding="utf-8")
    load_policy.cache_clear()
    assert load_policy(folder).version != before

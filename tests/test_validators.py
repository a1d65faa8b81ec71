"""Codes of municipalities, address names and codes of nodes."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from municipalities.validators import (
    CODE_MAX_LENGTH,
    RESERVED_SLUGS,
    check_digit,
    five_digit_code,
    validate_code,
    validate_municipality_code,
    validate_slug_not_reserved,
)


def message_of(validator, value):
    with pytest.raises(ValidationError) as raised:
        validator(value)
    (message,) = raised.value.messages
    return message


# Gunma, Isesaki, Konan, Chiyoda, Sapporo, Hokkaido, Okinawa; 10 and 11 wrap to 0 and 1.
@pytest.mark.parametrize(
    "code", ["100005", "102041", "252115", "131016", "011002", "010006", "470007", "012033"]
)
def test_codes_of_real_municipalities_are_accepted(code):
    validate_municipality_code(code)


def test_wrong_check_digit_names_what_was_found_and_what_is_expected():
    message = message_of(validate_municipality_code, "102042")
    assert "102042" in message
    assert "「2」" in message
    assert "「1」" in message


@pytest.mark.parametrize(
    "value", ["", "10204", "1020411", "１０２０４１", "10204a", "102041\n", " 102041", "٠١١٠٠٢"]
)
def test_code_must_be_six_half_width_digits(value):
    message = message_of(validate_municipality_code, value)
    assert "半角数字6桁" in message
    assert value in message


@pytest.mark.parametrize("five", ["00100", "48000", "99999"])
def test_code_must_begin_with_a_prefecture(five):
    assert "01～47" in message_of(validate_municipality_code, five + check_digit(five))


@given(st.integers(1000, 47999).map("{:05d}".format))
def test_exactly_one_check_digit_fits(five):
    fitting = []
    for digit in "0123456789":
        try:
            validate_municipality_code(five + digit)
        except ValidationError:
            continue
        fitting.append(digit)
    assert fitting == [check_digit(five)]


def test_five_digit_code_drops_the_check_digit():
    assert five_digit_code("102041") == "10204"
    with pytest.raises(ValidationError):
        five_digit_code("102042")


@pytest.mark.parametrize(
    "slug", ["admin", "api", "sitemap.xml", "Admin", "SEARCH", "departments", "related"]
)
def test_reserved_words_cannot_be_slugs(slug):
    assert slug in message_of(validate_slug_not_reserved, slug)


@pytest.mark.parametrize("slug", ["gunma", "isesaki", "konan", "mihon", "sogo", "ict-3", "mirai"])
def test_slugs_of_towns_and_plans_are_free(slug):
    validate_slug_not_reserved(slug)


def test_every_reserved_word_is_lower_case():
    assert {word.lower() for word in RESERVED_SLUGS} == RESERVED_SLUGS


@pytest.mark.parametrize("code", ["1", "I-1", "6-1-1", "ict4-1-1a", "gs_1", "1.2.3", "x" * 40])
def test_codes_that_stand_in_an_address(code):
    validate_code(code)


@pytest.mark.parametrize(
    "code", ["", ".", "..", ".a", "a/b", "a b", "Ⅰ", "①", "１", "施策1", "1)", "a\n", "a%2e", "?"]
)
def test_codes_that_would_break_an_address(code):
    assert code in message_of(validate_code, code)


def test_code_that_is_too_long_says_how_long():
    message = message_of(validate_code, "x" * (CODE_MAX_LENGTH + 1))
    assert "40文字以内" in message
    assert "41文字" in message

"""Texts that nobody without a key can make."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.errors import UsageError
from footfall.web.signing import Signer

OLD, NEW = "an old key of the site", "a new key of the site"


def test_the_newest_key_signs_and_each_verifies() -> None:
    both = Signer([NEW, OLD], "cookie")

    assert both.age("text", Signer([NEW], "cookie").sign("text")) == 0
    assert both.age("text", Signer([OLD], "cookie").sign("text")) == 1
    assert both.sign("text") == Signer([NEW], "cookie").sign("text") == both.signatures("text")[0]
    assert Signer([NEW], "cookie").age("text", Signer([OLD], "cookie").sign("text")) is None


def test_a_text_of_another_use_does_not_fit() -> None:
    assert Signer([NEW], "link").age("text", Signer([NEW], "cookie").sign("text")) is None


@given(st.text(), st.text())
def test_no_text_fits_that_we_did_not_sign(text: str, signature: str) -> None:
    assert Signer([NEW], "cookie").age(text, signature) is None


@pytest.mark.parametrize("keys", [(), ("",), ("too short",), (NEW, "short")])
def test_a_key_that_is_missing_or_short_is_refused_and_the_error_says_how_to_make_one(keys: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="openssl rand -base64 32"):
        Signer(keys, "cookie")


def test_no_key_is_shown_where_the_signer_is() -> None:
    assert NEW not in repr(vars(Signer([NEW], "cookie")))


@given(st.binary(min_size=16, max_size=100), st.text(max_size=200))
def test_a_signature_is_the_hmac_of_its_text_by_a_key_of_the_use(key: bytes, text: str) -> None:
    of_use = hmac.digest(key, b"footfall link", "sha256")
    code = urlsafe_b64encode(hmac.digest(of_use, text.encode(), "sha256")[:16]).rstrip(b"=").decode()

    assert Signer([key], "link").sign(text) == code

"""A secret is of use as it is, and is shown by nothing."""

from __future__ import annotations

import copy
import pickle
import pprint

from footfall.secret import SecretBytes, SecretText


def test_a_secret_is_the_text_or_the_bytes_that_it_was_made_of() -> None:
    assert SecretText("key") == "key"
    assert f"{SecretText('key')}:" == "key:"
    assert SecretBytes(b"key") == b"key"
    assert SecretBytes(b"key") + b"" == b"key"


def test_it_does_not_show_itself_and_neither_do_its_copies() -> None:
    secrets = [SecretText("canary"), SecretBytes(b"canary")]
    secrets += [copy.copy(secret) for secret in secrets] + [pickle.loads(pickle.dumps(secret)) for secret in secrets]

    shown = [*map(repr, secrets), repr(secrets), pprint.pformat(secrets), f"{SecretBytes(b'canary')}"]
    assert [text for text in shown if "canary" in text] == []

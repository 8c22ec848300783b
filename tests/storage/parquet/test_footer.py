"""The footer of a file has its own checksum: a byte of it that was changed is an error and no other figure."""

from __future__ import annotations

import io

import pytest

from footfall.storage.parquet.footer import checksum, footer_bytes


def test_the_footer_is_what_its_length_says_and_the_end_of_the_file() -> None:
    footer = b"abc" + (3).to_bytes(4, "little") + b"PAR1"

    assert footer_bytes(io.BytesIO(b"PAR1..." + footer)) == footer


@pytest.mark.parametrize("content", [b"", b"PAR1", b"abc\x03\0\0\0PAR2", b"abc\x04\0\0\0PAR1"])
def test_what_is_no_parquet_file_has_no_footer(content: bytes) -> None:
    assert footer_bytes(io.BytesIO(content)) == b""


def test_the_checksum_is_a_crc_in_hex() -> None:
    assert checksum(b"123456789") == "cbf43926"

"""The sites that send visitors, and how a host is matched to them."""

from __future__ import annotations

import pytest

from footfall.web.origin_sites import APPS, FAMILIES, SITES, KnownSite, site_of, source_of


def test_every_row_is_matched_by_its_own_host_and_below_its_front_door() -> None:
    assert {host: site_of(host) for host in SITES} == dict(SITES)
    assert {host: site_of(f"m.{host}") for host in SITES if f"m.{host}" not in SITES} == dict(SITES)


@pytest.mark.parametrize(("name", "site"), FAMILIES.items())
@pytest.mark.parametrize("ending", ["com", "de", "co.uk", "com.br"])
def test_a_family_is_matched_in_each_country(name: str, site: KnownSite, ending: str) -> None:
    assert site_of(f"{name}.{ending}") == site
    assert site_of(f"m.{name}.{ending}") == site


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("old.reddit.com", "Reddit"),
        ("l.facebook.com", "Facebook"),
        ("lm.facebook.com", "Facebook"),
        ("uk.search.yahoo.com", "Yahoo"),
        ("mail.google.com", "Gmail"),
        ("gemini.google.com", "Gemini"),
        ("docs.google.com", None),
        ("aws.amazon.com", None),
        ("notreddit.com", None),
        ("googlex.com", None),
        ("google.com.evil.example", None),
        ("localhost", None),
        ("com", None),
        ("", None),
    ],
)
def test_a_host_is_matched_by_the_longest_domain_that_means_the_same_site(host: str, name: str | None) -> None:
    site = site_of(host)

    assert (site.name if site else None) == name


@pytest.mark.parametrize(
    ("source", "name"),
    [("google", "Google"), ("fb", "Facebook"), ("chatgpt.com", "ChatGPT"), ("youtube", "YouTube"), ("acme", None)],
)
def test_a_campaigns_source_is_matched_by_name_or_host(source: str, name: str | None) -> None:
    site = source_of(source)

    assert (site.name if site else None) == name


def test_hosts_are_lower_case_without_www_and_there_are_many() -> None:
    assert all(host == host.lower() and not host.startswith("www.") for host in SITES)
    assert len(SITES) >= 150
    assert all(package.count(".") >= 1 for package in APPS)

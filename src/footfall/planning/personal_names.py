"""The names under which personal data hides, as a table: each row with the source that counts it as personal.

Sources:

- GDPR: Regulation (EU) 2016/679, Article 4(1) (name, identification number, location data, online identifier),
  recital 30 (internet protocol addresses, cookie and device identifiers), Article 9(1) (special categories),
  Article 10 (offences), Article 87 (national identification numbers).
- NIST: Special Publication 800-122, section 2.2, examples of personally identifiable information.
- HIPAA: 45 CFR 164.514(b)(2)(i), the eighteen identifiers that make health data identifiable.
- Breyer: Court of Justice of the European Union, C-582/14, dynamic IP addresses.
- PCI: PCI DSS 4.0, requirement 3.3, sensitive authentication data must not be kept.
- CWE-200, CWE-522: exposure of information, insufficiently protected credentials (MITRE).
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from footfall.planning.words import words_of

__all__ = ["FORMATS", "NAMES", "PersonalName", "personal_kind"]

Weight = Literal["personal", "special", "secret"]


class PersonalName(NamedTuple):
    """Names that mean one kind of personal data, how much it weighs, and who says so.

    `contexts` are words of which one must come before the name, for names that are harmless by themselves.
    """

    kind: str
    weight: Weight
    names: tuple[str, ...]
    source: str
    contexts: frozenset[str] = frozenset()


_PEOPLE = frozenset(
    """
    account billing buyer card cardholder child company contact courier customer driver employee family father
    first full given guest husband last legal maiden member middle mother nick owner parent passenger patient
    payer person recipient screen second sender shipping student subscriber user visitor wife
    """.split()  # noqa: SIM905 - a list of words is read as one
)
_PLACES = frozenset(
    "billing customer delivery home invoice mailing postal recipient sender shipping ship street user".split()  # noqa: SIM905 - as above
)

NAMES: Final = (
    PersonalName(
        "a person's name", "personal",
        ("firstname", "lastname", "fullname", "surname", "forename", "nickname", "username", "given_name",
         "family_name", "display_name", "screen_name", "maiden_name", "real_name"),
        "GDPR Art. 4(1); NIST 2.2; HIPAA (A)",
    ),
    PersonalName("a person's name", "personal", ("name",), "GDPR Art. 4(1); NIST 2.2; HIPAA (A)", _PEOPLE),
    PersonalName(
        "an e-mail address", "personal", ("email", "e_mail", "mail_address", "emails"), "GDPR Art. 4(1); HIPAA (F)"
    ),
    PersonalName(
        "a telephone number", "personal",
        ("phone", "telephone", "mobile", "cellphone", "msisdn", "fax", "whatsapp", "phones"),
        "NIST 2.2; HIPAA (D), (E)",
    ),
    PersonalName(
        "an address", "personal",
        ("street", "house_number", "street_address", "home_address", "postal_address", "address_line", "postcode",
         "postal_code", "zip", "zip_code", "zipcode"),
        "NIST 2.2; HIPAA (B)",
    ),
    PersonalName("an address", "personal", ("address", "city"), "NIST 2.2; HIPAA (B)", _PLACES),
    PersonalName(
        "a network address", "personal",
        ("ip", "ip_address", "ipv4", "ipv6", "remote_addr", "mac_address", "client_ip"),
        "GDPR rec. 30; Breyer; HIPAA (O)",
    ),
    PersonalName(
        "a device identifier", "personal",
        ("idfa", "idfv", "gaid", "aaid", "imei", "imsi", "advertising_id", "ad_id", "device_fingerprint",
         "browser_fingerprint", "cookie", "cookie_id"),
        "GDPR rec. 30; HIPAA (M)",
    ),
    PersonalName(
        "a place where somebody is", "personal",
        ("latitude", "longitude", "lat", "lng", "lon", "geolocation", "gps", "coordinates", "geo_point"),
        "GDPR Art. 4(1)",
    ),
    PersonalName(
        "a date of birth", "personal",
        ("birthday", "birthdate", "birth_date", "date_of_birth", "dob", "birth_year", "year_of_birth"),
        "NIST 2.2; HIPAA (C)",
    ),
    PersonalName("an age or gender", "personal", ("age", "gender", "sex", "marital_status", "nationality"), "NIST 2.2"),
    PersonalName(
        "an identification number", "personal",
        ("ssn", "social_security", "social_security_number", "passport", "passport_number", "national_id",
         "personnummer", "driver_license", "drivers_license", "license_plate", "tax_id", "vat_id", "nino",
         "cpf", "curp", "aadhaar"),
        "GDPR Art. 87; NIST 2.2; HIPAA (G), (K), (L)",
    ),
    PersonalName(
        "a bank account", "personal", ("iban", "bic", "account_number", "bank_account", "sort_code", "routing_number"),
        "NIST 2.2; HIPAA (J)",
    ),
    PersonalName(
        "free text by a person", "personal",
        ("comment", "feedback_text", "review_text", "message_text", "message_body", "complaint", "free_text"),
        "GDPR Art. 4(1): any information relating to a person",
    ),
    PersonalName("a picture of a person", "personal", ("photo", "avatar", "selfie", "portrait"), "NIST 2.2; HIPAA (Q)"),
    PersonalName(
        "health", "special",
        ("diagnosis", "disease", "illness", "medication", "prescription", "health_status", "blood_type", "disability",
         "pregnancy", "pregnant", "allergy", "allergies", "medical_record", "symptoms"),
        "GDPR Art. 9(1)",
    ),
    PersonalName(
        "a belief or an origin", "special",
        ("religion", "ethnicity", "ethnic_origin", "race", "political_party", "political_opinion", "trade_union",
         "union_membership"),
        "GDPR Art. 9(1)",
    ),
    PersonalName("a sexual orientation", "special", ("sexual_orientation", "sexuality"), "GDPR Art. 9(1)"),
    PersonalName(
        "biometric or genetic data", "special",
        ("biometric", "biometrics", "face_id", "retina", "voiceprint", "dna", "genome", "genetic_data"),
        "GDPR Art. 9(1)",
    ),
    PersonalName("a criminal record", "special", ("criminal_record", "conviction", "convictions"), "GDPR Art. 10"),
    PersonalName(
        "a secret", "secret",
        ("password", "passwd", "passcode", "passphrase", "secret", "client_secret", "api_key", "apikey", "private_key",
         "access_token", "refresh_token", "auth_token", "bearer_token", "session_token", "id_token", "otp", "totp",
         "security_answer", "pin_code"),
        "CWE-522, CWE-200",
    ),
    PersonalName(
        "card data", "secret",
        ("cvv", "cvc", "cvv2", "card_number", "credit_card", "credit_card_number", "pan", "card_pin", "track_data"),
        "PCI 3.3",
    ),
)  # fmt: skip

# What a string's format says of its value, whatever its name.
FORMATS: Final = {"email": NAMES[2], "phone": NAMES[3], **dict.fromkeys(("ip", "ipv4", "ipv6", "mac"), NAMES[6])}

# What may follow the name and still mean the value itself.
_VALUE_WORDS = frozenset(["raw", "value", "text", "string", "plain", "address", "number", "line", "1", "2", "3"])


def _by_words() -> dict[tuple[str, ...], list[PersonalName]]:
    rows: dict[tuple[str, ...], list[PersonalName]] = {}
    for row in NAMES:
        for name in row.names:
            rows.setdefault(words_of(name), []).append(row)
    return rows


_BY_WORDS: Final = _by_words()
_LENGTHS: Final = sorted({len(words) for words in _BY_WORDS}, reverse=True)


def personal_kind(name: str) -> PersonalName | None:
    """What kind of personal data a name means, judged by its last words: `shipping_email` yes, `email_sent` no."""
    words = words_of(name)
    while words:
        for length in _LENGTHS:
            before = words[:-length]
            for row in _BY_WORDS.get(words[-length:], ()):
                if not row.contexts or row.contexts.intersection(before):
                    return row
        if words[-1] not in _VALUE_WORDS:
            return None
        words = words[:-1]
    return None

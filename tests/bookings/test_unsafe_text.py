"""What hides a review at once, and what must not (R-REV-7)."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.threats import PHRASES
from bookings.unsafe_text import PERSONAL_DATA, THREAT, reason_to_hide

GERMANY, BRITAIN, FRANCE, USA, TURKEY = "DE", "GB", "FR", "US", "TR"
EVERYWHERE = (GERMANY, BRITAIN, FRANCE, USA, TURKEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Great tutor, 10/10!",
        "Call me anytime, he said, and he meant it.",
        "email me was his answer to everything",
        "She killed the exam.",
        "I'd kill for a tutor like this",
        "I will kill the exam",
        "He will kill you with homework.",
        "you will die laughing",
        "I'll shoot you an email",
        "I'll kill them all on Monday: geometry, algebra, the lot",
        "I could have killed him for that joke",
        "She breaks down every proof; her jokes killed me",
        "Skill you need? Ask her.",
        "Je tuerais pour un prof comme lui",
        "Ich bringe dich um acht Uhr hin, sagte er, und: ich bringe dich um den Verstand!",
        "El examen? Lo voy a matar!",
        "mató el examen",
        "I paid 1200.50 for 10 lessons",
        "USD 1,234,567.89 or 1.500.000,00 EUR",
        "1 000 000 reasons, 10 000 000 000 more",
        "2024-12-12 18:00",
        "2024-12-12T18:00:00Z to 2024-12-12T19:00:00Z",
        "12/12/2024 10:00 - 11:30",
        "12.12.2024 um 10:00 Uhr",
        "07.07.2007 08.08.2008",
        "from 8:00 to 18:30 on 14.07.2025",
        "Mo 10-12, Di 14-16, Mi 18-20",
        "from 450 to 720 in 2023 2024 2025",
        "2020 2021 2022 2023 2024",
        "2025/2026 2026/2027",
        "the 1984-1985 season",
        "1939-1945 and 1914-1918",
        "IELTS 7.5 and TOEFL 112, SAT 1540",
        "3 times 60 minutes = 180",
        "95 100 98 87 92 88",
        "score 3:2, 2:1, 4:4",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "6 7 8 9 10 11 12",
        "fibonacci 1 1 2 3 5 8 13 21 34 55 89 144",
        "3.14159265358979",
        "2^64 = 18446744073709551616",
        "ISBN 978-3-16-148410-0",
        "9783161484100",
        "ISBN 0306406152",
        "ISBN-10: 0-306-40615-2",
        "0306406152",
        "EAN 4006381333931",
        "booking 123456789",
        "order 20251127001",
        "pages 120-145, 160-178",
        "room 0815, James Bond 007, 2008",
        "IP 192.168.178.100, version 10.15.7.1234",
        "4111 1111 1111 1112",
        "1234 5678 9012 3452",
        "I met her @home, @ 5.30",
        "e-mail@ is a strange word",
        "t.me is blocked here, so is wa.me, discord.com too",
        "my notes are at start.me/p/abcdef and about.me/x",
        "We spoke over WhatsApp, Skype and Telegram.",
        "Mustermannstraße 5 is a street, and streets are for moderators",
    ],
)
@pytest.mark.parametrize("regions", [(), EVERYWHERE], ids=["nowhere", "everywhere"])
def test_what_students_say_hides_nothing(text, regions):
    assert reason_to_hide(text, regions=regions) == ""


@pytest.mark.parametrize(
    "text",
    [
        "write to john.doe@example.com",
        "JOHN+maths@MAIL.EXAMPLE.CO.UK",
        "ｊｏｈｎ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "jo\u200bhn@exam\u200dple.com",
        "josé@correo.es",
        "john (at) example.com",
        "john[at]example.com",
        "call +49 151 23456789",
        "+1 (202) 555-0143",
        "+4915123456789.",
        "0049 151 23456789",
        "00 49 151 23456789",
        "+44\u200b20 7946 0958",
        "+٤٩ ١٥١ ٢٣٤٥٦٧٨٩",
        "his card is 4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111111111111111",
        "3782 822463 10005",
        "https://wa.me/4915123456789",
        "t.me/johndoe",
        "HTTPS://T.ME/+abcdefgh",
        "https://api.whatsapp.com/send?phone=4915123456789",
        "signal.me/#p/+4915123456789",
    ],
)
def test_contact_data_and_cards_are_personal_data(text):
    assert reason_to_hide(text) == PERSONAL_DATA


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("0151 23456789", GERMANY),
        ("Nummer: 0151/23456789", GERMANY),
        ("tel.0151-23456789.", GERMANY),
        ("(202) 555-0143", USA),
        ("202-555-0143", USA),
        ("2025550143", USA),
        ("020 7946 0958", BRITAIN),
        ("0532 123 45 67", TURKEY),
        ("06 12 34 56 78", FRANCE),
        ("06.12.34.56.78", FRANCE),
    ],
)
def test_a_number_without_its_countrys_code_is_one_where_it_is_dialled_so(text, region):
    assert reason_to_hide(text, regions=[region]) == PERSONAL_DATA
    assert reason_to_hide(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "I will kill you",
        "I’ll kill you!!",
        "I'LL... KILL... YOU",
        "i will ki\u200bll you",
        "ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕ",
        "ı wıll kıll you",
        "One more bad mark and I'm going to stab you, teacher.",
        "Ích werde dích töten",
        "te matare",
        "JE VAIS T'EGORGER",
        "zabije cie",
        "МЫ ТЕБЯ УБЬЕМ",
        "Seni oldurecegim",
        "سَأَقْتُلُكَ",
        "I will kill you, write to me: john@example.com",
    ],
)
def test_a_threat_is_one_whatever_its_case_accents_and_unseen_characters(text):
    assert reason_to_hide(text) == THREAT


@pytest.mark.parametrize("phrase", [phrase for phrases in PHRASES.values() for phrase in phrases])
def test_every_phrase_of_the_list_is_found_among_other_words_and_only_whole(phrase):
    assert reason_to_hide(f"Well, {phrase.upper()}! So.") == THREAT
    assert reason_to_hide(f"x{phrase}") == reason_to_hide(f"{phrase}x") == ""


WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyzäéñßøжшعم", min_size=1, max_size=12), max_size=12).map(" ".join)
EMAILS = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,20}@[a-z0-9-]{1,20}\.(com|de|co\.uk)", fullmatch=True)
NUMBERS = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)).map(phonenumbers.example_number)
FORMS = st.sampled_from([phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL])


@given(WORDS, st.sets(st.sampled_from(EVERYWHERE)))
def test_plain_words_are_never_hidden(words, regions):
    assert reason_to_hide(words, regions=regions) == ""


@given(WORDS, st.lists(st.integers(0, 999), max_size=4), st.sampled_from([", ", "; ", " of "]))
def test_nor_are_a_few_figures_among_them(words, figures, between):
    assert reason_to_hide(f"{words} {between.join(map(str, figures))} {words}") == ""


@given(WORDS, EMAILS, WORDS)
def test_an_email_address_is_found_wherever_it_stands(before, email, after):
    assert reason_to_hide(f"{before} {email} {after}") == PERSONAL_DATA


@settings(deadline=None)  # the first number of a country reads its tables
@given(WORDS, NUMBERS, FORMS, WORDS)
def test_an_international_phone_number_is_found_wherever_it_stands(before, number, form, after):
    written = phonenumbers.format_number(number, form)

    assert reason_to_hide(f"{before} {written} {after}") == PERSONAL_DATA


@given(st.text(max_size=300), st.sets(st.sampled_from([*EVERYWHERE, "XX"])))
@settings(deadline=None)
def test_any_text_at_all_is_judged(text, regions):
    assert reason_to_hide(text, regions=regions) in ("", PERSONAL_DATA, THREAT)

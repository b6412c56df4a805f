"""A signature proves who signed which bytes; everything else is refused in words."""

from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from services import signing
from services.signing.keys import check_owner
from tests.services.signing.keys import NOW, PASSPHRASE, issuer_pem, person_key

NAME = "ТӘЖІБАЕВ БЕКЗАТ"


def a_pdf() -> bytes:
    writer, file = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(file)
    return file.getvalue()


def signed() -> bytes:
    return signing.sign_pdf(a_pdf(), signing.open_key(person_key(NAME), PASSPHRASE, at=NOW), reason="r", place="p")


def test_a_signed_pdf_proves_its_signer_and_every_byte() -> None:
    proof = signing.verify_pdf(signed(), issuers=[issuer_pem()])
    assert (proof.whole, proof.by, proof.trusted, proof.why) == (True, NAME, True, "")


def test_without_issuers_of_the_region_the_trust_is_not_said() -> None:
    assert signing.verify_pdf(signed()).trusted is None


def test_an_issuer_that_the_region_does_not_name_is_refused_before_anything_is_signed() -> None:
    signer = signing.open_key(person_key(NAME), PASSPHRASE, at=NOW)
    with pytest.raises(signing.SignatureBroken):
        signing.sign_pdf(a_pdf(), signer, reason="r", place="p", issuers=[issuer_pem("Somebody else")])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_changed_byte_of_the_signed_document_shows(data: st.DataObject) -> None:
    whole = signed_once()
    at = data.draw(st.integers(0, len(a_pdf()) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    assert not signing.verify_pdf(bytes(changed)).whole


def test_what_is_added_after_the_signature_shows() -> None:
    assert not signing.verify_pdf(signed() + b"\n% more\n").whole


@given(st.binary(max_size=300))
def test_no_file_breaks_the_proof_or_the_opening_of_a_key(junk: bytes) -> None:
    assert not signing.verify_pdf(junk).whole
    with pytest.raises((signing.NotAKey, signing.WrongPassphrase)):
        signing.open_key(junk, "x", at=NOW)


def test_each_wrong_key_is_refused_in_words_of_its_own() -> None:
    late = person_key(NAME, since=NOW - timedelta(days=3), until=NOW - timedelta(days=1))
    for file, word, error in [
        (person_key(NAME), "wrong", signing.WrongPassphrase),
        (late, PASSPHRASE, signing.KeyExpired),
        (person_key(NAME, signs=False), PASSPHRASE, signing.KeyNotForSigning),
        (b"", PASSPHRASE, signing.NotAKey),
        (person_key(NAME) * 40, PASSPHRASE, signing.NotAKey),
    ]:
        with pytest.raises(error):
            signing.open_key(file, word, at=NOW)


def test_a_key_signs_for_its_owner_alone() -> None:
    signature = signing.open_key(person_key(NAME), PASSPHRASE, at=NOW).signature
    check_owner(signature, "Тәжібаев Бекзат Нұрланұлы")
    for other in ("Тәжібаев Асқар", "Бекзат", "", "Сейітқызы Айгүл"):
        with pytest.raises(signing.NotYourKey):
            check_owner(signature, other)


_kept: list[bytes] = []


def signed_once() -> bytes:
    if not _kept:
        _kept.append(signed())
    return _kept[0]

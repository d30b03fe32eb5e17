"""One-time keys: signed, random, and dated."""

from datetime import timedelta

import pytest
from django import forms

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import FormKeyField, KeyedForm, new_form_key
from tests.factories import NOON


class Refused(DomainError):
    """A refusal about a field."""


def refuse(field):
    raise Refused("No.", field=field)  # noqa: EM101 -- a refusal is a sentence


class OneField(KeyedForm):
    amount = forms.CharField()


def test_a_key_is_read_back_with_its_time():
    at = NOON + timedelta(milliseconds=123)
    assert FormKeyField().clean(new_form_key(at)).issued_at == at


def test_two_showings_have_two_keys():
    assert new_form_key(NOON) != new_form_key(NOON)


@pytest.mark.parametrize(
    "text", ["", "x", "abc.123", "abc.123:signature", ":", "a:b:c"]
)
def test_a_key_that_is_not_ours_is_refused(text):
    with pytest.raises(forms.ValidationError):
        FormKeyField().clean(text)


def test_a_changed_key_is_refused():
    with pytest.raises(forms.ValidationError):
        FormKeyField().clean("x" + new_form_key(NOON))


@pytest.mark.parametrize(
    ("field", "place"), [("amount", "amount"), ("key", "__all__"), (None, "__all__")]
)
def test_a_refusal_goes_to_the_field_that_people_see(field, place):
    form = OneField({"amount": "1", "key": new_form_key(NOON)}, at=NOON)
    assert form.is_valid()
    with form.domain_errors():
        refuse(field)
    assert form.errors[place] == ["No."]

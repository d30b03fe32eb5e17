"""Parts of forms: refusals as errors, and the key that makes a second click harmless."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.core.signing import BadSignature, Signer
from django.db import OperationalError
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import busy
from loyalty_site.lib.errors import DomainError

Anything = Any  # what a browser sends, and what a form takes

_signer = Signer(salt="form-key")


@dataclass(frozen=True)
class FormKey:
    """The key of one showing of a form: what it was sent for is done once."""

    value: str
    issued_at: datetime


def new_form_key(at: datetime) -> str:
    """Return a random key that remembers when the form was shown."""
    milliseconds = int(at.timestamp() * 1000)
    return _signer.sign(f"{secrets.token_urlsafe(12)}.{milliseconds}")


class FormKeyField(forms.CharField):
    """The hidden field of the key; cleans to a FormKey."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": _("This form is not complete. Reload the page and send it again."),
        "invalid": _("This form is not ours. Reload the page and send it again."),
    }

    def clean(self, value: Anything) -> FormKey:
        """Read the signed text back."""
        text = super().clean(value)
        try:
            random, milliseconds = _signer.unsign(text).rsplit(".", 1)
        except (BadSignature, ValueError):
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid"
            ) from None
        seconds, rest = divmod(int(milliseconds), 1000)
        issued_at = datetime.fromtimestamp(seconds, tz=UTC)
        return FormKey(random, issued_at.replace(microsecond=rest * 1000))


class RefusalsMixin(forms.BaseForm):
    """Turns refusals of services into errors of the form."""

    # Which field of the form a refusal's field is called, where the names differ.
    fields_of_refusals: dict[str, str] = {}
    # Whether the database was too busy, so that the same form may be sent again.
    was_busy = False

    @contextmanager
    def domain_errors(self) -> Iterator[None]:
        """Add a DomainError raised inside to its field, or to the whole form.

        Where the database was too busy the form keeps what was entered.
        """
        try:
            yield
        except DomainError as refusal:
            self.add_refusal(refusal)
        except OperationalError as error:
            if not busy.is_busy(error):
                raise
            busy.note_busy(error)
            self.was_busy = True
            self.add_error(None, busy.SENTENCE)

    def add_refusal(self, refusal: DomainError) -> None:
        """Add the refusal to the field it names, or to the whole form."""
        name = self.fields_of_refusals.get(refusal.field or "", refusal.field)
        is_shown = name in self.fields and not self.fields[name].widget.is_hidden
        self.add_error(name if is_shown else None, str(refusal.sentence))


class KeyedForm(RefusalsMixin, forms.Form):
    """A form that does its work once, however often it is sent."""

    key = FormKeyField()

    def __init__(self, *args: Anything, at: datetime, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_form_key(at)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, even when it is nothing; None when nothing was sent."""
    return request.POST if request.method == "POST" else None


def helper_of(*layout: LayoutObject | str) -> FormHelper:
    """Return how crispy lays the form out: fields only, the page writes the rest."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    # The page's error summary shows what is wrong with the form as a whole.
    helper.form_error_title = ""
    if layout:
        helper.layout = Layout(*layout)
    return helper


class Folded(Fieldset):
    """Fields that are folded away while nothing is in them."""

    template = "components/_folded.html"

    def render(
        self,
        form: forms.BaseForm,
        context: Context,
        template_pack: Anything = TEMPLATE_PACK,
        **kwargs: Anything,
    ) -> SafeString:
        """Return the fields; nothing where there are none."""
        names = [pointer.name for pointer in self.get_field_names()]
        if not names:
            return SafeString("")
        is_open = any(name in form.errors or _is_changed(form[name]) for name in names)
        with context.push(is_open=is_open):
            shown: SafeString = super().render(form, context, template_pack, **kwargs)
        return shown


def _is_changed(field: forms.BoundField) -> bool:
    """Whether the field shows something else than when nothing is chosen."""
    return field.field.has_changed(field.field.initial, field.value())


class DayInput(forms.DateInput):
    """A day, with the browser's calendar where it has one."""

    input_type = "date"

    def __init__(self, **kwargs: Anything) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class InstantInput(forms.DateTimeInput):
    """A day and a time of it, with the browser's help where it has some."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Anything) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


def refuse_backwards(form: forms.BaseForm, data: dict[str, Anything]) -> None:
    """Add an error where `ends_at` is not after `starts_at`."""
    starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
    if starts_at and ends_at and ends_at <= starts_at:
        form.add_error("ends_at", _("The end comes after the start."))

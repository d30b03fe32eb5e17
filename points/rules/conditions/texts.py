"""A field of several words, such as codes, written with commas between them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _, ngettext

# As Chinese input methods write them, too.
_BETWEEN = re.compile(r"[,;\n\uff0c\u3001\uff1b]+")
MOST_TEXTS = 500
LONGEST_TEXT = 80


class TextsField(forms.CharField):
    """Words with commas or lines between them; cleans to a list without doubles."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 -- passed on to the field
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("Several with commas between them."))
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 -- what a form shows
        """Return the list as it is written."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:  # noqa: ANN401 -- what a browser sends
        """Return the words in the order written."""
        if isinstance(value, list):
            value = ", ".join(value)
        parts = (part.strip() for part in _BETWEEN.split(super().clean(value)))
        texts = list(dict.fromkeys(part for part in parts if part))
        if len(texts) > MOST_TEXTS:
            sentence = ngettext(
                "Write at most %(n)s of them.",
                "Write at most %(n)s of them.",
                MOST_TEXTS,
            )
            raise ValidationError(sentence, params={"n": MOST_TEXTS})
        if too_long := next((t for t in texts if len(t) > LONGEST_TEXT), None):
            raise ValidationError(
                _("“%(text)s” is too long."), params={"text": too_long[:LONGEST_TEXT]}
            )
        return texts

"""Forms of the members' pages."""

from datetime import date, datetime
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    DayInput,
    FormKey,
    FormKeyField,
    RefusalsMixin,
    helper_of,
    new_form_key,
)
from members.errors import AlreadyEnrolled, NothingToReach
from members.models import Consent, Identifier, Member, Segment, SegmentQuerySet
from members.segmenting import SegmentContent
from members.services import Identity, Profile

# The system whose identifiers are the keys of enrolment forms: one form, one member.
FORM_SYSTEM = "enrolment-form"
FOUND_BY = ("full_name", "phone", "email", "card")


class ProfileForm(RefusalsMixin, forms.ModelForm[Member]):
    """What is known of a person; cleans to a Profile."""

    fields_of_refusals = {Identifier.CARD: "card"}

    # The region makes "9123 4567" a number of here; it is stored as E.164.
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        region=settings.PHONENUMBER_DEFAULT_REGION,
        error_messages={
            "invalid": _("Enter a phone number like 9123 4567 or +86 138 0013 8000.")
        },
    )

    class Meta:
        model = Member
        fields = (
            "full_name",
            "address_as",
            "email",
            "phone",
            "birth_on",
            "language",
            "note",
        )
        widgets = {
            "birth_on": DayInput,
            "note": forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        }

    def __init__(self, *args: Anything, at: datetime, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.double: AlreadyEnrolled | None = None
        self.fields["full_name"].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}
        self.helper = helper_of(*self.sections())

    def sections(self) -> list[Fieldset]:
        """Return the sections of the form."""
        return [
            Fieldset(_("Person"), "full_name", "address_as", "birth_on", "language"),
            Fieldset(_("Contact"), "email", "phone"),
            Fieldset(_("Note"), "note"),
        ]

    def clean_birth_on(self) -> date | None:
        """Refuse a birthday that is still to come."""
        day: date | None = self.cleaned_data["birth_on"]
        if day and day > self.at.date():
            raise forms.ValidationError(_("The date of birth is in the future."))
        return day

    def validate_constraints(self) -> None:
        """Leave doubles to the service, which can say whose the value is."""

    def validate_unique(self) -> None:
        """As `validate_constraints`."""

    def add_refusal(self, refusal: DomainError) -> None:
        """Remember whom a double is of, so that the page can link there."""
        super().add_refusal(refusal)
        if isinstance(refusal, AlreadyEnrolled):
            self.double = refusal

    @property
    def profile(self) -> Profile:
        """The cleaned form as the services take it."""
        data = self.cleaned_data
        return Profile(
            full_name=" ".join(data["full_name"].split()),
            address_as=data["address_as"],
            email=data["email"],
            phone=str(data["phone"] or ""),
            birth_on=data["birth_on"],
            language=data["language"],
            note=data["note"],
        )


class EnrolForm(ProfileForm):
    """A new member: the profile, a card, and what was agreed to."""

    card = forms.CharField(label=_("Card number"), max_length=80, required=False)
    consents = forms.MultipleChoiceField(
        label=_("Agreed to receive by e-mail"),
        choices=Consent.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick only what the person said yes to."),
    )
    referral_code = forms.CharField(
        label=_("Code of the friend who sent them"),
        max_length=20,
        required=False,
        help_text=_("Eight letters and digits. It stands on the friend's own page."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    key = FormKeyField()

    def __init__(self, *args: Anything, at: datetime, **kwargs: Anything) -> None:
        super().__init__(*args, at=at, **kwargs)
        self.fields["key"].initial = new_form_key(at)

    def sections(self) -> list[Fieldset]:
        """Return the sections of the form."""
        return [
            Fieldset(_("Person"), "full_name", "phone", "email", "card"),
            Fieldset(_("Consent"), "consents"),
            Fieldset(
                _("More"),
                "referral_code",
                "address_as",
                "birth_on",
                "language",
                "note",
                "key",
            ),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse what could not be sent: consent without an address."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            data.get("consents")
            and not data.get("email")
            and "email" not in self.errors
        ):
            self.add_error("email", _("Enter the e-mail that the consent is for."))
        # The form's own key is an identity too, so the service would not miss these.
        if not self.errors and not any(data.get(name) for name in FOUND_BY):
            self.add_refusal(NothingToReach())
        return data

    @property
    def form_key(self) -> FormKey:
        """The one-time key."""
        key: FormKey = self.cleaned_data["key"]
        return key

    @property
    def identities(self) -> tuple[Identity, ...]:
        """What the member is known by: the card, and this showing of the form."""
        form = Identity(FORM_SYSTEM, self.form_key.value)
        card = " ".join(self.cleaned_data["card"].split())
        return (form, Identity(Identifier.CARD, card)) if card else (form,)


class SegmentForm(RefusalsMixin, forms.ModelForm[Segment]):
    """What a segment says of itself; cleans to a SegmentContent."""

    class Meta:
        model = Segment
        fields: tuple[str, ...] = (
            "name",
            "name_zh_hans",
            "name_zh_hant",
            "description",
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "maxlength": 300})}

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()

    def validate_unique(self) -> None:
        """Leave doubles to the service."""

    @property
    def content(self) -> SegmentContent:
        """The cleaned form as the services take it."""
        names = ("name", "name_zh_hans", "name_zh_hant", "description")
        return SegmentContent(**{name: self.cleaned_data[name] for name in names})


class NewSegmentForm(SegmentForm):
    """A new segment, with the short name that stays."""

    class Meta(SegmentForm.Meta):
        fields = ("name", "slug", "name_zh_hans", "name_zh_hant", "description")


class FillForm(forms.Form):
    """To which segment everybody of a list is added, or out of which they are taken."""

    way = forms.ChoiceField(
        label=_("What happens"),
        choices=[
            ("add", _("Add them to the segment")),
            ("remove", _("Take them out of the segment")),
        ],
        widget=forms.RadioSelect,
        initial="add",
    )
    segment = forms.ModelChoiceField(
        Segment.objects.none(),
        label=_("Segment"),
        to_field_name="slug",
        empty_label=_("Choose a segment"),
    )

    def __init__(
        self, *args: Anything, segments: SegmentQuerySet, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, segments.order_by("name", "pk"))
        self.helper = helper_of()


class MemberSegmentForm(RefusalsMixin, forms.Form):
    """A segment that a member is added to, or with `remove` taken out of."""

    segment = forms.ModelChoiceField(
        Segment.objects.none(),
        label=_("Segment"),
        to_field_name="slug",
        empty_label=_("Choose a segment"),
    )

    def __init__(
        self,
        *args: Anything,
        member: Member,
        segments: SegmentQuerySet,
        **kwargs: Anything,
    ) -> None:
        super().__init__(*args, **kwargs)
        here = member.stays.filter(left_at=None).values("segment")
        others = segments.in_use().exclude(pk__in=here)
        _offer(self, segments if self.is_removal else others.order_by("name", "pk"))
        self.has_choice = others.exists()
        self.helper = helper_of()

    @property
    def is_removal(self) -> bool:
        """Whether the button of taking out was pressed."""
        return "remove" in self.data


def _offer(form: forms.Form, segments: SegmentQuerySet) -> None:
    form.fields["segment"].queryset = segments  # type: ignore[attr-defined]


class CloseForm(RefusalsMixin, forms.Form):
    """Why a membership is closed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept in the history, for example “asked to leave by phone”."),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()


class ConsentForm(forms.Form):
    """What the member agrees to receive by e-mail."""

    purposes = forms.MultipleChoiceField(
        label=_("Agrees to receive by e-mail"),
        choices=Consent.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()

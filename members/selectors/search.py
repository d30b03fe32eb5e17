"""Find members by what somebody types or scans."""

import unicodedata

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, StrIndex
from django.db.models.lookups import GreaterThan

from members.models import Member, MemberQuerySet
from members.references import e164_of

LONGEST_TEXT = 100
# A trigram index sees three characters; shorter words are looked for at word ends.
TRIGRAM = 3
PAIR = 2
MOST_EXACT = 5
STAYED = Coalesce("merged_into", "pk")
# Digits with what people put between them.
_PHONE_CHARACTERS = set("0123456789+-() ")
FEWEST_PHONE_DIGITS = 5


def cleaned_text(text: str) -> str:
    """Return what was typed in the form that is stored: half-width, no NUL, short."""
    plain = unicodedata.normalize("NFKC", text.replace("\x00", ""))
    return " ".join(plain.split())[:LONGEST_TEXT]


def exact_matches(members: MemberQuerySet, text: str) -> list[Member]:
    """Return members whose number, phone, e-mail or identifier is the text, at most 5.

    What belonged to a merged membership finds the one that stayed.
    """
    if not (text := cleaned_text(text)):
        return []
    # Each way by its own index: an OR over all of them would scan every member.
    ways = [Member.objects.filter(identifiers__value=text)]
    if "@" in text:
        ways.append(Member.objects.active().with_email(text))
        ways.append(Member.objects.merged().with_email(text))
    if _is_phone(text):
        ways.append(Member.objects.active().filter(phone=e164_of(text)))
        ways.append(Member.objects.merged().filter(phone=e164_of(text)))
    named = Member.objects.filter(number=text.upper()).values(stayed=STAYED)
    ids = named.union(*(way.values(stayed=STAYED) for way in ways))
    found = [each["stayed"] for each in ids[:MOST_EXACT]]
    return list(members.filter(pk__in=found).order_by("pk"))


def matching(members: MemberQuerySet, text: str) -> MemberQuerySet:
    """Return members whose name, number, e-mail and phone hold every word of the text.

    Words of one or two characters, common in Chinese, match where a word begins, and
    two also where one ends: a whole given name finds its owner.
    """
    text = cleaned_text(text)
    words = ["".join(text.split())] if _is_phone(text) else text.split()
    for word in words:
        members = members.filter(_holds(word.lower()))
    return members


def _holds(word: str) -> Q:
    name, at_sign, _host = word.partition("@")
    if at_sign and len(name) >= TRIGRAM:
        # The index looks for the name alone: half of all members share the host.
        whole = GreaterThan(StrIndex(F("search_text"), Value(word)), 0)
        return Q(search_text__contains=name) & Q(whole)
    if len(word) >= TRIGRAM:
        return Q(search_text__contains=word)
    starts = Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    if len(word) == PAIR:
        return starts | Q(search_text__contains=f"{word} ")
    return starts


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return digits >= FEWEST_PHONE_DIGITS and set(text) <= _PHONE_CHARACTERS

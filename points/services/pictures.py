"""The picture of a reward or a badge, and what it shows in words."""

from dataclasses import dataclass

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.models import Badge, Reward, RewardPicture
from points.pictures import Picture

Pictured = Reward | Badge


@dataclass(frozen=True)
class Alt:
    """What the picture shows, for who does not see it."""

    en: str
    zh_hans: str = ""
    zh_hant: str = ""


@transaction.atomic
def set_picture(
    *, of: Pictured, picture: Picture | None, alt: Alt, actor: Actor
) -> Pictured:
    """Give it a picture, or change the words of the one it has."""
    locked = _locked(of)
    locked.picture_alt = alt.en
    locked.picture_alt_zh_hans = alt.zh_hans
    locked.picture_alt_zh_hant = alt.zh_hant
    if picture is not None:
        RewardPicture.objects.get_or_create(
            digest=picture.digest,
            defaults={"media_type": picture.media_type, "data": picture.data},
        )
        locked.picture_digest = picture.digest
        locked.picture_width, locked.picture_height = picture.width, picture.height
    with pghistory.context(reason="picture", actor=str(actor)):
        locked.save()
    return locked


@transaction.atomic
def remove_picture(*, of: Pictured, actor: Actor) -> Pictured:
    """Leave it without a picture; its bytes stay, for the history."""
    locked = _locked(of)
    locked.picture_digest = ""
    locked.picture_alt = locked.picture_alt_zh_hans = locked.picture_alt_zh_hant = ""
    locked.picture_width = locked.picture_height = 0
    with pghistory.context(reason="picture", actor=str(actor)):
        locked.save()
    return locked


def _locked(of: Pictured) -> Pictured:
    if isinstance(of, Badge):
        return Badge.objects.select_for_update().get(pk=of.pk)
    return Reward.objects.select_for_update().get(pk=of.pk)

"""The pictures of rewards, by their digest."""

from points.models import RewardPicture


def picture_with(digest: str) -> RewardPicture | None:
    """Return the picture with that digest."""
    return RewardPicture.objects.filter(digest=digest).first()

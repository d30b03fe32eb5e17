"""Refusals of pictures."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class PictureNotReadable(DomainError):
    """It is no PNG or JPEG, or a broken one."""

    code = "picture_not_readable"
    field = "file"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("This is not a picture that can be read. Save it as PNG or JPEG anew.")
        )


class PictureTooLarge(DomainError):
    """More bytes or pixels than a page should carry."""

    code = "picture_too_large"
    field = "file"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("The picture is larger than 1 MB or 4,000 pixels. Make it smaller.")
        )

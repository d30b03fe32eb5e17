"""Refusals about earning rules and their drafts."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.errors import DomainError


class DraftIsThere(DomainError):
    """A rule has one draft at most."""

    code = "draft_is_there"

    def __init__(self, *, saved_by: str) -> None:
        super().__init__(
            _("There is a draft by %(name)s already. Change, publish or discard it.")
            % {"name": name_of_actor(saved_by)}
        )


class DraftChanged(DomainError):
    """Somebody saved the draft after it was shown."""

    code = "draft_changed"

    def __init__(self, *, saved_by: str) -> None:
        super().__init__(
            _("%(name)s changed this draft meanwhile. Look at it again.")
            % {"name": name_of_actor(saved_by)}
        )


class DraftGone(DomainError):
    """The draft was published or discarded meanwhile."""

    code = "draft_gone"

    def __init__(self) -> None:
        super().__init__(_("This draft was published or discarded meanwhile."))


class PublishedInThePast(DomainError):
    """A version decides from now on or later: what was earned stays."""

    code = "published_in_the_past"
    field = "valid_from"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("A version decides from now on or later. Enter a time to come.")
        )


class RulesChangedMeanwhile(DomainError):
    """Rules, tiers or settings changed while something was worked out with them."""

    code = "rules_changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _("The rules or settings changed meanwhile. Start the run again.")
        )

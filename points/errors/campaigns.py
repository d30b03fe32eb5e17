"""Refusals about campaigns."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class CampaignRulesFixed(DomainError):
    """The rules of a campaign are made before it starts."""

    code = "campaign_rules_fixed"

    def __init__(self) -> None:
        super().__init__(
            _("The rules of a campaign stay as they are once it was submitted.")
        )


class CampaignNotReady(DomainError):
    """A campaign without a rule, or with an end that is past, cannot start."""

    code = "campaign_not_ready"


class CampaignMoved(DomainError):
    """The campaign stands where this cannot be done."""

    code = "campaign_moved"

    def __init__(self, *, state: str) -> None:
        super().__init__(_("This campaign is already: %(state)s.") % {"state": state})


class OwnCampaign(DomainError):
    """Nobody approves the campaign that they submitted."""

    code = "own_campaign"

    def __init__(self) -> None:
        super().__init__(
            _("You submitted this campaign yourself. Another person has to approve it.")
        )

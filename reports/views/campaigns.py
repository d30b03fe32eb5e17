"""What a campaign did: members that it reached beside members kept apart."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.periods import day_of
from points.models import Campaign
from points.selectors.campaign_results import campaign_sums
from points.selectors.programme import current_programme
from points.worth import worth_of_point
from reports.presentation.campaigns import page_of


@require_safe
@staff_permission_required("reports.view_report", "points.view_earningrule")
def campaign_results(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show both arms, their differences and intervals, and what the points cost."""
    campaigns = Campaign.objects.visible_to(request.user)
    campaign = get_object_or_404(campaigns, public_id=public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    programme = current_programme()
    sums = campaign_sums(campaign, at=now)
    worth = worth_of_point(day_of(now, programme.zone))
    context = {
        "campaign": campaign,
        "sums": sums,
        "results": page_of(sums, currency=programme.currency, worth=worth),
    }
    return render_page(request, "reports/campaign_results.html", context)

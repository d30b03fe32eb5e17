"""A second person decides whether a member gets a reward."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from points.forms.counter import ReasonForm
from points.models import Hold, Redemption
from points.selectors.households import spendable_by
from points.selectors.programme import current_rulebook
from points.services.confirming import approve_hold
from points.services.holds import refuse_hold

APPROVE = "points.approve_redemption"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required("points.view_redemption")
def approval(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is asked for; refuse it, or take one's own request back, with a reason."""
    hold = _hold(request, public_id)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    actor = staff_actor(request.user.get_username())
    is_own = hold.actor == str(actor)
    may_refuse = is_own or request.user.has_perm(APPROVE)
    form = ReasonForm(posted(request))
    if may_refuse and form.is_valid():
        with form.domain_errors():
            reason = form.cleaned_data["reason"]
            refuse_hold(hold=hold, reason=reason, at=now, actor=actor)
            messages.success(request, _("The points are free again."))
            return redirect(hold)
    state = hold.state_at(now)
    context = {
        "hold": hold,
        "state": state,
        "member": hold.account.member,
        "available": spendable_by(hold.account_id, at=now),
        "redemption": Redemption.objects.visible_to(request.user)
        .filter(entry=hold.entry_id or 0)
        .first(),
        "currency": current_rulebook().currency,
        "form": form,
        "is_own": is_own,
        "may_approve": request.user.has_perm(APPROVE) and not is_own,
        "may_refuse": may_refuse,
    }
    return render_page(request, "points/approval.html", context)


@require_POST
@staff_permission_required("points.view_redemption", APPROVE)
def approval_give(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the member have the reward."""
    hold = _hold(request, public_id)
    try:
        redemption = approve_hold(
            hold=hold,
            at=timezone.now(),  # noqa: TID251 -- a view reads the clock
            actor=staff_actor(request.user.get_username()),
        )
    except DomainError as refusal:
        messages.warning(request, str(refusal.sentence))
        return redirect(hold)
    messages.success(request, _("Approved. The reward can be handed over."))
    return redirect(redemption)


def _hold(request: HttpRequest, public_id: UUID) -> Hold:
    holds = Hold.objects.visible_to(request.user).filter(needs_approval=True)
    return get_object_or_404(
        holds.select_related("reward", "account__member"), public_id=public_id
    )

"""The pages of the log of calls."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.apiaccess.filters import LoggedRequestFilterSet
from loyalty_site.apiaccess.models import LoggedRequest
from loyalty_site.apiaccess.tables import LoggedRequestTable
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import keyset_page
from loyalty_site.lib.tables import page_links

may_see_calls = staff_permission_required("apiaccess.change_apikey")


@require_safe
@may_see_calls
def request_list(request: HttpRequest) -> HttpResponse:
    """Show the latest calls."""
    calls = LoggedRequest.objects.visible_to(request.user)
    filters = LoggedRequestFilterSet(request.GET, calls)
    page = keyset_page(
        filters.qs.select_related("api_key"),
        order_by="-pk",
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "table": LoggedRequestTable(page.rows),
        "filters": filters,
        **page_links(request, page),
    }
    return render_page(request, "apiaccess/request_list.html", context)


@require_safe
@may_see_calls
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one call, with the bodies where its key keeps them."""
    calls = LoggedRequest.objects.visible_to(request.user).select_related("api_key")
    call = get_object_or_404(calls, pk=pk)
    context = {
        "call": call,
        "asked": _readable(call.asked),
        "answered": _readable(call.answered),
    }
    return render_page(request, "apiaccess/request_detail.html", context)


def _readable(value: object) -> str:
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)

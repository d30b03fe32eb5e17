"""Segments: the list, one of them with its members, and filling them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib import formats
from loyalty_site.lib.actors import Actor, staff_actor
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import posted
from loyalty_site.lib.htmx import render_page
from loyalty_site.lib.keyset import Count, count_up_to, keyset_page
from loyalty_site.lib.tables import page_links
from members.filling import members_of, query_of, start_filling
from members.forms import (
    FillForm,
    MemberSegmentForm,
    NewSegmentForm,
    SegmentForm,
)
from members.models import Segment
from members.segmenting import (
    add_to_segment,
    archive_segment,
    change_segment,
    make_segment,
    remove_from_segment,
)
from members.selectors.segments import segment_rows, segments_of
from members.tables import StayTable
from members.views.detail import page_of, visible_member

may_see = staff_permission_required("members.view_member", "members.view_segment")
may_fill = staff_permission_required("members.view_member", "members.fill_segment")
may_change = staff_permission_required("members.view_member", "members.change_segment")


@require_safe
@may_see
def segment_list(request: HttpRequest) -> HttpResponse:
    """The segments, those in use or those put away."""
    is_archived = request.GET.get("state") == "archived"
    segments = Segment.objects.visible_to(request.user)
    shown = segments.filter(archived_at__isnull=not is_archived)
    context = {
        "rows": segment_rows(list(shown.order_by("name", "pk"))),
        "is_archived": is_archived,
    }
    return render_page(request, "members/segment_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def segment_add(request: HttpRequest) -> HttpResponse:
    """Make a segment, with nobody in it."""
    form = NewSegmentForm(posted(request))
    if form.is_valid():
        with form.domain_errors():
            segment = make_segment(
                slug=form.cleaned_data["slug"],
                content=form.content,
                actor=_actor(request),
            )
            messages.success(request, _("The segment is made."))
            return redirect(segment)
    return render_page(request, "members/segment_form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def segment_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a segment says of itself."""
    segment = _visible(request, slug)
    form = SegmentForm(posted(request), instance=_visible(request, slug))
    if form.is_valid():
        change_segment(segment=segment, content=form.content, actor=_actor(request))
        messages.success(request, _("The segment is saved."))
        return redirect(segment)
    context = {"form": form, "segment": segment}
    return render_page(request, "members/segment_form.html", context)


@require_safe
@may_see
def segment_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in the segment, those who came last first."""
    segment = _visible(request, slug)
    page = keyset_page(
        segment.stays.filter(left_at=None).select_related("member"),
        order_by="-joined_at",
        cursor=request.GET.get("cursor", ""),
    )
    [row] = segment_rows([segment])
    context = {"segment": segment, "count": row.members, "table": StayTable(page.rows)}
    return render_page(
        request, "members/segment_detail.html", context | page_links(request, page)
    )


@require_POST
@may_change
def segment_archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a segment away, or take it out again."""
    segment = archive_segment(
        segment=_visible(request, slug),
        is_archived="restore" not in request.POST,
        at=timezone.now(),  # noqa: TID251 -- a view reads the clock
        actor=_actor(request),
    )
    said = (
        _("The segment is archived.")
        if segment.is_archived
        else _("The segment is in use again.")
    )
    messages.success(request, said)
    return redirect(segment)


@require_http_methods(["GET", "HEAD", "POST"])
@may_fill
def segment_fill(request: HttpRequest) -> HttpResponse:
    """Add everybody whom the members' list shows to a segment, or take them out."""
    query = query_of(request.GET)
    try:
        members = members_of(query, request.user)
    except DomainError as refusal:
        messages.warning(request, str(refusal.sentence))
        return redirect("members:member-list")
    form = FillForm(
        posted(request), segments=Segment.objects.visible_to(request.user).in_use()
    )
    if form.is_valid():
        job = start_filling(
            segment=form.cleaned_data["segment"],
            way=form.cleaned_data["way"],
            query=query,
            user_id=request.user.pk or 0,
            at=timezone.now(),  # noqa: TID251 -- a view reads the clock
            actor=_actor(request),
        )
        return redirect(job)
    count = count_up_to(members)
    context = {"form": form, "count": count, "query": query, "said": _said_of(count)}
    return render_page(request, "members/segment_fill.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_see
def member_segments(request: HttpRequest, number: str) -> HttpResponse:
    """The segments of a member, now and before; add to one, take out of one."""
    member = visible_member(request, number)
    segments = Segment.objects.visible_to(request.user)
    form = MemberSegmentForm(
        posted(request) if _may_fill(request) else None,
        member=member,
        segments=segments,
    )
    if form.is_valid():
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        with form.domain_errors():
            move = remove_from_segment if form.is_removal else add_to_segment
            move(
                segment=form.cleaned_data["segment"],
                member_ids=[member.pk],
                at=now,
                actor=_actor(request),
            )
            messages.success(request, _("The segments are saved."))
            return redirect("members:member-segments", member.number)
    context = page_of(request, member, tab="segments")
    context |= {"form": form, "stays": segments_of(member)}
    return render_page(request, "members/member_segments.html", context)


def _may_fill(request: HttpRequest) -> bool:
    return request.user.has_perm("members.fill_segment")


def _said_of(count: Count) -> str:
    sentence = ngettext("%(n)s member", "%(n)s members", count.number)
    if not count.is_exact:
        sentence = _("More than %(n)s members")
    return sentence % {"n": formats.number(count.number)}


def _visible(request: HttpRequest, slug: str) -> Segment:
    return get_object_or_404(Segment.objects.visible_to(request.user), slug=slug)


def _actor(request: HttpRequest) -> Actor:
    return staff_actor(request.user.get_username())

"""Fill a segment with everybody whom the members' list shows, as a job in chunks."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor, staff_actor
from members.errors import FilterRefused
from members.filters import MemberFilterSet
from members.models import Member, MemberQuerySet, Segment
from members.panels import Viewer, filters_for
from members.segmenting import add_to_segment, remove_from_segment
from members.selectors.listing import all_matching

CHUNK_MEMBERS = 2_000
NOT_FILTERS = ("cursor", "sort")
ADD, REMOVE = "add", "remove"
WAYS = {ADD: add_to_segment, REMOVE: remove_from_segment}


def query_of(data: QueryDict) -> str:
    """Return the filters of an address of the members' list, and nothing else."""
    kept = [
        (name, value)
        for name, value in data.items()
        if value and name not in NOT_FILTERS
    ]
    return urlencode(sorted(kept))


def members_of(query: str, viewer: Viewer) -> MemberQuerySet:
    """Return the members whom the list shows to that person for the filters.

    Raises FilterRefused where a filter cannot be read: then the list shows everybody.
    """
    data = QueryDict(query)
    filters = MemberFilterSet(
        data,
        Member.objects.visible_to(viewer),
        viewer=viewer,
        more=filters_for(viewer),
    )
    if not filters.is_valid():
        raise FilterRefused
    return all_matching(filters.qs, data.get("q", "")).active()


def start_filling(
    *,
    segment: Segment,
    way: str,
    query: str,
    user_id: int,
    at: datetime,
    actor: Actor,
) -> Job:
    """Start to add everybody of a person's list to the segment, or to take them out."""
    said = (
        _("Add members to %(name)s")
        if way == ADD
        else _("Take members out of %(name)s")
    )
    return start_job(
        kind=FILL.slug,
        title=said % {"name": segment.local_name},
        params={"segment": segment.pk, "way": way, "query": query, "user": user_id},
        at=at,
        actor=actor,
    )


def take_chunk(job: Job, at: datetime) -> Step:
    """Add the next members of the list to the segment, or take them out.

    Whoever started it is asked what they may see, chunk by chunk.
    """
    params, cursor = job.params, job.cursor or {"after": 0, "changed": 0}
    segment = Segment.objects.get(pk=params["segment"])
    user = get_user_model().objects.get(pk=params["user"])
    found = members_of(params["query"], user).filter(pk__gt=cursor["after"])
    ids = list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK_MEMBERS])
    changed = cursor["changed"] + WAYS[params["way"]](
        segment=segment,
        member_ids=ids,
        at=at,
        actor=staff_actor(user.get_username()),
    )
    said = _("Added: %(n)s") if params["way"] == ADD else _("Taken out: %(n)s")
    return Step(
        cursor={"after": ids[-1] if ids else cursor["after"], "changed": changed},
        rows=len(ids),
        is_last=len(ids) < CHUNK_MEMBERS,
        message=said % {"n": changed},
        result_url=segment.get_absolute_url(),
    )


FILL = JobKind("members.fill-segment", take_chunk)

"""Addresses of one member and all that such a one can have done."""

from collections.abc import Iterable

from members.models import Member
from members.segmenting import archive_segment, remove_from_segment
from points.models import (
    Adjustment,
    Entry,
    Reward,
    Transfer,
)
from points.selectors.adjustment_limits import Limit
from points.services.households import leave_on_closing
from tests.factories import (
    CLERK,
    make_household,
    make_member,
    make_reward,
    make_segment_of,
    redeem,
)
from tests.points.imports.files import (
    right_now,
)
from tests.points.test_merges import merge
from tests.reports.factories import NOW, days
from tests.system.programme_paths import (
    campaign_paths,
    challenge_paths,
    draft_paths,
    lottery_paths,
    rule_paths,
)
from tests.system.shopper import asked_reward, days_ago, redemptions_of, refunded
from tests.system.site_paths import settings_paths


def _merge_paths() -> list[str]:
    """Merge two and ask for another merge, of which both members have much to show."""
    kept = make_member(name="Wong Ho", phone="+85251234567", at=NOW - days(60))
    gone = make_member(name="黃浩 Alexander Featherstonehaugh", at=NOW - days(50))
    others = [make_member(name="Wong H", balance=9, at=NOW - days(60)) for _ in "12"]
    done = merge(kept, gone, at=NOW)
    waiting = merge(*others, at=NOW, limit=Limit(0, 0))
    here = done.get_absolute_url()
    return [
        "/points/merges/",
        f"/points/merges/add/?member={kept.number}",
        here,
        f"{here}undo/",
        waiting.get_absolute_url(),
        gone.get_absolute_url(),
    ]


def _household_paths(member: Member) -> list[str]:
    """Let somebody leave a household of three, and somebody else look at leaving."""
    others = [make_member(name=name, balance=9) for name in ("Wong Si", "黃詩")]
    household = make_household(member, *others)
    here = household.get_absolute_url()
    redeem(others[0], make_reward(cost=9), at=NOW)
    leave_on_closing(member=others[1], reason="Moved out", at=NOW, actor=CLERK)
    return [
        "/points/households/",
        f"/points/households/add/?member={member.number}",
        here,
        f"{here}add/",
        f"{here}leave/{member.number}/",
    ]


def member_paths(member: Member) -> list[str]:
    page = member.get_absolute_url()
    panels = ("points", "transactions", "rewards", "surveys")
    return [
        "/members/",
        "/members/?q=nobody-is-called-so",
        "/members/add/",
        page,
        *(f"{page}{slug}/" for slug in panels),
        f"{page}edit/",
        f"{page}close/",
        *_segment_paths(member),
    ]


def _segment_paths(member: Member) -> list[str]:
    """Fill one segment, end a stay in another, archive a third."""
    filled = make_segment_of(*Member.objects.all(), slug="friends-of-the-tea-house")
    left = make_segment_of(member, slug="left")
    doing = {"at": right_now(), "actor": CLERK}
    remove_from_segment(segment=left, member_ids=[member.pk], **doing)
    archive_segment(segment=make_segment_of(member), is_archived=True, **doing)
    page = filled.get_absolute_url()
    return [
        "/segments/",
        "/segments/?state=archived",
        "/segments/add/",
        page,
        f"{page}edit/",
        "/members/segments/?segment=left",
        f"{member.get_absolute_url()}segments/",
    ]


def points_paths(member: Member) -> list[str]:
    reward = Reward.objects.earliest("pk")
    entries = Entry.objects.filter(account__member=member)
    purchase = refunded(member).get_absolute_url()
    counter = f"/counter/{member.number}/"
    return [
        "/counter/",
        "/counter/?q=Member",
        "/counter/?q=nobody-is-called-so",
        counter,
        f"{counter}quote/?amount=120",
        f"{counter}redeem/{reward.public_id}/",
        "/points/ledger/",
        *(f"/points/ledger/{pk}/" for pk in _one_of_each_kind(entries)),
        "/transactions/",
        purchase,
        f"{purchase}refund/",
        f"/points/statements/{member.number}/?start={days_ago(80)}&end={days_ago(0)}",
        "/points/adjustments/",
        f"/points/adjustments/add/?member={member.number}",
        *(each.get_absolute_url() for each in Adjustment.objects.all()),
        "/points/transfers/",
        f"/points/transfers/add/?sender={member.number}",
        *(each.get_absolute_url() for each in Transfer.objects.all()),
        *_merge_paths(),
        *_household_paths(member),
        "/settings/referrals/",
        *_reward_paths(member, reward),
        *rule_paths(),
        *draft_paths(),
        *campaign_paths(),
        *challenge_paths(),
        "/tiers/",
        "/tiers/add/",
        "/tiers/gold/edit/",
        "/tiers/terms/",
        "/tiers/by-hand/",
        f"/tiers/by-hand/add/?member={member.number}",
        *settings_paths(member, reward),
    ]


def _reward_paths(member: Member, reward: Reward) -> list[str]:
    page = reward.get_absolute_url()
    redemption = redemptions_of(member).get(state="confirmed").get_absolute_url()
    return [
        "/rewards/",
        "/rewards/add/",
        page,
        f"{page}edit/",
        *lottery_paths(member),
        "/redemptions/",
        "/redemptions/desk/",
        "/redemptions/approvals/",
        asked_reward(member).get_absolute_url(),
        redemption,
        f"{redemption}print/",
        f"{redemption}reverse/",
    ]


def _one_of_each_kind(entries: Iterable[Entry]) -> list[int]:
    return list({entry.kind: entry.pk for entry in entries}.values())

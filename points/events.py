"""What other systems are told of points: kinds of events, and the data of each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty_site.webhooks.kinds import Data, EventKind
from loyalty_site.webhooks.services.outbox import ARE_AWAITED
from members.events import sample_member
from points.amounts import amount_text
from points.models import (
    Account,
    Badge,
    Challenge,
    ChallengeAward,
    Entry,
    Lot,
    Purchase,
    Redemption,
    Refund,
    Reward,
    Tier,
    TierChange,
)

PURCHASE_POSTED, PURCHASE_VOIDED = "purchase.posted", "purchase.voided"
REFUND_POSTED = "refund.posted"
EARNED, SPENT, EXPIRED = "points.earned", "points.spent", "points.expired"
ADJUSTED = "points.adjusted"
TIER_CHANGED = "tier.changed"
CHALLENGE_REACHED = "challenge.reached"
REDEMPTION_CREATED = "redemption.created"
REDEMPTION_FULFILLED = "redemption.fulfilled"
REDEMPTION_REVERSED = "redemption.reversed"

_OF_ENTRIES = {
    Entry.Kind.EARN: EARNED,
    Entry.Kind.BONUS: EARNED,
    Entry.Kind.REDEEM: SPENT,
    Entry.Kind.EXPIRE: EXPIRED,
}
# Asked along with the write of a movement, so that most writes need not ask at all.
_WITH_MOVEMENTS = (
    EARNED,
    SPENT,
    EXPIRED,
    ADJUSTED,
    PURCHASE_POSTED,
    REDEMPTION_CREATED,
)
ARE_TOLD = ARE_AWAITED.format(
    kinds=f"ARRAY[{', '.join(repr(each) for each in _WITH_MOVEMENTS)}]::varchar[]"
)

_AT = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
_ID = UUID("01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10")
Row = Any  # of a model, with what it belongs to


def kind_of(entry: Entry) -> str:
    """Return the kind of event that an entry is; corrections are adjustments."""
    return _OF_ENTRIES.get(Entry.Kind(entry.kind), ADJUSTED)


def entry_data(entry: Entry) -> Data:
    """Return what is told of an entry, given with its account's member and its lot."""
    lot = getattr(entry, "lot", None)
    return {
        "member": entry.account.member.number,
        "entry": entry.pk,
        "kind": entry.kind,
        "points": entry.points,
        "balance": entry.account.balance,
        "occurred_at": entry.occurred_at,
        "effective_at": lot.effective_at if lot else None,
        "expires_at": lot.expires_at if lot else None,
        "source": entry.source,
        "source_id": entry.source_id,
        "reason": entry.reason,
    }


def purchase_data(purchase: Row, currency: str) -> Data:
    """Return what is told of a purchase, given with its member and as `earned`."""
    return {
        "id": purchase.public_id,
        "member": purchase.member.number,
        "source": purchase.source,
        "source_id": purchase.source_id,
        "amount": amount_text(purchase.amount_minor, currency),
        "currency": currency,
        "occurred_at": purchase.occurred_at,
        "store": purchase.store,
        "channel": purchase.channel,
        "points": purchase.earned or 0,
        "voided_at": purchase.voided_at,
    }


def refund_data(refund: Refund, currency: str) -> Data:
    """Return what is told of a refund, given with its purchase."""
    return {
        "id": refund.public_id,
        "purchase": refund.purchase.public_id,
        "member": refund.purchase.member.number,
        "source": refund.source,
        "source_id": refund.source_id,
        "amount": amount_text(refund.amount_minor, currency),
        "currency": currency,
        "occurred_at": refund.occurred_at,
        "points": refund.points,
        "collected": refund.collected,
        "owed": refund.owed,
    }


def tier_data(change: TierChange) -> Data:
    """Return what is told of a move between tiers, given with both of them."""
    return {
        "member": change.account.member.number,
        "from_tier": change.from_tier.slug if change.from_tier else None,
        "to_tier": change.to_tier.slug if change.to_tier else None,
        "at": change.at,
        "cause": change.cause,
    }


def challenge_data(award: ChallengeAward) -> Data:
    """Return what is told of a challenge reached, given with its badge and the member."""
    challenge = award.challenge
    return {
        "member": award.account.member.number,
        "challenge": challenge.public_id,
        "challenge_name": challenge.name,
        "period": award.period,
        "points": award.points,
        "badge": challenge.badge.public_id if challenge.badge else None,
        "badge_name": challenge.badge.name if challenge.badge else None,
        "at": award.at,
    }


def redemption_data(redemption: Redemption) -> Data:
    """Return what is told of a redemption; never its code, which buys the reward."""
    return {
        "id": redemption.public_id,
        "member": redemption.account.member.number,
        "reward": redemption.reward.public_id,
        "reward_name": redemption.reward.name,
        "points": redemption.points,
        "state": redemption.state,
        "at": redemption.at,
    }


def _account() -> Account:
    return Account(member=sample_member(), balance=342)


def _entry(kind: Entry.Kind, points: int) -> Callable[[], Data]:
    def sample() -> Data:
        entry = Entry(
            pk=80_214,
            account=_account(),
            kind=kind,
            points=points,
            occurred_at=_AT,
            source="till-7",
            source_id="000123",
        )
        if points > 0:
            Lot(
                entry=entry,
                effective_at=_AT,
                expires_at=_AT + timedelta(days=365),
            )
        return entry_data(entry)

    return sample


def _purchase() -> Purchase:
    return Purchase(
        public_id=_ID,
        member=sample_member(),
        source="till-7",
        source_id="000123",
        amount_minor=12_850,
        occurred_at=_AT,
        store="central",
        channel="store",
    )


def _sample_purchase() -> Data:
    purchase: Row = _purchase()
    purchase.earned = 128
    return purchase_data(purchase, "HKD")


def _sample_void() -> Data:
    purchase: Row = _purchase()
    purchase.earned, purchase.voided_at = 128, _AT + timedelta(hours=1)
    return purchase_data(purchase, "HKD")


def _sample_refund() -> Data:
    refund = Refund(
        public_id=_ID,
        purchase=_purchase(),
        source="till-7",
        source_id="R000124",
        amount_minor=2_850,
        occurred_at=_AT + timedelta(days=1),
        points=28,
        due=28,
        collected=28,
    )
    return refund_data(refund, "HKD")


def _sample_tier() -> Data:
    change = TierChange(
        account=_account(),
        to_tier=Tier(slug="silver"),
        at=_AT,
        cause=TierChange.Cause.UPGRADE,
    )
    return tier_data(change)


def _sample_challenge() -> Data:
    award = ChallengeAward(
        account=_account(),
        challenge=Challenge(
            public_id=_ID,
            name="Three in March",
            badge=Badge(public_id=_ID, name="Regular"),
        ),
        period=_AT.date(),
        points=500,
        at=_AT,
    )
    return challenge_data(award)


def _redemption(state: Redemption.State) -> Callable[[], Data]:
    def sample() -> Data:
        redemption = Redemption(
            public_id=_ID,
            account=_account(),
            reward=Reward(public_id=_ID, name="Coffee"),
            points=250,
            state=state,
            at=_AT,
        )
        return redemption_data(redemption)

    return sample


EVENT_KINDS = (
    EventKind(PURCHASE_POSTED, _("A purchase was posted."), _sample_purchase),
    EventKind(PURCHASE_VOIDED, _("A purchase was voided."), _sample_void),
    EventKind(REFUND_POSTED, _("Money of a purchase went back."), _sample_refund),
    EventKind(
        EARNED, _("Points came by a purchase or a bonus."), _entry(Entry.Kind.EARN, 128)
    ),
    EventKind(
        SPENT, _("Points were spent on a reward."), _entry(Entry.Kind.REDEEM, -250)
    ),
    EventKind(EXPIRED, _("Points expired."), _entry(Entry.Kind.EXPIRE, -40)),
    EventKind(
        ADJUSTED,
        _("Points came or went in another way: by hand, by a refund, by a reversal."),
        _entry(Entry.Kind.ADJUST, 50),
    ),
    EventKind(TIER_CHANGED, _("A member moved to another tier."), _sample_tier),
    EventKind(CHALLENGE_REACHED, _("A member reached a challenge."), _sample_challenge),
    EventKind(
        REDEMPTION_CREATED,
        _("A reward was redeemed."),
        _redemption(Redemption.State.CONFIRMED),
    ),
    EventKind(
        REDEMPTION_FULFILLED,
        _("A reward was handed over."),
        _redemption(Redemption.State.FULFILLED),
    ),
    EventKind(
        REDEMPTION_REVERSED,
        _("A redemption was taken back."),
        _redemption(Redemption.State.REVERSED),
    ),
)

"""What other rules would have given for the purchases of some days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from points.models import EarningRule, RuleContent, RuleVersion
from points.rules.tally import Tally as Earlier
from points.selectors.outcomes import outcome_of
from points.selectors.posted_purchases import PostedThen
from points.selectors.programme import Rulebook, compile_rulebook, published_versions
from points.selectors.tallies import tally_for
from points.services.purchase_types import event_of

TOP = 20
FIELDS = {field.name: field for field in RuleContent._meta.local_fields}  # noqa: SLF001 -- public in Django


@dataclass
class Tally:
    """What has been counted so far; `days` are [before, after] by ISO day.

    `before` is what the published rules give for the purchases, `ledger` what was
    posted for them; `unlike_ledger` counts purchases where the two differ. `gaining`
    and `losing` are [member id, before, after], the largest differences first.
    """

    purchases: int = 0
    members: int = 0
    before: int = 0
    after: int = 0
    ledger: int = 0
    unlike_ledger: int = 0
    members_up: int = 0
    members_down: int = 0
    days: dict[str, list[int]] = field(default_factory=dict)
    gaining: list[list[int]] = field(default_factory=list)
    losing: list[list[int]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what a run keeps."""
        return dict(vars(self))

    def add_member(self, member_id: int, before: int, after: int) -> None:
        """Count a member with all of their purchases."""
        self.members += 1
        if after == before:
            return
        self.members_up += after > before
        self.members_down += after < before
        places = self.gaining if after > before else self.losing
        places.append([member_id, before, after])
        places.sort(key=lambda each: (-abs(each[2] - each[1]), each[0]))
        del places[TOP:]

    def add_purchase(self, row: PostedThen, day: str, before: int, after: int) -> None:
        """Count a purchase."""
        self.purchases += 1
        self.before += before
        self.after += after
        self.ledger += row.points
        self.unlike_ledger += before != row.points
        of_day = self.days.setdefault(day, [0, 0])
        of_day[0] += before
        of_day[1] += after


def subject_version(
    subject: dict[str, Any], *, number: int, at: datetime
) -> RuleVersion:
    """Return a subject of a run as a version that nobody has published."""
    content = {
        name: FIELDS[name].to_python(value)
        for name, value in subject["content"].items()
    }
    rule = EarningRule(
        pk=subject["rule"] or -number, name=subject["name"], kind=subject["kind"]
    )
    return RuleVersion(pk=-number, rule=rule, number=1, valid_from=at, **content)


def rulebook_with(subjects: Iterable[dict[str, Any]], *, at: datetime) -> Rulebook:
    """Return the rulebook in which the subjects stand for their rules all the time."""
    instead = [
        subject_version(subject, number=number, at=at)
        for number, subject in enumerate(subjects, start=1)
    ]
    replaced = {version.rule_id for version in instead}
    others = [each for each in published_versions() if each.rule_id not in replaced]
    return compile_rulebook([*others, *instead])


def count_stretch(
    tally: Tally,
    rows: Sequence[PostedThen],
    before: Rulebook,
    after: Rulebook,
    *,
    since: datetime,
) -> None:
    """Count the purchases of whole members, by the rules of `before` and of `after`.

    They are those from `since` on; what limits and rules look back at is what was posted
    before, and then what each rulebook gave. The largest balance is left out, for it
    depends on what was spent.
    """
    books = [_without_balance_limit(rulebook) for rulebook in (before, after)]
    purchases = [row.purchase for row in rows]
    earlier = [tally_for(purchases, book, {}, until=since) for book in books]
    for member_id, group in groupby(rows, key=lambda row: row.purchase.member_id):
        sums = [0, 0]
        for row in group:
            points = [
                points_by(row, book, looked_at)
                for book, looked_at in zip(books, earlier, strict=True)
            ]
            tally.add_purchase(row, _day(row, before.zone), *points)
            sums = [total + each for total, each in zip(sums, points, strict=True)]
        tally.add_member(member_id, *sums)


def _without_balance_limit(rulebook: Rulebook) -> Rulebook:
    return replace(rulebook, terms=replace(rulebook.terms, balance_limit=None))


def points_by(row: PostedThen, rulebook: Rulebook, tally: Earlier | None = None) -> int:
    """Return what the purchase would have earned by these rules, asked as in posting."""
    return outcome_of(
        event_of(row.purchase, row.member, rulebook.terms.basis),
        member_id=row.purchase.member_id,
        tier=row.member.tier,
        rulebook=rulebook,
        tally=tally,
    ).outcome.points


def _day(row: PostedThen, zone: ZoneInfo) -> str:
    return row.purchase.occurred_at.astimezone(zone).date().isoformat()

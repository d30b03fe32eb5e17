"""Other policies of expiry: new points follow them, and posted ones when re-dated."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, rule

from loyalty_site.lib.periods import day_of, start_of_day
from points.expiry_policies.after import AfterATime
from points.expiry_policies.never import Never
from tests.points.machine.world import World
from tests.points.test_redatings import redate, take_back


class Dating(World):
    """Re-datings and their undoing."""

    redatings = Bundle("redatings")

    @rule(
        target=redatings,
        months=st.sampled_from([1, 3, 12, None]),
        notice_days=st.sampled_from([0, 10]),
    )
    def redate(self, months, notice_days):
        self.months = months
        policy = AfterATime(months) if months else Never()
        done = redate(policy, notice_days=notice_days, at=self.now)
        moved = []
        for lot in self.living_lots():
            old, wanted = lot.expires_at, self.expiry(lot.begins_at)
            new = self._not_too_soon(wanted, old, days=notice_days)
            if new != old:
                moved.append((lot, old, lot.move_to(new)))
        assert (done.state, done.lots) == ("done", len(moved))
        return done, moved

    @rule(redated=consumes(redatings))
    def take_a_redating_back(self, redated):
        """What was spent up, has expired or was moved again stays as it is."""
        done, moved = redated
        take_back(done, at=self.now)
        for lot, old, its_move in moved:
            if lot.lives(self.now) and lot.moves == its_move:
                restored = self._not_too_soon(old, lot.expires_at, days=0)
                if restored != lot.expires_at:
                    lot.move_to(restored)

    def living_lots(self):
        lots = [lot for account in self.accounts.values() for lot in account.lots]
        return [lot for lot in lots if lot.lives(self.now)]

    def _not_too_soon(self, wanted: datetime, now: datetime, *, days: int) -> datetime:
        """Sooner only after days of notice, each of them whole."""
        today = day_of(self.now + timedelta(hours=1), self.zone)
        end = start_of_day(today + timedelta(days=days + 1), self.zone)
        return wanted if wanted >= end else max(wanted, min(now, end))

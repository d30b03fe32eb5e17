"""Two memberships of one person become one, or were a mistake."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from points.errors.merges import PointsAreHeld
from points.models import Merge
from points.selectors.merges import undo_obstacles
from points.services.merges.undoing import undo_merge
from tests.factories import CLERK
from tests.points.machine.plain import PlainAccount
from tests.points.machine.world import World
from tests.points.test_merges import merge


class Merging(World):
    """Merges and their undoing."""

    @rule(kept=World.members, gone=World.members, is_mistake=st.booleans())
    def merge(self, kept, gone, is_mistake):
        kept, gone = self.who(kept), self.who(gone)
        if kept.pk == gone.pk:
            return
        account, other = self.accounts[kept.pk], self.accounts[gone.pk]
        if any(hold.is_open for hold in other.holds):
            with pytest.raises(PointsAreHeld):
                merge(kept, gone, at=self.now)
            return
        done = merge(kept, gone, at=self.now)
        if is_mistake and not undo_obstacles(Merge.objects.get(pk=done.pk)):
            undo_merge(merge=done, reason="test", at=self.now, actor=CLERK)
            other.hand_over(other, self.now)
            return
        account.take_in(other, self.now)
        self.accounts[gone.pk] = PlainAccount()
        for pk in (gone.pk, *(pk for pk, at in self.stays.items() if at == gone)):
            self.stays[pk] = kept

"""The programme as one JSON file: its sections, each made of the forms of the pages."""

from points.programme_file.base import Section
from points.programme_file.challenges import BadgeSection, ChallengeSection
from points.programme_file.expiry import ExpirySection, TierExpirySection
from points.programme_file.rules import RuleSection
from points.programme_file.segments import SegmentSection
from points.programme_file.settings import (
    LimitSection,
    SettingSection,
    StoreSection,
    TierTermSection,
)
from points.programme_file.things import RewardSection, TierSection

FORMAT = "perennial-programme/1"

# In this order they are loaded: a rule may name a store, a tier or a segment of the same file.
_SECTIONS: tuple[Section, ...] = (
    SettingSection(),
    ExpirySection(),
    LimitSection(),
    StoreSection(),
    TierTermSection(),
    TierSection(),
    TierExpirySection(),
    SegmentSection(),
    RuleSection(),
    RewardSection(),
    BadgeSection(),
    ChallengeSection(),
)
SECTIONS: dict[str, Section] = {each.key: each for each in _SECTIONS}

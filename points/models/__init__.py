"""Tables of the points engine, one module per aggregate."""

from points.models.adjustments import Adjustment, AdjustmentLimit
from points.models.badges import Badge
from points.models.campaigns import Campaign, CampaignBudget, CampaignGrant
from points.models.challenges import (
    BadgeGrant,
    Challenge,
    ChallengeAward,
    ChallengeGoal,
    ChallengeTouch,
)
from points.models.codes import RewardCode
from points.models.date_changes import DateChange
from points.models.holds import Hold, HoldLot
from points.models.households import Household, HouseholdMembership
from points.models.impact import ImpactRun
from points.models.imports import (
    ImportRow,
    PurchaseImport,
    RefundImport,
    RefundImportRow,
)
from points.models.ledger import Account, Allocation, Entry, Lot
from points.models.lotteries import (
    Lottery,
    LotteryCall,
    LotteryCounter,
    LotteryDraw,
    LotteryList,
    LotteryPrize,
    LotterySecret,
    LotteryTicket,
    LotteryWin,
)
from points.models.merges import Merge
from points.models.occasions import Occasion
from points.models.payment_terms import PaymentTerms
from points.models.payments import PointsPayment
from points.models.programme import Programme
from points.models.purchases import Purchase, PurchaseLine, Store
from points.models.redatings import Redating
from points.models.redemptions import Redemption
from points.models.referrals import Referral, ReferralTerms
from points.models.refunds import Refund, RefundLine
from points.models.reminders import ExpiryReminder
from points.models.rewards import Reward, RewardPicture, RewardStock, RewardTier
from points.models.rules import EarningRule, RuleContent, RuleDraft, RuleVersion
from points.models.seals import Seal, SealHorizon
from points.models.tier_assignments import TierAssignment
from points.models.tier_drafts import TierDraft, TierKeep
from points.models.tier_terms import TierTerms
from points.models.tiers import Tier, TierChange
from points.models.transfers import Transfer

__all__ = [
    "Account",
    "Adjustment",
    "AdjustmentLimit",
    "Allocation",
    "Badge",
    "BadgeGrant",
    "Campaign",
    "CampaignBudget",
    "CampaignGrant",
    "Challenge",
    "ChallengeAward",
    "ChallengeGoal",
    "ChallengeTouch",
    "DateChange",
    "EarningRule",
    "Entry",
    "ExpiryReminder",
    "Hold",
    "HoldLot",
    "Household",
    "HouseholdMembership",
    "ImpactRun",
    "ImportRow",
    "Lot",
    "Lottery",
    "LotteryCall",
    "LotteryCounter",
    "LotteryDraw",
    "LotteryList",
    "LotteryPrize",
    "LotterySecret",
    "LotteryTicket",
    "LotteryWin",
    "Merge",
    "Occasion",
    "PaymentTerms",
    "PointsPayment",
    "Programme",
    "Purchase",
    "PurchaseImport",
    "PurchaseLine",
    "Redating",
    "Redemption",
    "Referral",
    "ReferralTerms",
    "Refund",
    "RefundImport",
    "RefundImportRow",
    "RefundLine",
    "Reward",
    "RewardCode",
    "RewardPicture",
    "RewardStock",
    "RewardTier",
    "RuleContent",
    "RuleDraft",
    "RuleVersion",
    "Seal",
    "SealHorizon",
    "Store",
    "Tier",
    "TierAssignment",
    "TierChange",
    "TierDraft",
    "TierKeep",
    "TierTerms",
    "Transfer",
]

"""The checks of the books that this app adds to those of the ledger."""

from points.selectors.campaign_proof import CHECKS as CAMPAIGN_CHECKS
from points.selectors.challenge_checks import CHALLENGE_CHECKS
from points.selectors.household_checks import HOUSEHOLD_CHECKS
from points.selectors.merge_checks import MERGE_CHECKS
from points.selectors.referral_checks import REFERRAL_CHECKS
from points.selectors.reward_checks import REWARD_CHECKS
from points.selectors.rule_proof import CHECKS as RULE_CHECKS

PROOFS = (
    *REWARD_CHECKS,
    *CAMPAIGN_CHECKS,
    *RULE_CHECKS,
    *MERGE_CHECKS,
    *HOUSEHOLD_CHECKS,
    *REFERRAL_CHECKS,
    *CHALLENGE_CHECKS,
)

"""What the numbers of the reports mean, in words for the people who read them."""

# ruff: noqa: RUF001 -- formulas are written with the signs of mathematics

from django.utils.translation import gettext_lazy as _

from reports.definitions.base import Metric

CONVENTIONS = (
    Metric(
        "valid-order",
        _("Valid order"),
        _(
            "A purchase that was posted and not voided. A purchase of value zero is a "
            "visit and counts; a voided one disappears from every period it was in."
        ),
        "",
    ),
    Metric(
        "order-day",
        _("Order-day"),
        _(
            "One member on one business day, however many purchases. Behaviour is "
            "counted in order-days, money in orders."
        ),
        "",
    ),
    Metric(
        "business-day",
        _("Business day"),
        _(
            "A day, a month and a year are those of the programme's time zone. A period "
            "holds its first day and not the day after its last."
        ),
        "",
    ),
    Metric(
        "as-of",
        _("As of"),
        _(
            "Every report says up to which instant facts are counted. What is posted "
            "late or voided later changes the past, so a print is a snapshot."
        ),
        "",
    ),
    Metric(
        "member-base",
        _("Members on a day"),
        _(
            "Members enrolled before the end of the day and not closed by then. Closed "
            "members keep their place in sales and in cohorts."
        ),
        "",
    ),
    Metric(
        "incomplete",
        _("Incomplete periods"),
        _(
            "A period that is not over is computed, drawn hatched, and left out of means. "
            "It is compared with the same days of the earlier period."
        ),
        "",
    ),
    Metric(
        "small-bases",
        _("Small bases"),
        _(
            "Every rate shows what it is a share of. Percentages on fewer than 30 are "
            "grey, on fewer than 5 hidden; rates carry a 95% Wilson interval."
        ),
        "",
    ),
    Metric(
        "blank",
        _("Blank and zero"),
        _("A blank cannot be observed yet; zero was observed, and there was none."),
        "",
    ),
)

COHORTS = (
    Metric(
        "retention-on",
        _("Cohort retention, in the month"),
        _(
            "Of the members who first ordered in a month, the share who ordered in the "
            "month so many months later. The first month is 100% by definition; “came "
            "again” says how many of them had a second order-day in it."
        ),
        _(
            "Members of the cohort with at least one valid order in month c + k ÷ all "
            "members of the cohort."
        ),
    ),
    Metric(
        "retention-on-or-after",
        _("Cohort retention, in the month or later"),
        _(
            "The share still coming back: members whose latest order is in that month "
            "or after it. It never rises along a row. Members may yet return, so months "
            "nearer than the time within which nine in ten repeat orders come are marked "
            "as not mature."
        ),
        _(
            "Members of the cohort whose last valid order is in month c + k or later ÷ "
            "all members of the cohort."
        ),
    ),
    Metric(
        "retention-mean",
        _("Weighted mean of cohorts"),
        _(
            "The mean over the cohorts that have fully reached the month, each by its "
            "size. Months that are not over are in no mean."
        ),
        _("Sum of the members who came back ÷ sum of the members of those cohorts."),
    ),
)

NPS = (
    Metric(
        "nps",
        _("Net promoter score (NPS)"),
        _(
            "The share of promoters (9 and 10) less the share of detractors (0 to 6), "
            "times 100. Complete and partly answered surveys count, one answer for each "
            "member and wave, in the month of the first answer. Voided and quarantined "
            "ones do not. Touchpoints are never added together."
        ),
        _("100 × (promoters − detractors) ÷ answers with a score."),
    ),
    Metric(
        "nps-interval",
        _("Range of the NPS"),
        _(
            "With 95% confidence the score of all members asked lies in this range: the "
            "adjusted Wald interval, with three pseudo-answers. Under 5 answers the "
            "score is hidden, under 30 there is no headline, under 100 the base is low."
        ),
        _("100 × (p′ − d′) ± 1.96 × standard error, with ¾, 1½ and ¾ answers added."),
    ),
    Metric(
        "nps-change",
        _("Change of the NPS"),
        _(
            "Up or down only where the difference of the adjusted scores is significant "
            "at 5%; otherwise there is no clear change, and the range says how far it "
            "could be either way."
        ),
        _("z = difference of adjusted scores ÷ root of the sum of squared errors."),
    ),
    Metric(
        "response-rate",
        _("Response rate"),
        _(
            "Of the invitations sent in the period that did not bounce, the share with a "
            "counted answer so far, whenever it came."
        ),
        _("Answered ÷ (sent − bounced)."),
    ),
)

OVERVIEW = (
    Metric(
        "members",
        _("Members"),
        _("The member base at the end of the period."),
        _("Enrolled before the end, not closed by then."),
    ),
    Metric(
        "active-members",
        _("Active members"),
        _(
            "Members who bought or redeemed at least once in the period, each counted "
            "once. Signing in, expiry and points as a gift are no activity."
        ),
        _(
            "Members with a valid order or a redemption ÷ members enrolled at any time "
            "in the period."
        ),
    ),
    Metric(
        "sales",
        _("Sales"),
        _("The amounts of all valid orders of the period, of members only."),
        _("Sum of the amounts of valid orders."),
    ),
    Metric(
        "orders",
        _("Orders"),
        _("Valid orders of the period. The average order is sales ÷ orders."),
        _("Number of valid orders."),
    ),
    Metric(
        "points-issued",
        _("Points issued"),
        _(
            "Points earned and given as bonus, on the day they occurred. Net issued is "
            "less what was clawed back."
        ),
        _("Sum of the ledger's earn and bonus entries."),
    ),
    Metric(
        "points-redeemed",
        _("Points redeemed"),
        _("Points spent on rewards, less those given back by reversals."),
        _("Sum of the ledger's redemption and reversal entries."),
    ),
    Metric(
        "points-expired",
        _("Points expired"),
        _("Points that ran out, on the day they expired."),
        _("Sum of the ledger's expiry entries."),
    ),
    Metric(
        "points-outstanding",
        _("Points outstanding"),
        _("All points members hold at the end of the period."),
        _("Opening + issued − clawed back ± adjusted − redeemed − expired."),
    ),
    Metric(
        "redemption-rate-points",
        _("Redemption rate (points)"),
        _(
            "Points redeemed for each point issued in the same period. It can pass 100% "
            "when points of earlier periods are spent."
        ),
        _("Points redeemed ÷ net points issued."),
    ),
)

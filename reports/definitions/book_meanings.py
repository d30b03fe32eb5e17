"""What the numbers of the books mean, in words for the people who read them."""

# ruff: noqa: RUF001 -- formulas are written with the signs of mathematics

from django.utils.translation import gettext_lazy as _

from reports.definitions.base import Metric

POINTS = (
    Metric(
        "roll-forward",
        _("Roll-forward"),
        _(
            "All points of all members from the opening to the closing of the period. "
            "The month is that in which an entry was posted, whenever its purchase was: "
            "so a month that is over does not change any more."
        ),
        _("Opening + issued − reversed − redeemed − expired ± other = closing."),
    ),
    Metric(
        "books-issued",
        _("Points issued (books)"),
        _("Points earned, given as bonus, and adjusted upward by hand."),
        _("Sum of these entries by month of posting."),
    ),
    Metric(
        "books-reversed",
        _("Points reversed"),
        _("Points clawed back after refunds and voids, and adjusted downward by hand."),
        _("Sum of these entries by month of posting."),
    ),
    Metric(
        "books-redeemed",
        _("Points redeemed (books)"),
        _("Points spent on rewards, less those given back by reversals."),
        _("Sum of these entries by month of posting."),
    ),
    Metric(
        "books-other",
        _("Other movements"),
        _(
            "Every kind of entry that no other line holds, such as points moved from "
            "one member to another, each under its own name. No kind is left out."
        ),
        _("Sum of these entries by month of posting."),
    ),
    Metric(
        "books-outstanding",
        _("Points outstanding (books)"),
        _(
            "Points that are left in the lots of all members at the end of the month and "
            "that have not expired by then. Pending ones cannot be spent yet. The age "
            "counts from the month of posting, the time left to the last month of life."
        ),
        _("Points of the lots − what was taken from them, by month of posting."),
    ),
    Metric(
        "liability",
        _("Liability"),
        _(
            "What the points outstanding are expected to cost: at the value and the "
            "redemption rate that are valid on the last day of the month. Points that "
            "have expired cost nothing, written off or not."
        ),
        _("Points outstanding × value of a point × expected redemption rate."),
    ),
    Metric(
        "books-tie",
        _("The books tie"),
        _(
            "The closing of all entries equals the sum of the balances of all accounts, "
            "to the point. Both are read at the same instant."
        ),
        _("Closing of the roll-forward − sum of the balances = 0."),
    ),
)

BREAKAGE = (
    Metric(
        "matured",
        _("Matured month"),
        _(
            "A month of issue of which no point can be spent any more: each one was "
            "redeemed, taken back or has expired. Younger months say nothing of the end."
        ),
        "",
    ),
    Metric(
        "ultimate-redemption-rate",
        _("Ultimate redemption rate"),
        _(
            "The part of the points of matured months that was redeemed, each month by "
            "its points. Months whose points do not end are left out. The range takes "
            "each month as one observation and needs six of them."
        ),
        _("Points redeemed ÷ (points issued − taken back), of matured months."),
    ),
    Metric(
        "breakage",
        _("Breakage"),
        _("The part of the points of matured months that nobody redeemed."),
        _("1 − ultimate redemption rate."),
    ),
    Metric(
        "redemption-triangle",
        _("Redemption by months since the issue"),
        _(
            "Of the points issued in a month, the part that was redeemed up to the end "
            "of the month so many months later. Points that left otherwise are no part "
            "of the base: it is what was issued less what was taken back by now."
        ),
        _("Points redeemed up to month c + k ÷ net points issued in month c."),
    ),
)

REVENUE = (
    Metric(
        "price-to-points",
        _("Allocated to points"),
        _(
            "The part of the price of a month's sales that pays for the points given "
            "with them, by relative stand-alone prices. It is deferred with the sale. "
            "Source: IFRS 15.74 and B39 to B42."
        ),
        _("Sales × P ÷ (sales + P), P = points × value × expected redemption rate."),
    ),
    Metric(
        "earned-by-redemption",
        _("Earned by redemption"),
        _(
            "What a month of issue deferred is earned as its points are redeemed, in "
            "proportion to those expected to be. A new expectation is caught up at once. "
            "Source: IFRS 15.B44 to B46."
        ),
        _("Deferred × points redeemed so far ÷ points expected to be redeemed."),
    ),
    Metric(
        "earned-by-breakage",
        _("Earned by breakage"),
        _(
            "Once no point of a month of issue can be spent any more, what is left of "
            "its deferral is earned."
        ),
        _("Deferred − reversed − earned by redemption, when nothing is left."),
    ),
    Metric(
        "contract-liability",
        _("Contract liability"),
        _("The price of sales that is deferred for points and not earned yet."),
        _("Deferred − reversed − earned by redemption − earned by breakage."),
    ),
    Metric(
        "gift-provision",
        _("Provision for gifts"),
        _(
            "What the outstanding points are expected to cost that came without a "
            "purchase, as bonuses or adjustments."
        ),
        _("Such points outstanding × value of a point × expected redemption rate."),
    ),
)

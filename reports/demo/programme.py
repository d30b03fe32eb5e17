"""The demo's programme: settings, tiers, rewards, and the campaigns of its year."""

# ruff: noqa: RUF001 -- Chinese has its own punctuation

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from loyalty_site.lib.actors import staff_actor
from points.expiry_policies.after import AfterATime
from points.models import EarningRule, ReferralTerms, Reward, Store
from points.services.expiry_settings import set_expiry_policy
from points.services.programme import ProgrammeSettings, change_programme
from points.services.referrals import change_referral_terms
from points.services.rewards import RewardDetails, StockChange, save_reward
from points.services.rules import save_rule
from points.services.tier_settings import TierDetails, save_tier
from reports.services.valuations import Worth, set_worth

NAME = "Perennial Market"
CURRENCY = "HKD"
ZONE = "Asia/Hong_Kong"
MARKETER = staff_actor("marketer")
ADMIN = staff_actor("admin")
# In its first months the programme let points live for half a year; then for a whole.
SHORT_EXPIRY_MONTHS, EXPIRY_MONTHS = 6, 12
LONGER_EXPIRY_AFTER = timedelta(days=120)

TIERS = (
    TierDetails(
        slug="seed",
        name="Seed",
        threshold=0,
        name_zh_hans="种子",
        name_zh_hant="種子",
        perks="Points on every purchase.",
        perks_zh_hans="每次购物都有积分。",
        perks_zh_hant="每次購物都有積分。",
    ),
    TierDetails(
        slug="sprout",
        name="Sprout",
        threshold=800,
        multiplier=Decimal("1.25"),
        name_zh_hans="新芽",
        name_zh_hant="新芽",
        perks="A quarter more points. First to know about campaigns.",
        perks_zh_hans="积分多四分之一，优先获知活动消息。",
        perks_zh_hant="積分多四分之一，優先得知推廣消息。",
    ),
    TierDetails(
        slug="evergreen",
        name="Evergreen",
        threshold=2_000,
        multiplier=Decimal("1.5"),
        name_zh_hans="常青",
        name_zh_hant="常青",
        perks="Half as many points again. Free delivery. A birthday treat.",
        perks_zh_hans="积分多一半，免费送货，生日有礼。",
        perks_zh_hant="積分多一半，免費送貨，生日有禮。",
    ),
)


@dataclass(frozen=True)
class Offer:
    """A reward, how many pieces there are, and how much people like it."""

    details: RewardDetails
    pieces: int | None
    liking: int


OFFERS = (
    Offer(
        RewardDetails(
            name="Coffee or tea",
            cost_points=120,
            name_zh_hans="咖啡或茶一杯",
            name_zh_hant="咖啡或茶一杯",
            description="A hot drink of your choice at any of our counters.",
            description_zh_hans="在任一分店柜台，任选热饮一杯。",
            description_zh_hant="在任何分店櫃位，任選熱飲一杯。",
        ),
        None,
        30,
    ),
    Offer(
        RewardDetails(
            name="Reusable shopping bag",
            cost_points=200,
            name_zh_hans="环保购物袋",
            name_zh_hant="環保購物袋",
            description="Folds into its own pocket. Carries 15 kg.",
            description_zh_hans="可折叠收进自带小袋，承重 15 公斤。",
            description_zh_hant="可摺疊收進自帶小袋，承重 15 公斤。",
        ),
        400,
        20,
    ),
    Offer(
        RewardDetails(
            name="A meal for a neighbour",
            cost_points=250,
            kind=Reward.Kind.DONATION,
            name_zh_hans="为邻居捐一餐",
            name_zh_hant="為街坊捐一餐",
            description="We pass a hot meal to the food bank of your district.",
            description_zh_hans="我们将一份热餐送到您所在地区的食物银行。",
            description_zh_hant="我們將一份熱餐送到你所屬地區的食物銀行。",
        ),
        None,
        12,
    ),
    Offer(
        RewardDetails(
            name="HK$25 voucher",
            cost_points=500,
            kind=Reward.Kind.VOUCHER,
            name_zh_hans="25港元现金券",
            name_zh_hant="25港元現金券",
            description="Taken off your next purchase of any amount.",
            description_zh_hans="下次购物时直接抵扣，不限金额。",
            description_zh_hant="下次購物時直接扣減，不限金額。",
        ),
        None,
        28,
    ),
    Offer(
        RewardDetails(
            name="Evening cookery class",
            cost_points=1_200,
            kind=Reward.Kind.EXPERIENCE,
            name_zh_hans="晚间烹饪班",
            name_zh_hant="晚間烹飪班",
            description="Two hours, twelve seats, and you eat what you cook.",
            description_zh_hans="两小时，十二个名额，亲手做，当场吃。",
            description_zh_hant="兩小時，十二個名額，即煮即食。",
        ),
        48,
        6,
    ),
    Offer(
        RewardDetails(
            name="Rice cooker",
            cost_points=2_500,
            name_zh_hans="电饭煲",
            name_zh_hant="電飯煲",
            description="For four people, with a steamer.",
            description_zh_hans="四人容量，附蒸笼。",
            description_zh_hant="四人容量，附蒸籠。",
        ),
        30,
        4,
    ),
)

SHOPS = {
    "S433": "Mong Kok 旺角",
    "S361": "Causeway Bay 銅鑼灣",
    "S311": "Sha Tin 沙田",
    "S367": "Tsim Sha Tsui 尖沙咀",
    "S319": "Yuen Long 元朗",
    "S293": "Central 中環",
    "S346": "Kwun Tong 觀塘",
    "S304": "Tuen Mun 屯門",
    "S359": "North Point 北角",
    "S442": "Tsuen Wan 荃灣",
    "S396": "Tai Po 大埔",
    "S443": "Wan Chai 灣仔",
    "S381": "Hung Hom 紅磡",
    "S340": "Sai Kung 西貢",
    "S327": "Aberdeen 香港仔",
    "S362": "Sheung Shui 上水",
    "S300": "Kennedy Town 堅尼地城",
    "S341": "Tseung Kwan O 將軍澳",
    "S375": "Sham Shui Po 深水埗",
    "S424": "Tung Chung 東涌",
}


def set_up_programme(*, at: datetime) -> None:
    """Set the programme up as it was on its first day: settings, tiers, rewards."""
    set_expiry(months=SHORT_EXPIRY_MONTHS)
    worth = Worth(
        valid_from=at.date(),
        point_value=Decimal("0.05"),
        redemption_rate=Decimal("0.8"),
        note="Cost of the rewards in the catalogue; trade average of redemption.",
    )
    set_worth(worth=worth, at=at, actor=ADMIN)
    for tier in TIERS:
        save_tier(details=tier, actor=ADMIN)
    for offer in OFFERS:
        stock = StockChange(seen=None, wanted=offer.pieces)
        save_reward(details=offer.details, stock=stock, actor=MARKETER)
    friends = ReferralTerms(
        is_active=True, referrer_points=300, friend_points=200, least_minor=5000
    )
    change_referral_terms(terms=friends, actor=MARKETER)
    save_rule(
        name="Everyday points",
        kind="per_amount",
        params={"points": 1, "amount": "1", "method": "step"},
        at=at,
        actor=MARKETER,
    )


def set_expiry(*, months: int) -> None:
    """Let points earned from now on live for so many months."""
    change_programme(
        wanted=ProgrammeSettings(
            name=NAME,
            time_zone=ZONE,
            currency=CURRENCY,
        ),
        actor=ADMIN,
    )
    set_expiry_policy(policy=AfterATime(months), actor=ADMIN)


def name_shops(codes: set[str]) -> None:
    """Give every shop of the baskets a name."""
    Store.objects.bulk_create(
        (
            Store(code=code, name=SHOPS.get(code, f"Shop {code.removeprefix('S')}"))
            for code in sorted(codes)
        ),
        ignore_conflicts=True,
    )


def run_campaigns(*, on: date, first_day: date, today: date, zone: ZoneInfo) -> None:
    """Start what starts on this day: opening weeks, double weekends, big baskets."""
    at = _instant(on, zone)
    if on == first_day:
        ends_at = _instant(on + timedelta(days=21), zone)
        _multiply("Opening weeks", 2, at, starts_at=at, ends_at=ends_at)
    if on in double_weekends(today):
        rule = EarningRule.objects.filter(name="Double points weekend").first()
        ends_at = _instant(on + timedelta(days=2), zone)
        _multiply(
            "Double points weekend", 2, at, starts_at=at, ends_at=ends_at, rule=rule
        )
    if on == today - timedelta(days=24):
        ends_at = _instant(today + timedelta(days=40), zone)
        _multiply("Big baskets", "1.5", at, starts_at=at, ends_at=ends_at, minimum="50")


def double_weekends(today: date) -> list[date]:
    """Return the four Saturdays that end about two months before today."""
    about = today - timedelta(days=60)
    saturday = about - timedelta(days=(about.weekday() - calendar.SATURDAY) % 7)
    return [saturday - timedelta(weeks=weeks) for weeks in range(4)]


def _instant(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time.min, tzinfo=zone)


def _multiply(
    name: str,
    factor: int | str,
    at: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    minimum: str = "",
    rule: EarningRule | None = None,
) -> None:
    save_rule(
        name=name,
        kind="multiplier",
        params={"factor": str(factor), "minimum": minimum},
        starts_at=starts_at,
        ends_at=ends_at,
        rule=rule,
        at=at,
        actor=MARKETER,
    )

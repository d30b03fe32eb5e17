"""What the demo's members would answer; all of it is made up, and marked as such."""

# ruff: noqa: RUF001 -- Chinese has its own punctuation

from reports.demo.chance import happens, pick, weighted
from surveys.questions.base import Given

# Scores by tier: those who shop more are happier, but never all of them.
SCORES: dict[str, tuple[tuple[int, int], ...]] = {
    "seed": (
        (10, 21),
        (9, 22),
        (8, 21),
        (7, 14),
        (6, 7),
        (5, 6),
        (4, 4),
        (3, 3),
        (0, 2),
    ),
    "sprout": ((10, 29), (9, 27), (8, 19), (7, 11), (6, 6), (5, 4), (3, 3), (1, 1)),
    "evergreen": ((10, 40), (9, 30), (8, 14), (7, 7), (6, 4), (4, 3), (2, 2)),
}
PROMOTER, PASSIVE, DETRACTOR = "promoter", "passive", "detractor"
COMMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        PROMOTER: (
            "Fresh vegetables every evening, and the points really add up.",
            "Staff at the till know me and are always friendly.",
            "Good prices, short queues, easy to find everything.",
            "The double points weekends are great for the big shop.",
            "I like that I can give my points to the food bank.",
            "Reliable quality. The fish counter is the best around here.",
        ),
        PASSIVE: (
            "Fine for everyday shopping, a bit dear for meat.",
            "Good shop, but the queue after work is long.",
            "Nice staff. I wish there were more organic choices.",
            "The points are all right, the rewards could change more often.",
        ),
        DETRACTOR: (
            "Twice this month the price at the till was higher than on the shelf.",
            "Waited twenty minutes with one till open, and nobody said sorry.",
            "The strawberries were mouldy the next day.",
            "My points expired and I was never told.",
            "Delivery came two hours late and half of it was missing.",
        ),
    },
    "zh-hans": {
        PROMOTER: (
            "蔬菜水果很新鲜，价格也实在。",
            "店员态度很好，结账很快。",
            "积分攒得快，兑换也方便。",
            "双倍积分的周末一定会去，很划算。",
            "东西齐全，离家近，常来。",
        ),
        PASSIVE: (
            "整体不错，就是下班时间排队有点长。",
            "品质可以，肉类偏贵一些。",
            "奖品种类再多一点就更好了。",
        ),
        DETRACTOR: (
            "货架上的价格和收银台不一样，发现了两次。",
            "只开一个收银台，等了二十分钟，没人解释。",
            "买回去的牛奶第二天就过期了。",
            "积分到期没有提醒，白白浪费了。",
        ),
    },
    "zh-hant": {
        PROMOTER: (
            "蔬果新鮮，職員有禮貌，好放心。",
            "積分儲得快，換領又方便。",
            "雙倍積分週末最抵，全家都會去。",
            "海鮮質素好，價錢合理。",
            "可以用積分捐餐給街坊，很有意思。",
            "收銀快手，貨品齊全。",
        ),
        PASSIVE: (
            "整體不錯，放工時間排隊較長。",
            "貨品質素可以，肉類略貴。",
            "希望多些有機食品和新禮品。",
        ),
        DETRACTOR: (
            "貨架標價與收銀機不同，已經是第二次。",
            "只開一個收銀櫃位，等了廿分鐘無人理會。",
            "士多啤梨第二天就發霉。",
            "積分到期沒有通知，白白浪費。",
            "送貨遲了兩小時，還欠了幾樣。",
        ),
    },
}
# What the service team wrote when it got back to somebody, and how it ended.
FOLLOW_UPS = (
    (
        "Telephoned. Apologised, and went through the receipt together.",
        "Paid the difference back. The shelf labels of that aisle were checked.",
    ),
    (
        "Wrote to the member and asked the shop manager what happened.",
        "The manager opens a second till from five o'clock now. Member told.",
    ),
    (
        "Telephoned twice, then reached by mail.",
        "Replaced the goods on the next visit. Member content.",
    ),
)


def score_of(tier: str, *about: object) -> int:
    """Return what a member of that tier would score, 0 to 10."""
    return weighted(SCORES.get(tier, SCORES["seed"]), "score", *about)


def group_of(score: int) -> str:
    """Return promoter (9 and 10), passive (7 and 8) or detractor."""
    if score >= 9:
        return PROMOTER
    return PASSIVE if score >= 7 else DETRACTOR


def answers_of(score: int, language: str, *about: object) -> dict[str, Given | None]:
    """Return the answers to all four questions, in keeping with the score."""
    group = group_of(score)
    chattiness = {PROMOTER: 55, PASSIVE: 45, DETRACTOR: 80}[group]
    comment = None
    if happens(chattiness, "speaks", *about):
        comment = Given(text=pick(COMMENTS[language][group], "comment", *about))
    return {
        "recommend": Given(value=score),
        "why": comment,
        "quality": _rating(group, "quality", *about),
        "service": _rating(group, "service", *about),
    }


def _rating(group: str, *about: object) -> Given:
    if happens(8, "no experience", *about):
        return Given(is_no_experience=True)
    ratings = {
        PROMOTER: ((5, 60), (4, 34), (3, 6)),
        PASSIVE: ((5, 15), (4, 55), (3, 30)),
        DETRACTOR: ((4, 15), (3, 35), (2, 30), (1, 20)),
    }
    return Given(value=weighted(ratings[group], "rating", *about))

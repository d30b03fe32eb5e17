"""Surveys ready to use, with their words in three languages."""

# ruff: noqa: RUF001 -- Chinese has its own punctuation

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from surveys.content import Content
from surveys.models import Survey, Touchpoint
from surveys.questions.base import Question
from surveys.services.versions import SurveyTerms, create_survey, publish_version

# slug, place in the journey, side, English, 简体, 繁體
_TOUCHPOINTS = (
    ("relationship", 0, "front", "The programme as a whole", "整体关系", "整體關係"),
    ("enrolment", 1, "front", "Joining", "入会", "入會"),
    ("purchase", 2, "front", "Shopping", "购物", "購物"),
    ("redemption", 3, "front", "Redeeming a reward", "兑换礼品", "換領獎賞"),
    ("delivery", 4, "back", "Delivery", "配送", "送貨"),
    ("service", 5, "support", "Customer service", "客户服务", "顧客服務"),
)

_RATING_LOW = {"en": "Very poor", "zh-hans": "非常差", "zh-hant": "非常差"}
_RATING_HIGH = {"en": "Very good", "zh-hans": "非常好", "zh-hant": "非常好"}

NPS_CONTENT = Content(
    title={
        "en": "Would you recommend {programme}?",
        "zh-hans": "您会推荐{programme}吗？",
        "zh-hant": "你會推薦{programme}嗎？",
    },
    intro={
        "en": "You are a member of {programme}, so your view counts. "
        "We read every answer and act on what we learn.",
        "zh-hans": "您是{programme}的会员，我们很看重您的看法。每一份回答我们都会细读，并据此改进。",
        "zh-hant": "你是{programme}的會員，我們很重視你的意見。每一份回覆我們都會細閱，並據此改進。",
    },
    privacy={
        "en": "Your answers are confidential: only our service team sees them "
        "together with your name, so that they can get back to you.",
        "zh-hans": "您的回答会保密：只有我们的服务团队能看到答案与您的姓名，以便与您联系。",
        "zh-hant": "你的回覆會保密：只有我們的服務團隊能看到答案與你的姓名，以便與你聯絡。",
    },
    thanks={
        "en": "Your answers help us get better.",
        "zh-hans": "您的回答会帮助我们做得更好。",
        "zh-hant": "你的回覆會幫助我們做得更好。",
    },
    questions=(
        Question(
            key="recommend",
            kind="nps",
            text={
                "en": "How likely are you to recommend {programme} "
                "to a friend or colleague?",
                "zh-hans": "您有多大可能向朋友或同事推荐{programme}？",
                "zh-hant": "你有多大可能向朋友或同事推薦{programme}？",
            },
            low={
                "en": "Not at all likely",
                "zh-hans": "完全不可能",
                "zh-hant": "完全不可能",
            },
            high={
                "en": "Extremely likely",
                "zh-hans": "非常可能",
                "zh-hant": "非常可能",
            },
            is_required=True,
        ),
        Question(
            key="why",
            kind="long_text",
            text={
                "en": "What is the main reason for your score?",
                "zh-hans": "您打这个分数的主要原因是什么？",
                "zh-hant": "你給這個分數的主要原因是甚麼？",
            },
        ),
        Question(
            key="quality",
            kind="scale",
            text={
                "en": "How good is the quality of what you buy from us?",
                "zh-hans": "您觉得我们商品的质量如何？",
                "zh-hant": "你覺得我們貨品的質素如何？",
            },
            low=_RATING_LOW,
            high=_RATING_HIGH,
            has_no_experience=True,
        ),
        Question(
            key="service",
            kind="scale",
            text={
                "en": "How good is the service of our staff?",
                "zh-hans": "您觉得我们员工的服务如何？",
                "zh-hant": "你覺得我們員工的服務如何？",
            },
            low=_RATING_LOW,
            high=_RATING_HIGH,
            has_no_experience=True,
        ),
    ),
)


def ensure_touchpoints() -> dict[str, Touchpoint]:
    """Return the catalogue of touchpoints by slug, made where missing."""
    known = set(Touchpoint.objects.values_list("slug", flat=True))
    Touchpoint.objects.bulk_create(
        (
            Touchpoint(
                slug=slug,
                stage=stage,
                side=side,
                name=name,
                name_zh_hans=hans,
                name_zh_hant=hant,
            )
            for slug, stage, side, name, hans, hant in _TOUCHPOINTS
            if slug not in known
        ),
        ignore_conflicts=True,
    )
    return {each.slug: each for each in Touchpoint.objects.all()}


@transaction.atomic
def create_nps_survey(
    *,
    at: datetime,
    actor: Actor,
    slug: str = "nps",
    name: str = "Recommendation",
    touchpoint: str = "relationship",
    bonus_points: int = 50,
) -> Survey:
    """Return the NPS survey of that slug, made and published when missing.

    It runs by hand until somebody gives it a rhythm.
    """
    terms = SurveyTerms(
        name=name,
        touchpoint=ensure_touchpoints()[touchpoint],
        bonus_points=bonus_points,
    )
    survey = create_survey(
        slug=slug, terms=terms, content=NPS_CONTENT, at=at, actor=actor
    )
    if not survey.versions.published().exists():
        publish_version(survey=survey, content=NPS_CONTENT, at=at, actor=actor)
    return survey


def seed_touchpoints(**_kwargs: object) -> None:
    """Make the catalogue of touchpoints after a migration."""
    ensure_touchpoints()

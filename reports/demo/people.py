"""Invented people: names in three languages, addresses that reach nobody.

Mail goes to example.org and example.com, which are reserved. Telephones are of the
ranges kept for films in North America, or plainly made up.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from members.services import Profile
from reports.demo.chance import between, happens, pick, weighted

LANGUAGES = (("zh-hant", 38), ("zh-hans", 27), ("en", 35))

_GIVEN_F = """Emily Olivia Grace Hannah Chloe Sophie Isla Ruby Alice Nora Priya Aisha
Maria Elena Sofia Ingrid Yuki Hana Fatima Leila Clara Maya Zoe Rachel Naomi""".split()
_GIVEN_M = """Oliver Jack Harry Thomas James Daniel Samuel Leo Henry Arthur Arjun Omar
Luis Marco Pavel Erik Kenji Hiro Yusuf Ravi Felix Noah Adam Simon Victor""".split()
_FAMILY = """Carter Bennett Hughes Foster Reid Palmer Walsh Marsh Dixon Harper Shah Khan
Garcia Rossi Novak Larsen Tanaka Sato Demir Mehta Fischer Dubois Silva Murphy Evans
Cheung Lam Ho Yeung Tang Kwok""".split()
_ROMAN = "Chan Wong Lee Cheung Lau Ng Leung Ho Lam Tsang Yeung Tang Kwok Fung".split()

_SURNAME_HANT = "陳黃李張劉吳梁何林曾楊鄧郭馮蔡許羅葉蘇謝"
_SURNAME_HANS = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN_HANT_F = (
    "美玲 嘉欣 詠詩 慧敏 淑儀 思穎 凱琳 雅文 曉彤 芷晴 佩珊 麗華 潔瑩 婉婷".split()
)
_GIVEN_HANT_M = (
    "志明 家豪 俊傑 偉強 子軒 浩然 國輝 建華 文傑 啟賢 梓峰 永康 耀東 信宏".split()
)
_GIVEN_HANS_F = (
    "秀英 丽娟 雨欣 梓涵 静怡 晓燕 佳琪 思雨 婷婷 慧玲 雪梅 诗涵 欣怡 海燕".split()
)
_GIVEN_HANS_M = (
    "建国 志强 浩宇 子轩 伟杰 俊辉 明哲 文博 海涛 国栋 家乐 宇航 立新 嘉诚".split()
)

_AREA_CODES = ("202", "212", "310", "415", "646")
_YOUNGEST, _OLDEST = 18, 82
_DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Person:
    """Somebody of the demo, and what they agreed to."""

    profile: Profile
    card: str
    via: str
    consents: tuple[str, ...]
    agrees_later: bool


def person_of(rank: int, *, born_before: date) -> Person:
    """Return the person of a household; the same every time."""
    language = weighted(LANGUAGES, "language", rank)
    is_woman = happens(54, "woman", rank)
    name, address_as = _named(rank, language, is_woman=is_woman)
    consents: tuple[str, ...] = ()
    if happens(60, "agrees", rank):
        also_marketing = happens(70, "agrees to marketing", rank)
        consents = ("survey", "marketing") if also_marketing else ("survey",)
    age_days = between(_YOUNGEST * _DAYS_A_YEAR, _OLDEST * _DAYS_A_YEAR, "age", rank)
    return Person(
        profile=Profile(
            full_name=name,
            address_as=address_as,
            email=_email(rank),
            phone=_phone(rank, language),
            birth_on=born_before - timedelta(days=age_days)
            if happens(70, "birth", rank)
            else None,
            language=language,
        ),
        card=f"9{rank * 7919 % 1_000_000_000:09d}",
        via=weighted((("staff", 60), ("app", 25), ("web", 15)), "via", rank),
        consents=consents,
        agrees_later=not consents and happens(50, "agrees later", rank),
    )


def _named(rank: int, language: str, *, is_woman: bool) -> tuple[str, str]:
    """Return the full name and how a mail addresses its owner."""
    if language == "en":
        family = pick(_FAMILY, "family", rank)
        given = pick(_GIVEN_F if is_woman else _GIVEN_M, "given", rank)
        return f"{given} {family}", f"{'Ms' if is_woman else 'Mr'} {family}"
    if language == "zh-hant":
        family = pick(_SURNAME_HANT, "family", rank)
        given = pick(_GIVEN_HANT_F if is_woman else _GIVEN_HANT_M, "given", rank)
        return family + given, f"{family}{'女士' if is_woman else '先生'}"
    family = pick(_SURNAME_HANS, "family", rank)
    given = pick(_GIVEN_HANS_F if is_woman else _GIVEN_HANS_M, "given", rank)
    return family + given, f"{family}{'女士' if is_woman else '先生'}"


def _email(rank: int) -> str:
    """Return a reserved address; one in fourteen people gave none."""
    if not between(0, 13, "mail", rank):
        return ""
    word = pick(_ROMAN, "mail name", rank).lower()
    domain = pick(("example.org", "example.com", "example.net"), "domain", rank)
    return f"{word}.{rank + 101}@{domain}"


def _phone(rank: int, language: str) -> str:
    """Return a number nobody answers; one in twelve people gave none."""
    if not between(0, 11, "phone", rank):
        return ""
    if language == "en":
        area = _AREA_CODES[rank // 100 % len(_AREA_CODES)]
        return f"+1{area}55501{rank % 100:02d}"
    return f"+8525100{rank:04d}" if language == "zh-hant" else f"+861380000{rank:04d}"

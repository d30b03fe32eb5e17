"""Names that people give in up to three languages."""

from loyalty_site.lib.formats import language


def in_language(name: str, *, zh_hans: str, zh_hant: str) -> str:
    """Return the name in the language of the page, else the first one given.

    A missing Chinese name is answered by the other Chinese one before the main name.
    """
    wanted = {"zh-hans": (zh_hans, zh_hant), "zh-hant": (zh_hant, zh_hans)}
    return next(filter(None, wanted.get(language(), ())), name)

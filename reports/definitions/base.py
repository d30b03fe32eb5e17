"""What a report is: parameters, a result, a finding, tables, and members behind cells."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Generic, Literal, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import ngettext

from loyalty_site.lib import formats
from loyalty_site.lib.exports import Row
from reports.forms.base import ReportForm
from reports.statistics.proportions import Rate
from reports.windows import AsOf

D = TypeVar("D")
P = TypeVar("P")
R = TypeVar("R")
Text = str | Promise
Noun = Literal["member", "answer", "invitation"]
Kind = Literal["member", "day", "number", "signed", "money", "score", "text", "tier"]


@dataclass(frozen=True)
class Metric:
    """What a number means, for people; it stands on the report and in docs/metrics.md.

    `version` grows when the meaning changes, so that old prints can be told apart.
    """

    slug: str
    name: Text
    meaning: Text
    formula: Text
    version: int = 1


@dataclass(frozen=True)
class Column:
    """A column of an export: a key for programs, a label for people."""

    key: str
    label: Text


@dataclass(frozen=True)
class Table:
    """Numbers of a report as an export writes them: unrounded, one meaning a column."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: Sequence[Row]


@dataclass(frozen=True)
class MemberColumn:
    """A column of a list of members; `path` leads from the row to the value."""

    label: Text
    path: str
    kind: Kind

    @property
    def is_number(self) -> bool:
        """Whether it is right-aligned."""
        return self.kind in {"number", "signed", "money", "score"}


@dataclass(frozen=True)
class Behind:
    """The rows behind one figure, with the figure's own count.

    `count` is the number of rows; where the figure is not a number of rows, `total`
    is its value, the sum of the column `value`, and `total_text` says it in words.
    """

    title: Text
    rows: QuerySet[Any]
    order_by: str
    columns: tuple[MemberColumn, ...]
    count: int | None = None
    noun: Noun = "member"
    total: int | None = None
    total_text: Text = ""

    @property
    def count_text(self) -> str:
        """The count in words."""
        n = self.count or 0
        texts = {
            "member": ngettext("%(n)s member.", "%(n)s members.", n),
            "answer": ngettext("%(n)s answer.", "%(n)s answers.", n),
            "invitation": ngettext("%(n)s invitation.", "%(n)s invitations.", n),
        }
        return texts[self.noun] % {"n": formats.number(n)}


class Report(ABC, Generic[D, P, R]):
    """A kind of report; the dictionary of kinds is in `reports.definitions`.

    `read` asks the database once; form and result are made of what it found.
    """

    slug: ClassVar[str]
    title: ClassVar[Text]
    question: ClassVar[Text]
    url_name: ClassVar[str]
    metrics: ClassVar[tuple[Metric, ...]]

    @abstractmethod
    def read(self, as_of: AsOf) -> D:
        """Return what the report is made of: cubes, from rollups only."""

    @abstractmethod
    def form(self, given: Mapping[str, Sequence[str]], data: D) -> ReportForm[P]:
        """Return the bound form of the parameters; what is not given is the default."""

    @abstractmethod
    def compute(self, params: P, data: D) -> R:
        """Return the result."""

    @abstractmethod
    def finding(self, result: R) -> str:
        """Return what the result says, in a sentence or two."""

    @abstractmethod
    def tables(self, result: R) -> tuple[Table, ...]:
        """Return the numbers for exports; the first table is the main one."""

    @abstractmethod
    def behind(self, query: Mapping[str, str], as_of: AsOf) -> Behind:
        """Return the rows behind the figure that the query names; NoSuchFigure."""


def exact(value: float | None, digits: int = 6) -> Decimal | None:
    """Return a statistic as an export writes it: enough digits to compute with."""
    return None if value is None else Decimal(repr(round(value, digits)))


def percents(rate: Rate) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Return the rate and the ends of its interval in percent, for exports."""
    low, high = rate.interval or (None, None)
    return _hundredfold(rate.share), _hundredfold(low), _hundredfold(high)


def _hundredfold(share: float | None) -> Decimal | None:
    return exact(None if share is None else 100 * share)

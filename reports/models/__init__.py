"""Rollup tables, one module per grain: members, cubes, scores, and their state."""

from reports.models.accounts import AccountCode
from reports.models.books import BookCube, MemberBook, MemberVintage, VintageCube
from reports.models.cubes import (
    CohortCube,
    DayCube,
    MonthRecurrence,
    OrderGap,
    Recurrence,
)
from reports.models.members import MemberDay, MemberSummary
from reports.models.scores import NpsCube, SendingCube, SurveyFact
from reports.models.state import RollupAlarm, RollupState, TouchedMember
from reports.models.valuations import Valuation

__all__ = [
    "AccountCode",
    "BookCube",
    "CohortCube",
    "DayCube",
    "MemberBook",
    "MemberDay",
    "MemberSummary",
    "MemberVintage",
    "MonthRecurrence",
    "NpsCube",
    "OrderGap",
    "Recurrence",
    "RollupAlarm",
    "RollupState",
    "SendingCube",
    "SurveyFact",
    "TouchedMember",
    "Valuation",
    "VintageCube",
]

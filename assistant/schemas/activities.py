"""The activity log as every channel shows it: JSON, and CSV for auditors (操作记录)."""

import csv
import io
from collections.abc import Sequence

from typing_extensions import TypedDict

from assistant.accounts.activity_log import Activity
from assistant.schemas.accounts import moment

COLUMNS = ("时间（UTC）", "用户", "用户编号", "来访地址", "操作", "内容")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would run."""


class ActivityJson(TypedDict):
    """One line of the log; `at` is ISO 8601 in UTC."""

    at: str
    user: str
    user_id: str
    address: str
    action: str
    subject: str


def activity_json(activity: Activity) -> ActivityJson:
    """One line of the log."""
    return {
        "at": moment(activity.at),
        "user": activity.user,
        "user_id": activity.user_id,
        "address": activity.address,
        "action": activity.action,
        "subject": activity.subject,
    }


def activities_csv(activities: Sequence[Activity]) -> str:
    """The lines as CSV that Excel opens as text: nothing in it is run as a formula."""
    text = io.StringIO()
    text.write("\ufeff")  # by which Excel knows that it is UTF-8
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for activity in activities:
        table.writerow(cell(str(value)) for value in activity_json(activity).values())
    return text.getvalue()


def cell(text: str) -> str:
    """A text as a cell that stays text.

    >>> cell("=1+1"), cell("李明")
    ("'=1+1", '李明')
    """
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text[:1] in FORMULA else text

"""The budget terms that the program itself reckons with (预算指标用语)."""

from enum import StrEnum


class BudgetTerm(StrEnum):
    """A standard term of concepts.toml that a rule, a check or a draft names.

    The pack lists more terms, which are only looked up. That it has all of these is checked when
    it is read.
    """

    INITIAL_BUDGET = "年初预算数"
    FINAL_BUDGET = "全年预算数"
    ADJUSTMENT = "年度调整额"
    ADJUSTMENT_RATE = "预算调整率"
    SPENDING = "实际支出数"
    SPENDING_TO_DATE = "累计执行数"
    COMPLETION_RATE = "预算完成率"
    RATE_TO_DATE = "累计执行率"
    OFFICIAL_EXPENSES = "三公经费"
    OFFICIAL_EXPENSES_SPENDING = "三公经费支出"
    OFFICIAL_EXPENSES_CONTROL_RATE = "三公经费控制率"
    TASK_FUNDS = "任务资金"
    SELF_SCORE = "自评得分"
    SELF_GRADE = "自评等级"
    GENERAL_PUBLIC_BUDGET = "一般公共预算"
    GOVERNMENT_FUNDS = "政府性基金"
    STATE_CAPITAL_BUDGET = "国有资本经营预算"
    FISCAL_ACCOUNT_FUNDS = "财政专户管理资金"
    LOCAL_FUNDS = "地方资金"
    OTHER_FUNDS = "其他资金"
    CARRIED_OVER_FUNDS = "结余资金"

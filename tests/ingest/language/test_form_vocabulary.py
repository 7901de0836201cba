"""The words of forms: which form a title names, which section or label a text is."""

import pytest

from ingest.language.form_vocabulary import label_key
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form
from ingest.types.tables import FormSection


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("2023年度部门整体支出绩效自评表", Form.SELF_EVALUATION),
        ("部门预算项目绩效运行监控表", Form.MONITORING),
        ("项目支出绩效自评表", Form.PROJECT_SELF_EVALUATION),
        ("部门整体支出绩效目标申报表", Form.TARGET),
        ("某市2021年度绩效自评情况汇总表", Form.SUMMARY),
        ("2022年度部门整体支出绩效自评报告", Form.REPORT),
        ("会议纪要", Form.UNKNOWN),
    ],
)
def test_forms_by_title(title: str, form: Form) -> None:
    assert default_vocabulary().read(title).form is form


def test_labels_compare_without_notes() -> None:
    assert label_key("五、 改进 措施：") == "改进措施"
    assert label_key("其中：一般公共预算（万元）") == "一般公共预算"
    assert default_vocabulary().read("（四）存在的 问题").section is FormSection.PROBLEMS

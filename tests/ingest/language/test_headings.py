"""Numbered headings, articles and tables of contents of running text."""

from ingest.extraction.understand import understand
from ingest.language.headings import contents_lines
from ingest.loaders import load

RULES = """岚溪县公益岗位管理办法
目 录
第一章 总则
第二章 岗位开发
第三章 附则
第一章 总则
第一条 为规范公益岗位管理，制定本办法。
第二章 岗位开发
第二条 岗位开发应当公开透明。
（一）由用人单位提出申请；
（二）由人社部门核定岗位。
第三章 附则
第三条 本办法自印发之日起施行。
"""


def test_a_table_of_contents_ends_where_its_first_line_comes_again() -> None:
    assert sorted(contents_lines(RULES.splitlines())) == [1, 2, 3, 4]


def test_lines_that_end_with_the_number_of_a_page_are_contents() -> None:
    assert contents_lines(["一、基本情况……3", "二、存在问题\t7", "第8页共9页。"]) == {0, 1}


def test_a_heading_of_a_text_without_contents_is_none() -> None:
    assert contents_lines(["一、基本情况", "全年完成8项。", "二、存在问题"]) == set()


def test_passages_of_a_regulation_stand_under_their_chapter_and_article() -> None:
    passages = understand(load("办法.txt", RULES.encode())).passages
    sections = {p.text: p.section for p in passages}
    assert sections["（二）由人社部门核定岗位。"] == "第二章岗位开发 / 第二条"
    assert [p.text for p in passages].count("第二章 岗位开发") == 1

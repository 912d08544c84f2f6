"""Writes the three .docx templates of liangxing.drafts; run it again after a change here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FOLDER = Path(__file__).parent.parent / "inference" / "liangxing" / "templates"
NOTE = (
    "（本文书由 liangxing 根据案情和法律数据起草，须由承办人逐项核对后签署；空白处由承办人填写。）"
)
GROUPS = (
    ("法定从重处罚情节", "statutory_heavier"),
    ("法定从轻、减轻或者免除处罚情节", "statutory_lighter"),
    ("酌定从重处罚情节", "discretionary_heavier"),
    ("酌定从轻处罚情节", "discretionary_lighter"),
    ("其他情节", "other"),
)


def main() -> None:
    """All templates."""
    FOLDER.mkdir(exist_ok=True)
    recommendation().save(str(FOLDER / "recommendation.docx"))
    plea_statement().save(str(FOLDER / "plea-statement.docx"))
    worksheet().save(str(FOLDER / "worksheet.docx"))


def recommendation() -> Any:
    """量刑建议书."""
    page = blank_page()
    line(page, "______人民检察院", size=18, centred=True)
    line(page, "量刑建议书", size=22, bold=True, centred=True)
    line(page, "______检______量建〔____〕____号", centred=True)
    body(
        page,
        "被告人{{ defendant }}涉嫌{{ charges }}一案，经审查，其行为触犯{{ articles }}的规定，"
        "案情所允许的法定刑为：{{ statutory }}。",
    )
    body(page, "因其具有以下量刑情节：")
    for number, (title, field) in enumerate(GROUPS, start=1):
        body(page, f"{number}．{title}：")
        loop(page, field)
    body(
        page,
        "根据{{ bases }}的规定，建议判处被告人{{ defendant }}{{ penalty }}"
        "（{{ penalty_source }}）；罚金：{{ fine }}。",
    )
    body(page, "缓刑：{{ suspension }}")
    body(page, "羁押与折抵：{{ custody }}")
    body(page, "罚金的依据：{{ fine_law }}")
    body(page, "理由和依据：")
    numbered(page, "reasons")
    body(
        page,
        "参考：量刑指导范围{{ guideline }}；模型区间（水平{{ level }}）{{ interval }}；"
        "模型{{ model }}。",
    )
    body(page, "此致")
    line(page, "______人民法院")
    line(page, "检察官：______", right=True)
    line(page, "____年__月__日", right=True)
    line(page, "（院印）", right=True)
    line(page, NOTE, size=9)
    return page


def plea_statement() -> Any:
    """认罪认罚具结书."""
    page = blank_page()
    line(page, "认罪认罚具结书", size=22, bold=True, centred=True)
    heading(page, "一、犯罪嫌疑人身份信息")
    body(
        page,
        "本人姓名：{{ defendant }}，性别：______，出生日期：{{ birth_date }}，民族：______，"
        "身份证号码：______，住址：______。",
    )
    heading(page, "二、权利知悉")
    body(
        page,
        "本人已阅读《认罪认罚从宽制度告知书》，理解并接受其全部内容。本人是否自愿适用认罪认罚从宽制度："
        "______。",
    )
    heading(page, "三、认罪认罚内容")
    body(page, "本人知悉并认可如下内容：")
    body(page, "1．犯罪事实：{{ fact }}")
    body(page, "2．罪名及法律规定：{{ charges }}；{{ articles }}。")
    body(
        page,
        "3．量刑建议：{{ penalty }}（{{ penalty_source }}），罚金：{{ fine }}；"
        "缓刑：{{ suspension }}",
    )
    body(page, "4．从宽处罚的情节：")
    loop(page, "lighter")
    body(page, "5．羁押与折抵：{{ custody }}")
    body(page, "6．本案适用的程序：□速裁程序　□简易程序　□普通程序")
    heading(page, "四、自愿签署声明")
    body(
        page,
        "本人就第三项的内容已听取辩护人或者值班律师的意见。本具结书是本人在知情和自愿的情况下签署，"
        "未受任何暴力、威胁或者其他非法影响。",
    )
    line(page, "本人签名：______　　____年__月__日", right=True)
    body(
        page,
        "本人是犯罪嫌疑人{{ defendant }}的□辩护人　□值班律师。本人证明，犯罪嫌疑人已阅读上述内容，"
        "自愿签署。",
    )
    line(page, "签名：______　　____年__月__日", right=True)
    line(page, NOTE, size=9)
    return page


def worksheet() -> Any:
    """量刑规范化表格: the trace as a table."""
    page = blank_page(landscape=True)
    line(page, "量刑规范化表格", size=20, bold=True, centred=True)
    facts = page.add_table(rows=0, cols=4)
    facts.style = "Table Grid"
    for row in (
        ("被告人", "{{ defendant }}", "罪名", "{{ charges }}"),
        ("案号", "______", "法条", "{{ articles }}"),
        ("出生日期", "{{ birth_date }}", "羁押起始", "{{ detained_from }}"),
        ("判决日期", "{{ judgment_date }}", "模型", "{{ model }}"),
    ):
        fill(facts.add_row(), row)
    line(page, "计算过程（月）", bold=True)
    head = ("序号", "步骤", "规则", "出处", "核实", "之前", "之后", "案情依据")
    widths = (1.2, 2.2, 8.2, 5.2, 1.8, 2.2, 2.2, 3.4)
    steps = page.add_table(rows=0, cols=len(head))
    steps.style = "Table Grid"
    fill(steps.add_row(), head, bold=True)
    fill(steps.add_row(), ("{%tr for step in steps %}", *[""] * 7))
    names = ("number", "step", "rule", "source", "checked", "before", "after", "evidence")
    fill(steps.add_row(), tuple(f"{{{{ step.{name} }}}}" for name in names))
    fill(steps.add_row(), ("{%tr endfor %}", *[""] * 7))
    for row in steps.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    line(page, "结果", bold=True)
    result = page.add_table(rows=0, cols=2)
    result.style = "Table Grid"
    for row in (
        ("法定刑", "{{ statutory }}"),
        ("量刑指导范围", "{{ guideline }}"),
        ("模型区间（水平{{ level }}）", "{{ interval }}"),
        ("刑罚", "{{ penalty }}（{{ penalty_source }}）"),
        ("罚金", "{{ fine }}；依据：{{ fine_law }}"),
        ("缓刑", "{{ suspension }}"),
        ("羁押与折抵", "{{ custody }}"),
        ("独任审判员或者合议庭意见", "______"),
        ("承办人签名、日期", "______　　____年__月__日"),
    ):
        fill(result.add_row(), row)
    for row in result.rows:
        row.cells[0].width, row.cells[1].width = Cm(6), Cm(20.4)
    line(page, "注意：", bold=True)
    loop(page, "warnings")
    line(page, NOTE, size=9)
    return page


def blank_page(*, landscape: bool = False) -> Any:
    """An A4 page with fonts that Chinese documents use."""
    page = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    side = Cm(1.6 if landscape else 2.8)
    section.left_margin = section.right_margin = side
    style = page.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5 if landscape else 14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    page.core_properties.author = "liangxing"
    return page


def line(
    page: Any,
    text: str,
    *,
    size: float | None = None,
    bold: bool = False,
    centred: bool = False,
    right: bool = False,
) -> None:
    """A paragraph without indent."""
    paragraph = page.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def heading(page: Any, text: str) -> None:
    """A heading of a part."""
    line(page, text, bold=True)


def body(page: Any, text: str) -> None:
    """A paragraph with the usual indent of two characters."""
    paragraph = page.add_paragraph(text)
    paragraph.paragraph_format.first_line_indent = Pt(28)
    paragraph.paragraph_format.space_after = Pt(4)


def loop(page: Any, field: str) -> None:
    """A paragraph per item of a list."""
    body(page, f"{{%p for item in {field} %}}")
    body(page, "（{{ loop.index }}）{{ item }}")
    body(page, "{%p endfor %}")


def numbered(page: Any, field: str) -> None:
    """The same with plain numbers."""
    body(page, f"{{%p for item in {field} %}}")
    body(page, "{{ loop.index }}．{{ item }}")
    body(page, "{%p endfor %}")


def fill(row: Any, texts: tuple[str, ...], *, bold: bool = False) -> None:
    """The cells of a row."""
    for cell, text in zip(row.cells, texts, strict=True):
        cell.paragraphs[0].add_run(text).bold = bold


if __name__ == "__main__":
    main()

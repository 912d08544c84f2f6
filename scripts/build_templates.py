"""Writes the three .docx templates of liangxing.drafts; run it again after a change here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FOLDER = Path(__file__).parent.parent / "inference" / "liangxing" / "templates"
# Faces of official documents; Word puts a near one in place of a face that is not installed.
BODY, HEADING, TITLE = "仿宋", "黑体", "宋体"
BLANK = "____________"
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
    """量刑建议书: the form itself, and on a page of its own what it rests on."""
    page = blank_page()
    line(page, "______人民检察院", size=18, font=TITLE, bold=True, centred=True)
    title(page, "量刑建议书")
    line(page, "____检____量建〔____〕____号", centred=True, after=14)
    body(
        page,
        "被告人{{ defendant }}涉嫌{{ charges }}一案，经审查，其行为触犯{{ articles }}的规定，"
        "其法定刑为：{{ tiers }}（案情所允许的范围：{{ statutory }}）。",
    )
    body(page, "因其具有以下量刑情节：")
    for number, (name, field) in enumerate(GROUPS, start=1):
        body(page, f"{number}．{name}：")
        loop(page, field)
    body(
        page,
        "根据{{ bases }}的规定，建议判处被告人{{ defendant }}{{ penalty }}"
        "（{{ penalty_source }}）；罚金：{{ fine }}。",
    )
    body(page, "缓刑：{{ suspension }}")
    body(page, "羁押与折抵：{{ custody }}")
    body(page, "此致")
    page.paragraphs[-1].paragraph_format.keep_with_next = True
    line(page, "______人民法院", after=14).paragraph_format.keep_with_next = True
    signed(page, "检察官：____________", "____年__月__日", "（院印）")
    attachment(page, "附：量刑建议的理由和依据")
    numbered(page, "reasons")
    body(page, "罚金的依据：{{ fine_law }}")
    body(
        page,
        "参考：量刑指导范围{{ guideline }}；模型区间（水平{{ level }}）{{ interval }}；"
        "模型{{ model }}。",
    )
    note(page)
    return page


def plea_statement() -> Any:
    """认罪认罚具结书."""
    page = blank_page()
    title(page, "认罪认罚具结书")
    heading(page, "一、犯罪嫌疑人身份信息")
    body(
        page,
        "本人姓名：{{ defendant }}，性别：______，出生日期：{{ birth_date }}，民族：______，"
        "身份证号码：______________，住址：______________。",
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
    signed(page, "本人签名：____________", "____年__月__日")
    body(
        page,
        "本人是犯罪嫌疑人{{ defendant }}的□辩护人　□值班律师。本人证明，犯罪嫌疑人已阅读上述内容，"
        "自愿签署。",
    )
    signed(page, "签名：____________", "____年__月__日")
    note(page)
    return page


def worksheet() -> Any:
    """量刑规范化表格: the trace as a table."""
    page = blank_page(landscape=True)
    title(page, "量刑规范化表格", size=18)
    fill_table(
        page,
        (
            ("被告人", "{{ defendant }}", "罪名", "{{ charges }}"),
            ("案号", BLANK, "法条", "{{ articles }}"),
            ("出生日期", "{{ birth_date }}", "羁押起始", "{{ detained_from }}"),
            ("判决日期", "{{ judgment_date }}", "模型", "{{ model }}"),
        ),
        (3.0, 9.7, 3.0, 9.7),
        labels=(0, 2),
    )
    heading(page, "计算过程（单位：月）")
    names = ("number", "step", "rule", "source", "checked", "before", "after", "evidence")
    steps = fill_table(
        page,
        (
            ("序号", "步骤", "规则", "出处", "核实", "之前", "之后", "案情依据"),
            ("{%tr for step in steps %}", *[""] * 7),
            tuple(f"{{{{ step.{name} }}}}" for name in names),
            ("{%tr endfor %}", *[""] * 7),
        ),
        (1.2, 2.3, 8.0, 4.6, 1.7, 2.0, 2.0, 3.6),
        head=True,
    )
    repeat_head(steps)
    heading(page, "结果")
    fill_table(
        page,
        (
            ("法定刑", "{{ statutory }}"),
            ("量刑指导范围", "{{ guideline }}"),
            ("模型区间（水平{{ level }}）", "{{ interval }}"),
            ("刑罚", "{{ penalty }}（{{ penalty_source }}）"),
            ("罚金", "{{ fine }}；依据：{{ fine_law }}"),
            ("缓刑", "{{ suspension }}"),
            ("羁押与折抵", "{{ custody }}"),
            ("独任审判员或者合议庭意见", BLANK),
            ("承办人签名、日期", f"{BLANK}　　____年__月__日"),
        ),
        (6.0, 19.4),
        labels=(0,),
    )
    heading(page, "注意")
    loop(page, "warnings")
    note(page)
    return page


def blank_page(*, landscape: bool = False) -> Any:
    """An A4 page with the margins and type of official documents (GB/T 9704); the worksheet, a
    table, is set smaller."""
    page = Document()
    section = page.sections[0]
    top, bottom, left, right = (2.2, 2.0, 2.2, 2.1) if landscape else (3.7, 3.5, 2.8, 2.6)
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.top_margin, section.bottom_margin = Cm(top), Cm(bottom)
    section.left_margin, section.right_margin = Cm(left), Cm(right)
    normal = page.styles["Normal"]
    normal.font.size = Pt(10.5 if landscape else 16)
    set_font(normal.element.get_or_add_rPr(), BODY)
    normal.paragraph_format.space_after = Pt(0)
    if not landscape:
        normal.paragraph_format.line_spacing = Pt(28)
    page_number(section.footer.paragraphs[0])
    page.core_properties.author = "liangxing"
    return page


def title(page: Any, text: str, *, size: float = 22) -> None:
    """The name of the document."""
    line(page, text, size=size, font=TITLE, bold=True, centred=True, after=12)


def line(
    page: Any,
    text: str,
    *,
    size: float | None = None,
    font: str | None = None,
    bold: bool = False,
    centred: bool = False,
    after: float | None = None,
) -> Any:
    """A paragraph without indent; sizes in points."""
    paragraph = page.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold
    if size:
        run.font.size = Pt(size)
        paragraph.paragraph_format.line_spacing = 1.3
    if font:
        set_font(run._r.get_or_add_rPr(), font)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if after is not None:
        paragraph.paragraph_format.space_after = Pt(after)
    return paragraph


def heading(page: Any, text: str) -> None:
    """A heading of a part, on one page with what follows."""
    paragraph = line(page, text, font=HEADING)
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.keep_with_next = True


def attachment(page: Any, text: str) -> None:
    """A page of its own."""
    heading(page, text)
    page.paragraphs[-1].paragraph_format.page_break_before = True


def body(page: Any, text: str) -> None:
    """A paragraph with the usual indent of two characters."""
    paragraph = page.add_paragraph(text)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = 2 * page.styles["Normal"].font.size
    # In characters for Word, in points for programs that know no characters.
    paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")


def signed(page: Any, *lines: str) -> None:
    """Room to sign at the right, never torn apart."""
    for text in lines:
        paragraph = line(page, text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Cm(1.2)
        paragraph.paragraph_format.keep_together = True
        paragraph.paragraph_format.keep_with_next = text != lines[-1]
    page.paragraphs[-1].paragraph_format.space_after = Pt(12)


def note(page: Any) -> None:
    """What the paper is."""
    line(page, NOTE, size=9).paragraph_format.space_before = Pt(12)


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


def fill_table(
    page: Any,
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    labels: Sequence[int] = (),
    head: bool = False,
) -> Any:
    """A table with borders; widths in centimetres, `labels` the columns that name the others."""
    table = page.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for number, texts in enumerate(rows):
        cells = table.add_row().cells
        for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
            cell.width = Cm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            run = cell.paragraphs[0].add_run(text)
            spacing = cell.paragraphs[0].paragraph_format
            spacing.space_before = spacing.space_after = Pt(2)
            if place in labels or (head and number == 0):
                set_font(run._r.get_or_add_rPr(), HEADING)
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return table


def repeat_head(table: Any) -> None:
    """The first row stands at the top of every page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def set_font(properties: Any, name: str) -> None:
    """A Chinese face, beside Times New Roman for Latin letters and figures."""
    fonts = properties.get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(script), "Times New Roman")
    fonts.set(qn("w:eastAsia"), name)


def page_number(paragraph: Any) -> None:
    """The number of the page in the middle of the foot."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(10.5)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


if __name__ == "__main__":
    main()

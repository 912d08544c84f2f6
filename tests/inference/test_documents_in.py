"""Judgments come from lines, text, PDF and DOCX files, and folders of them."""

import json

import docx
import pytest
from judgment_texts import SECTIONS, judgment
from liangxing.documents_in import Document, read_documents
from liangxing.errors import CaseError, DataError
from liangxing.reading.judgment import read_judgment

TEXT = judgment(verdict="被告人王小甲犯盗窃罪，判处有期徒刑八个月。")


def test_lines_are_read_and_bad_ones_named(tmp_path):
    path = tmp_path / "d.jsonl"
    rows = [json.dumps({"id": "a", "document": TEXT}), "{", json.dumps({"document": ""}), "[1]"]
    path.write_text("\n".join([*rows, json.dumps({"document": SECTIONS})]), encoding="utf-8")
    found = dict(read_documents(path))
    assert found["d.jsonl line 1"] == Document("a", TEXT)
    assert all(isinstance(found[f"d.jsonl line {n}"], CaseError) for n in (2, 3, 4))
    assert found["d.jsonl line 5"] == Document("5", SECTIONS)


def test_a_folder_gives_its_files_by_name_whatever_their_kind(tmp_path):
    (tmp_path / "b.txt").write_bytes(TEXT.encode("gb18030"))
    (tmp_path / "c.json").write_text(json.dumps(SECTIONS), encoding="utf-8")
    (tmp_path / "ignored.png").write_bytes(b"\x89PNG")
    (tmp_path / "d.pdf").write_bytes(b"no pdf")
    written = docx.Document()
    for line in TEXT.splitlines():
        written.add_paragraph(line)
    written.save(str(tmp_path / "a.docx"))
    found = dict(read_documents(tmp_path))
    assert list(found) == ["a.docx", "b.txt", "c.json", "d.pdf"]
    assert isinstance(found.pop("d.pdf"), CaseError)
    months = {
        name: read_judgment(row.document).defendants[0].verdict.penalty.months
        for name, row in found.items()
    }
    assert months == {"a.docx": 8, "b.txt": 8, "c.json": 4}


def test_the_text_of_a_pdf_is_read(tmp_path):
    path = tmp_path / "j.pdf"
    path.write_bytes(pdf_of("被告人王小甲犯盗窃罪"))
    ((_, document),) = read_documents(path)
    assert "王小甲犯盗窃罪" in document.document


def test_a_missing_input_is_an_error_that_says_so(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        list(read_documents(tmp_path / "none.jsonl"))
    with pytest.raises(DataError, match="holds no"):
        list(read_documents(tmp_path))


def pdf_of(line: str) -> bytes:
    """A one-page PDF with a line in a standard Chinese font."""
    stream = b"BT /F1 12 Tf 50 700 Td <" + line.encode("gbk").hex().encode() + b"> Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /GBK-EUC-H "
        b"/DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n" % (size, table)
    return out + head + b"<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(out))

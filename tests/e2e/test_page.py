"""The page as a user meets it: a real browser against the real service."""

from __future__ import annotations

import io
import itertools
import unicodedata

import pytest
from liangxing.case import MAX_FACT_CHARACTERS

expect = pytest.importorskip("playwright.sync_api").expect
expect.set_options(timeout=60_000)

FACT = (
    "2016年3月1日，被告人周某某在某商场窃得手机一部，经鉴定价值人民币4200元。"
    "同月3日，被告人周某某主动到派出所投案，如实供述了上述事实。"
)


def predicted(page, example="theft"):
    """One click on an example."""
    page.locator(f"[data-case={example}]").click()
    expect(page.locator(".penalty")).to_be_visible()
    return page


def typed(page, fact, *charges):
    page.get_by_role("textbox", name="案件事实").fill(fact)
    for charge in charges:
        page.get_by_label("罪名", exact=True).fill(charge)
        page.get_by_label("罪名", exact=True).press("Enter")
    page.get_by_role("button", name="预测量刑").click()


@pytest.fixture(scope="module")
def theft(browser, address):
    """The prediction of an example, for tests that only look."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator("body[data-ready]").wait_for()
    yield predicted(page)
    page.close()


def lever(page, id_):
    return page.locator(f".lever[data-id={id_}]")


def test_an_example_is_one_click_away_and_shows_all_parts(theft):
    page = theft
    assert page.locator(".penalty").inner_text()
    chart = page.locator("#headline svg")
    for track in ("interval", "guideline", "statutory", "outer"):
        assert chart.locator(f".track.{track} rect").count() >= 1
    assert chart.locator(".bars rect").count() >= 5
    expect(chart.locator("desc")).to_contain_text("法定刑")
    assert page.locator("#trace li .source").count() > 5
    expect(page.locator("#trace .verified.sure").first).to_have_text("已核实")
    expect(page.locator("#headline .model")).to_contain_text("liangxing")
    for words in ("缓刑", "罚金（模型估计）", "附加刑"):
        expect(page.locator(".facets")).to_contain_text(words)


def test_the_chart_has_its_figures_as_a_table_too(theft):
    page = theft
    page.get_by_text("以表格查看概率").click()
    rows = page.locator("#headline table tbody tr")
    expect(rows).to_have_count(12)
    expect(rows.first).to_contain_text("免予刑事处罚或单处罚金")


def test_evidence_is_marked_where_it_stands_even_after_a_rare_character(open_page):
    page = open_page()
    typed(page, "𠮷林路上，" + FACT, "盗窃")
    amount = page.locator("#facts mark.quantity")
    expect(amount).to_have_text("4200元")
    expect(page.locator("#facts mark.lighter").first).to_contain_text("主动到派出所投案")
    expect(page.locator("#facts .tag.lighter").first).to_contain_text("自首")
    expect(page.locator("#legend")).to_contain_text("从宽情节")


def test_evidence_of_a_step_leads_to_the_text(theft):
    page = theft
    page.locator("#trace .quote").first.click()
    expect(page.locator("#facts mark.shown").first).to_be_in_viewport()


def test_hostile_text_stays_text(open_page):
    page = open_page()
    typed(page, FACT + '<img src="x" onerror="document.title=1"><script>document.title=2</script>')
    expect(page.locator("#facts")).to_contain_text('<img src="x"')
    assert page.locator("#facts img, #facts script, #sheet img").count() == 0
    assert page.title() not in ("1", "2")


def test_a_switch_redraws_at_once_with_the_law_and_the_model_side_by_side(open_page):
    page = predicted(open_page())
    lever(page, "surrender").get_by_label("无").check()
    effect = page.locator(".effect")
    expect(effect).to_have_count(1)
    expect(effect).to_contain_text("自首")
    expect(effect.locator(".law")).to_contain_text("第67条")
    expect(effect.locator(".way")).to_have_text("从严")
    expect(effect.locator(".model .unchanged")).to_have_text("文本未变")
    expect(page.locator("#whatif .pin.after")).not_to_have_count(0)
    page.get_by_role("button", name="全部还原").click()
    expect(effect).to_have_count(0)


def test_an_amount_in_a_higher_tier_moves_the_statutory_bounds(open_page):
    page = predicted(open_page())
    lever(page, "amount_yuan").get_by_role("spinbutton").fill("800000")
    expect(page.locator(".effect .law")).to_contain_text("法定刑")
    statutory = page.locator("#whatif .figures dd").nth(2)
    expect(statutory).to_contain_text("无期徒刑")


def test_the_stage_of_the_plea_and_further_circumstances_can_be_switched(open_page):
    page = predicted(open_page())
    lever(page, "plea_stage").get_by_role("combobox").select_option("侦查阶段")
    expect(page.locator(".effect")).to_contain_text("侦查阶段")
    page.get_by_label("添加情节或数量").select_option("circumstances:burglary")
    lever(page, "burglary").get_by_label("有").check()
    expect(page.locator(".effect")).to_have_count(2)


def test_changes_can_be_taken_over_into_the_case(open_page):
    page = predicted(open_page())
    lever(page, "recidivist").get_by_label("有").check()
    expect(page.locator(".effect")).to_have_count(1)
    page.get_by_role("button", name="采用这些变更重新预测").click()
    expect(page.locator("#read")).to_contain_text("累犯 由人填写")
    expect(page.locator("#trace")).to_contain_text("累犯")


def test_a_value_that_does_not_fit_is_told_beside_the_switches(open_page):
    page = predicted(open_page())
    lever(page, "amount_yuan").get_by_role("spinbutton").fill("1e999")
    expect(lever(page, "amount_yuan").get_by_role("spinbutton")).to_have_attribute("aria-invalid")


def test_similar_cases_are_shown_where_the_service_has_an_index(theft):
    page = theft
    expect(page.locator("#similar")).to_contain_text("近案一")
    expect(page.locator("#similar")).to_contain_text("有期徒刑八个月")


def test_similar_cases_are_hidden_without_an_index(open_page):
    def without_index(page):
        answer = {"similar_cases": None}
        page.route("**/v1/model", lambda route: route.fulfill(json=answer))

    page = predicted(open_page(prepare=without_index))
    expect(page.locator("#sheet .paper")).to_be_visible()
    expect(page.locator("#similar")).to_be_hidden()


def test_only_the_recommendation_sheet_is_printed(theft):
    from pypdf import PdfReader

    page = theft
    page.emulate_media(media="print")
    expect(page.locator("#sheet .paper")).to_be_visible()
    for hidden in ("header", "#headline", "#trace", "#whatif", "#reading", "#print"):
        expect(page.locator(hidden).first).to_be_hidden()
    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert len(printed.pages) <= 2
    # Some fonts are read back as radicals, which look the same.
    text = unicodedata.normalize("NFKC", "".join(each.extract_text() for each in printed.pages))
    assert "264" in text
    has_chinese_font = any("\u4e00" <= character <= "\u9fff" for character in text)
    for words in ("主刑", "罚金", "缓刑"):
        expect(page.locator("#sheet .paper").get_by_text(words).first).to_be_visible()
        # A machine without Chinese fonts prints boxes, which cannot be read back.
        assert words in text or not has_chinese_font
    page.emulate_media(media="screen")


def test_what_the_case_does_not_say_is_blank_in_the_sheet(open_page):
    page = open_page()
    typed(page, FACT, "盗窃")
    row = page.locator("#sheet tr", has_text="被告人")
    assert row.locator("td").inner_text().strip() == ""
    page.get_by_role("button", name="修改案情").click()
    page.get_by_text("更多：阶段、日期、被告人").click()
    page.get_by_label("被告人（事实中的称呼）").fill("周某某")
    page.get_by_role("button", name="预测量刑").click()
    expect(row.locator("td")).to_have_text("周某某")


def test_word_documents_can_be_downloaded(theft):
    page = theft
    with page.expect_download() as waited:
        page.get_by_role("button", name="量刑建议书").click()
    assert waited.value.suggested_filename == "量刑建议书.docx"
    assert waited.value.path().read_bytes()[:2] == b"PK"


def test_a_document_is_read_into_the_form(open_page):
    import docx

    document = docx.Document()
    document.add_paragraph(FACT)
    content = io.BytesIO()
    document.save(content)
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page = open_page()
    file = {"name": "起诉书.docx", "mimeType": word, "buffer": content.getvalue()}
    page.get_by_label("选择文书").set_input_files([file])
    expect(page.get_by_role("textbox", name="案件事实")).to_have_value(FACT)
    image = {"name": "scan.png", "mimeType": "image/png", "buffer": b"x"}
    page.get_by_label("选择文书").set_input_files([image])
    expect(page.locator("#file-note")).to_have_text("只接受 txt、docx、pdf 文件。")


def test_the_drill_shows_the_model_only_after_a_proposal_and_keeps_the_score(open_page):
    page = open_page(path="/#drill")
    assert page.locator("#view-drill svg").count() == 0
    page.get_by_text("如何计分").click()
    expect(page.get_by_text("满分 100")).to_be_visible()
    page.get_by_role("button", name="提交并对照").click()
    expect(page.locator("#drill-error")).to_contain_text("请填写刑期")
    page.get_by_role("spinbutton", name="个月").fill("8")
    page.get_by_role("button", name="提交并对照").click()
    expect(page.locator(".reveal .pin.mine text")).to_have_text("您 8个月")
    expect(page.locator(".reveal .pin.model text")).to_contain_text("模型")
    assert page.locator(".reveal .trace li").count() > 5
    expect(page.locator("#tally")).to_contain_text("已练 1 件")
    page.get_by_role("button", name="下一案").click()
    expect(page.locator("#view-drill")).to_contain_text("案件 2 / 8")
    page.reload()
    expect(page.locator("#tally")).to_contain_text("已练 1 件")
    page.get_by_role("button", name="清零").click()
    expect(page.locator("#tally")).to_have_text("尚未开始")


def test_the_drill_takes_the_users_own_case(open_page):
    page = open_page()
    page.get_by_role("textbox", name="案件事实").fill(FACT)
    page.get_by_role("button", name="先提我的意见").click()
    drill = page.locator("#view-drill")
    expect(drill.get_by_role("heading", name="我的案情")).to_be_focused()
    page.get_by_label("刑种").select_option("单处罚金")
    page.get_by_role("button", name="提交并对照").click()
    expect(drill.locator(".reveal .pin.mine text")).to_have_text("您 单处罚金")
    expect(drill.locator(".reveal .pair")).to_contain_text("模型建议")


def test_the_score_is_the_one_the_page_states(theft):
    ours, none = {"low": 6, "high": 12}, None
    stated = [
        ("fixed_term", 8, ours, 100),
        ("fixed_term", 11, ours, 92),
        ("fixed_term", 20, ours, 38),
        ("fixed_term", 60, ours, 0),
        ("fixed_term", 20, none, 54),
        ("life", None, ours, 0),
    ]
    statutory = {"low": 0, "high": 36, "life": False, "death": False}
    script = "async ([p, q]) => (await import('/static/score.js')).scoreOf(p, q).total"
    for kind, months, guideline, points in stated:
        prediction = {
            "penalty": {"kind": "fixed_term", "months": 8},
            "bounds": {"statutory": statutory, "guideline": guideline},
        }
        proposal = {"kind": kind, "months": months}
        assert theft.evaluate(script, [proposal, prediction]) == points, (kind, months, guideline)


def test_an_empty_or_too_long_case_is_told_beside_the_field(open_page):
    page = open_page()
    page.get_by_role("button", name="预测量刑").click()
    error = page.locator("#fact-error")
    expect(error).to_have_text("请填写案件事实，或从虚构示例开始。")
    expect(page.get_by_role("textbox", name="案件事实")).to_be_focused()
    expect(page.get_by_role("textbox", name="案件事实")).to_have_attribute("aria-invalid", "true")
    typed(page, "刑" * (MAX_FACT_CHARACTERS + 1))
    expect(error).to_contain_text(f"上限为 {MAX_FACT_CHARACTERS} 字")
    page.get_by_role("textbox", name="案件事实").fill(FACT)
    expect(error).to_be_hidden()


def test_an_error_of_the_service_is_told_at_its_field(open_page):
    page = open_page()
    typed(page, FACT, "、".join(f"第{number}罪" for number in range(60)))
    expect(page.locator("#charges-error")).to_contain_text("罪名有误")
    expect(page.locator("#charges-error small")).to_contain_text("limit")
    expect(page.get_by_label("罪名", exact=True)).to_be_focused()


def test_a_busy_service_is_told_in_plain_words_and_can_be_asked_again(open_page):
    page = open_page()
    busy = {"type": "urn:liangxing:problem:queue-full", "title": "busy", "status": 503}
    answer = {"status": 503, "json": busy, "headers": {"Retry-After": "7"}}
    page.route("**/v1/predict", lambda route: route.fulfill(**answer), times=1)
    typed(page, FACT, "盗窃")
    expect(page.locator("#problem")).to_contain_text("服务繁忙，请7 秒后再试。")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".penalty")).to_be_visible()
    expect(page.locator("#problem")).to_be_hidden()


def test_a_service_that_is_gone_is_told(open_page):
    page = open_page()
    page.route("**/v1/predict", lambda route: route.abort())
    typed(page, FACT)
    expect(page.locator("#problem")).to_contain_text("连接不上服务")


def test_a_slow_answer_shows_that_it_runs_and_can_be_cancelled(open_page):
    page = open_page()
    held = []
    page.route("**/v1/predict", lambda route: held.append(route), times=1)
    typed(page, FACT, "盗窃")
    expect(page.locator("#progress")).to_be_visible()
    page.get_by_role("button", name="取消").click()
    expect(page.locator("#progress")).to_be_hidden()
    expect(page.locator("#result")).to_be_hidden()
    assert len(held) == 1
    page.get_by_role("button", name="预测量刑").click()
    expect(page.locator(".penalty")).to_be_visible()


def test_a_service_with_keys_asks_for_one_and_keeps_it_for_the_tab(open_page):
    sent = []

    def guard(route):
        key = route.request.headers.get("authorization")
        sent.append(key)
        if key == "Bearer lx_right":
            route.continue_()
        else:
            route.fulfill(status=401, json={"status": 401, "detail": "an API key is needed"})

    page = open_page(prepare=lambda page: page.route("**/v1/**", guard), ready=False)
    page.locator("#key-input").fill("lx_right")
    page.get_by_role("button", name="继续").click()
    predicted(page)
    assert sent[-1] == "Bearer lx_right"


def test_english_is_one_click_away_and_remembered(open_page):
    page = predicted(open_page())
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".eyebrow")).to_have_text("Recommended penalty")
    expect(page.locator(".penalty")).to_contain_text("imprisonment")
    expect(page.get_by_role("heading", name="Reasoning")).to_be_visible()
    expect(page.locator("#facts .tag.lighter").first).to_have_text("surrender")
    page.reload()
    expect(page.get_by_role("button", name="Predict")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("button", name="预测量刑")).to_be_visible()


def test_the_keyboard_alone_leads_from_the_start_to_a_what_if(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[data-case=theft]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#result-title")).to_be_focused()
    lever(page, "surrender").get_by_label("有").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".effect")).to_contain_text("自首")
    expect(page.locator("#status")).to_contain_text("结果已更新")


def test_every_control_has_a_name_and_headings_do_not_skip(theft):
    page = theft
    nameless = page.evaluate(
        "() => [...document.querySelectorAll('button, input, select, textarea, a, summary')]"
        ".filter(node => node.offsetParent && ![node.getAttribute('aria-label'), node.innerText,"
        " ...[...(node.labels ?? [])].map(label => label.innerText),"
        " ...(node.getAttribute('aria-labelledby') ?? '').split(' ')"
        ".map(id => document.getElementById(id)?.innerText)].some(name => name?.trim()))"
        ".map(node => node.outerHTML)"
    )
    assert nameless == []
    levels = page.evaluate(
        "() => [...document.querySelectorAll('#result :is(h2,h3,h4,h5)')]"
        ".filter(h => h.offsetParent).map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 2
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("example", ["theft", "homicide"])
def test_nothing_is_wider_than_a_phone(open_page, example):
    page = predicted(open_page(width=360, height=740), example)
    lever(page, "surrender").get_by_label("有" if example == "homicide" else "无").check()
    expect(page.locator(".effect")).to_have_count(1)
    width = "() => document.documentElement.scrollWidth"
    assert page.evaluate(width) <= 360
    page.get_by_role("link", name="练习").click()
    page.get_by_role("spinbutton", name="个月").fill("8")
    page.get_by_role("button", name="提交并对照").click()
    expect(page.locator(".reveal svg")).to_be_visible()
    assert page.evaluate(width) <= 360

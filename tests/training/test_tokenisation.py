"""Token ids at use equal those of the Hugging Face tokenizer that training loads."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liangxing.model.tokens import WindowTokenizer, encoder_text
from liangxing_training.finetune import EncoderSettings, load_tokenizer
from liangxing_training.sources.synthetic import generate
from liangxing_training.tiny import TinySettings, make_tiny_encoder
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer, BertConfig, PreTrainedTokenizerFast

SPECIAL = {"unk_token": "<unk>", "cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>"}
FACT = "２０２１年３月５日，被告人欧阳某某（化名）在柳塘镇窃得手机一部，价值人民币３，２００元。"
TEXTS = (
    FACT,
    "被告人龘某、𠮷野某于２０２０．１２．３１收取現金￥１２，０００.５０元，經查屬實……",
    "微信名“快乐🙂🙂‍↔️小张”转账5000元😀，备注“👨‍👩‍👧还款”。",
    "血液中酒精含量为１６５．３ｍｇ／１００ｍｌ，毒品净重12.5g，轻伤二级②。",
    "第一行\r\n第二行\t制表\u3000全角空格\u200b零宽\ufeff。",
    "被告人张三" + "，先后多次窃得财物若干" * 900 + "。",
    "A" * 2_000 + "某",
    "７" * 1_500 + "元",
)


def _unigram(texts):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=900, special_tokens=list(SPECIAL.values()), unk_token="<unk>"
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _byte_level(texts):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=list(SPECIAL.values()), initial_alphabet=alphabet
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _save(tokenizer, folder):
    first, last = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", first), ("</s>", last)]
    )
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **SPECIAL).save_pretrained(folder)
    BertConfig().save_pretrained(folder)


@pytest.fixture(scope="module", params=["character", "unigram", "byte-level", "pretrained"])
def tokenizers(request, tmp_path_factory):
    """The Hugging Face tokenizer of an encoder folder, and ours as a bundle would hold it."""
    texts = [row["fact"] for row in generate(300, 17)]
    folder = tmp_path_factory.mktemp("encoder")
    if request.param == "character":
        make_tiny_encoder(texts, TinySettings(), folder)
    elif request.param == "pretrained":
        folder = Path(os.environ.get("LIANGXING_ENCODER", ""))
        if not (folder / "tokenizer.json").is_file():
            pytest.skip("LIANGXING_ENCODER names no encoder folder")
    else:
        make = _unigram if request.param == "unigram" else _byte_level
        _save(make(texts), folder)
    encoder = EncoderSettings(name=str(folder), window=128, stride=96, max_windows=200)
    _, windows, content = load_tokenizer(encoder)
    stored = tmp_path_factory.mktemp("bundle") / "tokenizer.json"
    stored.write_text(content, encoding="utf-8")
    return AutoTokenizer.from_pretrained(folder), WindowTokenizer.from_file(stored, windows)


def _joined(ours, fact):
    """The ids of a fact, put together from its windows."""
    windows, _ = ours.windows(fact, None)
    step = ours.settings.stride
    bodies = [window[1:-1] for window in windows]
    return [i for body in bodies[:-1] for i in body[:step]] + bodies[-1]


@pytest.mark.parametrize("fact", TEXTS)
def test_windows_hold_the_ids_of_the_training_tokenizer(tokenizers, fact):
    theirs, ours = tokenizers
    text = encoder_text(fact, mask=True)
    assert _joined(ours, fact) == theirs(text, add_special_tokens=False)["input_ids"]


def test_a_short_fact_is_framed_as_the_training_tokenizer_frames_it(tokenizers):
    theirs, ours = tokenizers
    if len(theirs("")["input_ids"]) != 2:
        pytest.skip("this tokenizer leaves the frame to its user")
    (window,), cut = ours.windows(FACT[:30], None)
    assert window == theirs(encoder_text(FACT[:30], mask=True))["input_ids"]
    assert not cut


@settings(max_examples=40)
@given(text=st.text(max_size=300))
def test_any_text_has_the_ids_of_the_training_tokenizer(tokenizers, text):
    theirs, ours = tokenizers
    ids = theirs(encoder_text(text, mask=True), add_special_tokens=False)["input_ids"]
    assert _joined(ours, text) == ids


def test_no_window_is_longer_than_the_encoder_reads(tokenizers):
    _, ours = tokenizers
    windows, _ = ours.windows(TEXTS[5], "被告人" * 40)
    assert max(map(len, windows)) <= ours.settings.window

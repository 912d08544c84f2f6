"""A pruned encoder reads and answers as before where its pieces were kept."""

import json
from pathlib import Path

import pytest
import torch
from liangxing.errors import ConfigError, DataError
from liangxing.model.bundle import file_sha256
from liangxing.model.tokens import encoder_text
from liangxing_training.sources.synthetic import generate
from liangxing_training.tiny import TinySettings, make_tiny_encoder
from liangxing_training.vocabulary import prune_vocabulary, read_texts
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers.processors import BertProcessing, TemplateProcessing
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    CanineTokenizer,
    PreTrainedTokenizerFast,
)

NAMES = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
SPECIAL = dict(
    zip(
        ("cls_token", "pad_token", "sep_token", "unk_token", "mask_token"),
        NAMES,
        strict=True,
    )
)
CORPUS = [encoder_text(row["fact"], mask=True) for row in generate(300, 17)]
USED = CORPUS[:40]
HAN = "龘"


def _unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    # The mask comes last, as in XLM-R, so that its id has to move.
    return tokenizer, trainers.UnigramTrainer(
        vocab_size=900, special_tokens=list(NAMES[:4]), unk_token="<unk>"
    )


def _wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer, trainers.WordPieceTrainer(vocab_size=1_500, special_tokens=list(NAMES))


def _byte_level():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, trainers.BpeTrainer(
        vocab_size=900,
        special_tokens=list(NAMES),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )


def _encoder(folder, kind, architecture=BertModel):
    torch.manual_seed(1)
    if kind == "tiny":
        make_tiny_encoder([*CORPUS, HAN], TinySettings(hidden=16, heads=2), folder)
    else:
        made = {"unigram": _unigram, "wordpiece": _wordpiece, "byte-level": _byte_level}
        tokenizer, trainer = made[kind]()
        tokenizer.train_from_iterator([*CORPUS, HAN], trainer)
        tokenizer.add_special_tokens(["<mask>"])
        first, last = (tokenizer.token_to_id(name) for name in ("<s>", "</s>"))
        tokenizer.post_processor = (
            BertProcessing(("</s>", last), ("<s>", first))
            if kind == "wordpiece"
            else TemplateProcessing(
                single="<s> $A </s>", special_tokens=[("<s>", first), ("</s>", last)]
            )
        )
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, model_max_length=256, **SPECIAL
        ).save_pretrained(folder)
    loaded = AutoTokenizer.from_pretrained(folder)
    config = BertConfig(
        vocab_size=len(loaded) + 3,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=256,
        pad_token_id=loaded.pad_token_id,
    )
    architecture(config).eval().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=["tiny", "unigram", "wordpiece", "byte-level"])
def pair(request, tmp_path_factory):
    """Folders of an encoder before and after, and what was reported."""
    root = tmp_path_factory.mktemp(request.param)
    before = _encoder(root / "before", request.param)
    done = prune_vocabulary(str(before), lambda: USED, root / "after")
    return before, root / "after", done


def _kept_texts(before, after):
    names = set(after.get_vocab())
    return [text for text in CORPUS if set(before.tokenize(text)) <= names]


def test_texts_of_kept_pieces_are_cut_as_before_and_encoded_alike(pair):
    before, after = (AutoTokenizer.from_pretrained(folder) for folder in pair[:2])
    larger, smaller = (AutoModel.from_pretrained(folder).eval() for folder in pair[:2])
    texts = _kept_texts(before, after)
    assert len(texts) > 20
    for text in texts:
        assert after.tokenize(text) == before.tokenize(text)
    for text in texts[:5]:
        with torch.no_grad():
            old, new = (
                model(torch.tensor([tokenizer(text)["input_ids"][:200]])).last_hidden_state
                for model, tokenizer in ((larger, before), (smaller, after))
            )
        assert torch.allclose(old, new, atol=1e-6)


def test_kept_pieces_keep_their_order_and_their_rows(pair):
    before, after = (AutoTokenizer.from_pretrained(folder) for folder in pair[:2])
    larger, smaller = (AutoModel.from_pretrained(folder) for folder in pair[:2])
    kept = sorted(after.get_vocab(), key=after.get_vocab().__getitem__)
    old = [before.get_vocab()[piece] for piece in kept]
    assert old == sorted(old)
    assert len(kept) < len(before)
    rows = smaller.get_input_embeddings().weight
    assert torch.equal(rows, larger.get_input_embeddings().weight[old])


def test_sizes_shrink_and_are_reported(pair):
    folder, pruned, done = pair
    assert (pruned / "model.safetensors").stat().st_size == done.weight_bytes[1]
    for name in ("model.safetensors", "tokenizer.json"):
        assert (pruned / name).stat().st_size < (folder / name).stat().st_size
    assert done.pieces[1] == json.loads((pruned / "config.json").read_text())["vocab_size"]
    assert done.texts == len(USED)


def test_special_tokens_are_still_themselves(pair):
    before, after = (AutoTokenizer.from_pretrained(folder) for folder in pair[:2])
    assert after.special_tokens_map == before.special_tokens_map
    assert len(after) == max(after.get_vocab().values()) + 1
    for name in after.special_tokens_map.values():
        assert after.convert_ids_to_tokens(after.convert_tokens_to_ids(name)) == name
    assert AutoModel.from_pretrained(pair[1]).config.pad_token_id == after.pad_token_id


def test_han_characters_and_ascii_stay_without_being_used(pair):
    before, after = (AutoTokenizer.from_pretrained(folder) for folder in pair[:2])
    assert HAN not in "".join(USED)
    assert after.tokenize(HAN) == before.tokenize(HAN)
    ascii_pieces = {piece for piece in before.get_vocab() if len(piece) == 1 and piece.isascii()}
    assert ascii_pieces
    assert ascii_pieces <= set(after.get_vocab())


def test_pruning_again_changes_nothing(pair, tmp_path):
    again = prune_vocabulary(str(pair[1]), lambda: USED, tmp_path / "again")
    assert again.pieces[0] == again.pieces[1]
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        assert file_sha256(tmp_path / "again" / name) == file_sha256(pair[1] / name)


def test_a_masked_language_head_is_cut_with_the_matrix_it_is_tied_to(tmp_path):
    folder = _encoder(tmp_path / "before", "unigram", BertForMaskedLM)
    prune_vocabulary(str(folder), lambda: USED, tmp_path / "after")
    larger, smaller = (
        AutoModelForMaskedLM.from_pretrained(path).eval() for path in (folder, tmp_path / "after")
    )
    before, after = (AutoTokenizer.from_pretrained(p) for p in (folder, tmp_path / "after"))
    text = _kept_texts(before, after)[0][:60]
    kept = [before.get_vocab()[p] for p in sorted(after.get_vocab(), key=after.get_vocab().get)]
    with torch.no_grad():
        old = larger(torch.tensor([before(text)["input_ids"]])).logits[..., kept]
        new = smaller(torch.tensor([after(text)["input_ids"]])).logits
    assert torch.allclose(old, new, atol=1e-6)
    assert smaller.get_output_embeddings().weight is smaller.get_input_embeddings().weight


def test_weights_stored_in_half_precision_stay_so_and_load_as_the_layout_says(tmp_path):
    folder = _encoder(tmp_path / "before", "tiny")
    AutoModel.from_pretrained(folder).half().save_pretrained(folder)
    layout = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**layout, "dtype": "float32"}))
    done = prune_vocabulary(str(folder), lambda: USED, tmp_path / "after")
    assert done.weight_bytes[1] < 1.2 * 2 * _count(AutoModel.from_pretrained(tmp_path / "after"))
    assert AutoModel.from_pretrained(tmp_path / "after").dtype == torch.float32


def test_a_tokenizer_without_pieces_is_refused(tmp_path):
    CanineTokenizer().save_pretrained(tmp_path)
    BertConfig().save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match=r"no fast tokenizer.*Unigram"):
        prune_vocabulary(str(tmp_path), lambda: USED, tmp_path / "after")


def test_texts_come_from_rows_with_a_fact_or_a_text(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"fact": "甲某盗窃。"}\n{"text": "乙某诈骗。"}\n', encoding="utf-8")
    assert list(read_texts([file])) == ["甲某盗窃。", "乙某诈骗。"]
    Path(tmp_path / "b.jsonl").write_text('{"months": 3}\n')
    with pytest.raises(DataError, match=r"b\.jsonl:1.*fact or text"):
        list(read_texts([tmp_path / "b.jsonl"]))


def _count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def test_a_folder_of_prepared_data_gives_its_train_split_alone(tiny_pipeline):
    data = tiny_pipeline.prepare()
    texts = list(read_texts([data.folder]))
    assert len(texts) == len(list(data.facts("train")))
    assert len(texts) < sum(len(split) for split in data.splits.values())

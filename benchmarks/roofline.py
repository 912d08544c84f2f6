"""How near the encoder comes to plain matrix multiplications of its shapes, same runtime."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
from contestants import Contestants
from figures import Figure, compared, rounds
from onnx import TensorProto, helper, numpy_helper

TOKENS, BATCH = 256, 16
_GOAL = 0.6


def roofline(sides: Contestants, *, count: int) -> list[Figure]:
    """GFLOP/s of the encoder and of its bare products (weights; queries, keys and values) at 256
    tokens and batch 16, counting the products alone on both sides."""
    config = sides.model.encoder_part.encoder.config
    layers, width = int(config.num_hidden_layers), int(config.hidden_size)
    inner, heads = int(config.intermediate_size), int(config.num_attention_heads)
    shapes = [(width, 3 * width), (width, width), (width, inner), (inner, width)]
    ids = np.random.default_rng(0).integers(3, config.vocab_size, (BATCH, TOKENS))
    feed = {
        "input_ids": ids.astype(np.int64),
        "attention_mask": np.ones((BATCH, TOKENS), np.int64),
        "window_case": np.arange(BATCH, dtype=np.int64),
    }
    rows = BATCH * TOKENS
    flops = layers * (sum(2 * rows * a * b for a, b in shapes) + 4 * rows * TOKENS * width)
    precision = sides.predictor.bundle.manifest.precision or "int8"
    whole = {
        "int8": session(str(sides.bundle / "encoder.onnx"), sides.threads),
        "fp32": session(str(sides.plain_path), sides.threads),
    }
    found: list[Figure] = []
    for name in ["int8", "fp32"] if precision == "int8" else ["fp32"]:
        bare = session(_products(shapes, heads, width, name).SerializeToString(), sides.threads)
        inputs = _inputs(shapes, heads, width, name)

        def products(bare: Any = bare, inputs: dict[str, Any] = inputs) -> None:
            for _ in range(layers):
                bare.run(None, inputs)

        def encoder(session_: Any = whole[name]) -> None:
            session_.run(["embedding"], feed)

        taken = rounds({"ours": encoder, "peer": products}, count)
        found.append(
            compared(
                f"roofline, {name}, {TOKENS} tokens, batch {BATCH}",
                "GFLOP/s",
                [flops / seconds / 1e9 for seconds in taken["ours"]],
                "plain MatMul" if name == "fp32" else "plain MatMulInteger",
                [flops / seconds / 1e9 for seconds in taken["peer"]],
                at_least=_GOAL,
                note=f"{sides.threads} thread(s), {layers} layers",
            )
        )
    return found


def session(model: str | bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _products(
    shapes: list[tuple[int, int]], heads: int, width: int, precision: str
) -> onnx.ModelProto:
    """One layer's products as a graph and nothing else; attention is fp32 in both."""
    random = np.random.default_rng(1)
    integer = precision == "int8"
    nodes, inputs, outputs, weights = [], [], [], []
    for place, (rows, columns) in enumerate(shapes):
        weight = random.integers(-127, 128, (rows, columns)).astype(
            np.int8 if integer else np.float32
        )
        weights.append(numpy_helper.from_array(weight, f"w{place}"))
        kind = TensorProto.UINT8 if integer else TensorProto.FLOAT
        inputs.append(helper.make_tensor_value_info(f"x{place}", kind, [BATCH * TOKENS, rows]))
        kind = TensorProto.INT32 if integer else TensorProto.FLOAT
        outputs.append(helper.make_tensor_value_info(f"y{place}", kind, None))
        operator = "MatMulInteger" if integer else "MatMul"
        nodes.append(helper.make_node(operator, [f"x{place}", f"w{place}"], [f"y{place}"]))
    each = width // heads
    for name, one, other in (
        ("scores", [TOKENS, each], [each, TOKENS]),
        ("mixed", [TOKENS, TOKENS], [TOKENS, each]),
    ):
        for side, shape in (("a", one), ("b", other)):
            inputs.append(
                helper.make_tensor_value_info(
                    f"{name}_{side}", TensorProto.FLOAT, [BATCH, heads, *shape]
                )
            )
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
        nodes.append(helper.make_node("MatMul", [f"{name}_a", f"{name}_b"], [name]))
    graph = helper.make_graph(nodes, "products", inputs, outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def _inputs(
    shapes: list[tuple[int, int]], heads: int, width: int, precision: str
) -> dict[str, Any]:
    random = np.random.default_rng(2)
    kind = np.uint8 if precision == "int8" else np.float32
    each = width // heads
    found: dict[str, Any] = {
        f"x{place}": random.integers(0, 256, (BATCH * TOKENS, rows)).astype(kind)
        for place, (rows, _) in enumerate(shapes)
    }
    for name, shape in (
        ("scores_a", (TOKENS, each)),
        ("scores_b", (each, TOKENS)),
        ("mixed_a", (TOKENS, TOKENS)),
        ("mixed_b", (TOKENS, each)),
    ):
        found[name] = random.random((BATCH, heads, *shape), dtype=np.float32)
    return found

"""Rewrite a fused encoder so that only its attentions see padding, and faster on a CPU.

Between two attentions the windows of a run lie as one list of real tokens, [tokens, hidden]: the
dense layers cost nothing for padding, and int8 scales activations by real tokens alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper

_SKIP_NORM = "SkipLayerNormalization"


def pack_tokens(model: onnx.ModelProto, hidden: int) -> None:
    """Packs a graph with fused attentions and layer norms, `hidden` wide, in place.

    Its answers stay the same. A fused norm with its residual becomes an addition and a plain norm,
    which ONNX Runtime computes faster on a CPU.
    """
    graph = model.graph
    (embedded, *_) = (node.input[0] for node in graph.node if node.op_type == "Attention")
    *_, last = (node.output[0] for node in graph.node if node.op_type == _SKIP_NORM)
    nodes = list(_lists_of_tokens(graph, hidden))
    for node in graph.node:
        if node.op_type == "Attention":
            source, output = node.input[0], node.output[0]
            node.input[0], node.output[0] = _whole(source), _whole(output)
            nodes.extend([*_unpack(source), node, *_pack(output, _whole(output))])
        elif node.op_type == _SKIP_NORM:
            nodes.extend(_plain_norm(node))
            if node.output[0] == last:
                nodes.extend(_unpack(last))
        elif embedded in node.output:
            source = f"{embedded}/padded"
            node.output[list(node.output).index(embedded)] = source
            nodes.extend([node, *_pack(embedded, source)])
        else:
            for place, name in enumerate(node.input):
                if name == last:
                    node.input[place] = _whole(last)
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]


def _lists_of_tokens(graph: onnx.GraphProto, hidden: int) -> Iterator[NodeProto]:
    """Where each real token stands among all places, and each place's row among real tokens; a
    place of padding has the row of the token before it, which attention does not see."""
    for name, values in (("rows", [-1, hidden]), ("flat", [-1]), ("width", [hidden])):
        graph.initializer.append(numpy_helper.from_array(np.asarray(values, np.int64), _at(name)))
    for name, value in (("zero", 0), ("one", 1)):
        graph.initializer.append(numpy_helper.from_array(np.asarray(value, np.int64), _at(name)))
    mask = "attention_mask"
    yield helper.make_node("Reshape", [mask, _at("flat")], [_at("mask")])
    yield helper.make_node("NonZero", [_at("mask")], [_at("found")])
    yield helper.make_node("Reshape", [_at("found"), _at("flat")], [_at("places")])
    yield helper.make_node("CumSum", [_at("mask"), _at("zero")], [_at("count")])
    yield helper.make_node("Sub", [_at("count"), _at("one")], [_at("tokens")])
    yield helper.make_node("Shape", [mask], [_at("windows")])
    yield helper.make_node("Concat", [_at("windows"), _at("width")], [_at("shape")], axis=0)


def _pack(name: str, source: str) -> list[NodeProto]:
    """NAME [real tokens, hidden] from SOURCE [windows, tokens, hidden]."""
    return [
        helper.make_node("Reshape", [source, _at("rows")], [f"{name}/rows"]),
        helper.make_node("Gather", [f"{name}/rows", _at("places")], [name], axis=0),
    ]


def _unpack(name: str) -> list[NodeProto]:
    """NAME/whole [windows, tokens, hidden] from NAME [real tokens, hidden]."""
    return [
        helper.make_node("Gather", [name, _at("tokens")], [f"{name}/spread"], axis=0),
        helper.make_node("Reshape", [f"{name}/spread", _at("shape")], [_whole(name)]),
    ]


def _plain_norm(node: NodeProto) -> list[NodeProto]:
    """Input, residual, scale, shift and perhaps the bias of the layer before, as plain nodes."""
    source, residual, scale, shift, *bias = node.input
    nodes: list[NodeProto] = []
    output = node.output[0]
    if bias:
        nodes.append(helper.make_node("Add", [source, *bias], [f"{output}/biased"]))
        source = f"{output}/biased"
    (epsilon,) = (each.f for each in node.attribute if each.name == "epsilon")
    return [
        *nodes,
        helper.make_node("Add", [source, residual], [f"{output}/sum"]),
        helper.make_node(
            "LayerNormalization",
            [f"{output}/sum", scale, shift],
            [output],
            axis=-1,
            epsilon=epsilon,
        ),
    ]


def _whole(name: str) -> str:
    return f"{name}/whole"


def _at(name: str) -> str:
    return f"/packing/{name}"

import ast
from pathlib import Path

import liangxing

FORBIDDEN = {"torch", "transformers", "datasets", "sklearn", "mlflow", "liangxing_training"}


def test_the_light_package_imports_nothing_heavy():
    root = Path(liangxing.__file__).parent
    found = [
        f"{path.relative_to(root)}: {name}"
        for path in root.rglob("*.py")
        for name in imported(path)
        if name in FORBIDDEN and path.relative_to(root) != Path("model/registry.py")
    ]
    assert found == []


def imported(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]

import ast
import graphlib
from collections.abc import Iterator
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


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_any_module_can_be_the_first_that_is_imported():
    root = Path(liangxing.__file__).parent
    modules = {module_name(path, root): path for path in root.rglob("*.py")}
    graph = {name: set(needed(name, path, modules)) for name, path in modules.items()}
    # Raises CycleError, which names the modules that need each other.
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(modules)


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def needed(name: str, path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """The modules that are loaded while `name` is: what it imports outside of functions, and the
    packages around that, unless they are around `name` too."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            parts = (inner if inner in modules else node.module).split(".")
            loaded = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
            yield from (one for one in loaded if one in modules and not within(name, one))


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")

"""Write the compiled copy of the law: `python -m liangxing.law.compile`, after every edit."""

from pathlib import Path

from liangxing.law import files


def write_compiled() -> Path:
    """Compile the YAML of the law into JSON beside it; needs a source checkout."""
    path = Path(str(files.data_folder() / files.COMPILED))
    path.write_text(files.compiled_text(), encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    write_compiled()

"""The text of a PDF or DOCX file, read in a process of its own with little memory and time.

`python -m liangxing.service.extract .pdf` takes the file on standard input and writes its text, or
one line of what is wrong with it and exit code 1.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from liangxing.documents_in import read_documents
from liangxing.errors import CaseError

_MEMORY = 1 << 30
_UNPACKED = 100 << 20
_CPU_SECONDS = 20
_MOST_CHARACTERS = 400_000


def text_of(content: bytes, suffix: str, seconds: float) -> str:
    """The text of a file that may be hostile. CaseError says what is wrong with it."""
    if suffix == ".txt":
        return _decoded(content)
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, suffix],
            input=content,
            capture_output=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise CaseError("the file takes too long to read; copy its text instead") from None
    if done.returncode == 1:
        # Libraries may have logged warnings before.
        raise CaseError(done.stderr.decode("utf-8", "replace").strip().splitlines()[-1])
    if done.returncode != 0:
        raise CaseError("the file cannot be read within the limits; copy its text instead")
    return done.stdout.decode("utf-8", "replace")


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CaseError("the text is neither UTF-8 nor GB18030; convert it to UTF-8")


def _main(suffix: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"document{suffix}"
        path.write_bytes(sys.stdin.buffer.read())
        try:
            if suffix == ".docx":
                _check_size(path)
            _, document = next(read_documents(path))
        except CaseError as error:
            document = error
    if isinstance(document, CaseError):
        # The words of a library may name the temporary file.
        sys.stderr.write(str(document).replace(f"{folder}/", "").replace("\n", " "))
        return 1
    sys.stdout.buffer.write(str(document.document)[:_MOST_CHARACTERS].encode("utf-8", "replace"))
    return 0


def _check_size(path: Path) -> None:
    """A small archive may unpack to gigabytes."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise CaseError("not a readable DOCX file") from error
    if size > _UNPACKED:
        raise CaseError("the DOCX file unpacks to too much")


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))

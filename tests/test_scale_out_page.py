"""The page on scaling out says what the commands it shows print."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_cost_on_the_page_is_what_its_command_prints():
    page = (ROOT / "docs" / "scale-out.md").read_text("utf-8")
    shown = re.search(
        r"```sh\npython (benchmarks/cost\.py.*--rate.*)\n```\n\n```text\n([^`]*)```", page
    )
    assert shown
    command, wanted = shlex.split(shown[1]), shown[2]
    made = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert made.stdout == wanted

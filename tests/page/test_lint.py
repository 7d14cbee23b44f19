"""The page's JavaScript has none of the faults that the linter finds; .oxlintrc.json has its rules.

Runs without a browser.
"""

import subprocess
import sysconfig
from pathlib import Path

from tests.support.corpora import ROOT

SCRIPTS = ROOT / "bot" / "sandbox" / "page" / "js"
OXLINT = Path(sysconfig.get_path("scripts")) / "oxlint"


def lint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [OXLINT, "--config", Path(__file__).with_name(".oxlintrc.json"), "--deny-warnings", path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_fault_is_found() -> None:
    """Warnings count, too."""
    result = lint(SCRIPTS)
    assert result.returncode == 0, result.stdout


def test_faults_would_be_found(tmp_path: Path) -> None:
    """The rules that matter most are on."""
    script = tmp_path / "faulty.js"
    script.write_text(
        "const unused = 1;\n"
        "export function f(a) { if (a == undefinedName) { const a = 2; return a; } return 0; }\n"
    )
    said = lint(script).stdout
    for rule in ("no-unused-vars", "no-undef", "eqeqeq", "no-shadow"):
        assert rule in said

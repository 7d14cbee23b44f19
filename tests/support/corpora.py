"""Articles that tests ask about."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ARTICLE = "us-ukraine-security-guarantees"
BRIDGE = """\
---
title: Harbour Bridge Opens After Six Years
standfirst: The new bridge over the harbour opened on Monday, two years late.
language: en
url: https://example.org/bridge
questions:
  - When did the bridge open?
  - How long is the bridge?
---
The mayor cut the ribbon at noon before ten thousand guests. The first bus crossed an hour later.

The bridge is 1,200 metres long and cost 340 million dollars, a third more than was planned.

Engineers blamed storms in the second winter for most of the delay.
"""


def write_two_articles(folder: Path, bridge: str = BRIDGE) -> Path:
    """Write a corpus of two articles into a folder: the one of the project, and a bridge's."""
    corpus = folder / "corpus"
    corpus.mkdir()
    shutil.copy(ROOT / "corpus" / f"{ARTICLE}.md", corpus)
    (corpus / "bridge.md").write_text(bridge, encoding="utf-8")
    return corpus

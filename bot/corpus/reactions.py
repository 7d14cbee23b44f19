"""Reactions: what readers can vote with, and how a file of them is read."""

import re
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.yaml import Document, read_yaml

MAX_REACTIONS = 16
"""Four rows of four buttons; more would push the answer off the screen."""
MAX_LABEL_LENGTH = 20
"""Characters."""
MAX_EMOJI_LENGTH = 16
"""Code points; one emoji can be a sequence of several."""

REACTION_ID = re.compile(r"[a-z0-9_]{1,16}")
"""Reaction ids are part of callback data, which Telegram limits to 64 bytes."""


@dataclass(frozen=True)
class Reaction:
    """Something that a reader can vote for.

    Attributes:
        id: What votes are stored under; matches REACTION_ID.
        label: Its name in English.
        emoji: What its button shows.
    """

    id: str
    label: str
    emoji: str


def read_reactions(file: Path) -> tuple[Reaction, ...]:
    """Read a set of reactions: a mapping of an id to its label, emoji and order.

    Returns:
        1 to MAX_REACTIONS reactions, sorted by their order, and then as in the file.

    Raises:
        CorpusError: With all faults found in the file.
    """
    document = read_yaml(file)
    ids = list(document.value) if isinstance(document.value, dict) else []
    if not 1 <= len(ids) <= MAX_REACTIONS:
        document.fault(f"{len(ids)} reactions are given.", f"Give 1 to {MAX_REACTIONS}.")
    ordered = [_read_reaction(document, reaction_id) for reaction_id in ids]
    document.raise_faults()
    return tuple(reaction for _, reaction in sorted(ordered, key=lambda pair: pair[0]))


def _read_reaction(document: Document, reaction_id: str) -> tuple[float, Reaction]:
    """Return a reaction's order, and the reaction."""
    if not REACTION_ID.fullmatch(reaction_id):
        hint = "Use 1 to 16 lowercase letters a-z, digits and underscores."
        document.fault(f"'{reaction_id}' is not a valid reaction id.", hint, reaction_id)
    fields = document.value[reaction_id]
    complete = isinstance(fields, dict) and set(fields) == {"label", "emoji", "order"}
    if not complete or None in fields.values():
        problem = f"'{reaction_id}' needs exactly the keys label, emoji and order."
        hint = 'Write for example: love: {label: Love, emoji: "❤️", order: 3}'
        document.fault(problem, hint, reaction_id)
        return 0, Reaction(reaction_id, "", "")
    order = fields["order"]
    if isinstance(order, bool) or not isinstance(order, int | float):
        hint = "Write for example: order: 3"
        document.fault("The order is not a number.", hint, reaction_id, "order")
        order = 0
    label = document.text(reaction_id, "label", limit=MAX_LABEL_LENGTH)
    emoji = document.text(reaction_id, "emoji", limit=MAX_EMOJI_LENGTH)
    return order, Reaction(reaction_id, label, emoji)

"""What a message holds: text, entities, keyboard, quotes, forwards.

A message is a dict as in the Bot API. It is never changed in place: an edit puts a new one into
its chat, so updates and events that hold a message keep it as it was.
"""

from typing import Any

Message = dict[str, Any]

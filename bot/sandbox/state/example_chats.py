"""The chats that the sandbox command starts with, beside the two readers' private chats.

A group with both readers and the bot, and the bot's channel with its discussion group.
"""

from bot.sandbox.state.members import add_bot
from bot.sandbox.state.world import World

CHANNEL = "the_daily_sandbox"
"""The username of the channel."""


def create_example_chats(world: World) -> None:
    """Create the chats; the bot is told of the group that it was added to."""
    readers = list(world.readers.values())
    group = world.add_group("Readers’ club", readers, bot_status="left")
    add_bot(world, group, readers[0])
    discussion = world.add_group("Comments on the Daily", readers)
    world.add_channel(
        "The Daily Sandbox",
        CHANNEL,
        readers,
        discussion=discussion,
        bot_status="administrator",
    )

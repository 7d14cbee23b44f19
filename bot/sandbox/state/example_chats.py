"""The chats that the sandbox command starts with, beside the two readers' private chats.

A group with both readers and the bot, and the bot's channel with its discussion group.
"""

from dataclasses import dataclass

from bot.sandbox.state.members import add_bot
from bot.sandbox.state.world import World

CHANNEL = "the_daily_sandbox"


@dataclass(frozen=True)
class ExampleChats:
    """What the command line needs that posts in the example channel.

    Attributes:
        article: the id of an article.
        database_url: the database of the bot that runs in this sandbox.
        program: how to call the program in the folder where the sandbox was started.
    """

    article: str
    database_url: str
    program: str

    def publish_command(self, token: str, url: str) -> str:
        """Return the command line that posts the article in the sandbox at `url`."""
        settings = (
            f"BOT_TOKEN={token} BOT_API_URL={url} DATABASE_URL={self.database_url} "
            # Empty: take the key that is stored beside the database, whatever .env says.
            "VOTER_KEY="
        )
        return f"{settings} {self.program} publish {self.article} --to @{CHANNEL}"


def create_example_chats(world: World) -> None:
    """Create the chats; the bot is told of the group that it was added to."""
    readers = list(world.readers.values())
    group = world.add_group("Readers’ club", readers, bot_status="left")
    add_bot(world, group, readers[0])
    discussion = world.add_group("Daily Sandbox chat", readers)
    world.add_channel(
        "The Daily Sandbox",
        CHANNEL,
        readers,
        discussion=discussion,
        bot_status="administrator",
    )

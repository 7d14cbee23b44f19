"""What the sandbox command shows from the beginning, beside the two readers and their bot chats.

A group that both readers and the bot are in, and a channel of the bot's with the group where its
posts are discussed.
"""

from dataclasses import dataclass

from bot.sandbox.groups import bring_bot
from bot.sandbox.world import World

CHANNEL = "the_daily_sandbox"


@dataclass(frozen=True)
class Scene:
    """What an operator's command needs to post in the channel.

    article: the id of an article. database_url: where the bot of this sandbox keeps its votes.
    program: what runs the commands, as it is typed in the folder where the sandbox was started.
    """

    article: str
    database_url: str
    program: str

    def command(self, token: str, url: str) -> str:
        """The command line that posts the article in the channel of the sandbox at `url`."""
        settings = (
            f"BOT_TOKEN={token} BOT_API_URL={url} DATABASE_URL={self.database_url} "
            # An empty one: the key that stands beside this database, whatever .env says.
            "VOTER_KEY="
        )
        return f"{settings} {self.program} publish {self.article} --to @{CHANNEL}"


def set_scene(world: World) -> None:
    """Make the chats; the bot hears of the group that it was brought into."""
    readers = list(world.readers.values())
    group = world.add_group("Readers’ club", readers, bot_status="left")
    bring_bot(world, group, readers[0])
    discussion = world.add_group("Daily Sandbox chat", readers)
    world.add_channel(
        "The Daily Sandbox",
        CHANNEL,
        readers,
        discussion=discussion,
        bot_status="administrator",
    )

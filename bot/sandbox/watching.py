"""What operators watch on the page: the bot's calls with their answers, and how to post."""

from typing import Any

from bot.sandbox.endpoints import Control
from bot.sandbox.scene import Scene
from bot.sandbox.web import SandboxHandler, Site

MOST = 200

Route = tuple[str, type[SandboxHandler], dict[str, Any]]


class Answers(Control):
    """GET /sandbox/calls/answers?after=<n>."""

    def get(self) -> None:
        """The last 200 of the Bot API calls with higher numbers, and what each was answered."""
        calls = self.site.world.calls.answered_after(self.count("after"), MOST)
        self.answer({"calls": calls})


class Publishing(Control):
    """GET /sandbox/publish."""

    scene: Scene | None

    def initialize(self, site: Site, scene: Scene | None = None) -> None:
        """`scene` is what this sandbox began with."""
        super().initialize(site)
        self.scene = scene

    def get(self) -> None:
        """The command line that posts in the channel; None where no scene tells of one."""
        address = f"http://127.0.0.1:{self.site.port}"
        command = self.scene.command(self.site.token, address) if self.scene else None
        self.answer({"command": command})


def watching_routes(site: Site, scene: Scene | None) -> list[Route]:
    """The routes of these."""
    return [
        ("/sandbox/calls/answers", Answers, {"site": site}),
        ("/sandbox/publish", Publishing, {"site": site, "scene": scene}),
    ]

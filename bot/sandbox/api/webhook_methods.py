"""setWebhook, deleteWebhook and getWebhookInfo."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.api.parameters import Params
from bot.sandbox.api_errors import bad_request, expect
from bot.sandbox.state.webhook_sender import Webhook
from bot.sandbox.state.world import World

_HERE = ("127.0.0.1", "localhost", "::1")


def allowed_updates(params: Params) -> frozenset[str] | None:
    """Return the kinds of updates that a call asks for; None: as before."""
    kinds = params.nested("allowed_updates")
    if kinds is None:
        return None
    return frozenset(map(str, expect(list, kinds, "allowed_updates")))


def _set_webhook(world: World, params: Params) -> bool:
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return _delete_webhook(world, params)
    try:
        parts = urlsplit(url)
        is_here = parts.scheme in ("http", "https") and parts.hostname in _HERE
    except ValueError:
        is_here = False
    # As a Bot API server of one's own, it needs no HTTPS.
    if not is_here:
        raise bad_request("bad webhook: the sandbox delivers updates to this machine only")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    kinds = allowed_updates(params)
    if kinds is not None:
        world.updates.allowed = kinds
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    connections = min(max(params.integer("max_connections", 40), 1), 100)
    world.webhook.set(Webhook(url, secret, connections))
    return True


def _delete_webhook(world: World, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    if world.webhook.webhook:
        world.webhook.set(None)
    return True


WEBHOOK_METHODS: dict[str, Callable[[World, Params], Any]] = {
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": lambda world, _params: world.webhook.info(),
}

"""/file/bot<token>/<file_path>: the HTTP handler of downloads."""

from aiohttp import web

from bot.sandbox.http import SITE


async def download(request: web.Request) -> web.Response:
    """Send the bytes of a file whose path getFile told.

    Raises:
        HTTPNotFound: for a wrong token, a wrong path, and what is too big.
    """
    site = request.app[SITE]
    document = site.world.documents.by_path.get(request.match_info["path"])
    if not site.is_token(request.match_info["token"]) or document is None or document.is_too_big:
        raise web.HTTPNotFound
    # Never as what the sender says that it is: browsers would show it as a page of ours.
    return web.Response(body=document.content, content_type="application/octet-stream")

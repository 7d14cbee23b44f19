"""/file/bot<token>/<file_path>: the HTTP handler of downloads."""

from tornado.web import HTTPError

from bot.sandbox.http import TelegramHandler


class DownloadHandler(TelegramHandler):
    """Sends the bytes of a file whose path getFile told."""

    def get(self, token: str, path: str) -> None:
        """Send a file; 404 for a wrong token, a wrong path, and what is too big."""
        document = self.site.world.documents.by_path.get(path)
        if not self.is_token(token) or document is None or document.is_too_big:
            raise HTTPError(404)
        # Never as what the sender says that it is: browsers would show it as a page of ours.
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(document.content)

"""Files that readers send, and how bots download them."""

import base64

import pytest
from telegram import Bot
from telegram.error import BadRequest
from telegram.request import HTTPXRequest

from .conftest import ADA, TOKEN

NOTES = {"file_name": "notes.md", "mime_type": "text/markdown", "content": "# Café\n"}


async def send(people, document, **more):
    return (await people.post("messages", reader=ADA, document=document, **more))["message"]


async def test_the_bot_gets_a_document(api, people):
    """Telegram's fields and no others, and the caption with its entities."""
    sent = await send(people, NOTES, caption="read https://example.org")
    (update,) = await api("getUpdates")
    message = update["message"]
    assert message == sent
    document = message["document"]
    assert document.pop("file_id")
    assert document.pop("file_unique_id")
    assert document == {"file_name": "notes.md", "mime_type": "text/markdown", "file_size": 8}
    assert message["caption"] == "read https://example.org"
    assert message["caption_entities"] == [{"type": "url", "offset": 5, "length": 19}]
    assert not {"text", "entities"} & message.keys()


async def test_a_file_is_downloaded(api, http, people):
    """The bytes that were sent, which no browser shows as a page."""
    data = bytes(range(256))
    fields = {"file_name": "a.b.html", "base64": base64.b64encode(data).decode()}
    document = (await send(people, fields))["document"]
    assert "mime_type" not in document
    file = await api("getFile", file_id=document["file_id"])
    assert file.pop("file_path").endswith(".html")
    assert file == {name: document[name] for name in ("file_id", "file_unique_id", "file_size")}
    path = (await api("getFile", file_id=document["file_id"]))["file_path"]
    for address in (f"/file/bot{TOKEN}/{path}", f"/file/bot{TOKEN}/test/{path}"):
        response = await http.get(address)
        assert (response.status_code, response.content) == (200, data)
        assert response.headers["Content-Type"] == "application/octet-stream"


async def test_files_do_not_mix(api, http, people):
    """Two of one name each have a path and bytes of their own."""
    texts = []
    for text in ("one", "two"):
        document = (await send(people, {"file_name": "a.txt", "content": text}))["document"]
        file = await api("getFile", file_id=document["file_id"])
        texts.append((await http.get(f"/file/bot{TOKEN}/{file['file_path']}")).text)
    assert texts == ["one", "two"]


async def test_what_cannot_be_downloaded(api, http, people):
    """A wrong token or path is not found; a wrong id is refused in Telegram's words."""
    document = (await send(people, NOTES))["document"]
    path = (await api("getFile", file_id=document["file_id"]))["file_path"]
    wrong = (f"/file/bot1:x/{path}", f"/file/bot{TOKEN}/{path}x", f"/file/bot{TOKEN}/../{path}")
    for address in wrong:
        response = await http.get(address)
        assert response.status_code == 404
        assert response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert await api.refused("getFile", file_id="x") == (400, "invalid file_id")
    assert await api.refused("getFile") == (400, "file_id not specified")


@pytest.mark.parametrize("size", [20_000_000, 20_000_001])
async def test_a_large_file(api, http, people, size):
    """The bot is told of any file, but gets none above 20 MB."""
    document = (await send(people, {"file_name": "a.pdf", "file_size": size}))["document"]
    assert document["file_size"] == size
    if size > 20_000_000:
        refused = await api.refused("getFile", file_id=document["file_id"])
        assert refused == (400, "file is too big")
        return
    path = (await api("getFile", file_id=document["file_id"]))["file_path"]
    assert len((await http.get(f"/file/bot{TOKEN}/{path}")).content) == size


@pytest.mark.parametrize(
    "document",
    [
        {"file_name": "a.txt"},
        {"file_name": "a.txt", "content": ""},
        {"file_name": "a.txt", "content": "x", "base64": "eA=="},
        {"file_name": "a.txt", "base64": "?"},
        {"file_name": "a.txt", "content": "x", "size": 1},
        {"file_name": "a.txt", "file_size": 0},
        {"file_name": "../a.txt", "content": "x"},
        {"file_name": " ", "content": "x"},
        {"content": "x"},
        "a.txt",
    ],
)
async def test_what_is_no_document(api, people, document):
    """A 400 with a sentence, and the bot gets nothing."""
    assert await people.refused("messages", reader=ADA, document=document) == 400
    assert await people.refused("messages", reader=ADA, document=NOTES, text="x") == 400
    assert await api("getUpdates") == []


async def test_a_file_of_a_megabyte_can_be_sent(people):
    """More than a call of the bot may have."""
    data = base64.b64encode(bytes(1_000_000)).decode()
    document = (await send(people, {"file_name": "a.bin", "base64": data}))["document"]
    assert document["file_size"] == 1_000_000


async def test_python_telegram_bot_downloads(server, people):
    """The library, unchanged, reads the message and saves the file."""
    await send(people, NOTES)
    large = await send(people, {"file_name": "a.pdf", "file_size": 20_000_001})
    request = HTTPXRequest(httpx_kwargs={"trust_env": False})
    addresses = {"base_url": f"{server.url}/bot", "base_file_url": f"{server.url}/file/bot"}
    async with Bot(TOKEN, **addresses, request=request) as bot:
        first, _ = await bot.get_updates()
        document = first.message.document
        assert (document.file_name, document.mime_type) == ("notes.md", "text/markdown")
        file = await document.get_file()
        assert bytes(await file.download_as_bytearray()) == "# Café\n".encode()
        with pytest.raises(BadRequest, match="File is too big"):
            await bot.get_file(large["document"]["file_id"])

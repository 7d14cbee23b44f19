"""The door: paths, tokens, forms of parameters, and who is let in."""

import asyncio
import json
import logging

import pytest

from bot.sandbox.server import SandboxServer

from .conftest import ADA, TOKEN


async def test_parameters_come_in_every_form(http):
    """Query, form, JSON and multipart say the same; names of methods have no case; /test/ too."""
    path, keyboard = (
        f"/bot{TOKEN}/sendmessage",
        {"inline_keyboard": [[{"text": "a", "url": "b.c"}]]},
    )
    form = {"chat_id": str(ADA), "text": "hi", "reply_markup": json.dumps(keyboard)}
    responses = [
        await http.get(path, params=form),
        await http.post(f"/bot{TOKEN}/test/SENDMESSAGE", data=form),
        await http.post(path, json={"chat_id": ADA, "text": "hi", "reply_markup": keyboard}),
        await http.post(path, files={name: (None, value) for name, value in form.items()}),
    ]
    results = [response.json()["result"] for response in responses]
    assert all(
        result["reply_markup"] == {"inline_keyboard": [[{"text": "a", "url": "http://b.c"}]]}
        and result["text"] == "hi"
        for result in results
    )
    assert [r["message_id"] - results[0]["message_id"] for r in results] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot123:wrong/getMe", 401, "Unauthorized"),
        ("/bot/getMe", 404, "Not Found"),
        (f"/bot{TOKEN}", 404, "Not Found"),
        (f"/bot{TOKEN}/getMe/more", 404, "Not Found"),
        ("/elsewhere", 404, "Not Found"),
        (f"/bot{TOKEN}/getNothing", 404, "Not Found: method not found"),
    ],
)
async def test_paths_that_are_no_call(http, path, status, description):
    """The status is real, and the body says it again in Telegram's words."""
    response = await http.get(path)
    assert response.status_code == status
    assert response.json() == {"ok": False, "error_code": status, "description": description}


async def test_unknown_method_is_logged_and_the_token_never(http, caplog):
    """One WARNING with the method's name; no record holds a token, right or wrong."""
    with caplog.at_level(logging.DEBUG):
        await http.get(f"/bot{TOKEN}/getNothing")
        await http.get("/bot99:stranger/getMe")
        await http.get(f"/file/bot{TOKEN}/x")
    ours = [record for record in caplog.records if not record.name.startswith(("http", "asyncio"))]
    assert [(r.levelname, "getNothing" in r.getMessage()) for r in ours] == [("WARNING", True)]
    assert all("secret" not in r.getMessage() and "stranger" not in r.getMessage() for r in ours)


@pytest.mark.parametrize("body", ["{", "[]", "[" * 100_000, '{"text": NaN}', '"x"'])
async def test_malformed_json_body(http, body):
    """A body that is not a JSON object is a 400, however odd it is."""
    headers = {"Content-Type": "application/json"}
    response = await http.post(f"/bot{TOKEN}/sendMessage", content=body, headers=headers)
    assert response.status_code == 400
    assert response.json()["description"].startswith("Bad Request: can't parse request JSON")


async def test_malformed_nested_json_and_encodings(http, api):
    """A form's nested JSON must parse; strings must be UTF-8; a broken multipart is a 400."""
    status, words = await api.refused("sendMessage", chat_id=ADA, text="x", reply_markup="{")
    assert (status, words.startswith("can't parse reply_markup JSON")) == (400, True)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/bot{TOKEN}/sendMessage"
    response = await http.post(path, content=b"chat_id=1001&text=%ff", headers=form)
    assert response.json()["description"] == "Bad Request: strings must be encoded in UTF-8"
    body = b'{"chat_id": 1001, "text": "\\ud83d!"}'
    response = await http.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.json()["description"] == "Bad Request: strings must be encoded in UTF-8"
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"--nope", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\ncut'):
        response = await http.post(path, content=body, headers=multipart)
        assert response.json()["description"] == "Bad Request: can't parse multipart body"
    form = {"chat_id": (None, str(ADA)), "text": (None, b"\xff")}
    response = await http.post(path, files=form)
    assert response.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_a_multipart_body_as_programs_make_it(http):
    """Lines stay as they are, a file is no field, and a call by GET may have a body."""
    fields = {"chat_id": (None, str(ADA)), "text": (None, "a\r\nü\n"), "photo": ("a.png", b"x")}
    path = f"/bot{TOKEN}/sendMessage"
    for method in ("GET", "POST"):
        response = await http.request(method, path, files=fields)
        assert response.json()["result"]["text"] == "a\nü"
    (call, _) = (await http.get("/sandbox/calls")).json()["calls"]
    assert call["params"] == {"chat_id": ADA, "text": "a\r\nü\n"}


async def test_methods_that_a_path_does_not_have(http):
    """405, in the form of the interface that the path belongs to."""
    for method, path in (("HEAD", "/"), ("POST", "/page/index.html"), ("PUT", "/sandbox/limits")):
        assert (await http.request(method, path)).status_code == 405
    assert (await http.post("/sandbox/events", json={})).json() == {"error": "Method Not Allowed."}
    refused = await http.put(f"/bot{TOKEN}/getMe")
    assert refused.json() == {
        "ok": False,
        "error_code": 405,
        "description": "Method Not Allowed",
    }


@pytest.mark.parametrize("path", ["/", "/sandbox/state", f"/bot{TOKEN}/getMe", "/nothing"])
async def test_only_this_machine_is_let_in(http, server, path):
    """Another Host (DNS rebinding) or another Origin (another site's page) gets 403."""
    port = server.url.rpartition(":")[2]
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1:1", "127.0.0.1.evil.example"):
        assert (await http.get(path, headers={"Host": host})).status_code == 403
    for origin in ("http://evil.example", "null", f"https://localhost:{port}", "http://localhost"):
        assert (await http.get(path, headers={"Origin": origin})).status_code == 403
    for host in ("localhost", f"LOCALHOST:{port}", "[::1]", f"[::1]:{port}", f"127.0.0.1:{port}"):
        headers = {"Host": host, "Origin": f"http://localhost:{port}"}
        assert (await http.get(path, headers=headers)).status_code in (200, 404)


@pytest.mark.parametrize("path", ["/sandbox/state", f"/bot{TOKEN}/getMe", f"/file/bot{TOKEN}/x"])
@pytest.mark.parametrize("mode", ["no-cors", "navigate"])
async def test_another_sites_page_cannot_make_the_browser_call(http, path, mode):
    """With an image or a link, which have no Origin; a script of a page on another port neither."""
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
        assert (await http.get(path, headers=headers)).status_code == 403
        assert (await http.get("/", headers=headers)).status_code == 200
    for site in ("same-origin", "none"):
        assert (await http.get(path, headers={"Sec-Fetch-Site": site})).status_code in (200, 404)


async def test_page_is_served_with_a_strict_policy(http):
    """The page's own files only, and none may be framed, cached or run foreign code."""
    response = await http.get("/")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert (await http.get("/page/index.html")).text == response.text


@pytest.mark.parametrize(
    "name", ["../server.py", "..%2Fserver.py", "%2Fetc%2Fpasswd", "none.css", "%00.css", "..", "."]
)
async def test_nothing_outside_of_the_page_is_served(server, name):
    """Paths that leave the folder are 404. Sent raw: httpx itself would tidy them."""
    port = int(server.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /page/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b" 404 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_an_absolute_path_is_not_served(http, tmp_path):
    """Not even a file of a kind that pages are made of."""
    (tmp_path / "secret.css").write_text("x")
    path = str(tmp_path / "secret.css").replace("/", "%2F")
    assert (await http.get(f"/page/{path}")).status_code == 404


async def test_control_posts_need_json(http):
    """415 without application/json (another site's form cannot send it), 400 for no object."""
    response = await http.post("/sandbox/messages", content=b"{}")
    assert response.status_code == 415
    assert set(response.json()) == {"error"}
    for body in (b"{", b"[]", b'{"reader": "1001", "text": "x"}', b'{"reader": true, "text": "x"}'):
        headers = {"Content-Type": "application/json"}
        response = await http.post("/sandbox/messages", content=body, headers=headers)
        assert response.status_code == 400
        assert set(response.json()) == {"error"}
    assert (await http.get("/sandbox/nothing")).status_code == 404
    assert (await http.get("/sandbox/messages")).status_code == 405


async def test_a_taken_port_and_a_bad_token(server):
    """OSError for a port in use, ValueError for a token without the bot's id."""
    other = SandboxServer(TOKEN, int(server.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="in use"):
        await other.start()
    with pytest.raises(RuntimeError):
        await server.start()
    for token in ("", "abc:def", "123", "123:a/b"):
        with pytest.raises(ValueError, match="token"):
            SandboxServer(token)


@pytest.mark.parametrize(
    ("method", "path", "name", "takes"),
    [
        ("POST", "messages", "repply_to", "only reader, chat, text, photo,"),
        ("POST", f"readers/{ADA}", "langauge_code", "only first_name, language_code."),
        ("POST", f"readers/{ADA}/block", "reader", "only blocked."),
        ("POST", "bot", "inlined", "only inline, inline_feedback, guest, privacy."),
        ("POST", "limits", "per_second", "only private_per_second,"),
        ("POST", "bot/restart", "now", "no fields."),
        ("GET", f"chats/{ADA}/messages", "befor", "only after, wait."),
        ("GET", "state", "after", "no fields."),
        ("GET", "events", "after", "no fields."),
        ("DELETE", "faults", "kind", "no fields."),
    ],
)
async def test_fields_that_do_not_exist_are_refused(http, people, method, path, name, takes):
    """By name, and with those that do; nothing is done then."""
    before = await people.get("state")
    fields = {"reader": ADA, "text": "x", name: 1} if path == "messages" else {name: 1}
    more = {"json": fields} if method == "POST" else {"params": fields}
    answer = await http.request(method, f"/sandbox/{path}", **more)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error.startswith(f'There is no field "{name}" here: this request has {takes}')
    assert await people.get("state") == before


async def test_fields_of_a_post_request_stand_in_its_body(http):
    """They would be ignored in the address."""
    answer = await http.post(f"/sandbox/readers/{ADA}?first_name=Eve", json={})
    assert answer.status_code == 400
    assert answer.json()["error"] == "The fields of a POST request belong in its body."

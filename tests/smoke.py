"""Ask once and tap once at a running sandbox, with nothing but Python: smoke.py ADDRESS."""

import json
import sys
import urllib.request


def call(url: str, body: dict[str, object] | None = None) -> dict[str, object]:
    request = urllib.request.Request(
        url,
        json.dumps(body).encode() if body is not None else None,
        {"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        return json.load(response)


def main(url: str) -> None:
    reader = call(f"{url}/sandbox/readers", {})["chat"]
    sent = call(f"{url}/sandbox/messages", {"reader": reader, "text": "what did the US agree to?"})[
        "message"
    ]
    found = call(f"{url}/sandbox/chats/{reader}/messages?after={sent['message_id']}&wait=15")
    [answer] = found["messages"]
    assert "The United States has agreed" in answer["text"], answer
    love, like = (answer["reply_markup"]["inline_keyboard"][0][n] for n in (2, 0))
    tap = {"reader": reader, "chat": reader, "message_id": answer["message_id"], "wait": 10}
    toasts = [
        call(f"{url}/sandbox/taps", {**tap, "data": button["callback_data"]})["answer"]["text"]
        for button in (love, like)
    ]
    assert toasts[0].startswith("❤️"), toasts
    assert toasts[1].endswith("❤️ to 👍."), toasts
    print(f"asked: {answer['text'].splitlines()[1][:60]}...\ntapped: {toasts}")


main(sys.argv[1])

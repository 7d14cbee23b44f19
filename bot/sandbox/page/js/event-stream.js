// The server's events; each connection begins with the whole state.

const NAMES = ["state", "message", "deleted", "chat", "reader", "toast", "typing", "bot", "faults", "bot_stopped", "bot_started"];
const QUIET_MS = 300;
const AGAIN_MS = 1500;

// receive(name, data): one event. online(yes): whether the line stands.
export function listen(receive, online) {
  let lost = 0;
  const found = () => {
    clearTimeout(lost);
    lost = 0;
    online(true);
  };
  const open = () => {
    const stream = new EventSource("/sandbox/events");
    for (const name of NAMES) {
      stream.addEventListener(name, (event) => {
        if (name === "state") found();
        receive(name, JSON.parse(event.data));
      });
    }
    stream.addEventListener("error", () => {
      if (!lost) lost = setTimeout(() => online(false), QUIET_MS);
      // Refused outright: the browser gives up, so ask again.
      if (stream.readyState === EventSource.CLOSED) setTimeout(open, AGAIN_MS);
    });
  };
  open();
}

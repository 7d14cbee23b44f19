// Requests to the sandbox's control interface, and its events.

const NAMES = ["state", "message", "deleted", "chat", "reader", "toast", "typing", "bot", "faults", "bot_stopped", "bot_started"];
const QUIET_MS = 300;
const AGAIN_MS = 1500;

export async function ask(method, path, body) {
  const more = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  let answer;
  try {
    answer = await fetch(`/sandbox/${path}`, { method, ...more });
  } catch {
    throw new Error("The sandbox does not answer. Is it still running?");
  }
  const data = await answer.json().catch(() => null);
  if (!answer.ok) {
    const problem = new Error(data?.error || `The sandbox answered with an error (${answer.status}).`);
    throw Object.assign(problem, { status: answer.status });
  }
  return data ?? {};
}

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);

// Each connection begins with the whole state. receive(name, data): one event. online(yes): whether
// the line stands.
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

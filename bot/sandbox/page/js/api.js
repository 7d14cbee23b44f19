// Requests to the sandbox's control interface.

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

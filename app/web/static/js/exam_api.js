/* Talks to the API of attempts. A reply that carries the deadline moves the clock (`exam:clock`). */

const LONGEST_KEPT_ALIVE = 20_000; // characters, of up to three bytes: browsers keep no more than 64 KiB alive
const PATIENCE_MS = 20_000; // longer than the store's own patience, so that its answer is heard

export async function ask(method, url, body, key) {
  const headers = { Accept: "application/json" };
  if (body) {
    headers["Content-Type"] = "application/json";
    headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
  }
  if (key) headers["Idempotency-Key"] = key;
  const text = body && JSON.stringify(body);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: text,
      keepalive: Boolean(text) && text.length < LONGEST_KEPT_ALIVE, // a save goes on while the page is being left
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const data = await response.json();
    if (data.deadline) document.dispatchEvent(new CustomEvent("exam:clock", { detail: data }));
    return { status: response.status, data };
  } catch {
    return { status: 0, data: {} }; // the network failed, and whether the server acted is unknown
  }
}

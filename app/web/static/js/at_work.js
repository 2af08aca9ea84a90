/* Shows how far a batch has come, and the page as it is at its end. */

const PAUSE_MS = 3000;

async function look() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return setTimeout(look, PAUSE_MS);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.getElementById("progress");
  if (!now?.hasAttribute("data-at-work")) return location.reload();
  document.getElementById("progress").replaceWith(document.adoptNode(now));
  return setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);

/* Saves the answers of an attempt. A change is kept in the browser at once, sent, and forgotten when the server has
   acknowledged it: one request at a time, the newest answer of an item wins, and what fails is tried again. */

import { sameAnswer } from "./answers.js";
import { ask } from "./exam_api.js";

const RETRIES_MS = [1000, 2000, 4000, 8000, 15_000];
const STRANGERS = [400, 401, 403, 404]; // signed out, or signed in as someone else

export function startSaving(api, kept, { onChange, onSeen, onClosed, onPaused, onLate }) {
  const items = new Map(); // position → {position, revision, answer, flagged, wanted, trouble, theirs}
  const state = { failures: 0, lockedOut: false, late: false, savedAt: null };
  let timer;
  let running = null;

  const wanted = () => [...items.values()].filter((item) => item.wanted);
  const current = (item) => item.wanted ?? item;

  function itemAt(position) {
    if (!items.has(position)) items.set(position, { position, revision: 0, answer: null, flagged: false, wanted: null });
    return items.get(position);
  }

  /* The server's response to an item; what this page has not sent yet stands above it. */
  function see(position, response) {
    const item = itemAt(position);
    if (item.wanted || response.revision <= item.revision) return;
    Object.assign(item, { revision: response.revision, answer: response.answer, flagged: response.flagged });
    onSeen(item);
  }

  function want(position, change, delay = 0) {
    const item = itemAt(position);
    item.wanted = { answer: current(item).answer, flagged: current(item).flagged, ...change, key: newKey() };
    if (item.trouble === "refused") item.trouble = null;
    keep(item);
    later(delay);
    onChange();
  }

  function keep(item) {
    kept.put(item.position, { ...item.wanted, revision: item.revision });
  }

  /* What an earlier visit left unsent goes on from the revision that it had seen. */
  async function restore() {
    for (const { position, revision, answer, flagged, key } of await kept.found()) {
      const item = itemAt(position);
      if (item.wanted) continue; // answered again since the page came up
      Object.assign(item, { revision, wanted: { answer, flagged, key } });
      onSeen(item);
    }
    if (wanted().length) later(0);
  }

  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(work, delay);
  }

  function work() {
    clearTimeout(timer);
    running ??= sendAll().finally(() => { running = null; });
    return running;
  }

  async function sendAll() {
    const next = () => wanted().find((item) => !item.trouble);
    if (next()) onChange();
    for (let item = next(); item; item = next()) {
      if (await send(item)) continue;
      later(RETRIES_MS[Math.min(state.failures++, RETRIES_MS.length - 1)]);
      break;
    }
    onChange();
    if (state.late) onLate();
  }

  /* Whether it is worth going on with the next one at once. */
  async function send(item) {
    const sent = item.wanted;
    const { answer, flagged, key } = sent;
    const { status, data } = await ask("PUT", `${api}/responses/${item.position}`, { answer, flagged, revision: item.revision }, key);
    state.lockedOut = STRANGERS.includes(status);
    if (status === 200) accept(item, sent, data, data.saved_at);
    else if (status === 409 && data.current) meet(item, sent, data.current);
    else if (status === 409 && data.code === "AttemptClosed") onClosed();
    else if (status === 409 && data.code === "SectionClosed") giveUp(item);
    else if (status === 409) onPaused();
    else if (status === 422 && item.wanted === sent) item.trouble = "refused";
    else if (status !== 422) return false;
    state.failures = 0;
    onChange();
    return status !== 409 || Boolean(data.current) || state.late;
  }

  /* Its section was over before it arrived: it can never count. */
  function giveUp(item) {
    item.wanted = null;
    kept.drop(item.position);
    state.late = true;
  }

  function accept(item, sent, response, savedAt) {
    Object.assign(item, { revision: response.revision, answer: response.answer, flagged: response.flagged });
    state.savedAt = savedAt;
    if (item.wanted === sent) {
      item.wanted = null;
      kept.drop(item.position);
    } else {
      keep(item);
    }
  }

  /* Another window was first, unless it was this one and only its acknowledgement got lost. */
  function meet(item, sent, theirs) {
    if (sameAnswer(sent.answer, theirs.answer) && sent.flagged === theirs.flagged) {
      accept(item, sent, theirs, theirs.received_at);
    } else {
      Object.assign(item, { trouble: "stale", theirs });
    }
  }

  function settle(position, mine) {
    const item = itemAt(position);
    const { revision, answer, flagged } = item.theirs;
    Object.assign(item, { revision, answer, flagged, trouble: null, theirs: null });
    if (mine) {
      item.wanted = { ...item.wanted, key: newKey() };
      keep(item);
      work();
    } else {
      item.wanted = null;
      kept.drop(position);
    }
    onSeen(item);
    onChange();
  }

  addEventListener("online", work);
  document.addEventListener("visibilitychange", () => document.hidden && work());

  return {
    see, want, restore, settle, state, itemAt,
    current: (position) => current(itemAt(position)),
    unsent: wanted,
    isBusy: () => running !== null,
    flush: async () => {
      await work();
      return wanted().length === 0;
    },
  };
}

/* Names one wish to save: sent again after a cut, the server answers it as the first time. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

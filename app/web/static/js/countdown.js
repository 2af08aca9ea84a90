/* The clock of an attempt: counts down to the server's deadline and says aloud when 10, 5 and 1 minutes are left, and
   how much is left when it is asked.
   Hears `exam:clock` ({deadline, now} of a reply), says `exam:over` once, when the time has run out. */

import { inWords } from "./local_time.js";

const LOW_MIN = 5;
const LAST_MIN = 1;

export function clockText(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function startCountdown(root) {
  const timer = root.querySelector("[data-deadline]");
  const face = root.querySelector("[data-clock]");
  const voice = root.querySelector("[data-announce]");
  const speaker = root.querySelector("[data-say-time]");
  const messages = JSON.parse(root.dataset.messages);
  let deadline;
  let ahead; // how far the server's clock is ahead of the browser's, in milliseconds
  let before;

  function set(reply) {
    const later = Date.parse(reply.deadline);
    if (later > deadline) sayMore(later - deadline);
    const moved = deadline !== undefined && later !== deadline;
    deadline = later;
    if (moved) moveEnd();
    ahead = Date.parse(reply.now) - Date.now();
    draw();
  }

  /* Heard and seen: a clock that goes back by itself would look broken. */
  function sayMore(milliseconds) {
    voice.className = "clock-note";
    voice.textContent = messages.more.replace("%(minutes)s", Math.round(milliseconds / 60_000) || 1);
  }

  /* The page's own words about the end follow it. */
  function moveEnd() {
    for (const end of document.querySelectorAll("[data-until] time")) {
      end.dateTime = new Date(deadline).toISOString();
      end.textContent = inWords(end.dateTime, "hour");
    }
  }

  const secondsLeft = () => Math.max(0, Math.ceil((deadline - ahead - Date.now()) / 1000));

  /* Only heard: the clock beside it shows the same. */
  function sayLeft() {
    const left = secondsLeft();
    voice.className = "visually-hidden";
    voice.textContent = messages.left.replace("%(minutes)s", Math.floor(left / 60)).replace("%(seconds)s", left % 60);
  }

  function draw() {
    const left = secondsLeft();
    face.textContent = clockText(left);
    timer.classList.toggle("low", left <= LOW_MIN * 60 && left > LAST_MIN * 60);
    timer.classList.toggle("last", left <= LAST_MIN * 60);
    announce(left);
    before = left;
  }

  function announce(left) {
    const passed = Object.keys(messages).filter((minutes) => left <= minutes * 60 && before > minutes * 60);
    if (passed.length) voice.textContent = messages[Math.min(...passed)];
    if (left === 0 && before !== 0) document.dispatchEvent(new CustomEvent("exam:over"));
  }

  document.addEventListener("exam:clock", (event) => set(event.detail));
  set({ deadline: timer.dataset.deadline, now: root.dataset.now });
  setInterval(draw, 1000);
  speaker.addEventListener("click", sayLeft);
  speaker.hidden = false;
}

const root = document.querySelector("[data-countdown]");
if (root) startCountdown(root);

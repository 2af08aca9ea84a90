/* The forms of an attempt's items: all of them are fetched once, so that moving needs no connection. */

export function startItemForms(place, messages, onArrival) {
  const forms = new Map();
  const shown = () => place.querySelector("form[data-item]");

  function add(form) {
    if (forms.has(positionOf(form))) return;
    forms.set(positionOf(form), form);
    onArrival(form);
  }

  /* Nothing is lost when it fails: moving then loads a page, and the next poll asks again. */
  async function fetchAll() {
    if (forms.size > 1) return;
    const html = await fetch("?item=all").then((response) => response.ok && response.text()).catch(() => null);
    if (!html) return;
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const form of page.querySelectorAll("form[data-item]")) add(document.adoptNode(form));
  }

  /* Whether the item could be shown here. */
  function show(position, { remember = true } = {}) {
    const form = forms.get(position);
    if (!form) return false;
    keepCase(shown(), form);
    shown().replaceWith(form);
    if (remember) history.pushState(null, "", `?item=${position + 1}`);
    nameThePlace(position);
    document.dispatchEvent(new CustomEvent("exam:item"));
    form.querySelector("h1").focus({ preventScroll: true });
    scrollTo(0, 0);
    return true;
  }

  function nameThePlace(position) {
    const text = messages.place.replace("%(number)s", position + 1).replace("%(count)s", place.dataset.count);
    document.title = document.title.replace(document.querySelector(".exam-name span").textContent, text);
    document.querySelector(".exam-name span").textContent = text;
    document.querySelector(".navigator [aria-current]")?.removeAttribute("aria-current");
    document.querySelector(`.navigator button.cell[value="${position + 1}"]`).setAttribute("aria-current", "step");
  }

  addEventListener("popstate", () => {
    const number = Number(new URLSearchParams(location.search).get("item"));
    if (number) show(number - 1, { remember: false }) || location.reload();
  });

  function start() {
    add(shown());
    history.replaceState(null, "", `?item=${positionOf(shown()) + 1}`);
    fetchAll();
  }

  return { forms, start, fetchAll, show, shown };
}

/* A case that was folded away stays so on its next item. */
function keepCase(from, to) {
  const [before, after] = [from, to].map((form) => form.querySelector("[data-case]"));
  if (before && before.dataset.case === after?.dataset.case) after.open = before.open;
}

export const positionOf = (form) => Number(form.dataset.item);

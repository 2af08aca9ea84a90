/* Keeps the answers that the server has not acknowledged in the browser, across a reload and a crash. */

export function unsentOf(attempt) {
  const prefix = `acredita:attempt:${attempt}:`;
  const storage = openStorage();
  const keys = () => Object.keys(storage).filter((key) => key.startsWith(prefix));
  return {
    put(position, answer) {
      try {
        storage.setItem(prefix + position, JSON.stringify(answer));
      } catch {
        this.drop(position); // no room is left: an older answer would be worse than none
      }
    },
    drop: (position) => storage.removeItem(prefix + position),
    clear: () => keys().forEach((key) => storage.removeItem(key)),
    all: () => keys().map((key) => [Number(key.slice(prefix.length)), JSON.parse(storage.getItem(key))]),
  };
}

function openStorage() {
  try {
    return window.localStorage;
  } catch {
    return { setItem() {}, removeItem() {}, getItem() {} }; // the browser forbids it: answers live as long as the page
  }
}

/* Keeps the answers that the server has not acknowledged in the browser's database, across a reload and a crash.
   What was changed first comes first when they are read again. */

const STORE = "unsent";

export function unsentOf(attempt) {
  const opening = openDatabase();
  const ofAttempt = IDBKeyRange.bound([attempt, 0], [attempt, Infinity]);
  let last = opening;
  const change = (deed) => (last = opening.then((database) => database && write(database, deed)));
  const found = opening.then((database) => (database ? read(database, ofAttempt) : []));
  return {
    put: (position, answer) => change((store) => store.put({ attempt, position, changed: Date.now(), ...answer })),
    drop: (position) => change((store) => store.delete([attempt, position])),
    clear: () => change((store) => store.delete(ofAttempt)),
    settled: () => last,
    found: () => found.then((rows) => rows.sort((one, other) => one.changed - other.changed)),
  };
}

/* Null where the browser forbids it: answers then live as long as the page. */
function openDatabase() {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open("acredita", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: ["attempt", "position"] });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

function read(database, range) {
  return new Promise((resolve) => {
    const asked = database.transaction(STORE).objectStore(STORE).getAll(range);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve([]);
  });
}

/* On the disk when it is done, as far as the browser can promise; one that finds no room leaves what was there. */
function write(database, deed) {
  return new Promise((resolve) => {
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.oncomplete = transaction.onabort = transaction.onerror = () => resolve();
    deed(transaction.objectStore(STORE));
    transaction.commit(); // or a page that is left at this very moment would undo it
  });
}

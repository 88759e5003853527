// Recent searches. They are kept in this browser and are sent nowhere.
const KEY = "procsearch.recent";
const MOST = 8;

function localStorageIfAllowed() {
  try {
    const probe = "procsearch.probe";
    localStorage.setItem(probe, probe);
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    // Browsers can be told to keep nothing; then nothing is kept.
    return null;
  }
}

export function recentSearches() {
  const storage = localStorageIfAllowed();

  function all() {
    try {
      const kept = JSON.parse(storage?.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((each) => typeof each === "string" && each).slice(0, MOST) : [];
    } catch {
      return [];
    }
  }

  function add(text) {
    const query = text.trim();
    if (!query || !storage) return;
    const others = all().filter((each) => each.toLowerCase() !== query.toLowerCase());
    try {
      storage.setItem(KEY, JSON.stringify([query, ...others].slice(0, MOST)));
    } catch {
      // The storage is full: the search itself matters more.
    }
  }

  return { storage, all, add, clear: () => storage?.removeItem(KEY) };
}

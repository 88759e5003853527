// Tells the service, where it counts searches, that typed results were looked at and which hit was chosen. It says
// nothing of who looked, and nothing at all where the browser asks not to be tracked.
const LOOKED_AT_MS = 3_000;

export function seenResults(address) {
  const quiet = !address || navigator.doNotTrack === "1" || navigator.globalPrivacyControl;
  let timer = 0;
  let typed = "";

  function tell(q, position) {
    const body = new Blob([JSON.stringify({ q, position })], { type: "application/json" });
    navigator.sendBeacon(address, body);
  }

  function lookedAt() {
    clearTimeout(timer);
    if (typed) tell(typed, null);
    typed = "";
  }

  // What is typed so far is not counted as it is fetched; it is once someone stays with it.
  function typing() {
    clearTimeout(timer);
    typed = shownQuery();
    timer = setTimeout(lookedAt, LOOKED_AT_MS);
  }

  function chosen(event) {
    const link = event.target.closest?.(".hits h2 a");
    const query = shownQuery();
    if (!link || !query) return;
    lookedAt();
    const list = link.closest("ol");
    tell(query, list.start + [...list.children].indexOf(link.closest("li")));
  }

  if (quiet) return { typing: () => {} };
  document.addEventListener("click", chosen);
  return { typing };
}

function shownQuery() {
  return new URL(location.href).searchParams.get("q")?.trim() ?? "";
}

// Makes the search page answer while one types. Without this file the page works the same, a click slower:
// it fetches the very page that the form would lead to and puts its results in place of the old ones.
"use strict";

(() => {
  const PAUSE_MS = 140;
  const form = document.querySelector("form[data-live]");
  const box = document.getElementById("q");
  if (!box) return;

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
  if (!form || !window.fetch || !window.DOMParser) return;

  let timer = 0;
  let running = null;
  let shown = address();

  function address() {
    const given = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...given]) if (!value) given.delete(name);
    const query = given.toString();
    return query ? `${form.action}?${query}` : form.action;
  }

  async function update() {
    const wanted = address();
    running?.abort();
    running = null;
    if (wanted === shown) {
      document.getElementById("results").classList.remove("busy");
      return;
    }
    const attempt = (running = new AbortController());
    const results = document.getElementById("results");
    results.classList.add("busy");
    try {
      const response = await fetch(wanted, { signal: attempt.signal, headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (attempt !== running) return;
      place(page, wanted);
    } catch (error) {
      // An aborted or failed request leaves the last answer; pressing Enter still loads the page.
      if (error.name !== "AbortError") shown = "";
    } finally {
      if (attempt === running) document.getElementById("results").classList.remove("busy");
    }
  }

  // The box keeps its place in the document, so focus and cursor stay where they are.
  function place(page, wanted) {
    document.body.className = page.body.className;
    document.title = page.title;
    document.querySelector("main .hero")?.remove();
    document.getElementById("results").replaceWith(page.getElementById("results"));
    const filters = page.querySelector("form[data-live] .filters");
    if (filters && !form.querySelector(".filters")) form.append(filters);
    const home = page.querySelector("main .hero");
    if (home) form.before(home);
    if (!filters) form.querySelector(".filters")?.remove();
    history.replaceState(null, "", wanted);
    shown = wanted;
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, PAUSE_MS);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) update();
  });
  form.addEventListener("submit", (event) => {
    const paged = new URLSearchParams(location.search).has("page");
    if (address() === shown && !paged) event.preventDefault();
  });
})();

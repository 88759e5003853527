// Results while one types. The very page that the form leads to is fetched, and its results take the place of the old.
const PAUSE_MS = 220;
const SLOW_MS = 400;
const GIVE_UP_MS = 20_000;

// What is fetched while someone types is no search that they made.
const headers = (typing) => (typing ? { Accept: "text/html", "X-Procsearch-Typing": "1" } : { Accept: "text/html" });

export function liveResults(form, box, announce, upgrade, whenTyped) {
  let timer = 0;
  let running = null;
  let shown = location.href.replace(/#.*$/, "");
  const state = document.createElement("p");
  state.className = "state";
  state.hidden = true;
  form.after(state);

  const results = () => document.getElementById("results");

  function address() {
    const given = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...given]) if (!value) given.delete(name, value);
    const text = given.toString();
    return text ? `${form.action}?${text}` : form.action;
  }

  function wait(text) {
    state.className = "state";
    state.textContent = text;
    state.hidden = !text;
  }

  // `keep` leaves the address as it is; `push` makes a step that the browser's back button undoes.
  async function load(wanted, { history: step = "replace", everything = false, typing = false } = {}) {
    clearTimeout(timer);
    running?.abort();
    const attempt = (running = new AbortController());
    const slow = setTimeout(() => wait("Still searching…"), SLOW_MS);
    const late = setTimeout(() => attempt.abort(new DOMException("too late", "TimeoutError")), GIVE_UP_MS);
    results().setAttribute("aria-busy", "true");
    try {
      const response = await fetch(wanted, { signal: attempt.signal, headers: headers(typing) });
      const text = await response.text();
      if (attempt !== running) return;
      if (!response.ok) throw new Error(`it answered with status ${response.status}`);
      place(new DOMParser().parseFromString(text, "text/html"), wanted, step, everything);
      if (typing) whenTyped();
    } catch (error) {
      if (attempt === running && error.name !== "AbortError") fail(wanted, { history: step, everything, typing }, error);
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
      if (attempt === running) {
        running = null;
        results().removeAttribute("aria-busy");
      }
    }
  }

  // What is shown stays, and it is said that it is not the answer to what stands in the box.
  function fail(wanted, options, error) {
    const why = error.name === "TimeoutError" ? "it took too long" : error instanceof TypeError ? "it cannot be reached" : error.message;
    const text = `The service did not answer: ${why}. Results are those of the search before.`;
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Try again";
    again.addEventListener("click", () => {
      box.focus();
      load(wanted, options);
    });
    state.className = "state failure";
    state.replaceChildren(`${text} `, again);
    state.hidden = false;
    announce("results", text);
  }

  // The box keeps its place in the document, so focus and cursor stay where they are.
  function place(page, wanted, step, everything) {
    const focused = results().contains(document.activeElement) ? document.activeElement.id : "";
    const unfolded = [...results().querySelectorAll("aside details[open]")].map((each) => each.id);
    document.body.className = page.body.className;
    document.title = page.title;
    replaceHero(page);
    results().replaceWith(page.getElementById("results"));
    replaceFilters(page, everything);
    if (everything) box.value = page.getElementById("q").value;
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (step === "push") history.pushState(null, "", wanted);
    if (step === "replace") history.replaceState(null, "", wanted);
    shown = wanted;
    wait("");
    upgrade(results());
    announce("results", results().querySelector(".tally")?.textContent.replace(/\s+/g, " ").trim() ?? "");
  }

  function replaceHero(page) {
    const [now, then] = [document.querySelector("main > .hero, main > h1"), page.querySelector("main > .hero, main > h1")];
    if (now && then) now.replaceWith(then);
  }

  function replaceFilters(page, everything) {
    const [now, then] = [form.querySelector(".filters"), page.querySelector("form[data-live] .filters")];
    if (now && then && everything) now.replaceWith(then);
    else if (then && !now) form.append(then);
    else if (!then) now?.remove();
  }

  function search() {
    const wanted = address();
    const paged = new URLSearchParams(location.search).has("page");
    if (wanted !== shown || paged || !state.hidden) load(wanted, { history: wanted === location.href ? "replace" : "push" });
  }

  function typed() {
    const wanted = address();
    if (wanted !== shown) return load(wanted, { typing: true });
    // The text is again what the results are for.
    running?.abort();
    running = null;
    results().removeAttribute("aria-busy");
    wait("");
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(typed, PAUSE_MS);
  });
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target !== box) load(address(), { history: "push" });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-narrow]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    load(link.href, { history: "push", everything: true });
  });
  addEventListener("popstate", () => {
    const wanted = location.href.replace(/#.*$/, "");
    if (wanted !== shown) load(wanted, { history: "keep", everything: true });
  });
  // Typed before this file came, or put back by the browser.
  if (box.value !== box.defaultValue) timer = setTimeout(typed, PAUSE_MS);

  return { search };
}

// The search box as a combobox with a list of suggestions (ARIA 1.2, list autocomplete with manual selection).
const PAUSE_MS = 60;
const SLOW_MS = 500;
const GIVE_UP_MS = 10_000;
const LIMIT = 6;
const MOST_COMPLETIONS = 3;

export function combobox(form, box, announce, recent) {
  const place = box.closest(".combo");
  const popup = element("div", { className: "popup", hidden: true });
  const heading = element("p", { className: "popup-note", hidden: true });
  const listbox = element("ul", { id: "suggestions", role: "listbox" });
  listbox.setAttribute("aria-label", "Suggestions");
  const forget = element("button", { type: "button", className: "forget", textContent: "Clear recent searches" });
  popup.append(heading, listbox, forget);
  box.after(popup);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"],
    ["aria-controls", listbox.id], ["aria-haspopup", "listbox"]]) box.setAttribute(name, value);

  let choices = [];
  let active = -1;
  let timer = 0;
  let running = null;

  const isOpen = () => box.getAttribute("aria-expanded") === "true";

  function open() {
    popup.hidden = false;
    box.setAttribute("aria-expanded", "true");
  }

  function stop() {
    clearTimeout(timer);
    running?.abort();
    running = null;
  }

  function close() {
    stop();
    popup.hidden = true;
    note("");
    box.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  function note(text) {
    heading.textContent = text;
    heading.hidden = !text;
  }

  // The search page tells about its results itself, where the popup would lie over them.
  function tell(text) {
    if (!isOpen() && form.matches("[data-live]")) return;
    if (!isOpen()) listbox.hidden = forget.hidden = true;
    popup.hidden = false;
    note(text);
  }

  function activate(at) {
    listbox.children[active]?.setAttribute("aria-selected", "false");
    active = at;
    const option = listbox.children[at];
    if (!option) return box.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function show(found, text) {
    activate(-1);
    choices = found;
    listbox.replaceChildren(...found.map(option));
    // Which text these belong to: a list of an earlier beginning may stand while a newer one is on its way.
    listbox.dataset.query = text;
    listbox.hidden = !found.length;
    forget.hidden = text !== "" || !found.length;
    note(text === "" && found.length ? "Recent searches, kept in this browser only" : "");
    if (!found.length) return close();
    open();
    announce("suggestions", `${found.length} ${text === "" ? "recent searches" : "suggestions"}`);
  }

  function showRecent() {
    stop();
    show(recent.all().map((text) => ({ text })), "");
  }

  async function suggest() {
    const text = box.value;
    running?.abort();
    const attempt = (running = new AbortController());
    const slow = setTimeout(() => tell("Suggestions are on their way…"), SLOW_MS);
    const late = setTimeout(() => attempt.abort(new DOMException("too late", "TimeoutError")), GIVE_UP_MS);
    try {
      const query = new URLSearchParams({ q: text, limit: LIMIT });
      const response = await fetch(`${place.dataset.suggest}?${query}`, { signal: attempt.signal });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const answer = await response.json();
      // Whatever was typed in the meantime has a request of its own.
      if (attempt === running && text === box.value) show(choicesOf(answer), text);
    } catch (error) {
      if (attempt === running && error.name !== "AbortError") failed();
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
      if (attempt === running) running = null;
    }
  }

  function failed() {
    tell("There are no newer suggestions: the service did not answer.");
    announce("suggestions", "Suggestions cannot be loaded");
  }

  function choicesOf(answer) {
    const codes = answer.codes.map((each) => ({ code: each.code, html: "", text: each.title }));
    const names = answer.names.map((each) => ({ code: each.code, html: each.highlight, text: each.text }));
    const seen = new Set();
    const records = [...codes, ...names].filter((each) => !seen.has(each.code) && seen.add(each.code));
    const whole = answer.completions.filter((text) => !seen.has(text.toUpperCase())).slice(0, MOST_COMPLETIONS);
    return [...whole.map((text) => ({ text })), ...records.slice(0, LIMIT)];
  }

  function option(choice, at) {
    const item = element("li", { id: `suggestion-${at}`, role: "option" });
    item.setAttribute("aria-selected", "false");
    item.append(choice.code ? element("span", { className: "code", textContent: choice.code }) : glass(), " ");
    const text = element("span", { className: "text", textContent: choice.text });
    // The service escapes everything but its own <mark>.
    if (choice.html) text.innerHTML = choice.html;
    item.append(text);
    return item;
  }

  function choose(at) {
    const choice = choices[at];
    if (choice.code) {
      recent.add(box.value);
      close();
      location.assign(place.dataset.code.replace("CODE", encodeURIComponent(choice.code)));
      return;
    }
    box.value = choice.text;
    close();
    form.requestSubmit();
  }

  async function step(by) {
    if (!isOpen()) {
      if (box.value.trim()) await suggest();
      else showRecent();
      if (!isOpen()) return;
    }
    // From the box (-1) down to the first, up to the last, and round through the box.
    const places = choices.length + 1;
    activate(((active + 1 + by + places) % places) - 1);
  }

  const keys = {
    ArrowDown: (event) => (event.altKey && isOpen() ? null : step(event.altKey ? 0 : 1)),
    ArrowUp: (event) => (event.altKey ? close() : step(-1)),
    Escape: () => (isOpen() ? close() : clear()),
    Enter: () => choose(active),
  };

  function clear() {
    box.value = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    // These move the cursor in the text, so no suggestion is meant any more.
    if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) return activate(-1);
    if (event.key === "Tab") return event.shiftKey || forget.hidden || !isOpen() ? close() : undefined;
    if (event.key === "Enter" && active < 0) return;
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && !isOpen() && !box.value) return;
    event.preventDefault();
    action(event);
  });
  box.addEventListener("input", () => {
    stop();
    activate(-1);
    if (!box.value.trim()) close();
    else timer = setTimeout(suggest, PAUSE_MS);
  });
  box.addEventListener("click", () => {
    if (!isOpen() && !box.value.trim()) showRecent();
  });
  // The focus stays in the box while the list is pointed at.
  listbox.addEventListener("pointerdown", (event) => event.preventDefault());
  listbox.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) choose([...listbox.children].indexOf(item));
  });
  forget.addEventListener("click", () => {
    recent.clear();
    announce("suggestions", "Recent searches cleared");
    close();
    box.focus();
  });
  place.addEventListener("focusout", (event) => {
    if (!place.contains(event.relatedTarget)) close();
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target === forget) {
      close();
      box.focus();
    }
  });
  // What was typed before this file came is asked for as well.
  if (box.value !== box.defaultValue && document.activeElement === box) timer = setTimeout(suggest, PAUSE_MS);

  return { close };
}

function element(tag, properties) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) made[name] = value;
  return made;
}

function glass() {
  const mark = document.createElement("span");
  mark.className = "glass";
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

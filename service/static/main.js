// Starts what makes the pages quicker and handier. Without these files every page works the same, a click slower.
import { actions } from "./actions.js";
import { combobox } from "./combobox.js";
import { compareTray } from "./compare.js";
import { liveResults } from "./live.js";
import { recentSearches } from "./recent.js";
import { seenResults } from "./seen.js";

const SPEAK_MS = 350;
const KEY = "procsearch.shortcut";
const box = document.getElementById("q");
const recent = recentSearches();
const tray = compareTray(announce);
const seen = seenResults(document.getElementById("main").dataset.seen);
// The newest of each thing that there is to tell.
const news = new Map();
let speaking = 0;

upgrade(document);
if (box) searchFrom(box);

function upgrade(root) {
  actions(root, announce);
  tray.upgrade(root);
}

// Several things may have news while someone types; a screen reader hears the last of each once it is quiet.
function announce(about, text) {
  news.set(about, text);
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    document.getElementById("announce").textContent = [...news.values()].filter(Boolean).join(". ");
    news.clear();
  }, SPEAK_MS);
}

function searchFrom(box) {
  const form = box.form;
  const live = form.matches("[data-live]") ? liveResults(form, box, announce, upgrade, seen.typing) : null;
  const list = combobox(form, box, announce, recent);
  form.addEventListener("submit", (event) => {
    recent.add(box.value);
    list.close();
    if (!live) return;
    event.preventDefault();
    live.search();
  });
  listenForKeys(box, shortcutIsOff());
}

// The key / goes to the box. A key that is a letter or sign must be one that can be turned off (WCAG 2.1.4).
function shortcutIsOff() {
  const line = document.getElementById("shortcut");
  const toggle = line.querySelector("button");
  const off = () => recent.storage?.getItem(KEY) === "off";
  toggle.setAttribute("aria-pressed", String(off()));
  line.hidden = !recent.storage;
  toggle.addEventListener("click", () => {
    recent.storage.setItem(KEY, off() ? "on" : "off");
    toggle.setAttribute("aria-pressed", String(off()));
  });
  return off;
}

function listenForKeys(box, off) {
  const inField = () => document.activeElement?.matches("input, select, textarea, [contenteditable]");
  // Until the browser has put the focus into the box of the first page, what is typed goes there all the same.
  let early = box.autofocus;
  for (const sign of ["pointerdown", "input"]) addEventListener(sign, () => (early = false), { once: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") early = false;
    if (inField() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "/" && !off()) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (early && event.key.length === 1 && event.key !== " ") {
      box.focus();
    }
  });
}

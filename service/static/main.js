// Starts what makes the pages quicker and handier. Without these files every page works the same, a click slower.
import { actions } from "./actions.js";
import { combobox } from "./combobox.js";
import { compareTray } from "./compare.js";
import { liveResults } from "./live.js";
import { recentSearches } from "./recent.js";

const box = document.getElementById("q");
const form = box.form;
const status = document.getElementById("announce");
const SPEAK_MS = 350;
let speaking = 0;

// Several things may have news while someone types; a screen reader hears the last of each once it is quiet.
const news = new Map();
function announce(about, text) {
  news.set(about, text);
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    status.textContent = [...news.values()].filter(Boolean).join(". ");
    news.clear();
  }, SPEAK_MS);
}

const recent = recentSearches();
const tray = compareTray(announce);
const upgrade = (root) => {
  actions(root, announce);
  tray.upgrade(root);
};
upgrade(document);
const live = form.matches("[data-live]") ? liveResults(form, box, announce, upgrade) : null;
const list = combobox(form, box, announce, recent);

form.addEventListener("submit", (event) => {
  recent.add(box.value);
  list.close();
  if (live) {
    event.preventDefault();
    live.search();
  }
});

// The key / goes to the box. A key that is a letter or sign must be one that can be turned off (WCAG 2.1.4).
const shortcut = document.getElementById("shortcut");
const KEY = "procsearch.shortcut";
const off = () => recent.storage?.getItem(KEY) === "off";
const toggle = shortcut.querySelector("button");
toggle.setAttribute("aria-pressed", String(off()));
shortcut.hidden = !recent.storage;
toggle.addEventListener("click", () => {
  recent.storage.setItem(KEY, off() ? "on" : "off");
  toggle.setAttribute("aria-pressed", String(off()));
});

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

// What can be done with a code: copy it, and see why it is among the results.
const DONE_MS = 2_000;

export function actions(root, announce) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, announce));
  }
  for (const link of root.querySelectorAll("[data-why]")) {
    link.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      explain(link, announce);
    });
  }
}

async function copy(button, announce) {
  const code = button.dataset.copy;
  const done = await write(code);
  const label = button.firstChild;
  const before = "Copy code";
  label.textContent = done ? "Copied" : "Not copied";
  announce("copy", done ? `${code} copied` : `${code} could not be copied`);
  setTimeout(() => (label.textContent = before), DONE_MS);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelection(text);
  }
}

// Browsers give the clipboard only to pages over HTTPS or from this machine; the old way works elsewhere.
function writeBySelection(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

// The link leads to the same results with all their parts; the one that was asked for is taken from there.
async function explain(link, announce) {
  link.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = page.getElementById(link.id);
    if (!part?.matches("details")) throw new Error("the result is not there any more");
    link.closest(".about").append(part);
    link.remove();
    part.querySelector("summary").focus();
  } catch {
    link.removeAttribute("aria-busy");
    announce("why", "The reasons could not be loaded. Try again.");
    link.firstChild.textContent = "Why this result (not loaded, try again)";
  }
}

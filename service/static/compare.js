// Codes picked for comparing, up to three. They are kept for this tab only.
const KEY = "procsearch.compare";
const MOST = 3;

export function compareTray(announce) {
  const tray = document.createElement("aside");
  tray.className = "tray";
  tray.setAttribute("aria-label", "Codes to compare");
  const main = document.getElementById("main");
  main.append(tray);
  let picked = load();

  // The page that compares shows what is picked, whichever way one came to it.
  const compared = document.querySelector("[data-compared]")?.dataset.compared;
  if (compared !== undefined) save(compared.split(" ").filter(Boolean));

  function save(codes) {
    picked = codes;
    try {
      sessionStorage.setItem(KEY, JSON.stringify(codes));
    } catch {
      // Without storage the codes are picked for as long as the page stands.
    }
  }

  function toggle(code) {
    const has = picked.includes(code);
    if (!has && picked.length >= MOST) {
      announce("compare", `${MOST} codes are the most to compare. Remove one first.`);
      draw(`${MOST} codes are the most. Remove one first.`);
      return;
    }
    save(has ? picked.filter((each) => each !== code) : [...picked, code]);
    announce("compare", `${code} ${has ? "removed from" : "added to"} the comparison, ${picked.length} of ${MOST}`);
    draw();
  }

  function draw(note = "") {
    for (const button of document.querySelectorAll("button[data-compare]")) {
      button.setAttribute("aria-pressed", String(picked.includes(button.dataset.compare)));
    }
    tray.hidden = !picked.length || compared !== undefined;
    const query = new URLSearchParams(picked.map((code) => ["code", code]));
    const link = document.createElement("a");
    link.className = "go";
    link.href = `${main.dataset.comparison}?${query}`;
    link.textContent = picked.length > 1 ? `Compare ${picked.length} codes` : "Compare with…";
    tray.replaceChildren(...picked.map(chip), link, note);
  }

  function chip(code) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${code} ×`;
    button.setAttribute("aria-label", `Remove ${code} from the comparison`);
    button.addEventListener("click", () => {
      toggle(code);
      (tray.querySelector("button") ?? document.getElementById("q") ?? main).focus();
    });
    return button;
  }

  function upgrade(root) {
    for (const link of root.querySelectorAll("a[data-compare]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = link.className;
      button.dataset.compare = link.dataset.compare;
      button.append(...link.childNodes);
      button.addEventListener("click", () => toggle(link.dataset.compare));
      link.replaceWith(button);
    }
    draw();
  }

  // A page that the back button takes out of the browser's memory may be older than the choice.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    picked = load();
    draw();
  });

  return { upgrade };
}

function load() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

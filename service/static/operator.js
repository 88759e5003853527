// The operator's page: asks the API with the token that was typed, which is kept in this variable and nowhere else.
const page = document.querySelector(".operator");
const part = (id) => document.getElementById(id);
const WATCH_MS = 1_000;
let token = "";
let watching = 0;
let running = "";

part("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  token = part("token").value.trim();
  part("token").value = "";
  showAll();
});
part("reindex").addEventListener("submit", (event) => {
  event.preventDefault();
  change(page.dataset.reindex, { method: "POST" });
});
part("cancel").addEventListener("click", () => change(`${page.dataset.tasks}/${running}`, { method: "DELETE" }));
part("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const done = await addRule(part("typed").value, part("means").value, part("both").checked);
  if (done) event.target.reset();
});

async function showAll() {
  tell("");
  const failures = [];
  for (const show of [showTasks, showSearches, showRules]) {
    try {
      await show();
    } catch (error) {
      failures.push(error.message);
    }
  }
  tell([...new Set(failures)].join(" "), failures.length > 0);
}

async function ask(address, options = {}) {
  const headers = { Accept: "application/json", Authorization: `Bearer ${token}` };
  if (options.json) headers["Content-Type"] = "application/json";
  const response = await fetch(address, {
    method: options.method ?? "GET",
    headers,
    body: options.json && JSON.stringify(options.json),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error?.message ?? `The service answered with status ${response.status}.`);
  return body;
}

async function change(address, options) {
  try {
    await ask(address, options);
    tell("");
    await Promise.all([showTasks(), options.after?.()]);
    return true;
  } catch (error) {
    tell(error.message, true);
    return false;
  }
}

function addRule(typed, means, both) {
  const json = { typed, means, both_ways: both };
  return change(page.dataset.synonyms, { method: "POST", json, after: showRules });
}

async function showTasks() {
  const { tasks } = await ask(page.dataset.tasks);
  const task = tasks.find((each) => each.state === "running") ?? tasks[0];
  const busy = task && ["queued", "running"].includes(task.state);
  part("build").hidden = false;
  part("task").replaceChildren(...(task ? describe(task) : ["Nothing was built from here yet."]));
  part("cancel").hidden = !busy;
  running = busy ? task.id : "";
  clearTimeout(watching);
  if (busy) watching = setTimeout(() => showTasks().catch((error) => tell(error.message, true)), WATCH_MS);
}

function describe(task) {
  const ended = task.ended ? ` at ${new Date(task.ended).toLocaleString()}` : "";
  const why = task.failure ? `: ${task.failure.message}` : "";
  const parts = [`The last build ${task.state === "running" ? "is running" : task.state}${ended}${why}`];
  if (task.state === "running" && task.steps) {
    const bar = element("progress", "");
    Object.assign(bar, { max: task.steps, value: task.done });
    bar.setAttribute("aria-label", task.phase);
    parts.push(" ", bar, ` ${task.phase}`);
  }
  return parts;
}

async function showSearches() {
  const told = await ask(page.dataset.analytics);
  part("searches").hidden = false;
  part("totals").textContent =
    `${told.searches.toLocaleString()} searches since ${told.weeks[0] ?? "now"}, ${told.nothing_found.toLocaleString()} ` +
    `of them without a result. A query is shown once ${told.threshold} clients have asked it within a week.`;
  part("nothing").replaceChildren(...told.without_result.map(missing));
  part("top").replaceChildren(
    ...told.queries.map((each) => row(each.query, number(each.searches), number(each.clicks), number(each.mean_position ?? "–"))),
  );
  part("positions").replaceChildren(
    ...told.click_positions.map((count, at, all) => row(at + 1 < all.length ? `${at + 1}` : `${at + 1} and behind`, number(count))),
  );
}

function missing(each) {
  const form = element("form", "");
  const input = element("input", "");
  Object.assign(input, { type: "text", required: true, maxLength: 200 });
  input.setAttribute("aria-label", `“${each.query}” also means`);
  const button = element("button", "Add synonym");
  form.append(input, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await addRule(each.query, input.value, false)) form.replaceChildren("Added.");
  });
  return row(each.query, number(each.nothing_found), form);
}

async function showRules() {
  const { rules } = await ask(page.dataset.synonyms);
  part("synonyms").hidden = false;
  part("rules").replaceChildren(...rules.map(removable));
}

function removable(rule) {
  const button = element("button", "Remove");
  button.type = "button";
  button.setAttribute("aria-label", `Remove ${rule}`);
  const address = `${page.dataset.synonyms}?${new URLSearchParams({ rule })}`;
  button.addEventListener("click", () => change(address, { method: "DELETE", after: showRules }));
  return row(rule, button);
}

function row(head, ...cells) {
  const line = element("tr", "");
  const first = element("th", head);
  first.scope = "row";
  line.append(first, ...cells.map((cell) => (cell.tagName === "TD" ? cell : wrapped(cell))));
  return line;
}

function number(value) {
  const cell = element("td", typeof value === "number" ? value.toLocaleString() : value);
  cell.className = "number";
  return cell;
}

function wrapped(content) {
  const cell = element("td", "");
  cell.append(content);
  return cell;
}

// What people typed is only ever text here, never HTML.
function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function tell(text, failed = false) {
  part("told").textContent = text;
  part("told").classList.toggle("failed", failed);
}

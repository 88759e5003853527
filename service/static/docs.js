// The forms of the API reference: fill in an example, send the request, show what came. Without this script the page
// is the same reference without forms.
"use strict";

(() => {
  const LONGEST = 50_000;

  for (const part of document.querySelectorAll("details.try")) {
    const form = part.querySelector("form");
    part.hidden = false;
    for (const button of form.querySelectorAll("button[data-values]")) {
      button.addEventListener("click", () => fill(form, JSON.parse(button.dataset.values)));
    }
    const example = form.querySelector("button[data-values]");
    if (form.elements.body) fill(form, JSON.parse(form.elements.body.value));
    else if (example) fill(form, JSON.parse(example.dataset.values));
    else if (form.elements.code) form.elements.code.value = "H0015";
    else if (form.elements.q) form.elements.q.value = "sle ap";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, part.querySelector(".status"), part.querySelector(".answer"));
    });
  }

  function fill(form, values) {
    if (form.elements.body) {
      form.elements.body.value = JSON.stringify(values, null, 2);
      return;
    }
    for (const input of form.querySelectorAll("input")) {
      const value = values[input.name];
      input.value = value === undefined ? "" : String(value);
    }
  }

  function addressOf(form) {
    let path = form.dataset.path;
    const asked = new URLSearchParams();
    for (const input of form.querySelectorAll("input")) {
      if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
      else if (input.value !== "") asked.set(input.name, input.value);
    }
    const query = asked.toString();
    return query ? `${path}?${query}` : path;
  }

  async function send(form, status, answer) {
    const address = addressOf(form);
    const options = { method: form.dataset.method };
    if (form.elements.body) {
      options.body = form.elements.body.value;
      options.headers = { "Content-Type": "application/json" };
    }
    form.sending?.abort();
    form.sending = new AbortController();
    status.textContent = `${options.method} ${address} …`;
    const started = performance.now();
    try {
      const response = await fetch(address, { ...options, signal: form.sending.signal });
      const text = await response.text();
      const took = Math.round(performance.now() - started);
      status.textContent = `${options.method} ${address}: ${response.status} ${response.statusText} in ${took} ms`;
      answer.textContent = shown(text, response.headers.get("Content-Type") ?? "");
      answer.hidden = false;
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = `${options.method} ${address}: no answer (${error.message})`;
    }
  }

  function shown(text, type) {
    const pretty = type.startsWith("application/json") ? JSON.stringify(JSON.parse(text), null, 2) : text;
    return pretty.length > LONGEST ? `${pretty.slice(0, LONGEST)}\n… ${pretty.length - LONGEST} more characters` : pretty;
  }
})();

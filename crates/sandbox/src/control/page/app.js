// The dashboard of the sandbox.

import { html } from "./lit-html.js";
import { act, ask, changed, confirm, define, setLive, show, state } from "./frame.js";
import { views } from "./views.js";

const reset = () => confirm(
  "Forget everything?",
  "Requests, faults, webhooks and all objects but those to start from are forgotten. The settings stay.",
  "Forget",
  () => act(() => ask("/reset", "POST"), "Everything is forgotten."),
);

const listen = () => {
  const events = new EventSource("/_sandbox/events");
  const on = (name, take) => events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  events.onopen = () => setLive(true);
  events.onerror = () => setLive(false);
  on("log", () => changed(["requests", "objects"]));
  on("requests", () => changed(["requests", "objects"]));
  on("changed", async (topics) => {
    if (topics.includes("settings")) state.settings = (await ask("")).settings;
    changed(topics);
  });
};

define({
  title: "Reachout sandbox",
  views,
  base: "/_sandbox",
  links: html`<a href="/_sandbox/api">APIs</a>`,
  aside: () => html`<button class="quiet" @click=${reset}>Reset…</button>`,
});
const [{ vendors, settings }, operations] = await Promise.all([ask(""), ask("/operations")]);
Object.assign(state, { vendors, settings, operations });
show();
listen();

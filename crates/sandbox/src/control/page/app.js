// The dashboard: what is known, the address, the live events, and the frame around the views.

import { html, render } from "./lit-html.js";
import { views } from "./views.js";

/** Everything that is shown. Views read it and change it through `act`. */
const state = { vendors: {}, settings: {}, operations: [], route: [], query: {}, data: {}, notice: "", live: false };

const request = async (path, method, body) => {
  const json = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(`/_sandbox${path}`, { method, ...json });
  const text = await response.text();
  const value = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Error(value?.error ?? `${response.status}`);
  return [value, response.headers];
};

/** Asks a control of the sandbox; what it refuses is an error with its sentence. A body is an object, or JSON as it is. */
export const ask = async (path, method = "GET", body = undefined) => (await request(path, method, body))[0];

/** Asks for a list that may be cut: the items, and the query that leads to what follows. */
export const askPage = async (path, query) => {
  const [items, headers] = await request(`${path}?${new URLSearchParams(query)}`, "GET");
  const [, next] = headers.get("Link")?.match(/\?([^>]*)>; rel="next"/) ?? [];
  return { items, next: next && Object.fromEntries(new URLSearchParams(next)) };
};

/** Does something for a click or a form, shows how it went, and looks again. */
export const act = async (work, done = "") => {
  try {
    await work();
    state.notice = done;
  } catch (error) {
    state.notice = error.message;
  }
  await load();
};

const view = () => views[state.route[0]] ?? views.requests;

/** Fetches what the view shows. What comes too late, after another view was opened, is left out. */
const load = async () => {
  const route = state.route;
  try {
    const data = (await view().load?.(state)) ?? {};
    if (route === state.route) state.data = data;
  } catch (error) {
    state.notice = error.message;
  }
  draw();
};

let waiting;
/** Looks again soon, and only once however often it is asked to in the meantime. */
const loadSoon = () => {
  waiting ??= setTimeout(async () => {
    await load();
    waiting = undefined;
  }, 200);
};

let drawing = false;
/** Draws once before the browser shows the next picture, however often it is asked to. */
export const draw = () => {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    render(frame(), document.body);
  });
};

const frame = () => html`
  <a class="skip" href="#content" @click=${skip}>Skip to the content</a>
  <header>
    <h1><a href="#/requests">Reachout sandbox</a></h1>
    <nav aria-label="Views">
      ${Object.entries(views).map(([name, { title }]) => html`
        <a href="#/${name}" aria-current=${view() === views[name] ? "page" : "false"}>${title}</a>`)}
      <a href="/_sandbox/api">APIs</a>
    </nav>
    <p class="live" role="status">${state.live ? "● live" : "○ not connected"}</p>
    <button class="quiet" @click=${() => document.getElementById("reset").showModal()}>Reset…</button>
  </header>
  <p class="notice" role="alert" ?hidden=${!state.notice}>${state.notice}
    <button class="quiet" @click=${() => { state.notice = ""; draw(); }}>Close</button></p>
  <main id="content" tabindex="-1">${view().show(state)}</main>
  <dialog id="reset" aria-labelledby="reset-title">
    <form method="dialog">
      <h2 id="reset-title">Forget everything?</h2>
      <p>Requests, faults, webhooks and all objects but those to start from are forgotten. The settings stay.</p>
      <p class="actions"><button @click=${() => act(() => ask("/reset", "POST"), "Everything is forgotten.")}>Forget</button>
        <button class="quiet">Keep</button></p>
    </form>
  </dialog>`;

const skip = (event) => {
  event.preventDefault();
  document.getElementById("content").focus();
};

const navigate = () => {
  const [path, query] = location.hash.replace(/^#\//, "").split("?");
  const before = view();
  state.route = path.split("/").map(decodeURIComponent);
  state.query = Object.fromEntries(new URLSearchParams(query));
  state.notice = "";
  if (view() !== before) state.data = {};
  document.title = `${view().title} · Reachout sandbox`;
  load();
};

const listen = () => {
  const events = new EventSource("/_sandbox/events");
  const on = (name, take) => events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  events.onopen = () => { state.live = true; draw(); };
  events.onerror = () => { state.live = false; draw(); };
  on("log", () => changed(["requests", "objects"]));
  on("requests", () => changed(["requests", "objects"]));
  on("changed", async (topics) => {
    if (topics.includes("settings")) state.settings = (await ask("")).settings;
    changed(topics);
  });
};

const changed = (topics) => {
  if (view().topics?.some((topic) => topics.includes(topic))) loadSoon();
  draw();
};

const start = async () => {
  const [{ vendors, settings }, operations] = await Promise.all([ask(""), ask("/operations")]);
  Object.assign(state, { vendors, settings, operations });
  addEventListener("hashchange", navigate);
  navigate();
  listen();
};
start();

// The frame of a page: what it asks its server, the address, the live events, and what is around the views.

import { html, nothing, render } from "./lit-html.js";

/** Everything that is shown. Views read it and change it through `act`. */
export const state = { route: [], query: {}, data: {}, notice: "", live: false };

/**
 * The page: `title`, `views` by their names in the address, `base` of what it asks, and what it may have besides: `headers` of each request,
 * `links` after the views, and `aside` at the end of the header. A view has a `title`, perhaps what it loads and which `topics` make it look
 * again, and what it shows.
 */
let page = { title: "", views: {}, base: "" };

const request = async (path, method, body) => {
  const headers = { ...page.headers?.(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const content = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${page.base}${path}`, { method, headers, body: content });
  const text = await response.text();
  const value = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Error(value?.error ?? `${response.status}`);
  return [value, response.headers];
};

/** Asks the server; what it refuses is an error with its sentence. A body is an object, or JSON as it is. */
export const ask = async (path, method = "GET", body = undefined) => (await request(path, method, body))[0];

/** Asks for a list that may be cut: the items, and the query that leads to what follows. */
export const askPage = async (path, query) => {
  const [items, headers] = await request(`${path}?${new URLSearchParams(query)}`, "GET");
  const [, next] = headers.get("Link")?.match(/\?([^>]*)>; rel="next"/) ?? [];
  return { items, next: next && Object.fromEntries(new URLSearchParams(next)) };
};

/** Does something for a click or a form, shows how it went, and looks again. What it returns, if it is a text, is how it went. */
export const act = async (work, done = "") => {
  try {
    const said = await work();
    state.notice = typeof said === "string" ? said : done;
  } catch (error) {
    state.notice = error.message;
  }
  await load();
};

const view = () => page.views[state.route[0]] ?? Object.values(page.views)[0];

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
    <h1><a href="#/${Object.keys(page.views)[0]}">${page.title}</a></h1>
    <nav aria-label="Views">
      ${Object.entries(page.views).map(([name, { title }]) => html`
        <a href="#/${name}" aria-current=${view() === page.views[name] ? "page" : "false"}>${title}</a>`)}
      ${page.links ?? nothing}
    </nav>
    <p class="live" role="status">${state.live ? "● live" : "○ not connected"}</p>
    ${page.aside?.() ?? nothing}
  </header>
  <p class="notice" role="alert" ?hidden=${!state.notice}>${state.notice}
    <button class="quiet" @click=${() => { state.notice = ""; draw(); }}>Close</button></p>
  <main id="content" tabindex="-1">${view().show(state)}</main>
  ${dialog()}`;

let question;
/** Has a person confirm something that cannot be undone: a title, what it means, the word that does it, and what it does. */
export const confirm = (title, meaning, word, work) => {
  question = { title, meaning, word, work };
  draw();
  requestAnimationFrame(() => document.getElementById("confirm").showModal());
};

const dialog = () => html`
  <dialog id="confirm" aria-labelledby="confirm-title">
    <form method="dialog">
      <h2 id="confirm-title">${question?.title}</h2>
      <p>${question?.meaning}</p>
      <p class="actions"><button @click=${() => question.work()}>${question?.word}</button>
        <button class="quiet">Cancel</button></p>
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
  document.title = `${view().title} · ${page.title}`;
  load();
};

/** Whether the page hears of changes. */
export const setLive = (live) => {
  if (state.live === live) return;
  state.live = live;
  draw();
};

/** Shows what changed, where the view is about it; about anything without topics. */
export const changed = (topics) => {
  if (!topics || view().topics?.some((topic) => topics.includes(topic))) loadSoon();
  draw();
};

/** Which page it is, before anything is asked. */
export const define = (definition) => { page = definition; };

/** Shows the view that the address names, from now on. */
export const show = () => {
  addEventListener("hashchange", navigate);
  navigate();
};

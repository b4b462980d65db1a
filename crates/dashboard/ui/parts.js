// What several views are made of.

import { html, nothing } from "./lit-html.js";

const two = (number) => `${number}`.padStart(2, "0");
const clock = (date) => [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
const day = (date) => [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
const at = (text, show) => {
  const date = new Date(text);
  return isNaN(date) ? text : html`<time datetime=${text} title=${text}>${show(date)}</time>`;
};

/** The time of a day. */
export const time = (text) => at(text, clock);

/** Date and time. */
export const dateTime = (text) => at(text, (date) => `${day(date)} ${clock(date)}`);

export const json = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2));

export const code = (value) => (json(value) === "" ? html`<p class="quiet">empty</p>` : html`<pre tabindex="0">${json(value)}</pre>`);

/** A labelled choice. `options` are values, or pairs of a value and its label. */
export const choice = (label, name, options, value, change = undefined) => html`
  <label>${label}
    <select name=${name} @change=${change}>
      ${options.map((option) => {
        const [key, text] = Array.isArray(option) ? option : [option, option || "any"];
        return html`<option value=${key} ?selected=${key === value}>${text}</option>`;
      })}
    </select></label>`;

export const search = (value) => html`
  <label>Search <input name="search" type="search" autocomplete="off" spellcheck="false" .value=${value ?? ""}></label>`;

/** What a form holds, without what was left empty. */
export const filled = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));

/** Takes a form over instead of the browser. */
export const submit = (work) => (event) => {
  event.preventDefault();
  work(event.target);
};

/** The address of a view: its path and what it is filtered by. */
export const address = (path, query = {}) => {
  const text = new URLSearchParams(query).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
};

/** A form whose fields are in the address. */
export const filters = (path, fields) => {
  const go = (form) => { location.hash = address(path, filled(form)); };
  return html`<form class="filters" @change=${(event) => go(event.currentTarget)} @submit=${submit(go)}>${fields}</form>`;
};

/** What a list is called at its begin and where it goes on. */
const NEWEST_FIRST = { first: "Newest", next: "Older", more: "and there are older ones", end: "to the oldest" };

/** What of a list is shown, and the ways to the rest. `part` is the parameter that says where the list begins. */
export const pager = (path, query, { items, next }, part, rest = nothing, words = NEWEST_FIRST) => {
  const { [part]: begun, ...filter } = query;
  return html`
    <p class="pager">${begun ? html`<a href=${address(path, filter)}>${words.first}</a>` : nothing}
      ${next ? html`<a href=${address(path, { ...filter, [part]: next[part] })}>${words.next}</a>` : nothing}
      <span class="quiet">${items.length} shown${next ? `, ${words.more}` : begun ? `, ${words.end}` : ""}. ${rest}</span></p>`;
};

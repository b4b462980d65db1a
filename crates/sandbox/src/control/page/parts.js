// What several views are made of.

import { html, nothing } from "./lit-html.js";

export const time = (text) => {
  const date = new Date(text);
  return isNaN(date) ? text : date.toLocaleTimeString([], { hour12: false });
};

export const json = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2));

export const code = (value) => (json(value) === "" ? html`<p class="quiet">empty</p>` : html`<pre tabindex="0">${json(value)}</pre>`);

export const status = ({ status, fault }) =>
  html`<span>${fault ? html`<span class="fault">fault: ${fault}</span> ` : nothing}<span class="status s${status ? Math.floor(status / 100) : 0}">${status ?? "reset"}</span></span>`;

/** A labelled choice. `options` are values, or pairs of a value and its label. */
export const choice = (label, name, options, value, change = undefined) => html`
  <label>${label}
    <select name=${name} @change=${change}>
      ${options.map((option) => {
        const [key, text] = Array.isArray(option) ? option : [option, option || "any"];
        return html`<option value=${key} ?selected=${key === value}>${text}</option>`;
      })}
    </select></label>`;

export const vendorChoices = (state, any = true) => [
  ...(any ? [["", "any"]] : []),
  ...Object.entries(state.vendors).map(([slug, { name }]) => [slug, name]),
];

/** The names of the operations of a vendor, or of all. */
export const operationNames = (state, vendor) =>
  [...new Set(state.operations.filter((operation) => !vendor || operation.vendor === vendor).map(({ operation }) => operation))].sort();

/** What a form holds, without what was left empty. */
export const filled = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));

/** Takes a form over instead of the browser. */
export const submit = (work) => (event) => {
  event.preventDefault();
  work(event.target);
};

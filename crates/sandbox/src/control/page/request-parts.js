// What views of requests and vendors are made of.

import { html } from "./lit-html.js";

export const headers = (all) => html`
  <details><summary>Headers (${Object.keys(all).length})</summary>
    <dl class="headers">${Object.entries(all).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>`;

export const status = ({ status }) => html`<span class="status s${status ? Math.floor(status / 100) : 0}">${status ?? "reset"}</span>`;

export const vendorChoices = (state, any = true) => [
  ...(any ? [["", "any"]] : []),
  ...Object.entries(state.vendors).map(([slug, { name }]) => [slug, name]),
];

/** The names of the operations of a vendor, or of all. */
export const operationNames = (state, vendor) =>
  [...new Set(state.operations.filter((operation) => !vendor || operation.vendor === vendor).map(({ operation }) => operation))].sort();

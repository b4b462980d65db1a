// The live list of requests, one of them opened, and a form to send one.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { ask, draw } from "./app.js";
import { choice, code, filled, operationNames, status, submit, time, vendorChoices } from "./parts.js";

const OUTCOMES = [["", "any"], ["2", "2xx"], ["4", "4xx"], ["5", "5xx"], ["reset", "reset"], ["refused", "refused"], ["fault", "met a fault"]];

const fits = ({ vendor, operation, outcome }) => (request) =>
  (!vendor || request.vendor === vendor) &&
  (!operation || request.operation === operation) &&
  (!outcome ||
    (outcome === "reset" && request.status === null) ||
    (outcome === "refused" && request.refusal !== null) ||
    (outcome === "fault" && request.fault !== null) ||
    `${request.status}`[0] === outcome);

export const requests = {
  title: "Requests",
  load: async ({ route, data }) => {
    if (!route[1]) return {};
    const opened = data.opened?.number === Number(route[1]) ? data.opened : await ask(`/requests/${route[1]}`);
    return { opened };
  },
  show: (state) => html`
    <div class=${state.data.opened ? "split opened" : "split"}>
      <section aria-label="Requests, the newest first">
        <form class="filters" @change=${(event) => { state.filter = filled(event.currentTarget); draw(); }}>
          ${choice("Vendor", "vendor", vendorChoices(state), state.filter.vendor)}
          ${choice("Operation", "operation", ["", ...operationNames(state, state.filter.vendor)], state.filter.operation)}
          ${choice("Outcome", "outcome", OUTCOMES, state.filter.outcome)}
        </form>
        ${list(state.log.filter(fits(state.filter)), state)}
      </section>
      ${state.data.opened ? detail(state.data.opened) : nothing}
    </div>`,
};

const list = (log, state) => log.length === 0
  ? html`<p class="quiet">${state.log.length ? "No request fits." : html`No request yet. <a href="#/send">Send one</a>, or point a client here.`}</p>`
  : html`<ol class="requests">${repeat(log, ({ number }) => number, (request) => html`
      <li><a href="#/requests/${request.number}" aria-current=${state.route[1] === `${request.number}` ? "true" : "false"}>
        <span class="what"><b>${request.operation ?? `${request.method} ${request.path}`}</b> ${status(request)}</span>
        <span class="quiet">${time(request.received_at)} · ${request.vendor} · ${request.milliseconds} ms</span>
        ${request.refusal ? html`<span class="why">${request.refusal}</span>` : nothing}
      </a></li>`)}</ol>`;

const detail = (request) => html`
  <article aria-label="Request ${request.number}">
    <p><a href="#/requests">← All requests</a></p>
    <h2>${request.operation ?? "No operation"} ${status(request)}</h2>
    <p class="line"><code>${request.method} ${request.path}${request.query ? `?${request.query}` : ""}</code></p>
    <p class="quiet">${time(request.received_at)} · ${request.vendor} · ${request.milliseconds} ms</p>
    ${request.refusal ? html`<p class="why"><b>Refused:</b> ${request.refusal}</p>` : nothing}
    ${request.operation ? html`<p class="actions"><a href="#/send/${request.vendor}/${request.operation}">Send such a request</a>
      <a href="#/faults/${request.vendor}/${request.operation}">Set a fault for it</a></p>` : nothing}
    <h3>Sent</h3>${headers(request.headers)}${code(request.body)}
    <h3>Received</h3>${request.response ? html`${headers(request.response.headers)}${code(request.response.body)}` : html`<p class="quiet">The connection was reset.</p>`}
  </article>`;

const headers = (all) => html`
  <details><summary>Headers (${Object.keys(all).length})</summary>
    <dl class="headers">${Object.entries(all).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>`;

const SENDABLE = ["application/json", "application/x-www-form-urlencoded", undefined];

export const send = {
  title: "Send",
  load: async ({ route: [, vendor = "leonar", operation = "send_message"], data }) => {
    if (data.vendor === vendor && data.operation === operation) return data;
    return { vendor, operation, example: await ask(`/operations/${vendor}/${operation}`) };
  },
  show: (state) => {
    const { vendor, operation, example, response } = state.data;
    if (!example) return nothing;
    const open = (vendor, operation) => { location.hash = `#/send/${vendor}/${operation}`; };
    const kept = (chosen) => (operationNames(state, chosen).includes(operation) ? operation : operationNames(state, chosen)[0]);
    const type = example.headers["Content-Type"];
    return html`
      <form class="form" @submit=${submit((form) => transmit(state, form))}>
        ${choice("Vendor", "vendor", vendorChoices(state, false), vendor, (event) => open(event.target.value, kept(event.target.value)))}
        ${choice("Operation", "operation", operationNames(state, vendor), operation, (event) => open(vendor, event.target.value))}
        <label class="wide">${example.method} <input name="path" .value=${example.path} autocomplete="off" spellcheck="false"></label>
        ${example.body === null ? nothing : html`<label class="wide">Body <textarea name="body" rows="10" spellcheck="false"
          .value=${JSON.stringify(example.body, null, 2)}></textarea></label>`}
        <p class="actions wide">${SENDABLE.includes(type) ? html`<button>Send</button>` : html`A form with files is sent from the page of the <a href="/_sandbox/api#${vendor}">APIs</a>.`}</p>
      </form>
      ${response ? html`<section aria-live="polite"><h2>Response ${status(response)}</h2>${code(response.body)}</section>` : nothing}`;
  },
};

const transmit = async (state, form) => {
  const { example, vendor } = state.data;
  const base = new URL(state.vendors[vendor].base_url).pathname;
  const text = new FormData(form).get("body");
  const isForm = example.headers["Content-Type"] === "application/x-www-form-urlencoded";
  let response;
  try {
    const body = text === null ? undefined : isForm ? new URLSearchParams(JSON.parse(text)) : text;
    const received = await fetch(base + new FormData(form).get("path"), { method: example.method, headers: example.headers, body });
    const shown = await received.text();
    response = { status: received.status, body: readable(shown) };
  } catch (error) {
    response = { status: null, body: error.message };
  }
  state.data = { ...state.data, response };
  draw();
};

const readable = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

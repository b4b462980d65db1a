// A form to send a request: the documented example of an operation, or a request that was made.

import { html, nothing } from "./lit-html.js";
import { ask, draw } from "./frame.js";
import { bodyText, isWhole, repeatable, target } from "./repeat-request.js";
import { choice, code, submit } from "./parts.js";
import { operationNames, status, vendorChoices } from "./request-parts.js";

const FILES = "multipart/form-data";

const fromExample = ({ method, path, headers, body }) => {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, path, headers: lower, body: bodyText({ headers: lower, body }, 2), note: "" };
};

const fromRequest = (request, vendor) => ({
  method: request.method,
  path: target(request),
  headers: repeatable(request, vendor),
  body: isWhole(request) ? bodyText(request, 2) : "",
  note: isWhole(request) ? `Request ${request.number}, once more.` : `Request ${request.number}, whose body was too long to be recorded: write one.`,
});

export const send = {
  title: "Send",
  load: async ({ route: [, vendor = "leonar", operation = "send_message"], query: { request }, data, vendors }) => {
    if (data.vendor === vendor && data.operation === operation && data.request === request) return data;
    const draft = request
      ? fromRequest(await ask(`/requests/${request}`), vendors[vendor])
      : fromExample(await ask(`/operations/${vendor}/${operation}`));
    return { vendor, operation, request, draft };
  },
  show: (state) => {
    const { vendor, operation, draft, response } = state.data;
    if (!draft) return nothing;
    const open = (vendor, operation) => { location.hash = `#/send/${vendor}/${operation}`; };
    const kept = (chosen) => (operationNames(state, chosen).includes(operation) ? operation : operationNames(state, chosen)[0]);
    const files = draft.headers["content-type"]?.startsWith(FILES);
    const lines = Object.entries(draft.headers).map(([name, value]) => `${name}: ${value}`).join("\n");
    return html`
      <form class="form" @submit=${submit((form) => transmit(state, form))}>
        ${choice("Vendor", "vendor", vendorChoices(state, false), vendor, (event) => open(event.target.value, kept(event.target.value)))}
        ${choice("Operation", "operation", operationNames(state, vendor), operation, (event) => open(vendor, event.target.value))}
        ${draft.note ? html`<p class="wide quiet">${draft.note}</p>` : nothing}
        <label class="wide">${draft.method} <input name="path" .value=${draft.path} autocomplete="off" spellcheck="false"></label>
        <details class="wide"><summary>Headers (${Object.keys(draft.headers).length})</summary>
          <label>One a line <textarea name="headers" rows="4" spellcheck="false" .value=${lines}></textarea></label></details>
        ${draft.body === null ? nothing : html`<label class="wide">Body <textarea name="body" rows="10" spellcheck="false" .value=${draft.body}></textarea></label>`}
        <p class="actions wide">${files ? html`A form with files is sent from the page of the <a href="/_sandbox/api#${vendor}">APIs</a>.` : html`<button>Send</button>`}</p>
      </form>
      ${response ? html`<section aria-live="polite"><h2>Response ${status(response)}</h2>${code(response.body)}</section>` : nothing}`;
  },
};

const transmit = async (state, form) => {
  const { draft, vendor } = state.data;
  const base = new URL(state.vendors[vendor].base_url).pathname;
  const fields = new FormData(form);
  let response;
  try {
    const lines = fields.get("headers").split("\n").filter((line) => line.includes(":"));
    const headers = lines.map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
    const received = await fetch(base + fields.get("path"), { method: draft.method, headers, body: fields.get("body") ?? undefined });
    response = { status: received.status, body: readable(await received.text()) };
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

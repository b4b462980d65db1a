// The live list of requests, and one of them opened.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { act, ask, askPage } from "./frame.js";
import { curl } from "./repeat-request.js";
import { address, choice, code, dateTime, filters, pager, search, time } from "./parts.js";
import { headers, operationNames, status, vendorChoices } from "./request-parts.js";

const OUTCOMES = [["", "any"], ["2xx", "2xx"], ["4xx", "4xx"], ["5xx", "5xx"], ["reset", "reset"], ["refused", "refused"], ["fault", "met a fault"]];
/** How many requests a page of the list has. */
const LIMIT = 100;

export const requests = {
  title: "Requests",
  topics: ["requests"],
  load: async ({ route: [, number], query, data }) => {
    const [page, overview, opened] = await Promise.all([
      askPage("/requests", { ...query, summary: "true", limit: LIMIT }),
      ask(""),
      number ? (data.opened?.number === Number(number) ? data.opened : ask(`/requests/${number}`)) : undefined,
    ]);
    return { page: { ...page, items: page.items.reverse() }, received: overview.requests, opened };
  },
  show: (state) => {
    const { page, opened } = state.data;
    const { vendor, operation, outcome, search: text } = state.query;
    return html`
      <div class=${opened ? "split opened" : "split"}>
        <section aria-label="Requests, the newest first">
          ${filters(["requests", ...(opened ? [opened.number] : [])], html`
            ${choice("Vendor", "vendor", vendorChoices(state), vendor ?? "")}
            ${choice("Operation", "operation", ["", ...operationNames(state, vendor)], operation ?? "")}
            ${choice("Outcome", "outcome", OUTCOMES, outcome ?? "")}
            ${search(text)}`)}
          ${page ? list(page, state) : nothing}
        </section>
        ${opened ? detail(opened, state) : nothing}
      </div>`;
  },
};

const list = (page, state) => {
  const { received, kept } = state.data.received;
  const cut = received > kept ? `The log keeps the last ${kept} of ${received} requests.` : "";
  if (page.items.length === 0) {
    return html`<p class="quiet">${received ? `No request fits. ${cut}` : html`No request yet. <a href="#/send">Send one</a>, or point a client here.`}</p>`;
  }
  return html`
    <div class="row head" aria-hidden="true">
      <span>Time</span><span>Status</span><span>Method</span><span>Path</span><span>Contact</span><span class="more">Operation</span><span class="more">Vendor</span><span class="more">ms</span></div>
    <ol class="rows">${repeat(page.items, ({ number }) => number, (request) => html`
      <li><a class="row" href=${address(["requests", request.number], state.query)} aria-current=${state.route[1] === `${request.number}` ? "true" : "false"}>
        <span class="quiet">${time(request.received_at)}</span> ${status(request)} <span>${request.method}</span>
        <code title=${request.path}>${request.path}</code>
        <span title=${request.contact ?? ""}>${request.contact_name ?? request.contact ?? ""}</span>
        <span class="more"><b>${request.operation ?? "no operation"}</b>${request.fault ? html` <span class="fault">fault: ${request.fault}</span>` : nothing}
          ${request.refusal ? html`<span class="why" title=${request.refusal}>${request.refusal}</span>` : nothing}</span>
        <span class="more quiet">${request.vendor}</span> <span class="more quiet number">${request.milliseconds}</span>
      </a></li>`)}</ol>
    ${pager(["requests"], state.query, page, "before", page.next ? "" : cut)}`;
};

const detail = (request, state) => {
  const command = curl(request, state.vendors[request.vendor]);
  return html`
    <article aria-label="Request ${request.number}">
      <p><a href=${address(["requests"], state.query)}>← All requests</a></p>
      <h2>${request.operation ?? "No operation"} ${request.fault ? html`<span class="fault">fault: ${request.fault}</span>` : nothing} ${status(request)}</h2>
      <p class="line"><code>${request.method} ${request.path}${request.query ? `?${request.query}` : ""}</code></p>
      <p class="quiet">${dateTime(request.received_at)} · ${request.vendor} · ${request.milliseconds} ms</p>
      ${request.refusal ? html`<p class="why"><b>Refused:</b> ${request.refusal}</p>` : nothing}
      ${request.operation ? html`<p class="actions"><a href=${address(["send", request.vendor, request.operation], { request: request.number })}>Send such a request</a>
        <a href="#/faults/${request.vendor}/${request.operation}">Set a fault for it</a>
        <button class="quiet" @click=${() => act(() => navigator.clipboard.writeText(command), "The command is copied.")}>Copy as curl</button></p>` : nothing}
      <details class="curl"><summary>curl</summary>${code(command)}</details>
      <h3>Sent</h3>${headers(request.headers)}${code(request.body)}
      <h3>Received</h3>${request.response ? html`${headers(request.response.headers)}${code(request.response.body)}` : html`<p class="quiet">The connection was reset.</p>`}
    </article>`;
};

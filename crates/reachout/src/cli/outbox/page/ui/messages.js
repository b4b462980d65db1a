// Messages: lists of them by their states, and one of them opened, with what a person may decide about it.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { act, ask, askPage, confirm } from "./frame.js";
import { address, choice, code, dateTime, filled, filters, pager, submit } from "./parts.js";
import { count, facts, stateName } from "./pictures.js";

const STATES = ["", "held", "queued", "sending", "accepted", "rejected", "failed", "unknown", "cancelled", "suppressed"];
const WORDS = { first: "From the first", next: "Next", more: "and more follow", end: "to the last" };

/** A view of the messages in one state, or with fields to choose. `above` is what stands before the list, of what it loads. */
const view = (name, title, state, empty, above = undefined) => ({
  title,
  load: async ({ route: [, id], query }) => {
    const [page, opened, summary] = await Promise.all([
      askPage("/messages", { ...query, ...(state ? { state } : {}) }),
      id ? ask(`/messages/${id}`) : undefined,
      above ? ask("/waiting") : undefined,
    ]);
    return { page, opened, summary };
  },
  show: ({ data: { page, opened, summary }, query, route: [, id] }) => html`
    <div class=${opened ? "split opened" : "split"}>
      <section aria-label=${title}>
        ${summary ? above(summary, query) : nothing}
        ${filters([name], html`
          ${state ? nothing : choice("State", "state", STATES, query.state ?? "")}
          ${["campaign", "person"].map((field) => html`
            <label>${field === "campaign" ? "Campaign" : "Person"} <input name=${field} autocomplete="off" spellcheck="false" .value=${query[field] ?? ""}></label>`)}`)}
        ${page ? list(name, page, query, id, empty) : nothing}
      </section>
      ${opened ? detail(name, opened, query) : nothing}
    </div>`,
});

const list = (name, page, query, id, empty) => (page.items.length === 0 ? html`<p class="quiet">${empty}</p>` : html`
  <div class="row message head" aria-hidden="true"><span>Number</span><span>State</span><span>To</span><span>Why</span><span class="more">Account</span><span class="more">Since</span></div>
  <ol class="rows">${repeat(page.items, (one) => one.id, (one) => html`
    <li><a class="row message" href=${address([name, one.id], query)} aria-current=${id === `${one.id}` ? "true" : "false"}>
      <span class="quiet">${one.id}</span> ${stateName(one.state)} <span title=${one.key ?? ""}>${one.to ?? "purged"}</span>
      <span title=${one.reason ?? ""}>${one.reason ?? one.code ?? ""}</span>
      <span class="more quiet">${one.account}</span> <span class="more quiet">${dateTime(one.changed_at)}</span>
    </a></li>`)}</ol>
  ${pager([name], query, page, "after", nothing, WORDS)}`);

const detail = (name, message, query) => html`
  <article aria-label="Message ${message.id}">
    <p><a href=${address([name], query)}>← The list</a></p>
    <h2>${stateName(message.state)} ${message.to ? html`<a href=${address(["people"], { person: message.to })}>${message.to}</a>` : "purged"}</h2>
    ${message.reason || message.code ? html`<p class="why">${message.reason ?? message.code}</p>` : nothing}
    ${decide(message)}
    ${facts([["Account", message.account], ["Channel", message.channel], ["Due", message.due_at && dateTime(message.due_at)],
      ["Changed", dateTime(message.changed_at)], ["Key", message.key], ["Vendor's ids", message.vendor_ids.join(", ")]])}
    <h3>Content</h3>
    ${message.message ? html`
      ${message.message.subject ? html`<p><b>${message.message.subject}</b></p>` : nothing}
      ${code(message.message.text ?? message.message.html)}` : html`<p class="quiet">It was purged.</p>`}
    <h3>Attempts</h3>
    ${message.sends.length === 0 ? html`<p class="quiet">None yet.</p>` : html`
      <ol class="cards">${message.sends.map((one) => html`
        <li><span><b>${one.number}</b> ${one.outcome ? stateName(one.outcome) : "under way"}
          <span class="quiet">${dateTime(one.started_at)}${one.http_status ? ` · HTTP ${one.http_status}` : ""}${one.request_id ? ` · ${one.request_id}` : ""}</span>
          ${one.reason ? html`<br>${one.reason}` : nothing}</span></li>`)}</ol>`}
  </article>`;

const decide = (message) => {
  const { id, state, attempts } = message;
  if (state === "held") {
    return html`<p class="actions"><button @click=${() => act(() => ask("/approve", "POST", { message: id }), `Message ${id} is approved.`)}>Approve</button></p>`;
  }
  if (state !== "unknown") return nothing;
  const look = () => act(async () => {
    const { found, reason } = await ask(`/messages/${id}/look`, "POST", {});
    return { sent: "The vendor has it: it is accepted.", "not-sent": "The vendor does not have it: it is queued again." }[found] ?? `Not settled (${found}): ${reason ?? ""}`;
  });
  const settle = (found, done) => act(() => ask(`/messages/${id}/resolve`, "POST", { attempt: attempts, ...found }), done);
  const again = () => confirm("Send it again?", "If the vendor has it all the same, the person gets it twice.", "Send again",
    () => settle({ sent: false }, `Message ${id} is queued again.`));
  return html`
    <p>The vendor may or may not have it. It is looked for by its content, its recipient and its time, and settled where that is clear.</p>
    <p class="actions"><button @click=${look}>Look at the vendor</button></p>
    <form class="form" @submit=${submit((form) => settle({ sent: true, ...filled(form) }, `Message ${id} is accepted.`))}>
      <label>The vendor's id of the message, if you have seen it <input name="message_id" autocomplete="off" spellcheck="false"></label>
      <p class="actions wide"><button class="quiet">The vendor has it</button>
        <button class="quiet" type="button" @click=${again}>It does not: send again…</button></p>
    </form>`;
};

const summary = ({ counts, account_pauses: pauses, due, waiting, waits }) => html`
  ${pauses.map(({ account, reason }) => html`<p class="why">${account ? `${account} is paused` : "Everything is paused"}${reason ? `: ${reason}` : "."}</p>`)}
  ${facts([["Queued", counts.queued ?? 0], ["Due now", due], ["In a pause of messages", Math.max(0, (counts.queued ?? 0) - waiting)], ["Being sent", counts.sending ?? 0]])}
  ${waits.length ? html`<ul class="cards">${waits.map((wait) => html`<li><span>${wait}</span></li>`)}</ul>` : nothing}`;

const approveAll = ({ counts }, { campaign }) => {
  if (!counts.held) return nothing;
  const approve = () => confirm(`Approve all of ${campaign}?`, "Its messages that wait are sent at their times.", "Approve all",
    () => act(() => ask("/approve", "POST", { campaign }), `${campaign} is approved.`));
  return html`<p class="actions"><span>Waiting for approval: ${count(counts.held)}</span>
    ${campaign ? html`<button class="quiet" @click=${approve}>Approve all of ${campaign}…</button>`
      : html`<span class="quiet">Name a campaign to approve all of it.</span>`}</p>`;
};

export const waiting = view("waiting", "Waiting", "queued", "Nothing waits.", summary);
export const held = view("held", "To approve", "held", "Nothing waits for approval.", approveAll);
export const unknown = view("unknown", "To settle", "unknown", "Nothing is unknown.");
export const messages = view("messages", "Messages", undefined, "No message fits.");

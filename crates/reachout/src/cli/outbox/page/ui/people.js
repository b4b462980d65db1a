// One person: what happened, in order, and what still waits.

import { html, nothing } from "./lit-html.js";
import { act, ask } from "./frame.js";
import { address, dateTime, filters } from "./parts.js";
import { stateName } from "./pictures.js";

export const people = {
  title: "People",
  load: async ({ query: { person } }) => (person ? { person, ...(await ask(`/person?${new URLSearchParams({ person })}`)) } : {}),
  show: ({ query, data }) => html`
    ${filters(["people"], html`<label class="wide">Email address, phone number, profile or the vendor's id
      <input name="person" type="search" autocomplete="off" spellcheck="false" .value=${query.person ?? ""}></label>`)}
    ${data.happened && data.person === query.person ? story(data) : query.person ? nothing : html`<p class="quiet">Whom do you look for?</p>`}`,
};

const story = ({ person, messages, happened, paused }) => {
  if (messages.length === 0) return html`<p class="quiet">No message reaches them.</p>`;
  const change = (path, done) => act(() => ask(path, "POST", { messages: { person } }), done);
  const waiting = messages.filter(({ state }) => ["held", "queued", "sending", "unknown"].includes(state));
  return html`
    <h2>${person} ${paused ? html`<span class="badge">paused</span>` : nothing}</h2>
    <p class="actions">${paused
      ? html`<button @click=${() => change("/resume", "They are written to again.")}>Resume this person</button>`
      : html`<button class="quiet" @click=${() => change("/pause", "Nothing more is sent to them until you resume.")}>Pause this person</button>`}</p>
    <h3>What happened</h3>
    <ol class="timeline">${happened.map((one) => html`
      <li><span class="quiet">${dateTime(one.at)}</span> ${stateName(one.what)}
        <span>${one.message ? html`<a href=${address(["messages", one.message])}>${one.key ?? `message ${one.message}`}</a>` : one.key ?? ""}
          ${one.reason ?? one.code ?? ""}${one.http_status ? ` (HTTP ${one.http_status})` : ""}</span></li>`)}</ol>
    <h3>What waits</h3>
    ${waiting.length === 0 ? html`<p class="quiet">Nothing.</p>` : html`
      <ul class="cards">${waiting.map((one) => html`
        <li><span>${stateName(one.state)} <a href=${address(["messages", one.id])}>${one.key ?? `message ${one.id}`}</a> ${one.reason ?? ""}</span>
          <span class="quiet">${one.due_at ? dateTime(one.due_at) : ""}</span></li>`)}</ul>`}`;
};

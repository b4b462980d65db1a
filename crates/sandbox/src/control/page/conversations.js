// Conversations as threads, and replies of the contacts.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { act, ask, askPage } from "./frame.js";
import { address, choice, dateTime, filled, filters, pager, search, submit } from "./parts.js";
import { vendorChoices } from "./request-parts.js";

export const conversations = {
  title: "Conversations",
  topics: ["objects"],
  load: async ({ route: [, vendor, id, contact], query }) => {
    const [page, thread] = await Promise.all([
      askPage("/conversations", query),
      id && id !== "new" ? ask(`/conversations/${encodeURIComponent(vendor)}/${encodeURIComponent(id)}`) : undefined,
    ]);
    return { page, thread, first: id === "new" ? { vendor, contact } : undefined };
  },
  show: (state) => {
    const { page, thread, first } = state.data;
    const { vendor, search: text } = state.query;
    const write = (form) => {
      const { vendor, contact } = filled(form);
      if (contact) location.hash = address(["conversations", vendor, "new", contact], state.query);
    };
    return html`
      <div class=${thread || first ? "split opened" : "split"}>
        <section aria-label="Conversations">
          ${filters(["conversations"], html`${choice("Vendor", "vendor", vendorChoices(state), vendor ?? "")} ${search(text)}`)}
          ${page ? list(page, state) : nothing}
          <h2>Write as a contact</h2>
          <form class="filters" @submit=${submit(write)}>
            ${choice("Vendor", "vendor", vendorChoices(state, false), "leonar")}
            <label>Contact id, or LinkedIn address <input name="contact" autocomplete="off"></label>
            <button>Write as a contact</button>
          </form>
        </section>
        ${thread ? open(thread, state) : first ? begin(first, state) : nothing}
      </div>`;
  },
};

const list = (page, state) => page.items.length === 0
  ? html`<p class="quiet">${state.query.search || state.query.vendor ? "No conversation fits." : "Nobody has written yet."}</p>`
  : html`
    <ol class="rows">${repeat(page.items, ({ vendor, id }) => `${vendor}/${id}`, (one) => html`
      <li><a class="row conversation" href=${address(["conversations", one.vendor, one.id], state.query)} aria-current=${state.data.thread?.conversation.id === one.id ? "true" : "false"}>
        <span class="quiet">${one.last ? dateTime(one.last.at) : ""}</span> <b>${one.name}</b>
        <span>${one.last?.subject ?? one.last?.text ?? ""}</span>
        <span class="more quiet">${one.vendor}${one.channel ? ` · ${one.channel}` : ""}</span> <span class="more quiet number">${one.messages}</span>
      </a></li>`)}</ol>
    ${pager(["conversations"], state.query, page, "offset")}`;

const open = ({ conversation, messages }, state) => html`
  <article aria-label="Conversation with ${conversation.name}">
    <p><a href=${address(["conversations"], state.query)}>← All conversations</a></p>
    <h2>${conversation.name}</h2>
    <p class="quiet">${conversation.vendor}${conversation.channel ? ` · ${conversation.channel}` : ""} · <code>${conversation.id}</code></p>
    <ol class="thread">${repeat(messages, ({ id }) => id, (message) => html`
      <li class=${message.inbound ? "inbound" : "outbound"}>
        ${message.subject ? html`<b class="subject">${message.subject}</b>` : nothing}
        ${message.html ? email(conversation.vendor, message) : html`<p>${message.text}</p>`}
        <span class="quiet">${message.inbound ? conversation.name : "you"} · ${dateTime(message.at)}${message.status ? ` · ${message.status}` : ""}</span></li>`)}</ol>
    ${reply({ vendor: conversation.vendor, conversation_id: conversation.id }, conversation.name)}
  </article>`;

/** HTML, in a frame in which no script runs and nothing is fetched. */
const email = (vendor, message) => html`
  <iframe sandbox title="Email ${message.subject ?? message.id}" src="/_sandbox/messages/${vendor}/${encodeURIComponent(message.id)}"></iframe>`;

const begin = ({ vendor, contact }, state) => html`
  <article aria-label="A first message">
    <p><a href=${address(["conversations"], state.query)}>← All conversations</a></p>
    <h2>A first message</h2>
    <p class="quiet">${vendor} · <code>${contact}</code></p>
    ${reply(vendor === "sendpilot" ? { vendor, linkedin_url: contact } : { vendor, contact_id: contact }, "this contact")}
  </article>`;

const reply = (place, name) => html`
  <form class="form" @submit=${submit((form) => act(async () => {
    await ask("/replies", "POST", { ...place, text: new FormData(form).get("text") });
    form.reset();
    if (!place.conversation_id) location.hash = "#/conversations";
  }))}>
    <label class="wide">Reply as ${name} <textarea name="text" rows="3" required></textarea></label>
    <p class="actions wide"><button>Reply as ${name}</button></p>
  </form>`;

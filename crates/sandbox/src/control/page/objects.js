// What the vendors keep: conversations as threads, and objects by kind.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { act, ask } from "./app.js";
import { choice, code, filled, submit, time, vendorChoices } from "./parts.js";

const path = (...parts) => parts.map(encodeURIComponent).join("/");

export const conversations = {
  title: "Conversations",
  topics: ["objects"],
  load: async ({ route: [, vendor, id, contact] }) => ({
    all: await ask("/conversations"),
    thread: id && id !== "new" ? await ask(`/conversations/${path(vendor, id)}`) : undefined,
    stranger: id === "new" ? { vendor, contact } : undefined,
  }),
  show: (state) => {
    const { all = [], thread, stranger } = state.data;
    return html`
      <div class=${thread || stranger ? "split opened" : "split"}>
        <section aria-label="Conversations">
          <form class="filters" @submit=${submit((form) => { const { vendor, contact } = filled(form); if (contact) location.hash = `#/conversations/${path(vendor, "new", contact)}`; })}>
            ${choice("Vendor", "vendor", vendorChoices(state, false), "leonar")}
            <label>Contact id, or LinkedIn address <input name="contact" autocomplete="off"></label>
            <button>Write as a contact</button>
          </form>
          ${all.length === 0 ? html`<p class="quiet">Nobody has written yet.</p>` : html`
            <ol class="requests">${repeat(all, ({ vendor, id }) => `${vendor}/${id}`, (one) => html`
              <li><a href="#/conversations/${path(one.vendor, one.id)}" aria-current=${thread?.conversation.id === one.id ? "true" : "false"}>
                <span class="what"><b>${one.name}</b> <span class="quiet">${one.messages}</span></span>
                <span class="quiet">${one.vendor}${one.channel ? ` · ${one.channel}` : ""}${one.last ? ` · ${time(one.last.at)}` : ""}</span>
                ${one.last ? html`<span class="cut">${one.last.text}</span>` : nothing}
              </a></li>`)}</ol>`}
        </section>
        ${thread ? open(thread) : stranger ? begin(stranger) : nothing}
      </div>`;
  },
};

const open = ({ conversation, messages }) => html`
  <article aria-label="Conversation with ${conversation.name}">
    <p><a href="#/conversations">← All conversations</a></p>
    <h2>${conversation.name}</h2>
    <p class="quiet">${conversation.vendor} · <code>${conversation.id}</code></p>
    <ol class="thread">${repeat(messages, ({ id }) => id, (message) => html`
      <li class=${message.inbound ? "inbound" : "outbound"}><p>${message.text}</p>
        <span class="quiet">${message.inbound ? conversation.name : "you"} · ${time(message.at)}${message.status ? ` · ${message.status}` : ""}</span></li>`)}</ol>
    ${reply({ vendor: conversation.vendor, conversation_id: conversation.id }, conversation.name)}
  </article>`;

const begin = ({ vendor, contact }) => html`
  <article aria-label="A first message">
    <p><a href="#/conversations">← All conversations</a></p>
    <h2>A first message</h2>
    <p class="quiet">${vendor} · <code>${contact}</code></p>
    ${reply(vendor === "sendpilot" ? { vendor, linkedin_url: contact } : { vendor, contact_id: contact }, "this contact")}
  </article>`;

const reply = (whose, name) => html`
  <form class="form" @submit=${submit((form) => act(async () => {
    await ask("/replies", "POST", { ...whose, text: new FormData(form).get("text") });
    form.reset();
    if (!whose.conversation_id) location.hash = "#/conversations";
  }))}>
    <label class="wide">Reply as ${name} <textarea name="text" rows="3" required></textarea></label>
    <p class="actions wide"><button>Reply as ${name}</button></p>
  </form>`;

export const objects = {
  title: "Objects",
  topics: ["objects"],
  load: async ({ route: [, vendor = "leonar", kind = "contact", search = ""] }) => {
    const [kinds, found] = await Promise.all([ask("/objects"), ask(`/objects/${path(vendor, kind)}?search=${encodeURIComponent(search)}`)]);
    return { vendor, kind, search, kinds, found };
  },
  show: (state) => {
    const { vendor, kind, search, kinds, found } = state.data;
    if (!kinds) return nothing;
    const go = (form) => {
      const chosen = filled(form);
      const known = kinds[chosen.vendor][chosen.kind] === undefined ? Object.keys(kinds[chosen.vendor])[0] : chosen.kind;
      location.hash = `#/objects/${path(chosen.vendor, known, ...(chosen.search ? [chosen.search] : []))}`;
    };
    return html`
      <form class="filters" @change=${(event) => go(event.currentTarget)} @submit=${submit(go)}>
        ${choice("Vendor", "vendor", vendorChoices(state, false), vendor)}
        ${choice("Kind", "kind", Object.entries(kinds[vendor]).map(([name, count]) => [name, `${name.replaceAll("_", " ")} (${count})`]), kind)}
        <label>Search <input name="search" type="search" .value=${search}></label>
      </form>
      ${found.length === 0 ? html`<p class="quiet">There is none.</p>` : html`
        <ul class="objects">${repeat(found, identity, (object) => html`
          <li><details><summary>${label(object)} <code>${identity(object)}</code></summary>
            ${kind === "contact" || kind === "lead" ? html`<p class="actions"><a href="#/conversations/${path(vendor, "new", object.linkedinUrl ?? identity(object))}">Write as this contact</a></p>` : nothing}
            ${code(object)}</details></li>`)}</ul>`}`;
  },
};

const identity = (object) => object.id ?? object._id ?? object.user_id ?? object.profile_id ?? JSON.stringify(object);

const label = (object) => {
  const whole = [object.first_name ?? object.firstName, object.last_name ?? object.lastName].filter(Boolean).join(" ");
  const text = whole || object.name || object.title || object.content || object.body || object.subject || "";
  return typeof text === "string" ? text.slice(0, 80) : "";
};

// Receivers of webhooks, and every attempt to deliver an event.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { act, ask } from "./frame.js";
import { choice, code, dateTime, filled, submit, time } from "./parts.js";
import { headers, vendorChoices } from "./request-parts.js";

export const webhooks = {
  title: "Webhooks",
  topics: ["webhooks"],
  load: () => ask("/webhooks"),
  show: (state) => {
    const { webhooks = [], deliveries = [] } = state.data;
    const add = (form) => act(async () => {
      const { events, ...webhook } = filled(form);
      await ask("/webhooks", "POST", { ...webhook, events: events?.split(",").map((name) => name.trim()).filter(Boolean) ?? [] });
      form.reset();
    }, "The receiver is registered.");
    const choices = vendorChoices(state, false).filter(([slug]) => slug !== "leonar");
    return html`
      <form class="form" @submit=${submit(add)}>
        ${choice("Vendor", "vendor", choices, "sendpilot")}
        <label>Address on this machine <input name="url" type="url" required placeholder="http://127.0.0.1:8080/hook"></label>
        <label>Events, or none for all <input name="events" autocomplete="off"></label>
        <p class="actions wide"><button>Register</button></p>
      </form>
      <h2>Receivers</h2>
      ${webhooks.length === 0 ? html`<p class="quiet">No receiver is registered.</p>` : html`
        <ul class="cards">${repeat(webhooks, ({ id }) => id, (one) => html`
          <li><span><b>${one.vendor}</b> <code>${one.url}</code> ${one.events?.join(", ") || "all events"}
            <details><summary>Secret</summary><code>${one.secret}</code></details></span>
            <button class="quiet" @click=${() => act(() => ask(`/webhooks/${one.id}`, "DELETE"))}>Remove</button></li>`)}</ul>`}
      <h2>Deliveries</h2>
      ${deliveries.length === 0 ? html`<p class="quiet">Nothing was delivered yet.</p>` : html`
        <ul class="cards">${repeat([...deliveries].reverse(), ({ id }) => id, (one) => html`
          <li><span><b>${one.event}</b> ${outcome(one.attempts.at(-1))}
            <span class="quiet">${dateTime(one.ended_at)} · <code>${one.event_id}</code> · ${one.attempts.length === 1 ? "1 attempt" : `${one.attempts.length} attempts`}</span>
            <ol class="attempts">${one.attempts.map(attempt)}</ol>
            <details><summary>Body</summary>${code(one.body)}</details></span>
            <button class="quiet" @click=${() => act(() => ask(`/deliveries/${one.id}/resend`, "POST"), "It is sent again.")}>Resend</button></li>`)}</ul>`}`;
  },
};

const outcome = ({ status }) => html`<span class="status s${status ? Math.floor(status / 100) : 0}">${status ?? "no response"}</span>`;

const SIGNATURE = /signature/i;

const attempt = (one, index) => html`
  <li>${index + 1}. ${time(one.started_at)} ${outcome(one)} <span class="quiet">${one.milliseconds} ms</span>
    ${one.error ? html`<span class="why">${one.error}</span>` : nothing}
    ${Object.entries(one.headers).filter(([name]) => SIGNATURE.test(name)).map(([name, value]) => html`<br><code>${name}: ${value}</code>`)}
    ${headers(one.headers)}</li>`;

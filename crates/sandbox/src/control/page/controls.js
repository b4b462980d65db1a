// Faults, and rate limits with the settings.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { act, ask, draw } from "./frame.js";
import { choice, filled, submit } from "./parts.js";
import { operationNames, vendorChoices } from "./request-parts.js";

/** Every kind of fault, what it does, and which fields it takes. */
const KINDS = {
  status: ["a status; not performed", "status"],
  "rate-limit": ["429; not performed", "retry_after"],
  html: ["a proxy's page; not performed", "status"],
  "reset-before": ["reset before it is performed"],
  "reset-after": ["performed, then reset"],
  truncate: ["performed; half of the body"],
  "invalid-json": ["performed; broken JSON"],
  "unknown-enum": ["performed; unknown enum values"],
  "null-fields": ["performed; nulls where they may be"],
  latency: ["performed, but late"],
};
const FIELDS = { status: ["Status", 503, 200, 599], retry_after: ["Retry-After in seconds", "", 0, 86400] };

export const faults = {
  title: "Faults",
  topics: ["faults", "requests"],
  load: async ({ route: [, vendor, operation], data }) => {
    const draft = data.draft ?? { vendor, operation, kind: "status" };
    const wanted = new URLSearchParams(Object.entries(draft).filter(([name, value]) => value && ["vendor", "operation"].includes(name)));
    const [waiting, met] = await Promise.all([ask("/faults"), ask(`/operations?${wanted}`)]);
    return { draft, waiting, met };
  },
  show: (state) => {
    const { draft, waiting, met } = state.data;
    if (!draft) return nothing;
    const [, field] = KINDS[draft.kind];
    const change = async (event) => {
      const next = filled(event.currentTarget);
      if (next.operation && !operationNames(state, next.vendor).includes(next.operation)) delete next.operation;
      state.data = { ...state.data, draft: next };
      await act(() => {});
    };
    const set = (form) => act(async () => {
      const { vendor, operation, times, latency_ms, kind, ...rest } = filled(form);
      const numbers = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, Number(value)]));
      const fault = { kind, ...numbers, ...(latency_ms ? { latency_ms: Number(latency_ms) } : {}) };
      await ask("/faults", "POST", { match: { vendor, operation }, fault, times: Number(times) });
    }, "The fault waits for its requests.");
    return html`
      <form class="form" @change=${change} @submit=${submit(set)}>
        ${choice("Vendor", "vendor", vendorChoices(state), draft.vendor ?? "")}
        ${choice("Operation", "operation", ["", ...operationNames(state, draft.vendor)], draft.operation ?? "")}
        ${choice("Fault", "kind", Object.entries(KINDS).map(([name, [text]]) => [name, `${name}: ${text}`]), draft.kind)}
        ${field ? number(FIELDS[field][0], field, ...FIELDS[field].slice(1)) : nothing}
        ${number("Delay in ms", "latency_ms", draft.kind === "latency" ? 500 : "", 0, 600000)}
        ${number("Requests", "times", 1, 1, 1000000)}
        <details class="wide" open><summary>Meets ${met.length === 1 ? "1 operation" : `${met.length} operations`}</summary>
          <ul class="met" tabindex="0" aria-label="Operations that the fault meets">${met.map((one) => html`<li><code>${one.method} ${one.path}</code> <span class="quiet">${one.vendor} ${one.operation}</span></li>`)}</ul>
        </details>
        <p class="actions wide"><button>Set the fault</button></p>
      </form>
      <h2>Waiting</h2>
      ${waiting.length === 0 ? html`<p class="quiet">No fault waits for requests.</p>` : html`
        <ul class="cards">${repeat(waiting, ({ id }) => id, (one) => html`
          <li><span><b>${one.fault.kind}${one.fault.status ? ` ${one.fault.status}` : ""}</b>${one.fault.latency_ms ? ` after ${one.fault.latency_ms} ms` : ""}
            for ${Object.values(one.match).join(" ") || "any request"}, ${one.times} left</span>
            <button class="quiet" @click=${() => act(() => ask(`/faults/${one.id}`, "DELETE"))}>Clear</button></li>`)}</ul>
        <p class="actions"><button class="quiet" @click=${() => act(() => ask("/faults", "DELETE"))}>Clear all</button></p>`}`;
  },
};

const number = (label, name, value, min, max) => html`
  <label>${label} <input type="number" name=${name} value=${value} min=${min} max=${max}></label>`;

export const limits = {
  title: "Limits",
  topics: ["requests", "settings"],
  load: async () => ({ meters: await ask("/limits") }),
  show: (state) => {
    const { meters = [] } = state.data;
    const patch = (change) => act(async () => { state.settings = await ask("/settings", "PATCH", change); draw(); });
    return html`
      <form class="form">
        <label class="check"><input type="checkbox" .checked=${state.settings.rate_limits} @change=${(event) => patch({ rate_limits: event.target.checked })}>
          Enforce the documented rate limits</label>
        <label class="check"><input type="checkbox" .checked=${state.settings.versions === "published"}
          @change=${(event) => patch({ versions: event.target.checked ? "published" : "documented" })}> Accept every published Version header</label>
        <label class="check"><input type="checkbox" .checked=${state.settings.adopt_unknown_ids} @change=${(event) => patch({ adopt_unknown_ids: event.target.checked })}>
          Let unknown ids stand for new objects</label>
      </form>
      <h2>Used</h2>
      ${meters.length === 0 ? html`<p class="quiet">No request was counted yet. SendPilot documents no limit.</p>` : html`
        <ul class="cards">${meters.map((one) => html`
          <li><label><b>${one.vendor}</b> <code>${one.credential}</code> ${one.used} of ${one.limit} in ${span(one.seconds)}, anew in ${one.resets_in_seconds} s
            <meter min="0" max=${one.limit} high=${one.limit * 0.8} optimum="0" value=${Math.min(one.used, one.limit)}></meter></label></li>`)}</ul>`}`;
  },
};

const span = (seconds) => (seconds >= 86400 ? "a day" : seconds >= 3600 ? "an hour" : `${seconds} s`);

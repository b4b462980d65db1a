// Accounts with their pace, limits and pauses.

import { html, nothing } from "./lit-html.js";
import { act, ask, confirm } from "./frame.js";
import { dateTime } from "./parts.js";
import { facts } from "./pictures.js";

export const accounts = {
  title: "Accounts",
  load: () => ask("/accounts"),
  show: ({ data: { accounts, paused, pauses } }) => {
    if (!accounts) return nothing;
    return html`
      ${paused ? html`<p class="why">Everything is paused.</p>` : nothing}
      <p class="actions">${paused ? nothing : html`
        <button class="quiet" @click=${() => act(() => ask("/pause", "POST", "\"everything\""), "Everything is paused; what is being sent is finished.")}>Pause everything</button>`}
        ${paused || pauses.length || accounts.some((account) => account.paused) ? html`<button class="quiet" @click=${resumeAll}>Resume everything…</button>` : nothing}</p>
      ${accounts.length === 0 ? html`<p class="quiet">No message was queued yet.</p>` : html`<ul class="cards">${accounts.map(card)}</ul>`}
      <h2>Pauses of messages</h2>
      ${pauses.length === 0 ? html`<p class="quiet">None.</p>` : html`
        <ul class="cards">${pauses.map((pause) => html`
          <li><span>${Object.entries(pause).map(([part, value]) => `${part} ${value}`).join(", ")}</span>
            <button class="quiet" @click=${() => act(() => ask("/resume", "POST", { messages: pause }), "They go on.")}>Resume</button></li>`)}</ul>`}`;
  },
};

const resumeAll = () => confirm("End every pause?", "Those of accounts, campaigns and people too.", "Resume everything",
  () => act(() => ask("/resume", "POST", "\"everything\""), "Everything goes on."));

const card = (account) => {
  const { rules } = account;
  const change = (path, done) => act(() => ask(path, "POST", { account: account.account }), done);
  return html`
    <li><div>
      <h2>${account.account} ${account.paused ? html`<span class="badge">paused</span>` : nothing}</h2>
      ${account.paused && account.reason ? html`<p class="why">${account.reason}</p>` : nothing}
      ${facts([
        ["Accepted in the last hour", account.accepted_last_hour],
        ["Waiting", account.waiting],
        ["Due now", account.due],
        ["Next", account.next_due_at && dateTime(account.next_due_at)],
        ["Last", account.last_due_at && dateTime(account.last_due_at)],
      ])}
      ${rules.error ? html`<p class="why">${rules.error}</p>` : facts([
        ["Rate limit", rules.limit && `${rules.limit}${rules.steady ? ", evenly" : ""}`],
        ["Today", rules.daily_cap && `${account.used_today ?? 0} used; ${rules.daily_cap} a sender (${rules.daily_cap_zone})`],
        ["Warm-up", rules.warm_up],
        ["Between two messages", rules.spacing],
        ["Quiet hours", rules.quiet_hours],
      ])}</div>
      ${account.paused
        ? html`<button @click=${() => change("/resume", `${account.account} goes on.`)} aria-label="Resume ${account.account}">Resume</button>`
        : html`<button class="quiet" @click=${() => change("/pause", `${account.account} is paused; what is being sent is finished.`)} aria-label="Pause ${account.account}">Pause</button>`}</li>`;
};

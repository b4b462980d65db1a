// Campaigns with their funnels, and one of them opened.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { act, ask } from "./frame.js";
import { address, dateTime } from "./parts.js";
import { chart, count, facts, funnel, stateName } from "./pictures.js";

export const campaigns = {
  title: "Campaigns",
  load: async ({ route: [, name] }) => {
    const [all, opened, time] = await Promise.all([
      ask("/campaigns"),
      name ? ask(`/campaigns/${encodeURIComponent(name)}`) : undefined,
      name ? undefined : ask("/chart"),
    ]);
    return { all, opened, time };
  },
  show: ({ data: { all, opened, time } }) => {
    if (!all) return nothing;
    return html`
      <div class=${opened ? "split opened" : "split"}>
        <section aria-label="Campaigns">
          ${all.length === 0 ? html`<p class="quiet">No campaign yet. <code>reachout outbox campaign add FILE --from people.csv</code> adds one.</p>` : html`
            <ul class="campaigns">${repeat(all, ({ name }) => name, (one) => html`
              <li><h2><a href=${address(["campaigns", one.name])}>${one.name}</a> ${paused(one)}</h2>
                ${funnel(one.funnel)}
                ${steer(one)}</li>`)}</ul>`}
          ${time ? html`<h2>Over time</h2>${chart(time)}` : nothing}
        </section>
        ${opened ? detail(opened) : nothing}
      </div>`;
  },
};

const paused = (campaign) => (campaign.paused ? html`<span class="badge">paused</span>` : nothing);

const steer = ({ name, paused, reason }) => html`
  ${reason ? html`<p class="why">It paused by itself: ${reason}</p>` : nothing}
  <p class="actions">${paused
    ? html`<button @click=${() => act(() => ask("/resume", "POST", { campaign: name }), `${name} goes on.`)} aria-label="Resume ${name}">Resume</button>`
    : html`<button class="quiet" @click=${() => act(() => ask("/pause", "POST", { campaign: name }), `${name} is paused; what is being sent is finished.`)} aria-label="Pause ${name}">Pause</button>`}</p>`;

const detail = (campaign) => html`
  <article aria-label="Campaign ${campaign.name}">
    <p><a href="#/campaigns">← All campaigns</a></p>
    <h2>${campaign.name} ${paused(campaign)}</h2>
    ${facts([["Added", dateTime(campaign.created_at)], ["Accounts", campaign.accounts.join(", ")]])}
    ${funnel(campaign.funnel)}
    ${steer(campaign)}
    <p class="actions">${[["queued", "What waits"], ["held", "To approve"], ["unknown", "To settle"], ["accepted", "Sent"]].map(([state, words]) => html`
      <a href=${address(["messages"], { campaign: campaign.name, state })}>${words}</a>`)}</p>
    <h3>Steps</h3>
    <ol class="cards">${campaign.steps.map((step, index) => html`
      <li><span><b>Step ${index + 1}</b> ${step.channel ?? ""}${index ? ` ${step.after} after the step before` : ""}
        <span class="counts">${Object.entries(step.counts).map(([state, messages]) => html`<span>${stateName(state)} ${count(messages)}</span> `)}</span></span></li>`)}</ol>
    ${campaign.stopped.length === 0 ? nothing : html`<h3>Ended early</h3>
      <ul class="cards">${campaign.stopped.map(([reason, people]) => html`<li><span>${reason}</span> <b>${count(people)}</b></li>`)}</ul>`}
    ${campaign.variants.length === 0 ? nothing : html`<h3>Variants</h3>
      <ul class="cards">${campaign.variants.map((one) => html`
        <li><span>Step ${one.step}: <code>${one.template}</code></span> <span>${count(one.accepted)} of ${count(one.messages)} accepted, ${count(one.replied)} replied</span></li>`)}</ul>`}
  </article>`;

// What the vendors keep, by kind.

import { html, nothing } from "./lit-html.js";
import { repeat } from "./directives/repeat.js";
import { ask, askPage } from "./frame.js";
import { address, choice, code, filled, pager, search, submit } from "./parts.js";
import { vendorChoices } from "./request-parts.js";

export const objects = {
  title: "Objects",
  topics: ["objects"],
  load: async ({ route: [, vendor = "leonar", kind = "contact"], query }) => {
    const path = ["objects", vendor, kind].map(encodeURIComponent).join("/");
    const [kinds, page] = await Promise.all([ask("/objects"), askPage(`/${path}`, query)]);
    return { vendor, kind, kinds, page };
  },
  show: (state) => {
    const { vendor, kind, kinds, page } = state.data;
    if (!kinds) return nothing;
    const go = (form) => {
      const { vendor, kind, ...query } = filled(form);
      const known = kinds[vendor][kind] === undefined ? Object.keys(kinds[vendor])[0] : kind;
      location.hash = address(["objects", vendor, known], query);
    };
    return html`
      <form class="filters" @change=${(event) => go(event.currentTarget)} @submit=${submit(go)}>
        ${choice("Vendor", "vendor", vendorChoices(state, false), vendor)}
        ${choice("Kind", "kind", Object.entries(kinds[vendor]).map(([name, count]) => [name, `${name.replaceAll("_", " ")} (${count})`]), kind)}
        ${search(state.query.search)}
      </form>
      ${page.items.length === 0 ? html`<p class="quiet">There is none.</p>` : html`
        <ul class="objects">${repeat(page.items, identity, (object) => html`
          <li><details><summary>${label(object)} <code>${identity(object)}</code></summary>
            ${kind === "contact" || kind === "lead" ? html`<p class="actions"><a href=${address(["conversations", vendor, "new", object.linkedinUrl ?? identity(object)])}>Write as this contact</a></p>` : nothing}
            ${code(object)}</details></li>`)}</ul>
        ${pager(["objects", vendor, kind], state.query, page, "offset", `There are ${kinds[vendor][kind]} of this kind.`)}`}`;
  },
};

const identity = (object) => object.id ?? object._id ?? object.user_id ?? object.profile_id ?? JSON.stringify(object);

const label = (object) => {
  const whole = [object.first_name ?? object.firstName, object.last_name ?? object.lastName].filter(Boolean).join(" ");
  const text = whole || object.name || object.title || object.content || object.body || object.subject || "";
  return typeof text === "string" ? text.slice(0, 80) : "";
};

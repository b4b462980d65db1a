// Export and import of the state.

import { html } from "./lit-html.js";
import { act, ask } from "./frame.js";
import { submit } from "./parts.js";

export const state = {
  title: "State",
  show: () => html`
    <h2>Export</h2>
    <p>Objects, faults and webhooks of all vendors as one JSON file. <code>reachout sandbox --state FILE</code> starts from it too.</p>
    <p class="actions"><a href="/_sandbox/state" download="sandbox-state.json">Download the state</a></p>
    <h2>Import</h2>
    <p>The file replaces objects, faults and webhooks: all of it, or nothing where something in it is wrong.</p>
    <form class="form" @submit=${submit(load)}>
      <label>File <input name="file" type="file" accept="application/json,.json" required></label>
      <p class="actions wide"><button>Import</button></p>
    </form>`,
};

const load = (form) => act(async () => {
  await ask("/state", "PUT", await form.elements.file.files[0].text());
  form.reset();
}, "The state is that of the file.");

// The page of the outbox.

import { ask, changed, define, setLive, show } from "./frame.js";
import { accounts } from "./accounts.js";
import { campaigns } from "./campaigns.js";
import { held, messages, unknown, waiting } from "./messages.js";
import { people } from "./people.js";

// The token is behind the #, which no browser sends anywhere, and leaves the address at once. It ends with the tab.
const [, token] = location.hash.match(/^#token=(\w+)$/) ?? [];
if (token) {
  sessionStorage.setItem("token", token);
  history.replaceState(null, "", "#/campaigns");
}

/** Waits for changes, one after another. */
const follow = async () => {
  let after = "";
  for (;;) {
    try {
      const now = (await ask(`/changes?after=${after}`)).after;
      setLive(true);
      if (after && now !== after) changed();
      after = now;
    } catch {
      setLive(false);
      after = "";
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
};

define({
  title: "Reachout outbox",
  views: { campaigns, waiting, held, unknown, accounts, people, messages },
  base: "/api",
  headers: () => ({ Authorization: `Bearer ${sessionStorage.getItem("token") ?? ""}` }),
});
show();
follow();

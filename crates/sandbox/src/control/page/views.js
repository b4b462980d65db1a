// The views of the dashboard. A view has a title, perhaps what it loads and what makes it look again, and what it shows.

import { requests } from "./requests.js";
import { send } from "./send.js";
import { conversations } from "./conversations.js";
import { objects } from "./objects.js";
import { faults, limits } from "./controls.js";
import { webhooks } from "./webhooks.js";
import { state } from "./state.js";

export const views = { requests, send, conversations, objects, faults, webhooks, limits, state };

// The views of the dashboard. A view has a title, perhaps what it loads and what makes it look again, and what it shows.

import { requests, send } from "./requests.js";
import { conversations, objects } from "./objects.js";
import { faults, limits, webhooks } from "./controls.js";

export const views = { requests, send, conversations, objects, faults, webhooks, limits };

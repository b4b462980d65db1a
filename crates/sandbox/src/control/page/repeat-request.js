// A recorded request as one to send again. Credentials are not recorded: that of the sandbox stands in their place.

/** Headers that the next client writes for itself. */
const OWN = /^(host|connection|content-length|transfer-encoding|accept-encoding|user-agent|origin|referer|cookie|traceparent|sec-.*)$/;

/** The headers to send again. */
export const repeatable = ({ headers }, vendor) => Object.fromEntries(
  Object.entries(headers).filter(([name]) => !OWN.test(name)).map(([name, value]) => [name, value.replace("[redacted]", vendor.api_key)]));

export const target = ({ path, query }) => `${path}${query ? `?${query}` : ""}`;

/** Whether the body was recorded as a whole. */
export const isWhole = ({ body }) => !(typeof body === "string" && /^\(\d+ bytes\)$/.test(body));

const isForm = (headers) => headers["content-type"]?.startsWith("application/x-www-form-urlencoded");

/** The body as text. */
export const bodyText = ({ headers, body }, indent = undefined) => {
  if (body === null) return null;
  if (typeof body === "string") return body;
  return isForm(headers) ? new URLSearchParams(body).toString() : JSON.stringify(body, null, indent);
};

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a command of a shell. */
export const curl = (request, vendor) => {
  const headers = Object.entries(repeatable(request, vendor)).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const text = isWhole(request) ? bodyText(request) : null;
  const body = text === null ? [] : [`--data-raw ${quote(text)}`];
  const note = isWhole(request) ? "" : `# The body of ${request.body.slice(1, -1)} is not recorded.\n`;
  return note + [`curl -X ${request.method} ${quote(vendor.base_url + target(request))}`, ...headers, ...body].join(" \\\n  ");
};

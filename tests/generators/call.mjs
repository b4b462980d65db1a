// Sends the calls of a task with the TypeScript client that openapi-generator made, and prints the result of each as JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
const client = createRequire(import.meta.url)(`${task.client}/dist/index.js`);
const configuration = new client.Configuration({ basePath: task.url, apiKey: task.key, accessToken: task.key });
const apis = Object.fromEntries(Object.keys(client).filter((name) => name.endsWith("Api")).map((name) => [same(name.slice(0, -3)), client[name]]));

const results = [];
for (const call of task.calls) {
  await control("POST", "reset");
  let result;
  try {
    result = await send(new apis[same(call.tag)](configuration), call);
  } catch (error) {
    result = { error: error.response ? `${error.response.status} ${await error.response.text()}` : String(error.stack) };
  }
  results.push({ ...result, log: await control("GET", "requests") });
}
process.stdout.write(JSON.stringify(results));

async function send(api, call) {
  const values = new Map(call.parameters.map(({ name, value, is_time }) => [same(name), is_time ? new Date(value) : value]));
  const isForm = ["multipart/form-data", "application/x-www-form-urlencoded"].includes(call.media_type);
  const form = new Map(Object.entries(isForm ? call.body : {}).map(([name, value]) => [same(name), part(call, value)]));
  // The generated method says by which names it reads its argument: what is no parameter is the body.
  const parameters = new Proxy({}, {
    get(_, name) {
      const key = same(name);
      if (values.has(key)) return values.get(key);
      if (form.has(key)) return form.get(key);
      if (call.body === null || isForm) return undefined;
      const decode = client[`${name[0].toUpperCase()}${name.slice(1)}FromJSON`];
      return decode ? decode(call.body) : call.body;
    },
  });
  const name = Object.getOwnPropertyNames(Object.getPrototypeOf(api)).find((name) => same(name) === `${same(call.operation)}raw`);
  const response = await api[name](parameters);
  const copy = response.raw.clone();
  const value = await response.value();
  if (!(copy.headers.get("content-type") ?? "").includes("json")) return { received: null, decoded: null };
  const text = await copy.text();
  const encode = client[`${type(api[name])}ToJSON`];
  return { received: text ? JSON.parse(text) : null, decoded: JSON.parse(JSON.stringify(encode ? encode(value) : value)) };
}

// The type of the response, by the function that the generated method decodes it with.
function type(method) {
  return /(\w+)FromJSON\)?\(jsonValue\)/.exec(method.toString())?.[1];
}

// A field of a form; a file where the example is a name of one.
function part(call, value) {
  const file = (name) => new File(["content"], name);
  const isFile = (one) => call.media_type === "multipart/form-data" && /\.\w{3,4}$/.test(one);
  return Array.isArray(value) ? value.map((one) => (isFile(one) ? file(one) : one)) : isFile(value) ? file(value) : value;
}

// A name as the specification and the generated code both have it.
function same(name) {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

async function control(method, path) {
  const response = await fetch(`${task.base}/_sandbox/${path}`, { method });
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

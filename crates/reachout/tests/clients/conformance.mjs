// Runs the server scenarios of @modelcontextprotocol/conformance against `reachout mcp`.
//
//     node conformance.mjs URL TOKEN [SCENARIO…]
//
// The suite cannot send a token, so that a proxy adds it; all else, `Host` and `Origin` too, goes through as it is. Prints one line a scenario,
// and fails if one does.

import { spawn } from 'node:child_process';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// The others call tools, resources and prompts of the suite's own example server.
const SCENARIOS = ['server-initialize', 'ping', 'tools-list', 'server-sse-polling', 'server-sse-multiple-streams', 'dns-rebinding-protection'];

const [where, token, ...named] = process.argv.slice(2);
const target = new URL(where);
const require = createRequire(pathToFileURL(`${process.env.NODE_PATH ?? '.'}/`));
const manifest = require.resolve('@modelcontextprotocol/conformance/package.json');
const { bin, version } = require(manifest);
const program = path.join(path.dirname(manifest), typeof bin === 'string' ? bin : Object.values(bin)[0]);

const proxy = http.createServer((request, response) => {
  const host = request.headers.host === `127.0.0.1:${proxy.address().port}` ? target.host : request.headers.host;
  const headers = { ...request.headers, host, authorization: `Bearer ${token}` };
  const onward = http.request({ host: target.hostname, port: target.port, path: request.url, method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
});
await new Promise((ready) => proxy.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${proxy.address().port}${target.pathname}`;

const run = (scenario) =>
  new Promise((ended) => {
    const child = spawn(process.execPath, [program, 'server', '--url', url, '--scenario', scenario], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.stderr.on('data', (data) => (text += data));
    child.on('close', (code) => ended({ code, text }));
  });

let failed = 0;
for (const scenario of named.length > 0 ? named : SCENARIOS) {
  const { code, text } = await run(scenario);
  console.log(`conformance ${version} ${scenario}: ${code === 0 ? 'passed' : 'failed'}`);
  if (code !== 0) {
    failed += 1;
    console.error(text);
  }
}
proxy.close();
proxy.closeAllConnections();
process.exitCode = failed === 0 ? 0 : 1;

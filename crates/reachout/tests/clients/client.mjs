// Drives `reachout mcp` with the official TypeScript client.
//
//     node client.mjs stdio PROGRAM FOLDER      node client.mjs http URL TOKEN
//
// Prints one line a step; a step that fails ends the script with its error.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The package is where NODE_PATH says, or beside the script.
const require = createRequire(pathToFileURL(`${process.env.NODE_PATH ?? '.'}/`));
const load = (name) => import(pathToFileURL(require.resolve(`@modelcontextprotocol/sdk/${name}`)));
const { Client } = await load('client/index.js');
const { StdioClientTransport } = await load('client/stdio.js');
const { StreamableHTTPClientTransport } = await load('client/streamableHttp.js');
const { ElicitRequestSchema } = await load('types.js');

const [how, where, what] = process.argv.slice(2);
const CONTACT = 'a1b2c3d4-5678-90ab-cdef-1234567890ab';

const transport =
  how === 'stdio'
    ? new StdioClientTransport({
        command: where,
        args: ['mcp', '--sandbox', '--vendor', 'leonar', '--allow-send', '--db', `${what}/outbox.db`],
        env: { HOME: what, REACHOUT_KEYRING: 'off' },
      })
    : new StreamableHTTPClientTransport(new URL(where), { requestInit: { headers: { Authorization: `Bearer ${what}` } } });

const client = new Client({ name: 'typescript', version: '1.0.0' }, { capabilities: { elicitation: {} } });
client.setRequestHandler(ElicitRequestSchema, (request) => {
  assert.match(request.params.message, /Send this message\?[\s\S]*Hi Sophie/);
  return { action: 'accept', content: { send: true } };
});
await client.connect(transport);
const { tools } = await client.listTools();
assert(tools.some((tool) => tool.name === 'send_message'));
console.log(`typescript ${how}: ${tools.length} tools`);

const call = async (name, args) => {
  const result = await client.callTool({ name, arguments: args });
  assert(!result.isError, JSON.stringify(result));
  return result.structuredContent;
};
const text = `Hi Sophie, by TypeScript and ${how}`;
const draft = await call('prepare_message', { to: CONTACT, channel: 'linkedin', text });
assert.equal(draft.state, 'held');
const given = { draft: draft.draft, confirmation_code: draft.confirmation_code };
for (let time = 0; time < 2; time++) {
  const sent = await call('send_message', given);
  assert.equal(sent.state, 'accepted');
  assert.equal(sent.attempts, 1);
}
console.log(`typescript ${how}: sent once`);
const slip = await client.callTool({ name: 'find_people', arguments: { qury: 'Sophie' } });
assert(slip.isError && slip.content[0].text.includes('did you mean `query`?'), JSON.stringify(slip));
console.log(`typescript ${how}: a misspelled argument is an error`);
await client.close();

// Runs the command line of @modelcontextprotocol/inspector, which is where NODE_PATH says.
//
//     node inspector.mjs SERVER… OPTION…

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(`${process.env.NODE_PATH ?? '.'}/`));
const manifest = require.resolve('@modelcontextprotocol/inspector/package.json');
const { bin } = require(manifest);
const program = path.join(path.dirname(manifest), bin['mcp-inspector'] ?? bin);
process.exitCode = spawnSync(process.execPath, [program, '--cli', ...process.argv.slice(2)], { stdio: 'inherit' }).status;

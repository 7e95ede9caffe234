#!/usr/bin/env node
// Starts the precall that was built for this platform: its package is installed as an optional dependency of this one.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** The exit code of precall for something that is missing. */
const MISSING = 4;

const platform = `${process.platform}-${process.arch}`;

/** The path of the program. */
function program() {
  try {
    return createRequire(import.meta.url).resolve(`@precall/${platform}/bin/precall`);
  } catch {
    console.error(
      `error: there is no precall for ${platform} here; install without --omit=optional, or build precall from source`,
    );
    return process.exit(MISSING);
  }
}

const child = spawn(program(), process.argv.slice(2), { stdio: 'inherit' });
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  // A terminal gives its Ctrl-C to both. precall ends its run in order, and this process after it.
  process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal));
}
child.on('error', (error) => {
  console.error(`error: precall cannot be started: ${error.message}`);
  process.exit(MISSING);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? MISSING);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

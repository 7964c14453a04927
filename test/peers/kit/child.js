// A program from npm as a process of its own, seen from outside only.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { eventually, within } from '../../sdk/kit/wait.js';

/**
 * Runs a script with a Node and waits until an address answers with success.
 * Returns .url, .pid, .log() and .stop().
 */
export async function startScript(node, script, url, probe, env, limit) {
  const child = spawn(node, [script], { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { log += text; });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await within(`${script} to end`, gone);
    clearTimeout(late);
  };
  try {
    await eventually(probe, async () => child.exitCode !== null || (await fetch(`${url}${probe}`)).ok, limit);
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
  } catch (error) {
    await stop();
    throw new Error(`${script}: ${error.message}\nits log:\n${log}`);
  }
  return { url, pid: child.pid, stop, log: () => log };
}

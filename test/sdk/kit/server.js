// The real binary, started on a free port with a data directory of its own.
// Nothing is mocked: what a test sees here is what an operator gets.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { eventually, within } from './wait.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const binary = process.env.BURGEE_BIN ?? path.resolve(here, '../../../bin/burgee');

export const adminUser = 'admin';
export const adminPassword = 'Correct-Horse-Battery-9';
export const adminToken = '*:*.sdk-suite-admin';

/** A port that was free a moment ago. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** What the Admin API answered when that was not what the test asked for. */
export class AdminError extends Error {
  constructor(method, url, status, body) {
    super(`${method} ${url}: ${status} ${body}`);
    this.status = status;
    this.body = body;
  }
}

class Server {
  constructor(port, dir, env) {
    this.url = `http://127.0.0.1:${port}`;
    this.frontend = `${this.url}/api/frontend`;
    this.port = port;
    this.dir = dir;
    this.env = env;
    this.log = '';
  }

  /** Runs the binary and waits until /ready says so. */
  async run() {
    const child = spawn(binary, ['serve', '--listen', `127.0.0.1:${this.port}`, '--data-dir', this.dir], {
      env: {
        PATH: process.env.PATH,
        UNLEASH_DEFAULT_ADMIN_USERNAME: adminUser,
        UNLEASH_DEFAULT_ADMIN_PASSWORD: adminPassword,
        INIT_ADMIN_API_TOKENS: adminToken,
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => { this.log += text; });
    }
    const failed = once(child, 'error').then(([error]) => { throw error; });
    failed.catch(() => {});
    await Promise.race([failed, eventually('/ready', async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
      return (await fetch(`${this.url}/ready`)).ok;
    })]);
  }

  /** Ends the process with a signal and waits for the end. */
  async end(signal = 'SIGTERM') {
    if (this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await within('the server to end', gone);
  }

  /** Calls the Admin API; throws unless the status is 2xx. Returns the decoded body. */
  async admin(method, route, body, headers = { Authorization: adminToken }) {
    const answer = await fetch(`${this.url}/api/admin/${route}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new AdminError(method, route, answer.status, text);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** The toggles that the front-end API lists for a context, by name. */
  async evaluate(token, context) {
    const answer = await fetch(this.frontend, {
      method: 'POST',
      headers: { Authorization: token, 'Content-Type': 'application/json' },
      body: JSON.stringify({ context }),
    });
    if (!answer.ok) throw new Error(`POST /api/frontend: ${answer.status} ${await answer.text()}`);
    const { toggles } = await answer.json();
    return new Map(toggles.map((toggle) => [toggle.name, toggle]));
  }

  /** Signs the first admin in and returns the session cookie. */
  async signIn() {
    const answer = await fetch(`${this.url}/auth/simple/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: adminUser, password: adminPassword }),
    });
    if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
    return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
  }

  /** Stops the process as an operator does, and removes its data. */
  async stop() {
    await this.end();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Starts the binary with an empty data directory. */
export async function startServer(env = {}) {
  const server = new Server(await freePort(), await mkdtemp(path.join(tmpdir(), 'burgee-sdk-')), env);
  try {
    await server.run();
  } catch (error) {
    await server.stop();
    throw new Error(`${error.message}\nits log:\n${server.log}`);
  }
  return server;
}

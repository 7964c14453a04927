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
export async function freePort() {
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

/** The binary, running one of its commands on a port of its own. */
class Burgee {
  constructor(port, args, env) {
    this.url = `http://127.0.0.1:${port}`;
    this.frontend = `${this.url}/api/frontend`;
    this.port = port;
    this.args = args;
    this.env = env;
    this.log = '';
  }

  /** Runs the binary and waits until /ready says so. */
  async run() {
    const child = spawn(binary, this.args, { env: { PATH: process.env.PATH, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => { this.log += text; });
    }
    const failed = once(child, 'exit').then(([code]) => { throw new Error(`${this.args[0]} ended with code ${code}`); });
    failed.catch(() => {}); // it ends sooner or later
    await Promise.race([failed, eventually('/ready', async () => child.exitCode !== null || (await fetch(`${this.url}/ready`)).ok)]);
  }

  /** Ends the process with a signal and waits for the end. */
  async end(signal = 'SIGTERM') {
    if (this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await within(`${this.args[0]} to end`, gone);
  }

  /** Stops the process as an operator does. */
  stop() {
    return this.end();
  }
}

class Server extends Burgee {
  constructor(port, dir, env) {
    super(port, ['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', dir], {
      UNLEASH_DEFAULT_ADMIN_USERNAME: adminUser,
      UNLEASH_DEFAULT_ADMIN_PASSWORD: adminPassword,
      INIT_ADMIN_API_TOKENS: adminToken,
      ...env,
    });
    this.dir = dir;
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

/** Runs a process; when that fails, the error has its log. */
async function running(started) {
  try {
    await started.run();
  } catch (error) {
    await started.stop();
    throw new Error(`${error.message}\nits log:\n${started.log}`);
  }
  return started;
}

/** Starts a server with an empty data directory. */
export async function startServer(env = {}) {
  return running(new Server(await freePort(), await mkdtemp(path.join(tmpdir(), 'burgee-sdk-')), env));
}

/** Starts an edge below the server at an address, with client tokens for it. */
export async function startEdge(upstream, tokens, env = {}) {
  const port = await freePort();
  return running(new Burgee(port, ['edge', '--listen', `127.0.0.1:${port}`], { UPSTREAM_URL: upstream, TOKENS: tokens.join(','), ...env }));
}

/**
 * Starts a proxy below the server at an address, with a client token for it and
 * the keys of its clients.
 */
export async function startProxy(upstream, token, keys, env = {}) {
  const port = await freePort();
  return running(new Burgee(port, ['proxy', '--listen', `127.0.0.1:${port}`], {
    UNLEASH_URL: `${upstream}/api`, UNLEASH_API_TOKEN: token, UNLEASH_PROXY_CLIENT_KEYS: keys.join(', '), ...env,
  }));
}

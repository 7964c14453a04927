// The peers: unleash-server and @unleash/proxy from npm, unmodified.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from '../../sdk/kit/server.js';
import { startScript } from './child.js';
import { startPostgres } from './postgres.js';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));

export const unleashAdmin = '*:*.peers-admin';

/** The Node that unleash-server needs, from npm too. */
function node22() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
  } catch {
    throw new Error(`npm has installed no ${name}: this test runs on Linux, x64 or arm64`);
  }
}

/** Starts Unleash on an empty database, with tokens that exist from the start. */
export async function startUnleash(env = {}) {
  const database = await startPostgres();
  try {
    const port = await freePort();
    const server = await startScript(node22(), path.join(here, 'unleash-main.cjs'), `http://127.0.0.1:${port}`, '/health', {
      DATABASE_URL: database.url, DATABASE_SSL: 'false', HTTP_PORT: String(port), CHECK_VERSION: 'false', SEND_TELEMETRY: 'false', LOG_LEVEL: 'warn',
      INIT_ADMIN_API_TOKENS: unleashAdmin, ...env,
    }, 240_000);
    return { ...server, stop: async () => { await server.stop(); await database.stop(); } };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Starts Unleash Proxy below a server. */
export async function startUnleashProxy(upstream, token, keys, env = {}) {
  const port = await freePort();
  return startScript(process.execPath, path.join(here, 'proxy-main.cjs'), `http://127.0.0.1:${port}`, '/proxy/health', {
    PORT: String(port), UNLEASH_URL: `${upstream}/api`, UNLEASH_API_TOKEN: token, UNLEASH_PROXY_CLIENT_KEYS: keys.join(','),
    UNLEASH_FETCH_INTERVAL: '200', UNLEASH_METRICS_INTERVAL: '500', ENABLE_ALL_ENDPOINT: 'true', ...env,
  }, 30_000);
}

// The real browser SDK (npm unleash-proxy-client), unmodified, under Node,
// with a fetch that keeps to the same-origin policy as a browser does.

import { EVENTS, UnleashClient } from 'unleash-proxy-client';

import { within } from './wait.js';

const origin = 'https://shop.example';
const simpleHeaders = new Set(['accept', 'accept-language', 'content-language']);

/**
 * A fetch as a page of the given origin has it: it sends Origin, asks
 * permission first (preflight), and hides answers that the server did not
 * allow this origin to read.
 */
export function pageFetch(page = origin) {
  return async (url, init = {}) => {
    const headers = { ...init.headers };
    const method = init.method ?? 'GET';
    const asked = Object.keys(headers).map((name) => name.toLowerCase()).filter((name) => !simpleHeaders.has(name)).sort();
    await preflight(page, url, method, asked);
    const answer = await fetch(url, { ...init, cache: undefined, headers: { ...headers, Origin: page } });
    allowed(page, answer, url);
    return answer;
  };
}

async function preflight(page, url, method, asked) {
  const answer = await fetch(url, {
    method: 'OPTIONS',
    headers: { Origin: page, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': asked.join(',') },
  });
  if (!answer.ok) throw new TypeError(`CORS: preflight of ${url} answered ${answer.status}`);
  allowed(page, answer, url);
  const methods = list(answer, 'access-control-allow-methods');
  if (!methods.includes(method.toLowerCase())) throw new TypeError(`CORS: ${method} is not among ${methods}`);
  const permitted = list(answer, 'access-control-allow-headers');
  for (const name of asked) {
    // A wildcard does not cover Authorization (Fetch standard, CORS-preflight fetch).
    if (!permitted.includes(name) && (name === 'authorization' || !permitted.includes('*'))) {
      throw new TypeError(`CORS: header ${name} is not among ${permitted}`);
    }
  }
}

function allowed(page, answer, url) {
  const permitted = answer.headers.get('access-control-allow-origin');
  if (permitted !== '*' && permitted !== page) throw new TypeError(`CORS: ${url} allows ${permitted}, not ${page}`);
}

function list(answer, name) {
  return (answer.headers.get(name) ?? '').split(',').map((item) => item.trim().toLowerCase());
}

/** Makes a client; .problems holds its errors. It does not start by itself. */
export function browserClient(base, secret, options = {}) {
  const client = new UnleashClient({
    url: `${base}/api/frontend`,
    clientKey: secret,
    appName: 'shop',
    refreshInterval: 0.05,
    metricsInterval: 0,
    disableMetrics: true,
    fetch: pageFetch(),
    ...options,
  });
  client.problems = [];
  client.on(EVENTS.ERROR, (error) => client.problems.push(error));
  return client;
}

/**
 * Runs a test with a client that is ready, and stops it. The SDK writes its
 * errors to the console as well; they are kept off the screen meanwhile.
 */
export async function withPage(base, secret, test, options) {
  return quietly(async () => {
    const client = browserClient(base, secret, options);
    try {
      const ready = new Promise((resolve) => client.once(EVENTS.READY, resolve));
      await client.start();
      await within('the browser SDK to be ready', ready);
      return await test(client);
    } finally {
      client.stop();
    }
  });
}

/** Starts a client that must be refused and returns its state. */
export async function pageRefusal(base, secret, options) {
  return quietly(async () => {
    const client = browserClient(base, secret, { disableRefresh: true, ...options });
    await client.start();
    client.stop();
    return { problems: client.problems, toggles: client.getAllToggles(), ready: client.isReady() };
  });
}

async function quietly(run) {
  const { error } = console;
  console.error = () => {};
  try {
    return await run();
  } finally {
    console.error = error;
  }
}

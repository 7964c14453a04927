// The real Unleash Proxy 1.4.19 as a client of Burgee, side by side with
// `burgee proxy`: what one answers, the other answers.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';

import { toggle, token } from '../sdk/kit/seed.js';
import { startProxy, startServer } from '../sdk/kit/server.js';
import { eventually } from '../sdk/kit/wait.js';
import { contexts, evaluate, fill } from './kit/contexts.js';
import { startUnleashProxy } from './kit/peers.js';

const key = 'a-client-key';

describe('Unleash Proxy 1.4.19 below Burgee', () => {
  let server;
  let theirs;
  let ours;

  before(async () => {
    server = await startServer();
    await fill(server);
    const secret = await token(server, 'client');
    const env = { UNLEASH_FETCH_INTERVAL: '200', UNLEASH_METRICS_INTERVAL: '500', ENABLE_ALL_ENDPOINT: 'true' };
    theirs = await startUnleashProxy(server.url, secret, [key, 'another'], env);
    ours = await startProxy(server.url, secret, [key, 'another'], env);
  });
  after(async () => {
    await theirs?.stop();
    await ours?.stop();
    await server?.stop();
  });

  const both = (path, init = {}) => Promise.all([theirs, ours].map(async ({ url }) => {
    const { headers, ...rest } = init;
    const answer = await fetch(`${url}${path}`, { ...rest, headers: { Authorization: key, ...headers } });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  }));
  // Of flags that are off, Unleash Proxy leaves the newer of two spellings out.
  const byName = ({ text }) => Object.fromEntries(JSON.parse(text).toggles.map(({ variant: { featureEnabled, ...variant }, ...toggle }) => {
    assert.ok(featureEnabled === undefined || featureEnabled === variant.feature_enabled);
    return [toggle.name, { ...toggle, variant }];
  }));
  const post = (body, headers = {}) => ({ method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });

  test('the same flags and variants for 300 contexts', async () => {
    for (const context of contexts(300)) {
      const [a, b] = await Promise.all([theirs, ours].map(({ url }) => evaluate(`${url}/proxy`, key, context)));
      assert.deepEqual(b, a, JSON.stringify(context));
    }
  });

  test('the same for all flags, for names, and by GET', async () => {
    for (const context of contexts(30)) {
      const { properties, ...fields } = context;
      const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined));
      for (const [name, value] of Object.entries(properties)) query.set(`properties[${name}]`, value);
      for (const [path, init] of [
        ['/proxy/all', post(JSON.stringify({ context }))],
        ['/proxy', post(JSON.stringify({ context, toggles: ['half', 'nobody-made-this', 'never', 'three-ways'] }))],
        [`/proxy?${query}`, {}],
      ]) {
        const [a, b] = await both(path, init);
        assert.deepEqual(byName(b), byName(a), `${path} ${JSON.stringify(context)}`);
      }
    }
  });

  for (const [what, path, init] of [
    ['a good request', '/proxy', {}],
    ['an unknown key', '/proxy', { headers: { Authorization: 'nobody-made-this' } }],
    ['a key after Bearer', '/proxy', { headers: { Authorization: `Bearer ${key}` } }],
    ['a key with other case', '/proxy', { headers: { Authorization: key.toUpperCase() } }],
    ['another key', '/proxy', { headers: { Authorization: 'another' } }],
    ['a form', '/proxy', post('a=b', { 'Content-Type': 'application/x-www-form-urlencoded' })],
    ['no JSON', '/proxy', post('{')],
    ['no JSON and no key', '/proxy', post('{', { Authorization: '' })],
    ['a context that is none', '/proxy', post('{"context":7}')],
    ['a context that is none, no key', '/proxy', post('{"context":7}', { Authorization: '' })],
    ['definitions with a client key', '/proxy/client/features', {}],
    ['health', '/proxy/health', { headers: { Authorization: '' } }],
    ['no such path', '/proxy/nothing', {}],
    ['no such method', '/proxy', { method: 'DELETE' }],
    ['register', '/proxy/client/register', post('{"appName":"a","interval":1000,"started":"2026-11-22T12:00:00Z","strategies":["default"]}')],
    ['register nothing', '/proxy/client/register', post('{}')],
    ['metrics', '/proxy/client/metrics', post('{"appName":"a","instanceId":"i","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{}}}')],
    ['metrics without instance', '/proxy/client/metrics', post('{"appName":"a","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{}}}')],
    ['metrics without bucket', '/proxy/client/metrics', post('{"appName":"a","instanceId":"i"}')],
    ['metrics below all', '/proxy/all/client/metrics', post('{"appName":"a","instanceId":"i","bucket":{"start":"2026-11-22T12:00:00Z","stop":"2026-11-22T12:01:00Z","toggles":{}}}')],
    ['a preflight', '/proxy/client/metrics', { method: 'OPTIONS', headers: { Authorization: '', Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,if-none-match' } }],
  ]) {
    test(`the same status and headers for ${what}`, async () => {
      const [a, b] = await both(path, init);
      assert.equal(b.status, a.status);
      for (const name of ['access-control-allow-origin', 'access-control-expose-headers', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-max-age', 'access-control-allow-credentials']) {
        assert.equal(b.headers.get(name), a.headers.get(name), name);
      }
      const media = (answer) => answer.headers.get('content-type')?.split(';')[0];
      if (a.text !== '') assert.equal(media(b), media(a));
      if (a.status === 200) assert.equal(b.headers.get('cache-control'), a.headers.get('cache-control') ?? b.headers.get('cache-control'));
      if (a.status === 400) assert.deepEqual(Object.keys(JSON.parse(b.text)), Object.keys(JSON.parse(a.text)));
      if (a.status === 401 || a.text === 'OK' || a.text === 'ok') assert.equal(b.text, a.text);
    });
  }

  test('both answer 304 to their own tag', async () => {
    // Not fetch: it adds a header that asks for a fresh answer.
    const get = (url, headers) => new Promise((resolve, reject) => {
      http.get(`${url}/proxy?sessionId=1`, { headers: { Authorization: key, ...headers } }, (answer) => resolve(answer.resume())).on('error', reject);
    });
    for (const { url } of [theirs, ours]) {
      const { etag } = (await get(url)).headers;
      assert.match(etag, /^W\/"/);
      assert.equal((await get(url, { 'If-None-Match': etag })).statusCode, 304);
    }
  });

  test('it registers, and its counts reach Burgee', async () => {
    await evaluate(`${theirs.url}/proxy`, key, {});
    await both('/proxy', post(JSON.stringify({ toggles: ['plain'] })));
    await eventually('the counts of Unleash Proxy', async () => {
      const { data } = await server.admin('GET', 'client-metrics/features/plain/raw');
      return data.some(({ appName, yes }) => appName === 'unleash-proxy' && yes > 1);
    });
    const { applications } = await server.admin('GET', 'metrics/applications');
    assert.ok(applications.some(({ appName }) => appName === 'unleash-proxy'));
  });

  test('a change reaches it', async () => {
    await toggle(server, 'never', true);
    for (const { url } of [theirs, ours]) await eventually('the change', async () => 'never' in await evaluate(`${url}/proxy`, key, {}));
  });
});

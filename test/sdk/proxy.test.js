// The real browser SDK and plain HTTP at a proxy: another process, below a
// server, whose clients show keys that the operator chose.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { pageRefusal, withPage } from './kit/browser-sdk.js';
import { withPageProvider, withServerProvider } from './kit/ofrep.js';
import { constraint, flag, rollout, toggle, token } from './kit/seed.js';
import { startProxy, startServer } from './kit/server.js';
import { eventually } from './kit/wait.js';

const keys = ['some-secret', 'the next one! @:*'];

describe('a proxy', () => {
  let server;
  let proxy;
  let secret;

  before(async () => {
    server = await startServer();
    secret = await token(server, 'client');
    await flag(server, 'on-for-all');
    await flag(server, 'off-for-all', { on: false });
    await flag(server, 'only-ann', { strategies: [rollout(100, { constraints: [constraint('userId', 'IN', ['ann'])] })] });
    proxy = await startProxy(server.url, secret, keys, { UNLEASH_FETCH_INTERVAL: '100', UNLEASH_METRICS_INTERVAL: '100', ENABLE_ALL_ENDPOINT: 'true' });
  });
  after(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  const at = (clientKey) => ({ url: `${proxy.url}/proxy`, clientKey });
  const asked = (key, more = {}) => fetch(`${proxy.url}/proxy`, { headers: { Authorization: key }, ...more });

  for (const key of keys) {
    test(`R30 R31 R33 a page shows the key ${JSON.stringify(key)}, by GET and POST`, async () => {
      for (const usePOSTrequests of [false, true]) {
        await withPage(proxy.url, key, async (page) => {
          assert.equal(page.isEnabled('on-for-all'), true);
          assert.equal(page.isEnabled('off-for-all'), false);
          assert.equal(page.isEnabled('only-ann'), false);
          await page.updateContext({ userId: 'ann' });
          assert.equal(page.isEnabled('only-ann'), true);
        }, { ...at(key), usePOSTrequests, refreshInterval: 3600 });
      }
    });

    test(`R31 a script shows the key ${JSON.stringify(key)} by plain HTTP`, async () => {
      const answer = await fetch(`${proxy.url}/proxy`, {
        method: 'POST',
        headers: { Authorization: key, 'Content-Type': 'application/json' },
        body: JSON.stringify({ context: { appName: 'script', userId: 'ann' }, toggles: ['only-ann', 'off-for-all'] }),
      });
      const { toggles } = await answer.json();
      assert.deepEqual(toggles.map(({ name, enabled }) => [name, enabled]), [['only-ann', true], ['off-for-all', false]]);
    });

    test(`R32 the key ${JSON.stringify(key)} opens nothing of the server`, async () => {
      for (const route of ['api/frontend', 'proxy', 'api/client/features', 'api/admin/projects']) {
        assert.equal((await fetch(`${server.url}/${route}`, { headers: { Authorization: key } })).status, 401, route);
      }
    });
  }

  test('R30 without client keys it does not start, and says what is missing', async () => {
    await assert.rejects(startProxy(server.url, secret, []), /ended with code 1[^]*--client-keys \(UNLEASH_PROXY_CLIENT_KEYS\) is required/);
    await assert.rejects(startProxy(server.url, secret, [' ', '']), /UNLEASH_PROXY_CLIENT_KEYS/);
  });

  test('R31 another key, or the token of the proxy itself, is refused', async () => {
    for (const wrong of ['', 'Some-secret', `Bearer ${keys[0]}`, secret]) assert.equal((await asked(wrong)).status, 401, wrong);
    const { problems } = await pageRefusal(proxy.url, 'nobody-made-this', at('nobody-made-this'));
    assert.deepEqual(problems, [{ type: 'HttpError', code: 401 }]);
  });

  test('R33 it connects with a client token only', async () => {
    await assert.rejects(startProxy(server.url, 'unknown-to-the-server', keys), /ended with code 1[^]*UNLEASH_API_TOKEN/);
    const page = await token(server, 'frontend');
    await assert.rejects(startProxy(server.url, page, keys), /ended with code 1[^]*must be a client token/);
  });

  test('R34 neither keys nor the token are in its log', () => {
    for (const hidden of [...keys, secret]) assert.ok(!proxy.log.includes(hidden));
  });

  test('a change reaches a page', async () => {
    await flag(server, 'flips', { on: false });
    await withPage(proxy.url, keys[0], async (page) => {
      assert.equal(page.isEnabled('flips'), false);
      await toggle(server, 'flips', true);
      await eventually('the flag to be on in the page', () => page.isEnabled('flips'));
    }, at(keys[0]));
  });

  test('use counts at the server, for the application that reports it', async () => {
    await withPage(proxy.url, keys[0], async (page) => {
      page.isEnabled('on-for-all');
      await eventually('the count at the server', async () => {
        const { data } = await server.admin('GET', 'client-metrics/features/on-for-all/raw');
        return data.some((row) => row.appName === 'page-at-a-proxy' && row.yes > 0);
      });
    }, { ...at(keys[0]), appName: 'page-at-a-proxy', disableMetrics: false, metricsInterval: 0.1, metricsIntervalInitial: 0.1 });
  });

  test('the server lists it among the connected edges', async () => {
    await eventually('the proxy', async () => {
      const { edges } = await server.admin('GET', 'metrics/edges');
      return edges.some(({ appName, environments }) => appName === 'unleash-proxy' && environments[0].environment === 'development');
    });
  });

  test('OFREP providers show a key too', async () => {
    await withServerProvider(proxy.url, [['Authorization', `Bearer ${keys[1]}`]], async (client) => {
      assert.equal(await client.getBooleanValue('only-ann', false, { targetingKey: 'ann' }), true);
      assert.equal(await client.getBooleanValue('only-ann', true, { targetingKey: 'bob' }), false);
    });
    await withPageProvider(proxy.url, [['X-API-Key', keys[0]]], { targetingKey: 'ann' }, undefined, (client) => {
      assert.equal(client.getBooleanValue('only-ann', false), true);
    });
  });

  test('it goes on without the server', async () => {
    await server.end('SIGKILL');
    assert.equal((await asked(keys[0])).status, 200);
    assert.equal((await fetch(`${proxy.url}/proxy/health`)).status, 200);
    await server.run();
    await flag(server, 'made-later');
    await eventually('the new flag at the proxy', async () => (await (await asked(keys[0])).text()).includes('made-later'));
  });
});

// Burgee's edge and proxy in front of the real Unleash 8.2.0, a black box: what
// Unleash answers, they answer.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { withPage } from '../sdk/kit/browser-sdk.js';
import { nextPoll, withClient } from '../sdk/kit/node-sdk.js';
import { revoke, toggle, token } from '../sdk/kit/seed.js';
import { startEdge, startProxy } from '../sdk/kit/server.js';
import { eventually } from '../sdk/kit/wait.js';
import { contexts, evaluate, fill } from './kit/contexts.js';
import { startUnleash, unleashAdmin } from './kit/peers.js';

const initial = '*:development.made-at-the-start';
const legacy = '56907a2fa53c1d16101d509a10b78e36190b0f918d9f122d0123456789abcdef'; // a secret of version 1
const key = 'a client key';

describe('Burgee below Unleash 8.2.0', () => {
  let unleash;
  let edge;
  let proxy;
  let page;

  before(async () => {
    console.log('# starting unleash-server 8.2.0 on PostgreSQL; its migrations take half a minute or more');
    unleash = await startUnleash({ INIT_CLIENT_API_TOKENS: initial });
    unleash.admin = async (method, route, body) => {
      const answer = await fetch(`${unleash.url}/api/admin/${route}`, {
        method, headers: { Authorization: unleashAdmin, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text}`);
      return text && text !== 'OK' ? JSON.parse(text) : undefined;
    };
    await fill(unleash);
    page = await token(unleash, 'frontend');
    edge = await startEdge(unleash.url, [initial], {
      FEATURES_REFRESH_INTERVAL_SECONDS: '1', METRICS_INTERVAL_SECONDS: '1', TOKEN_REVALIDATION_INTERVAL_SECONDS: '1',
    });
    proxy = await startProxy(unleash.url, initial, [key], { UNLEASH_FETCH_INTERVAL: '500', UNLEASH_METRICS_INTERVAL: '500' });
  });
  after(async () => {
    await proxy?.stop();
    await edge?.stop();
    await unleash?.stop();
  });

  // environment: the front-end API of Unleash says "default" where nobody says
  // anything, ours what the token is for.
  const asked = (context) => ({ environment: 'development', ...context });

  test('the same flags and variants for 300 contexts, on Unleash, on the edge and on the proxy', async () => {
    // Unleash's own front-end API reads its flags anew every few seconds.
    await eventually('Unleash to serve its flags', async () => 'plain' in await evaluate(`${unleash.url}/api/frontend`, page, {}), 60_000);
    for (const context of contexts(300)) {
      const [theirs, atEdge, atProxy] = await Promise.all([
        evaluate(`${unleash.url}/api/frontend`, page, asked(context)), evaluate(`${edge.url}/api/frontend`, page, asked(context)), evaluate(`${proxy.url}/proxy`, key, asked(context)),
      ]);
      assert.deepEqual(atEdge, theirs, JSON.stringify(context));
      assert.deepEqual(atProxy, theirs, JSON.stringify(context));
    }
  });

  test('the Node SDK reads the same definitions', async () => {
    const names = async (url) => (await (await fetch(`${url}/api/client/features`, { headers: { Authorization: initial } })).json()).features.map(({ name }) => name).sort();
    assert.deepEqual(await names(edge.url), await names(unleash.url));
    await withClient(edge.url, initial, (sdk) => {
      assert.equal(sdk.isEnabled('plain'), true);
      assert.equal(sdk.isEnabled('pro', { properties: { plan: 'pro' } }), true);
      assert.equal(sdk.isEnabled('adults', { properties: { age: '17' } }), false);
    });
  });

  test('a page at the edge and at the proxy', async () => {
    await withPage(edge.url, page, (sdk) => assert.equal(sdk.isEnabled('plain'), true));
    await withPage(proxy.url, key, (sdk) => assert.equal(sdk.isEnabled('plain'), true), { url: `${proxy.url}/proxy` });
  });

  test('a change reaches the edge and the proxy', async () => {
    await withClient(edge.url, initial, async (sdk) => {
      await nextPoll(sdk);
      assert.equal(sdk.isEnabled('never'), false);
      await toggle(unleash, 'never', true);
      await eventually('the change in the SDK', () => sdk.isEnabled('never'));
    });
    await eventually('the change at the proxy', async () => 'never' in await evaluate(`${proxy.url}/proxy`, key, {}));
  });

  test('a token of one project sees no other at the edge', async () => {
    const narrow = await token(unleash, 'client', { projects: ['default'] });
    const answer = await fetch(`${edge.url}/api/client/features`, { headers: { Authorization: narrow } });
    assert.equal(answer.status, 200);
    assert.ok((await answer.json()).features.length > 10);
    assert.equal((await fetch(`${edge.url}/api/client/features`, { headers: { Authorization: legacy } })).status, 401);
  });

  // Unleash 8.2.0 itself takes a deleted token for a minute more, and says at
  // /edge/validate for longer that one lives which it was asked about before.
  test('a token that is deleted is refused at the edge, as soon as Unleash refuses it', async () => {
    const asks = async ({ url }, path, secret) => (await fetch(`${url}${path}`, { headers: { Authorization: secret } })).status;
    const doomed = { '/api/client/features': await token(unleash, 'client'), '/api/frontend': await token(unleash, 'frontend') };
    const each = (check) => Promise.all(Object.entries(doomed).map(([path, secret]) => check(path, secret)));
    await each(async (path, secret) => assert.equal(await asks(edge, path, secret), 200, path));
    await each((path, secret) => revoke(unleash, secret));
    await each((path, secret) => eventually(`Unleash to refuse ${path}`, async () => (await asks(unleash, path, secret)) === 401, 120_000));
    await each((path, secret) => eventually(`the edge to refuse ${path}`, async () => (await asks(edge, path, secret)) === 401, 10_000));
    const { tokens } = await (await fetch(`${unleash.url}/edge/validate`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ tokens: Object.values(doomed) }),
    })).json();
    console.log(`# of 2 deleted tokens Unleash still calls ${tokens.length} live`);
    await each(async (path, secret) => {
      for (let i = 0; i < 3; i += 1) assert.equal(await asks(edge, path, secret), 401, path);
    });
  });

  test('a token that is deleted before its first use is refused at the edge', async () => {
    const short = await token(unleash, 'client');
    await revoke(unleash, short);
    for (let i = 0; i < 3; i += 1) {
      assert.equal((await fetch(`${edge.url}/api/client/features`, { headers: { Authorization: short } })).status, 401);
    }
  });

  test('counts and applications reach Unleash', async () => {
    await withClient(edge.url, initial, async (sdk) => {
      sdk.isEnabled('plain');
      await eventually('the counts at Unleash', async () => {
        const { data } = await unleash.admin('GET', 'client-metrics/features/plain/raw');
        return data.some(({ appName, yes }) => appName === 'below-burgee' && yes > 0);
      }, 60_000);
    }, { appName: 'below-burgee', disableMetrics: false, metricsInterval: 200 });
    await eventually('the application at Unleash, which notes it from time to time', async () => {
      const { applications } = await unleash.admin('GET', 'metrics/applications');
      return applications.some(({ appName }) => appName === 'below-burgee');
    }, 60_000);
  });
});

// OpenFeature's own OFREP providers against the server, and against an edge below
// it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { pageFetch } from './kit/browser-sdk.js';
import { withPageProvider, withServerProvider } from './kit/ofrep.js';
import { constraint, flag, revoke, rollout, toggle, token } from './kit/seed.js';
import { startEdge, startServer } from './kit/server.js';
import { eventually, within } from './kit/wait.js';

/** A strategy for everybody with one variant. */
function variant(payload) {
  return rollout(100, { variants: [{ name: 'big', weight: 1000, weightType: 'variable', stickiness: 'default', payload }] });
}

/** fetch with a Request, as the provider calls it, under the same-origin policy. */
function requestFetch(seen = []) {
  const page = pageFetch();
  return async (request, init) => {
    const answer = await page(request.url, { method: request.method, headers: Object.fromEntries(request.headers), body: await request.text(), ...init });
    seen.push(answer.status);
    return answer;
  };
}

for (const place of ['the server', 'an edge']) describe(`the OFREP providers of OpenFeature at ${place}`, () => {
  let server;
  let edge;
  let url;
  let secret;

  before(async () => {
    server = await startServer();
    secret = await token(server, 'frontend');
    if (place === 'an edge') edge = await startEdge(server.url, [await token(server, 'client')]);
    url = (edge ?? server).url;
    await flag(server, 'plain');
    await flag(server, 'off', { on: false });
    await flag(server, 'only-ann', { strategies: [rollout(100, { constraints: [constraint('userId', 'IN', ['ann'])] })] });
    await flag(server, 'only-pro', { strategies: [rollout(100, { constraints: [constraint('plan', 'IN', ['pro'])] })] });
    await flag(server, 'size', { strategies: [variant({ type: 'json', value: '{"px":48}' })] });
    await flag(server, 'limit', { strategies: [variant({ type: 'number', value: '12.5' })] });
    await flag(server, 'title', { strategies: [variant({ type: 'string', value: 'Hi' })] });
    await flag(server, 'title-off', { strategies: [variant({ type: 'string', value: 'Hi' })], on: false });
    await arrived('title-off');
  });
  after(async () => {
    await edge?.stop();
    await server?.stop();
  });

  /** Waits until a new flag is evaluated where it is asked for. */
  const arrived = (name) => eventually(`${name} to arrive`, async () => {
    const answer = await fetch(`${url}/ofrep/v1/evaluate/flags/${name}`, {
      method: 'POST', headers: { Authorization: secret, 'Content-Type': 'application/json' }, body: '{"context":{"targetingKey":"ann"}}',
    });
    return answer.ok;
  });

  const bearer = () => [['Authorization', `Bearer ${secret}`]];
  const apiKey = () => [['X-API-Key', secret]];

  test('on a server: every type, reason and variant', () =>
    withServerProvider(url, bearer(), async (client) => {
      const details = await client.getBooleanDetails('plain', false);
      assert.deepEqual([details.value, details.reason, details.errorCode], [true, 'STATIC', undefined]);
      assert.equal((await client.getBooleanDetails('off', true)).reason, 'DISABLED');
      assert.equal(await client.getBooleanValue('off', true), false);
      assert.equal(await client.getBooleanValue('only-ann', false, { targetingKey: 'ann' }), true);
      assert.equal(await client.getBooleanValue('only-ann', true, { targetingKey: 'bob' }), false);
      assert.equal(await client.getBooleanValue('only-pro', false, { targetingKey: 'bob', plan: 'pro' }), true);
      assert.deepEqual(await client.getObjectValue('size', {}), { px: 48 });
      assert.equal(await client.getNumberValue('limit', 0), 12.5);
      const title = await client.getStringDetails('title', 'default');
      assert.deepEqual([title.value, title.variant, title.reason, title.flagMetadata.payloadType], ['Hi', 'big', 'SPLIT', 'string']);
      // Version 0.1.3, the newest, does not know yet that a value may be absent:
      // it takes the default as it should, and calls it an error.
      assert.equal(await client.getStringValue('title-off', 'default'), 'default');
    }));

  test('on a server: a key, and what is wrong', async () => {
    await withServerProvider(url, apiKey(), async (client) => {
      assert.equal(await client.getBooleanValue('plain', false), true);
      const missing = await client.getBooleanDetails('nothing', true);
      assert.deepEqual([missing.value, missing.errorCode], [true, 'FLAG_NOT_FOUND']);
      const nobody = await client.getBooleanDetails('plain', true, { targetingKey: '' });
      assert.deepEqual([nobody.value, nobody.errorCode], [true, 'TARGETING_KEY_MISSING']);
    });
    const client = await token(server, 'client');
    await withServerProvider(url, [['Authorization', client]], async (refused) => {
      const details = await refused.getBooleanDetails('plain', true);
      assert.equal(details.value, true);
      assert.ok(details.errorCode, 'a client token is accepted');
    });
  });

  test('in a page: every type, and a new context at once', () =>
    withPageProvider(url, bearer(), { targetingKey: 'bob' }, requestFetch(), async (client, setContext) => {
      assert.equal(client.getBooleanValue('plain', false), true);
      assert.equal(client.getBooleanValue('off', true), false);
      assert.equal(client.getBooleanValue('only-ann', true), false);
      assert.deepEqual(client.getObjectValue('size', {}), { px: 48 });
      assert.equal(client.getNumberValue('limit', 0), 12.5);
      assert.equal(client.getStringValue('title', 'default'), 'Hi');
      const off = client.getStringDetails('title-off', 'default');
      assert.deepEqual([off.value, off.reason, off.errorCode], ['default', 'DISABLED', undefined]);
      assert.equal(client.getBooleanDetails('nothing', true).errorCode, 'FLAG_NOT_FOUND');
      await setContext({ targetingKey: 'ann', plan: 'pro' });
      assert.equal(client.getBooleanValue('only-ann', false), true);
      assert.equal(client.getBooleanValue('only-pro', false), true);
    }));

  test('in a page: polling gets 304 until something changes', async () => {
    await flag(server, 'flips', { on: false });
    await arrived('flips');
    const seen = [];
    await withPageProvider(url, apiKey(), { targetingKey: 'ann' }, requestFetch(seen), async (client) => {
      const changed = new Promise((resolve) => client.addHandler('PROVIDER_CONFIGURATION_CHANGED', resolve));
      while (seen.filter((status) => status === 304).length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.equal(client.getBooleanValue('flips', true), false);
      await toggle(server, 'flips', true);
      await changed;
      assert.equal(client.getBooleanValue('flips', false), true);
    }, { pollInterval: 30, changeDetection: 'polling' });
  });

  test('in a page: a change arrives over the stream, without polling', async () => {
    await flag(server, 'told', { on: false });
    await arrived('told');
    const seen = [];
    await withPageProvider(url, bearer(), { targetingKey: 'ann' }, requestFetch(seen), async (client) => {
      const changed = new Promise((resolve) => client.addHandler('PROVIDER_CONFIGURATION_CHANGED', resolve));
      assert.equal(client.getBooleanValue('told', true), false);
      await toggle(server, 'told', true);
      await within('the notice', changed);
      assert.equal(client.getBooleanValue('told', false), true);
      assert.deepEqual(seen, [200, 200], 'evaluations: one at the start, one after the notice');
    });
  });

  test('in a page: the stream ends with the token', async () => {
    const short = await token(server, 'frontend');
    await withPageProvider(url, [['Authorization', short]], {}, requestFetch(), async (client) => {
      const stale = new Promise((resolve) => client.addHandler('PROVIDER_STALE', resolve));
      await revoke(server, short);
      await within('the provider to notice', stale);
    });
  });

  test('in a page: a token that is refused is fatal', async () => {
    const provider = withPageProvider(url, [['Authorization', 'nobody-made-this']], {}, requestFetch(), () => {});
    await assert.rejects(provider, /Initialization failed/);
  });
});

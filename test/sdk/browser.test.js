// What a page sees through the real browser SDK, under the same-origin policy, at
// the server and at an edge below it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { pageFetch, pageRefusal, withPage } from './kit/browser-sdk.js';
import { constraint, flag, rollout, toggle, token } from './kit/seed.js';
import { startEdge, startServer } from './kit/server.js';
import { eventually } from './kit/wait.js';

for (const place of ['the server', 'an edge']) describe(`the browser SDK at ${place}`, () => {
  let server;
  let edge;
  let url;
  let own;
  let secret;

  before(async () => {
    server = await startServer();
    secret = await token(server, 'frontend');
    own = await token(server, 'client');
    if (place === 'an edge') edge = await startEdge(server.url, [own]);
    url = (edge ?? server).url;
    await flag(server, 'on-for-all');
    await flag(server, 'off-for-all', { on: false });
    await flag(server, 'only-ann', { strategies: [rollout(100, { constraints: [constraint('userId', 'IN', ['ann'])] })] });
    await flag(server, 'only-pro', { strategies: [rollout(100, { constraints: [constraint('plan', 'IN', ['pro'])] })] });
    await flag(server, 'with-variant', {
      strategies: [rollout(100, { variants: [{ name: 'big', weight: 1000, weightType: 'variable', stickiness: 'default', payload: { type: 'json', value: '{"px":48}' } }] })],
    });
    await arrived('with-variant');
  });
  after(async () => {
    await edge?.stop();
    await server?.stop();
  });

  /** Waits until a new flag is evaluated where it is asked for. */
  const arrived = (name) => eventually(`${name} to arrive`, async () => {
    const answer = await fetch(`${url}/api/frontend/all`, { headers: { Authorization: secret } });
    return answer.ok && (await answer.json()).toggles.some((each) => each.name === name);
  });

  for (const usePOSTrequests of [false, true]) {
    const mode = usePOSTrequests ? 'POST' : 'GET';

    test(`R17 ${mode}: on, off, and the variant with its payload`, () =>
      withPage(url, secret, (page) => {
        assert.equal(page.isEnabled('on-for-all'), true);
        assert.equal(page.isEnabled('off-for-all'), false);
        assert.deepEqual(page.getVariant('with-variant'), {
          name: 'big', enabled: true, feature_enabled: true, featureEnabled: true, payload: { type: 'json', value: '{"px":48}' },
        });
      }, { usePOSTrequests }));

    test(`R17 ${mode}: a new context is evaluated at once`, () =>
      withPage(url, secret, async (page) => {
        assert.equal(page.isEnabled('only-ann'), false);
        await page.updateContext({ userId: 'ann', properties: { plan: 'pro' } });
        assert.equal(page.isEnabled('only-ann'), true);
        assert.equal(page.isEnabled('only-pro'), true);
        await page.setContextField('userId', 'bob');
        assert.equal(page.isEnabled('only-ann'), false);
      }, { usePOSTrequests, refreshInterval: 3600 }));
  }

  test('R17 a change reaches a page that refreshes', async () => {
    await flag(server, 'flips', { on: false });
    await arrived('flips');
    await withPage(url, secret, async (page) => {
      assert.equal(page.isEnabled('flips'), false);
      await toggle(server, 'flips', true);
      await eventually('the flag to be on in the page', () => page.isEnabled('flips'));
    });
  });

  test('R17 a page that knows the answer gets 304 and keeps it', async () => {
    const statuses = [];
    const watching = async (url, init) => {
      const answer = await pageFetch()(url, init);
      if (init?.headers && url.includes('/api/frontend')) statuses.push(answer.status);
      return answer;
    };
    await withPage(url, secret, async (page) => {
      await eventually('three 304', () => statuses.filter((status) => status === 304).length >= 3);
      assert.equal(page.isEnabled('on-for-all'), true);
    }, { fetch: watching, context: { userId: 'ann', sessionId: '1' } });
  });

  test('R19 a page is told results, never definitions', async () => {
    const answer = await fetch(`${url}/api/frontend?userId=ann`, { headers: { Authorization: secret } });
    const { toggles } = await answer.json();
    const keys = new Set(toggles.flatMap((each) => Object.keys(each)));
    assert.deepEqual([...keys].sort(), ['enabled', 'impressionData', 'name', 'variant']);
    assert.ok(!JSON.stringify(toggles).includes('constraint'));
    assert.ok(!toggles.some((each) => each.name === 'off-for-all'), 'a flag that is off is listed');
  });

  test('R16 the client API is closed to browsers: no CORS, whatever the token', async () => {
    const client = await token(server, 'client');
    await assert.rejects(pageFetch()(`${url}/api/client/features`, { headers: { authorization: client } }), /CORS/);
    const direct = await fetch(`${url}/api/client/features`, { headers: { Authorization: client, Origin: 'https://shop.example' } });
    assert.equal(direct.headers.get('access-control-allow-origin'), null);
  });

  test('R17 an error can be read by the page too', async () => {
    const { problems } = await pageRefusal(url, 'nobody-made-this');
    assert.deepEqual(problems, [{ type: 'HttpError', code: 401 }]);
  });

  test('R17 only configured origins may read', async () => {
    // Those of the server are set by people, those of an edge by its operator.
    const origins = ['https://shop.example'];
    const other = edge && await startEdge(server.url, [own], { CORS_ORIGIN: origins.join(',') });
    if (!other) await server.admin('POST', 'ui-config/cors', { frontendApiOrigins: origins });
    const at = (other ?? server).url;
    try {
      await withPage(at, secret, (page) => assert.equal(page.isEnabled('on-for-all'), true), { fetch: pageFetch('https://shop.example') });
      const { problems, toggles } = await pageRefusal(at, secret, { fetch: pageFetch('https://elsewhere.example') });
      assert.match(String(problems[0].error), /CORS/);
      assert.deepEqual(toggles, []);
    } finally {
      await other?.stop();
      if (!other) await server.admin('POST', 'ui-config/cors', { frontendApiOrigins: ['*'] });
    }
  });
});

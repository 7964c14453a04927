// The right credential, and no other: every kind of token where SDKs connect,
// with the real SDKs.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { pageRefusal, withPage } from './kit/browser-sdk.js';
import { nextPoll, nodeClient, refusal, withClient } from './kit/node-sdk.js';
import { environment, flag, project, revoke, rollout, segment, toggle, token } from './kit/seed.js';
import { adminToken, startServer } from './kit/server.js';
import { eventually } from './kit/wait.js';

const bareClient = 'c1'.repeat(28);
const bareFrontend = 'f1'.repeat(28);
const freeForm = 'default:development.unleash-insecure-api-token';
const freeFormFrontend = 'default:development.unleash-insecure-frontend-api-token';
const initProduction = '*:production.made-by-the-operator';

const names = (sdk) => sdk.getFeatureToggleDefinitions().map((definition) => definition.name).sort();

describe('credentials and SDKs', () => {
  let server;

  before(async () => {
    server = await startServer({
      INIT_CLIENT_API_TOKENS: [bareClient, freeForm, initProduction].join(','),
      INIT_FRONTEND_API_TOKENS: [bareFrontend, freeFormFrontend].join(','),
    });
    await project(server, 'shop');
    await project(server, 'search');
    await flag(server, 'in-default');
    await flag(server, 'in-shop', { project: 'shop' });
    await flag(server, 'in-search', { project: 'search' });
  });
  after(() => server?.stop());

  async function refusedByServerSDK(secret, status) {
    const { problems, flags, synchronised } = await refusal(server.url, secret);
    assert.match(problems[0], new RegExp(`responded ${status}`));
    assert.deepEqual(flags, []);
    assert.equal(synchronised, false);
  }

  async function refusedByBrowserSDK(secret, code) {
    const { problems, toggles, ready } = await pageRefusal(server.url, secret);
    assert.deepEqual(problems, [{ type: 'HttpError', code }]);
    assert.deepEqual(toggles, []);
    assert.equal(ready, false);
  }

  async function personalToken() {
    const cookie = await server.signIn();
    const description = `sdk suite ${Math.random()}`;
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { secret } = await server.admin('POST', 'user/tokens', { description, expiresAt }, { Cookie: cookie });
    assert.match(secret, /^user:/);
    return secret;
  }

  describe('the wrong kind', () => {
    test('R5 an admin token is refused by 403 in the server SDK', () => refusedByServerSDK(adminToken, 403));
    test('R5 an admin token is refused by 403 in the browser SDK', () => refusedByBrowserSDK(adminToken, 403));
    test('R11 a personal token is refused by 403 in the server SDK', async () => refusedByServerSDK(await personalToken(), 403));
    test('R11 a personal token is refused by 403 in the browser SDK', async () => refusedByBrowserSDK(await personalToken(), 403));
    test('R19 a front-end token is refused by 403 in the server SDK', async () => refusedByServerSDK(await token(server, 'frontend'), 403));
    test('R16 a client token is refused by 403 in the browser SDK', async () => refusedByBrowserSDK(await token(server, 'client'), 403));
    test('R13 an unknown token is refused by 401', async () => {
      await refusedByServerSDK('*:development.nobody-made-this', 401);
      await refusedByBrowserSDK('*:development.nobody-made-this', 401);
    });
    test('R1 a session cookie is no SDK credential', async () => {
      const answer = await fetch(`${server.url}/api/client/features`, { headers: { Cookie: await server.signIn() } });
      assert.equal(answer.status, 401);
    });
    test('R13 R19 SDK tokens do not open the Admin API', async () => {
      for (const kind of ['client', 'frontend']) {
        const headers = { Authorization: await token(server, kind) };
        await assert.rejects(server.admin('GET', 'projects', undefined, headers), { status: 403 });
        await assert.rejects(server.admin('POST', 'projects/default/features', { name: 'sneaked' }, headers), { status: 403 });
      }
    });
  });

  describe('scope', () => {
    test('R14 R20 R21 R22 R23 a token of one project reads that project only', async () => {
      const secret = await token(server, 'client', { projects: ['shop'] });
      assert.match(secret, /^shop:development\.[0-9a-f]{64}$/);
      await withClient(server.url, secret, (sdk) => assert.deepEqual(names(sdk), ['in-shop']));
    });

    test('R14 R20 R21 R23 a token of a list of projects does not tell the list, and reads all of it', async () => {
      const secret = await token(server, 'client', { projects: ['shop', 'search'] });
      assert.match(secret, /^\[\]:development\.[0-9a-f]{64}$/);
      await withClient(server.url, secret, (sdk) => assert.deepEqual(names(sdk), ['in-search', 'in-shop']));
    });

    test('R14 R20 R21 R23 a token of all projects also reads a project made later', async () => {
      const secret = await token(server, 'client', { projects: ['*'] });
      assert.match(secret, /^\*:development\.[0-9a-f]{64}$/);
      await withClient(server.url, secret, async (sdk) => {
        assert.ok(names(sdk).includes('in-shop'));
        await project(server, 'later');
        await flag(server, 'in-later', { project: 'later' });
        await nextPoll(sdk);
        assert.equal(sdk.isEnabled('in-later'), true);
      });
    });

    test('R14 the projectName setting of the SDK cannot widen a token', async () => {
      const secret = await token(server, 'client', { projects: ['shop'] });
      await withClient(server.url, secret, (sdk) => assert.deepEqual(names(sdk), ['in-shop']), { projectName: 'search' });
    });

    test('R15 a token is valid for exactly one environment', async () => {
      await flag(server, 'two-faced', { env: 'production' });
      const development = await token(server, 'client', { environment });
      const production = await token(server, 'client', { environment: 'production' });
      await withClient(server.url, development, (sdk) => assert.equal(sdk.isEnabled('two-faced'), false));
      await withClient(server.url, production, (sdk) => assert.equal(sdk.isEnabled('two-faced'), true));
    });

    test('R18 front-end tokens: one project, a list, all, and one environment', async () => {
      const listed = (page) => page.getAllToggles().map((each) => each.name).sort();
      await withPage(server.url, await token(server, 'frontend', { projects: ['shop'] }), (page) => assert.deepEqual(listed(page), ['in-shop']));
      await withPage(server.url, await token(server, 'frontend', { projects: ['shop', 'search'] }), (page) => assert.deepEqual(listed(page), ['in-search', 'in-shop']));
      await withPage(server.url, await token(server, 'frontend', { projects: ['*'] }), (page) => {
        for (const name of ['in-default', 'in-search', 'in-shop']) assert.ok(listed(page).includes(name), name);
      });
      await withPage(server.url, await token(server, 'frontend', { environment: 'production', projects: ['shop'] }), (page) => assert.deepEqual(listed(page), []));
    });

    test('R14 a token reads only the segments that its flags use', async () => {
      const id = await segment(server, 'secret-customers', [{ contextName: 'userId', operator: 'IN', values: ['vip@shop.example'] }], { project: 'shop' });
      await flag(server, 'shop-vip', { project: 'shop', strategies: [rollout(100, { segments: [id] })] });
      const body = async (secret) => (await fetch(`${server.url}/api/client/features`, { headers: { Authorization: secret, 'Unleash-Client-Spec': '5.2.0' } })).text();
      const own = await token(server, 'client', { projects: ['shop'] });
      const other = await token(server, 'client', { projects: ['search'] });
      await eventually('the segment to be served', async () => (await body(own)).includes('vip@shop.example'));
      assert.ok(!(await body(other)).includes('vip@shop.example'));
      await server.admin('DELETE', 'projects/shop/features/shop-vip');
    });

    test('R14 a token that lost its only project sees nothing', async () => {
      await project(server, 'doomed');
      const secret = await token(server, 'client', { projects: ['doomed'] });
      await server.admin('DELETE', 'projects/doomed');
      const answer = await fetch(`${server.url}/api/client/features`, { headers: { Authorization: secret } });
      if (answer.status === 200) assert.deepEqual((await answer.json()).features, []);
      else assert.equal(answer.status, 401);
    });
  });

  describe('secrets that the operator chose, and old ones', () => {
    test('R24 a bare hexadecimal INIT token (version 1) reads all projects of development', () =>
      withClient(server.url, bareClient, (sdk) => {
        for (const name of ['in-default', 'in-shop', 'in-search']) assert.ok(names(sdk).includes(name), name);
        assert.equal(sdk.isEnabled('in-shop'), true);
      }));
    test('R24 a bare hexadecimal INIT token works in the browser SDK', () =>
      withPage(server.url, bareFrontend, (page) => assert.equal(page.isEnabled('in-shop'), true)));
    test('R1 a free-form INIT token works in the server SDK', () =>
      withClient(server.url, freeForm, (sdk) => {
        assert.equal(sdk.isEnabled('in-default'), true);
        assert.ok(!names(sdk).includes('in-shop'));
      }));
    test('R1 a free-form INIT token works in the browser SDK', () =>
      withPage(server.url, freeFormFrontend, (page) => {
        assert.equal(page.isEnabled('in-default'), true);
        assert.equal(page.isEnabled('in-shop'), false);
      }));
    test('R15 an INIT token of another environment reads that one', () =>
      withClient(server.url, initProduction, (sdk) => assert.equal(sdk.isEnabled('in-shop'), false)));
    test('R19 INIT tokens keep to their kind', async () => {
      await refusedByServerSDK(bareFrontend, 403);
      await refusedByBrowserSDK(bareClient, 403);
    });
    test('R1 Bearer before the secret is accepted from both SDKs', async () => {
      const client = await token(server, 'client');
      const frontend = await token(server, 'frontend');
      await withClient(server.url, `Bearer ${client}`, (sdk) => assert.equal(sdk.isEnabled('in-shop'), true));
      await withPage(server.url, `bearer ${frontend}`, (page) => assert.equal(page.isEnabled('in-shop'), true));
    });
  });

  describe('the end of a token', () => {
    test('R13 a deleted client token stops at once, and so does the SDK', async () => {
      const secret = await token(server, 'client');
      await withClient(server.url, secret, async (sdk) => {
        sdk.removeAllListeners('error');
        sdk.on('error', (error) => sdk.problems.push(error.message));
        await revoke(server, secret);
        const direct = await fetch(`${server.url}/api/client/features`, { headers: { Authorization: secret } });
        assert.equal(direct.status, 401, 'the request after the deletion was answered');
        await eventually('the SDK to stop', () => sdk.problems.some((problem) => /responded 401/.test(problem)));
        assert.equal(sdk.isEnabled('in-shop'), true, 'the SDK keeps what it last knew');
        await toggle(server, 'in-shop', false, { project: 'shop' });
        const polls = sdk.polls;
        await new Promise((resolve) => setTimeout(resolve, 200));
        assert.equal(sdk.polls, polls, 'the SDK went on polling');
        assert.equal(sdk.isEnabled('in-shop'), true, 'a stopped SDK learned of a change');
      });
      await toggle(server, 'in-shop', true, { project: 'shop' });
    });

    test('R17 a deleted front-end token is refused at the next request of the browser SDK', async () => {
      const secret = await token(server, 'frontend');
      await withPage(server.url, secret, async (page) => {
        assert.equal(page.isEnabled('in-shop'), true);
        await revoke(server, secret);
        await eventually('the refusal', () => page.problems.some((problem) => problem.code === 401));
      });
    });

    test('R13 an expired client token stops the SDK at its instant', async () => {
      const expiresAt = new Date(Date.now() + 1_500).toISOString();
      const secret = await token(server, 'client', { expiresAt });
      const sdk = nodeClient(server.url, secret);
      try {
        await eventually('the SDK to read before the expiry', () => sdk.isSynchronized());
        assert.equal(sdk.isEnabled('in-shop'), true);
        await eventually('the SDK to be refused after the expiry', () => sdk.problems.some((problem) => /responded 401/.test(problem)));
        assert.ok(Date.now() >= Date.parse(expiresAt), 'refused before its time');
      } finally {
        sdk.destroy();
      }
    });

    test('R13 a token that was expired when it was made is refused', async () => {
      const secret = await token(server, 'client', { expiresAt: '2020-01-01T00:00:00.000Z' });
      await refusedByServerSDK(secret, 401);
    });

    test('R17 an expired front-end token is refused', async () => {
      const secret = await token(server, 'frontend', { expiresAt: '2020-01-01T00:00:00.000Z' });
      await refusedByBrowserSDK(secret, 401);
    });
  });

  test('R34 no secret that was used here is in the log', async () => {
    const client = await token(server, 'client');
    await withClient(server.url, client, () => {});
    for (const secret of [client, bareClient, bareFrontend, freeForm, adminToken]) {
      assert.ok(!server.log.includes(secret), 'a secret is in the log');
    }
  });
});

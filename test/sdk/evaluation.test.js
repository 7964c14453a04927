// What a server application sees through the real Node SDK, and that the
// front-end API gives the same answers.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { nextPoll, withClient } from './kit/node-sdk.js';
import { constraint, flag, rollout, segment, toggle, token } from './kit/seed.js';
import { startServer } from './kit/server.js';
import { eventually } from './kit/wait.js';

describe('flags through the Node SDK', () => {
  let server;
  let client;
  let frontend;

  before(async () => {
    server = await startServer();
    client = await token(server, 'client');
    frontend = await token(server, 'frontend');
  });
  after(() => server?.stop());

  /** Both ways to ask: the SDK's own engine and the front-end API. */
  async function both(sdk, name, context) {
    const listed = await server.evaluate(frontend, context);
    return { sdk: sdk.isEnabled(name, context), frontend: listed.has(name) };
  }

  test('R1 R13 a flag that is off is off, one that is on is on, an unknown one takes the fallback', async () => {
    await flag(server, 'is-off', { on: false });
    await flag(server, 'is-on');
    await withClient(server.url, client, async (sdk) => {
      assert.deepEqual(await both(sdk, 'is-off', { userId: '1' }), { sdk: false, frontend: false });
      assert.deepEqual(await both(sdk, 'is-on', { userId: '1' }), { sdk: true, frontend: true });
      assert.equal(sdk.isEnabled('never-created', {}, true), true);
      assert.equal(sdk.isEnabled('never-created', {}, false), false);
    });
  });

  test('R1 a change is seen at the next poll', async () => {
    await flag(server, 'changes', { on: false });
    await withClient(server.url, client, async (sdk) => {
      assert.equal(sdk.isEnabled('changes'), false);
      await toggle(server, 'changes', true);
      await nextPoll(sdk);
      assert.equal(sdk.isEnabled('changes'), true);
      await toggle(server, 'changes', false);
      await nextPoll(sdk);
      assert.equal(sdk.isEnabled('changes'), false);
      await server.admin('DELETE', 'projects/default/features/changes');
      await nextPoll(sdk);
      assert.equal(sdk.getFeatureToggleDefinition('changes'), undefined);
    });
  });

  test('R1 a gradual rollout has the same users in the SDK and in the front-end API', async () => {
    await flag(server, 'half', { strategies: [rollout(50)] });
    await withClient(server.url, client, async (sdk) => {
      let on = 0;
      for (let user = 0; user < 200; user += 1) {
        const answers = await both(sdk, 'half', { userId: `user-${user}` });
        assert.equal(answers.frontend, answers.sdk, `user-${user}`);
        on += answers.sdk ? 1 : 0;
      }
      assert.ok(on > 70 && on < 130, `${on} of 200 users have a 50 % rollout`);
    });
  });

  test('R1 a gradual rollout sticks to a custom field, and is off without it', async () => {
    await flag(server, 'by-tenant', { strategies: [rollout(100, { parameters: { stickiness: 'tenant' } })] });
    await withClient(server.url, client, async (sdk) => {
      assert.deepEqual(await both(sdk, 'by-tenant', { properties: { tenant: 'acme' } }), { sdk: true, frontend: true });
      assert.deepEqual(await both(sdk, 'by-tenant', { userId: '1' }), { sdk: false, frontend: false });
    });
  });

  test('R1 strategy variants: the same user gets the same variant on both sides, with its payload', async () => {
    const variant = (name, value) => ({ name, weight: 500, weightType: 'variable', stickiness: 'default', payload: { type: 'string', value } });
    await flag(server, 'colour', { strategies: [rollout(100, { variants: [variant('red', '#f00'), variant('blue', '#00f')] })] });
    await withClient(server.url, client, async (sdk) => {
      const seen = new Set();
      for (let user = 0; user < 60; user += 1) {
        const context = { userId: `user-${user}` };
        const own = sdk.getVariant('colour', context);
        const theirs = (await server.evaluate(frontend, context)).get('colour').variant;
        assert.equal(theirs.name, own.name, `user-${user}`);
        assert.deepEqual(theirs.payload, own.payload);
        assert.deepEqual(own.payload, { type: 'string', value: own.name === 'red' ? '#f00' : '#00f' });
        assert.equal(theirs.feature_enabled, true);
        seen.add(own.name);
      }
      assert.deepEqual([...seen].sort(), ['blue', 'red']);
    });
  });

  test('R1 a flag without variants answers with the disabled variant', async () => {
    await flag(server, 'plain');
    await withClient(server.url, client, async (sdk) => {
      const own = sdk.getVariant('plain', { userId: '1' });
      const theirs = (await server.evaluate(frontend, { userId: '1' })).get('plain').variant;
      assert.deepEqual(theirs, own);
      assert.deepEqual(own, { name: 'disabled', enabled: false, feature_enabled: true, featureEnabled: true });
    });
  });

  test('R1 a segment limits a strategy, and a change of the segment is seen', async () => {
    const id = await segment(server, 'beta-users', [constraint('userId', 'IN', ['ann', 'bob'])]);
    await flag(server, 'for-beta', { strategies: [rollout(100, { segments: [id] })] });
    await withClient(server.url, client, async (sdk) => {
      assert.deepEqual(await both(sdk, 'for-beta', { userId: 'ann' }), { sdk: true, frontend: true });
      assert.deepEqual(await both(sdk, 'for-beta', { userId: 'cyd' }), { sdk: false, frontend: false });
      await server.admin('PUT', `segments/${id}`, { name: 'beta-users', constraints: [constraint('userId', 'IN', ['cyd'])] });
      await nextPoll(sdk);
      assert.deepEqual(await both(sdk, 'for-beta', { userId: 'ann' }), { sdk: false, frontend: false });
      assert.deepEqual(await both(sdk, 'for-beta', { userId: 'cyd' }), { sdk: true, frontend: true });
    });
  });

  test('R1 a dependency: the child follows its parent', async () => {
    await flag(server, 'parent', { strategies: [rollout(100, { constraints: [constraint('userId', 'IN', ['ann'])] })] });
    await flag(server, 'child');
    await server.admin('POST', 'projects/default/features/child/dependencies', { feature: 'parent', enabled: true });
    await withClient(server.url, client, async (sdk) => {
      assert.deepEqual(await both(sdk, 'child', { userId: 'ann' }), { sdk: true, frontend: true });
      assert.deepEqual(await both(sdk, 'child', { userId: 'bob' }), { sdk: false, frontend: false });
      await toggle(server, 'parent', false);
      await nextPoll(sdk);
      assert.deepEqual(await both(sdk, 'child', { userId: 'ann' }), { sdk: false, frontend: false });
    });
  });

  test('R1 impression events reach the application', async () => {
    await flag(server, 'watched', { impressionData: true });
    await withClient(server.url, client, async (sdk) => {
      const seen = [];
      sdk.on('impression', (event) => seen.push(event.featureName));
      sdk.isEnabled('watched', { userId: '1' });
      assert.deepEqual(seen, ['watched']);
    });
  });

  const operators = [
    ['IN', ['eu', 'us'], 'eu', 'asia'],
    ['NOT_IN', ['eu', 'us'], 'asia', 'eu'],
    ['STR_STARTS_WITH', ['ab'], 'abc', 'cab'],
    ['STR_ENDS_WITH', ['bc'], 'abc', 'bca'],
    ['STR_CONTAINS', ['b'], 'abc', 'xyz'],
    ['NUM_EQ', '21', '21.0', '20'],
    ['NUM_GT', '21', '22', '21'],
    ['NUM_GTE', '21', '21', '20'],
    ['NUM_LT', '21', '20', '21'],
    ['NUM_LTE', '21', '21', '22'],
    ['SEMVER_EQ', '1.2.3', '1.2.3', '1.2.4'],
    ['SEMVER_GT', '1.2.3', '1.10.0', '1.2.3'],
    ['SEMVER_LT', '1.2.3', '1.2.3-beta.1', '1.2.3'],
    ['SEMVER_GTE', '1.2.3', '1.2.3', '1.2.2'],
    ['SEMVER_LTE', '1.2.3', '1.2.3', '1.2.4'],
    ['REGEX', '^a[0-9]+$', 'a42', 'b42'],
    ['IN_CIDR', ['10.0.0.0/8', '2001:db8::/32'], '2001:db8::7', '192.0.2.1'],
  ];
  for (const [operator, value, yes, no] of operators) {
    test(`R1 constraint ${operator}: the SDK and the front-end API agree`, async () => {
      const name = `op-${operator.toLowerCase().replaceAll('_', '-')}`;
      await flag(server, name, { strategies: [rollout(100, { constraints: [constraint('field', operator, value)] })] });
      await withClient(server.url, client, async (sdk) => {
        assert.deepEqual(await both(sdk, name, { properties: { field: yes } }), { sdk: true, frontend: true });
        assert.deepEqual(await both(sdk, name, { properties: { field: no } }), { sdk: false, frontend: false });
      });
    });
  }

  test('R1 constraints DATE_AFTER and DATE_BEFORE: the clock decides, on both sides', async () => {
    const date = (operator, value) => ({ strategies: [rollout(100, { constraints: [constraint('currentTime', operator, value)] })] });
    await flag(server, 'since-2020', date('DATE_AFTER', '2020-01-01T00:00:00.000Z'));
    await flag(server, 'until-2020', date('DATE_BEFORE', '2020-01-01T00:00:00.000Z'));
    await withClient(server.url, client, async (sdk) => {
      assert.deepEqual(await both(sdk, 'since-2020', { userId: '1' }), { sdk: true, frontend: true });
      assert.deepEqual(await both(sdk, 'until-2020', { userId: '1' }), { sdk: false, frontend: false });
    });
  });

  test('R1 inverted and case-insensitive constraints agree', async () => {
    await flag(server, 'not-eu', { strategies: [rollout(100, { constraints: [constraint('region', 'IN', ['eu'], { inverted: true })] })] });
    await flag(server, 'any-case', { strategies: [rollout(100, { constraints: [constraint('region', 'STR_CONTAINS', ['EU'], { caseInsensitive: true })] })] });
    await withClient(server.url, client, async (sdk) => {
      assert.deepEqual(await both(sdk, 'not-eu', { properties: { region: 'us' } }), { sdk: true, frontend: true });
      assert.deepEqual(await both(sdk, 'not-eu', { properties: { region: 'eu' } }), { sdk: false, frontend: false });
      assert.deepEqual(await both(sdk, 'any-case', { properties: { region: 'eu-west' } }), { sdk: true, frontend: true });
    });
  });

  test('R1 the namePrefix, tags and projectName settings of the SDK narrow what it reads', async () => {
    await flag(server, 'web.header');
    await flag(server, 'api.header');
    await server.admin('POST', 'features/web.header/tags', { type: 'simple', value: 'team-web' });
    const names = (sdk) => sdk.getFeatureToggleDefinitions().map((definition) => definition.name);
    await withClient(server.url, client, async (sdk) => assert.deepEqual(names(sdk), ['web.header']), { namePrefix: 'web.' });
    await withClient(server.url, client, async (sdk) => assert.deepEqual(names(sdk), ['web.header']), { tags: [{ name: 'simple', value: 'team-web' }] });
    await withClient(server.url, client, async (sdk) => assert.ok(names(sdk).includes('api.header')), { projectName: 'default' });
  });

  test('R1 an SDK that reads an older dialect, without referenced segments, gets them inlined', async () => {
    const id = await segment(server, 'inlined', [constraint('userId', 'IN', ['ann'])]);
    await flag(server, 'with-inlined', { strategies: [rollout(100, { segments: [id] })] });
    const body = await eventually('the flag', async () => {
      const answer = await fetch(`${server.url}/api/client/features?namePrefix=with-inlined`, { headers: { Authorization: client } });
      const decoded = await answer.json();
      return decoded.features.length === 1 && decoded;
    });
    assert.equal(body.segments, undefined);
    assert.deepEqual(body.features[0].strategies[0].constraints.map((c) => c.values), [['ann']]);
  });
});

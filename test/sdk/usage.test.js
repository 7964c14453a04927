// What the server learns from SDKs: traffic, registrations, metrics, last use.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { pageFetch, withPage } from './kit/browser-sdk.js';
import { nextPoll, withClient } from './kit/node-sdk.js';
import { record } from './kit/recorder.js';
import { environment, flag, project, toggle, token } from './kit/seed.js';
import { startServer } from './kit/server.js';
import { eventually, within } from './kit/wait.js';

describe('SDK traffic and usage', () => {
  let server;

  before(async () => {
    server = await startServer();
    await flag(server, 'used');
    await project(server, 'other');
  });
  after(() => server?.stop());

  test('R13 polling costs a body per change, and an empty 304 otherwise', async () => {
    const secret = await token(server, 'client', { projects: ['default'] });
    const recorder = await record(server.url);
    const polls = () => recorder.of('/api/client/features');
    try {
      await withClient(recorder.url, secret, async (sdk) => {
        await nextPoll(sdk);
        await toggle(server, 'used', false);
        await eventually('the change', () => !sdk.isEnabled('used'));
        await nextPoll(sdk);
        await flag(server, 'out-of-scope', { project: 'other' });
        await nextPoll(sdk);
        await toggle(server, 'used', true);
        await eventually('the change', () => sdk.isEnabled('used'));
        await nextPoll(sdk);
      });
    } finally {
      await recorder.stop();
    }
    const full = polls().filter((poll) => poll.status === 200);
    const unchanged = polls().filter((poll) => poll.status === 304);
    assert.equal(full.length, 3, `200 for the first read and each change in scope, got ${polls().map((poll) => poll.status)}`);
    assert.ok(unchanged.length >= 4);
    assert.equal(full.length + unchanged.length, polls().length);
    assert.equal(new Set(full.map((poll) => poll.etag)).size, 3, 'each state has its own ETag');
    for (const poll of unchanged) {
      assert.equal(poll.bytes, 0);
      assert.ok(full.some((each) => each.etag === poll.headers['if-none-match']));
    }
  });

  test('R1 SDKs outlive a crash and a restart of the server: no refusal, and changes arrive again', async () => {
    const own = await startServer();
    const secret = await token(own, 'client');
    await flag(own, 'survivor', { on: false });
    const recorder = await record(own.url);
    try {
      await withClient(recorder.url, secret, async (sdk) => {
        sdk.removeAllListeners('error');
        sdk.on('error', (error) => sdk.problems.push(error.message));
        await own.end('SIGKILL');
        await eventually('the SDK to notice', () => sdk.problems.length > 0);
        assert.equal(sdk.isEnabled('survivor', {}, true), false, 'the SDK keeps what it last knew');
        await own.run();
        await toggle(own, 'survivor', true);
        await eventually('the change after the restart', () => sdk.isEnabled('survivor'));
        const refusals = recorder.of('/api/client').filter(({ status }) => status === 401 || status === 403);
        assert.deepEqual(refusals, []);
      });
    } finally {
      await recorder.stop();
      await own.stop();
    }
  });

  test('R13 an application registers and is listed with its instance', async () => {
    const secret = await token(server, 'client');
    const register = (sdk) => eventually('the registration to be accepted', () => sdk.registrations === 1);
    const options = { appName: 'billing', instanceId: 'billing-1', disableMetrics: false, metricsInterval: 60_000 };
    await withClient(server.url, secret, register, options);
    await eventually('the application to be listed', async () => {
      const { applications } = await server.admin('GET', 'metrics/applications');
      return applications.some((each) => each.appName === 'billing');
    });
    await eventually('its instance to be listed', async () => {
      const { instances } = await server.admin('GET', `metrics/instances/billing/environment/${environment}`);
      return instances.some((each) => each.instanceId === 'billing-1' && each.sdkVersion === 'unleash-node-sdk:6.12.1');
    });
  });

  test('R13 metrics of the server SDK arrive, by flag, application and environment, and mark flag and token as used', async () => {
    await flag(server, 'counted', {
      strategies: [{ name: 'flexibleRollout', parameters: { rollout: '100', stickiness: 'default' }, variants: [{ name: 'only', weight: 1000, weightType: 'variable', stickiness: 'default' }] }],
    });
    const tokenName = 'counting';
    const secret = await token(server, 'client', { tokenName });
    await withClient(server.url, secret, async (sdk) => {
      for (let i = 0; i < 3; i += 1) assert.equal(sdk.isEnabled('counted', { userId: '1' }), true);
      sdk.getVariant('counted', { userId: '1' });
      sdk.isEnabled('never-created');
      const sent = within('the metrics to be accepted', new Promise((resolve) => sdk.once('sent', resolve)));
      await sdk.flushMetrics();
      await sent;
    }, { appName: 'counter', disableMetrics: false, metricsInterval: 60_000 });

    const row = await eventually('the metrics to be readable', async () => {
      const { data } = await server.admin('GET', 'client-metrics/features/counted/raw');
      return data.find((each) => each.appName === 'counter' && each.yes > 0);
    });
    assert.equal(row.yes, 4);
    assert.equal(row.no, 0);
    assert.equal(row.environment, environment);
    assert.deepEqual(row.variants, { only: 1 });
    const usage = await server.admin('GET', 'client-metrics/features/counted');
    assert.deepEqual(usage.seenApplications, ['counter']);
    await eventually('the flag to be marked as seen', async () => {
      const { environments } = await server.admin('GET', 'projects/default/features/counted');
      return environments.find((each) => each.name === environment).lastSeenAt;
    });
    await eventually('the token to be marked as used', async () => {
      const { tokens } = await server.admin('GET', 'api-tokens');
      return tokens.find((each) => each.tokenName === tokenName).seenAt;
    });
  });

  test('R17 metrics of the browser SDK arrive, and mark the token as used', async () => {
    await flag(server, 'seen-by-page');
    const tokenName = 'page-counting';
    const secret = await token(server, 'frontend', { tokenName });
    await withPage(server.url, secret, async (page) => {
      for (let i = 0; i < 5; i += 1) page.isEnabled('seen-by-page');
      await page.sendMetrics();
    }, { appName: 'page', disableMetrics: false });
    const row = await eventually('the metrics to be readable', async () => {
      const { data } = await server.admin('GET', 'client-metrics/features/seen-by-page/raw');
      return data.find((each) => each.appName === 'page' && each.yes > 0);
    });
    assert.equal(row.yes, 5);
    assert.equal(row.environment, environment);
    await eventually('the token to be marked as used', async () => {
      const { tokens } = await server.admin('GET', 'api-tokens');
      return tokens.find((each) => each.tokenName === tokenName).seenAt;
    });
  });

  test('R17 registration from a page is accepted', async () => {
    const secret = await token(server, 'frontend');
    const answer = await pageFetch()(`${server.frontend}/client/register`, {
      method: 'POST',
      headers: { authorization: secret, 'content-type': 'application/json' },
      body: JSON.stringify({ appName: 'page', instanceId: 'browser', strategies: [], started: new Date().toISOString(), interval: 0 }),
    });
    assert.equal(answer.status, 200);
  });

  test('R15 a token of one environment cannot report for another', async () => {
    const secret = await token(server, 'client');
    await flag(server, 'reported');
    const now = new Date().toISOString();
    const answer = await fetch(`${server.url}/api/client/metrics`, {
      method: 'POST',
      headers: { Authorization: secret, 'Content-Type': 'application/json' },
      body: JSON.stringify({ appName: 'liar', instanceId: '1', environment: 'production', bucket: { start: now, stop: now, toggles: { reported: { yes: 2, no: 1, variants: {} } } } }),
    });
    assert.equal(answer.status, 202);
    const row = await eventually('the metrics', async () => {
      const { data } = await server.admin('GET', 'client-metrics/features/reported/raw');
      return data.find((each) => each.appName === 'liar');
    });
    assert.equal(row.environment, environment);
  });
});

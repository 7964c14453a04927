// The real Node SDK and browser SDK at an edge below an edge below a server:
// three processes. The server is killed and comes back.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { withPage } from './kit/browser-sdk.js';
import { refusal, withClient } from './kit/node-sdk.js';
import { flag, toggle, token } from './kit/seed.js';
import { startEdge, startServer } from './kit/server.js';
import { eventually } from './kit/wait.js';

const fast = { FEATURES_REFRESH_INTERVAL_SECONDS: '1', METRICS_INTERVAL_SECONDS: '1' };

describe('SDKs at an edge below an edge', () => {
  let server;
  let upper;
  let lower;
  let secret;
  let page;

  before(async () => {
    server = await startServer();
    const own = await token(server, 'client');
    secret = await token(server, 'client');
    page = await token(server, 'frontend');
    await flag(server, 'flips');
    upper = await startEdge(server.url, [own], fast);
    lower = await startEdge(upper.url, [own], fast);
  });
  after(async () => {
    await lower?.stop();
    await upper?.stop();
    await server?.stop();
  });

  for (const [way, options] of [['polls', {}], ['streams', { experimentalMode: { type: 'streaming' } }]]) {
    test(`R1 a server SDK that ${way} sees changes`, async () => {
      await withClient(lower.url, secret, async (sdk) => {
        for (const on of [false, true]) {
          await toggle(server, 'flips', on);
          await eventually(`the flag is ${on ? 'on' : 'off'}`, () => sdk.isEnabled('flips') === on);
        }
      }, options);
    });
  }

  test('a server SDK that streams stays up through a restart of its edge, and of the edge above', async () => {
    await withClient(lower.url, secret, async (sdk) => {
      let on = true;
      const sees = async () => {
        on = !on;
        await toggle(server, 'flips', on);
        await eventually(`the flag is ${on ? 'on' : 'off'}`, () => sdk.isEnabled('flips') === on, 40_000);
      };
      await sees();
      for (const edge of [lower, upper]) {
        for (const signal of ['SIGTERM', 'SIGKILL']) {
          await edge.end(signal);
          assert.equal(sdk.isEnabled('flips'), on);
          await edge.run();
          await sees();
        }
      }
      if (!on) await sees();
    }, { experimentalMode: { type: 'streaming' }, refreshInterval: 3_600_000 });
  });

  test('R1 a page sees changes, at the path of the server and of old proxies', async () => {
    for (const path of ['api/frontend', 'proxy']) {
      await withPage(lower.url, page, async (sdk) => {
        assert.equal(sdk.isEnabled('flips'), true);
        await toggle(server, 'flips', false);
        await eventually('the flag is off', () => !sdk.isEnabled('flips'));
        await toggle(server, 'flips', true);
        await eventually('the flag is on', () => sdk.isEnabled('flips'));
      }, { url: `${lower.url}/${path}` });
    }
  });

  test('R13 its counts arrive at the server with the name of the application', async () => {
    await withClient(lower.url, secret, async (sdk) => {
      for (let i = 0; i < 7; i += 1) sdk.isEnabled('flips');
      await sdk.flushMetrics();
    }, { appName: 'behind-edges', disableMetrics: false, metricsInterval: 60_000 });
    await eventually('the counts', async () => {
      const { seenApplications } = await server.admin('GET', 'client-metrics/features/flips');
      return seenApplications.includes('behind-edges');
    });
    const { instances } = await server.admin('GET', 'metrics/instances/behind-edges/environment/development');
    assert.match(instances[0].sdkVersion, /unleash-(client|node)/);
  });

  test('R19 a front-end token does not open the client API', async () => {
    const { problems } = await refusal(lower.url, page);
    assert.match(problems.join(), /403/);
  });

  test('an SDK starts and goes on while the server is down', async () => {
    await server.end('SIGKILL');
    await withClient(lower.url, secret, (sdk) => assert.equal(sdk.isEnabled('flips'), true));
    await withPage(lower.url, page, (sdk) => assert.equal(sdk.isEnabled('flips'), true));
    await server.run();
    await withClient(lower.url, secret, async (sdk) => {
      await toggle(server, 'flips', false);
      await eventually('the flag is off', () => !sdk.isEnabled('flips'));
    });
  });

  test('R34 no secret is in a log', () => {
    for (const edge of [upper, lower]) for (const hidden of [secret, page]) assert.ok(!edge.log.includes(hidden));
  });
});

// The real Node SDK as a client of deltas: by streaming, and by polling them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { withClient } from './kit/node-sdk.js';
import { record } from './kit/recorder.js';
import { constraint, flag, project, revoke, rollout, segment, toggle, token } from './kit/seed.js';
import { startServer } from './kit/server.js';
import { eventually } from './kit/wait.js';

const streaming = { experimentalMode: { type: 'streaming' }, refreshInterval: 3_600_000 };
const delta = { experimentalMode: { type: 'polling', format: 'delta' } };

for (const [name, options] of [['streaming', streaming], ['polling deltas', delta]]) {
  describe(`the Node SDK, ${name}`, () => {
    let server;
    let secret;

    before(async () => {
      server = await startServer();
      await project(server, 'other');
      secret = await token(server, 'client', { projects: ['default'] });
    });
    after(() => server?.stop());

    /** Waits until the client answers so; it polls hardly ever, if at all. */
    const sees = (sdk, flagName, want, context) => eventually(`${flagName} to be ${want}`, () => sdk.isEnabled(flagName, context) === want);

    test('it is told of flags, changes, segments and removals, within its scope', async () => {
      await flag(server, 'there');
      await flag(server, 'elsewhere', { project: 'other' });
      await withClient(server.url, secret, async (sdk) => {
        assert.equal(sdk.isEnabled('there'), true);
        assert.equal(sdk.getFeatureToggleDefinition('elsewhere'), undefined);
        await toggle(server, 'there', false);
        await sees(sdk, 'there', false);
        await toggle(server, 'there', true);
        await sees(sdk, 'there', true);
        await flag(server, 'new');
        await sees(sdk, 'new', true);
        const id = await segment(server, `${name}-people`, [constraint('userId', 'IN', ['7'])]);
        await flag(server, 'segmented', { strategies: [rollout(100, { segments: [id] })] });
        await sees(sdk, 'segmented', true, { userId: '7' });
        assert.equal(sdk.isEnabled('segmented', { userId: '8' }), false);
        await server.admin('PUT', `segments/${id}`, { name: `${name}-people`, constraints: [constraint('userId', 'IN', ['8'])] });
        await sees(sdk, 'segmented', true, { userId: '8' });
        assert.equal(sdk.isEnabled('segmented', { userId: '7' }), false);
        await server.admin('DELETE', 'projects/default/features/new');
        await eventually('the flag to be gone', () => sdk.getFeatureToggleDefinition('new') === undefined);
        assert.deepEqual(sdk.problems, []);
      }, options);
    });

    test('it stays up through a restart, and sees what changed after it', async () => {
      await flag(server, 'before-restart');
      await withClient(server.url, secret, async (sdk) => {
        await sees(sdk, 'before-restart', true);
        await server.end();
        assert.equal(sdk.isEnabled('before-restart'), true);
        await server.run();
        await toggle(server, 'before-restart', false);
        await sees(sdk, 'before-restart', false);
        await toggle(server, 'before-restart', true);
        await sees(sdk, 'before-restart', true);
      }, options);
    });

    test('it is refused when its token is deleted', async () => {
      const doomed = await token(server, 'client', { projects: ['default'] });
      await flag(server, 'doomed');
      await withClient(server.url, doomed, async (sdk) => {
        sdk.removeAllListeners('error');
        const complaints = [];
        sdk.on('error', (error) => complaints.push(String(error)));
        sdk.on('warn', (warning) => complaints.push(String(warning)));
        await revoke(server, doomed);
        await eventually('a complaint about 401', () => complaints.some((text) => text.includes('401')));
        await toggle(server, 'doomed', false);
        assert.equal(sdk.isEnabled('doomed'), true);
      }, options);
    });
  });
}

describe('streams on the wire', () => {
  let server;
  let proxy;

  before(async () => {
    server = await startServer();
    proxy = await record(server.url);
  });
  after(async () => {
    await proxy?.stop();
    await server?.stop();
  });

  test('after a broken connection the SDK resumes, and is sent only what it missed', async () => {
    for (let i = 0; i < 50; i += 1) await flag(server, `flag-${i}`);
    const secret = await token(server, 'client');
    await withClient(proxy.url, secret, async (sdk) => {
      await toggle(server, 'flag-7', false);
      await eventually('the change', () => !sdk.isEnabled('flag-7'));
      proxy.server.closeAllConnections();
      await toggle(server, 'flag-8', false);
      await eventually('what was missed', () => !sdk.isEnabled('flag-8'));
      assert.equal(sdk.isEnabled('flag-9'), true);
      const metrics = async () => (await fetch(`${server.url}/internal-backstage/prometheus`)).text();
      assert.match(await metrics(), /^burgee_stream_hydrations_total 1$/m);
      await eventually('the first stream to be over', async () => /^burgee_streams_open 1$/m.test(await metrics()));
    }, streaming);
  });

  test('the SDK that polls deltas is answered 304 until something changes', async () => {
    const secret = await token(server, 'client');
    await withClient(proxy.url, secret, async (sdk) => {
      const polls = () => proxy.of('/api/client/delta');
      await eventually('three answers of 304', () => polls().filter(({ status }) => status === 304).length >= 3);
      const answered = polls().filter(({ status }) => status === 200).length;
      assert.equal(answered, 1);
      await toggle(server, 'flag-10', false);
      await eventually('the change', () => !sdk.isEnabled('flag-10'));
      const last = polls().filter(({ status }) => status === 200).at(-1);
      assert.ok(last.bytes < 1000, `${last.bytes} bytes for one flag`);
    }, delta);
  });
});

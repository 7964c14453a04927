// Flags of every kind and contexts to ask for, the same on every run.

import { constraint, flag, rollout, segment } from '../../sdk/kit/seed.js';

/** A generator of numbers below 1, the same on every run (mulberry32). */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** n contexts, all with a session: without one, chance has a part in an answer. */
export function contexts(n) {
  const next = chance(7);
  const one = (list) => list[Math.floor(next() * list.length)];
  return Array.from({ length: n }, () => ({
    sessionId: String(Math.floor(next() * 1e9)),
    appName: one(['web', 'ios-app', 'backend']),
    userId: one([undefined, 'ann', 'bob', String(Math.floor(next() * 5000))]),
    remoteAddress: one(['10.0.0.7', '192.168.1.1', '8.8.8.8']),
    properties: { plan: one(['pro', 'free', 'Pro']), age: String(Math.floor(next() * 100)), version: one(['1.2.3', '2.0.0-beta.1', '2.0.0']) },
  }));
}

/** Fills a server: each kind of strategy, constraint, segment and variant. */
export async function fill(server) {
  const when = (...constraints) => [rollout(100, { constraints })];
  const id = await segment(server, 'adults', [constraint('age', 'NUM_GTE', '18')]);
  const variants = ['red', 'blue', 'green'].map((name) => ({
    name, weight: name === 'red' ? 334 : 333, weightType: 'variable', stickiness: 'default', payload: { type: 'string', value: `is ${name}` },
  }));
  const all = {
    plain: undefined,
    half: [rollout(50)],
    tenth: [rollout(10, { parameters: { stickiness: 'userId' } })],
    session: [rollout(30, { parameters: { stickiness: 'sessionId' } })],
    either: [...when(constraint('plan', 'IN', ['pro'])), rollout(20)],
    'three-ways': [rollout(100, { variants })],
    'half-three-ways': [rollout(50, { variants })],
    pro: when(constraint('plan', 'IN', ['pro'])),
    'pro-any-case': when(constraint('plan', 'STR_STARTS_WITH', ['PR'], { caseInsensitive: true })),
    'not-free': when(constraint('plan', 'NOT_IN', ['free'])),
    'no-web': when(constraint('appName', 'STR_CONTAINS', ['web'], { inverted: true })),
    old: when(constraint('age', 'NUM_GT', '60')),
    young: when(constraint('age', 'NUM_LT', '30'), constraint('plan', 'IN', ['pro', 'free'])),
    stable: when(constraint('version', 'SEMVER_GT', '1.5.0')),
    adults: [rollout(100, { segments: [id] })],
    'some-adults': [rollout(40, { segments: [id], constraints: [constraint('userId', 'IN', ['ann', 'bob'])] })],
    inside: [{ name: 'remoteAddress', parameters: { IPs: '10.0.0.0/8,192.168.1.1' }, constraints: [] }],
  };
  for (const [name, strategies] of Object.entries(all)) await flag(server, name, { strategies, impressionData: name === 'half' });
  await flag(server, 'never', { on: false });
  return Object.keys(all).length + 1;
}

/** What an address answers for a context, by name. */
export async function evaluate(url, secret, context) {
  const answer = await fetch(url, {
    method: 'POST', headers: { Authorization: secret, 'Content-Type': 'application/json' }, body: JSON.stringify({ context }),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  const { toggles } = await answer.json();
  return Object.fromEntries(toggles.map((toggle) => [toggle.name, toggle]));
}

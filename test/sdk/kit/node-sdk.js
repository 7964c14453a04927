// The real server SDK (npm unleash-client), unmodified, with short intervals.

import { InMemStorageProvider, Unleash } from 'unleash-client';

import { eventually, within } from './wait.js';

const interval = 50; // milliseconds between polls

/**
 * Makes a client that polls. It keeps what it was told: .problems (errors and
 * warnings as text), .polls (answers that carried or confirmed data) and
 * .registrations (those that the server accepted).
 */
export function nodeClient(base, secret, options = {}) {
  const client = new Unleash({
    url: `${base}/api/`,
    appName: 'sdk-suite',
    refreshInterval: interval,
    metricsInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    storageProvider: new InMemStorageProvider(),
    customHeaders: { Authorization: secret },
    ...options,
  });
  client.problems = [];
  client.polls = 0;
  client.registrations = 0;
  client.on('error', (error) => client.problems.push(String(error?.message ?? error)));
  client.on('warn', (warning) => client.problems.push(String(warning?.message ?? warning)));
  client.on('registered', () => { client.registrations += 1; });
  client.on('changed', () => { client.polls += 1; });
  client.on('unchanged', () => { client.polls += 1; });
  return client;
}

/** Runs a test with a client that has read its flags, and destroys it. */
export async function withClient(base, secret, test, options) {
  const client = nodeClient(base, secret, options);
  try {
    await within('the SDK to synchronise', new Promise((resolve, reject) => {
      client.once('synchronized', resolve);
      client.on('error', reject);
    }));
    return await test(client);
  } finally {
    client.destroy();
  }
}

/** Waits until the client has completed polls that began after this call. */
export async function nextPoll(client) {
  const seen = client.polls;
  await eventually('the next poll', () => client.polls >= seen + 2);
}

/**
 * Starts a client with a credential that must not work, and returns what it
 * complained about. The SDK stops for good at 401 and 403.
 */
export async function refusal(base, secret, options) {
  const client = nodeClient(base, secret, options);
  try {
    await eventually('the SDK to be refused', () => client.problems.length > 0);
    return { problems: client.problems, flags: client.getFeatureToggleDefinitions(), synchronised: client.isSynchronized() };
  } finally {
    client.destroy();
  }
}

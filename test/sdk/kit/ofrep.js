// The official OpenFeature OFREP providers from npm, unmodified: the one for
// pages and the one for servers.

import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as ServerFeature } from '@openfeature/server-sdk';
import { OpenFeature as PageFeature } from '@openfeature/web-sdk';
import { EventSource } from 'eventsource';

globalThis.EventSource ??= EventSource; // as every page has it

let domains = 0;

/** Runs a test with a client of the server provider. */
export async function withServerProvider(baseUrl, headers, test) {
  const domain = `server-${domains += 1}`;
  await ServerFeature.setProviderAndWait(domain, new OFREPProvider({ baseUrl, headers }));
  try {
    return await test(ServerFeature.getClient(domain));
  } finally {
    await ServerFeature.clearProviders();
  }
}

/**
 * Runs a test with a client of the page provider and a function that changes
 * its context. The fetch is the test's, so that it can keep to the same-origin
 * policy.
 */
export async function withPageProvider(baseUrl, headers, context, fetchImplementation, test, options = {}) {
  const domain = `page-${domains += 1}`;
  await PageFeature.setContext(domain, context);
  const provider = new OFREPWebProvider({ baseUrl, headers, fetchImplementation, cacheMode: 'disabled', ...options });
  await PageFeature.setProviderAndWait(domain, provider);
  try {
    return await test(PageFeature.getClient(domain), (changed) => PageFeature.setContext(domain, changed));
  } finally {
    await PageFeature.clearProviders();
  }
}

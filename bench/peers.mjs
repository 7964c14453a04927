// Starts Unleash and Unleash Proxy from npm, as black boxes, for `go run ./bench
// -peers`: prints where they are as a line of JSON, and stops them when the
// standard input ends. `make bench PEERS=1` installs them.

import { startUnleash, startUnleashProxy, unleashAdmin } from '../test/peers/kit/peers.js';

const client = '*:development.bench-client';
const frontend = '*:development.bench-frontend';
const key = 'a-key-of-the-bench';

const unlimited = String(1e9);
const unleash = await startUnleash({
  INIT_CLIENT_API_TOKENS: client, INIT_FRONTEND_API_TOKENS: frontend,
  SDK_API_RATE_LIMIT_PER_MINUTE: unlimited, TOKEN_AUTHENTICATION_RATE_LIMIT_PER_MINUTE: unlimited,
});
const proxy = await startUnleashProxy(unleash.url, client, [key]);
console.log(JSON.stringify({ unleash: unleash.url, unleashPID: unleash.pid, proxy: proxy.url, proxyPID: proxy.pid, admin: unleashAdmin, client, frontend }));
process.stdin.resume();
process.stdin.on('end', async () => {
  await proxy.stop();
  await unleash.stop();
  process.exit(0);
});

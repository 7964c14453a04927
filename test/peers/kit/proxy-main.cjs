// What the manual of Unleash Proxy says to run it from Node; its settings come
// from the environment.
const { createApp } = require('@unleash/proxy');
createApp({}).listen(Number(process.env.PORT));

// What the manual of Unleash says to run it from Node.
require('unleash-server').start({ server: { port: Number(process.env.HTTP_PORT) } });

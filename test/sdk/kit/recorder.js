// A proxy between an SDK and the server that writes down what passed, so that
// a test can assert on the real traffic of an unmodified SDK.

import { once } from 'node:events';
import http from 'node:http';

class Recorder {
  constructor(target) {
    this.exchanges = [];
    this.server = http.createServer((request, response) => this.#forward(target, request, response));
  }

  #forward(target, request, response) {
    const onward = http.request(target + request.url, { method: request.method, headers: request.headers }, (answer) => {
      const exchange = {
        method: request.method,
        path: request.url,
        headers: request.headers,
        status: answer.statusCode,
        etag: answer.headers.etag,
        bytes: 0,
      };
      answer.on('data', (chunk) => { exchange.bytes += chunk.length; });
      answer.on('end', () => this.exchanges.push(exchange));
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }

  /** The exchanges so far whose path starts with the prefix. */
  of(prefix) {
    return this.exchanges.filter((exchange) => exchange.path.startsWith(prefix));
  }

  async stop() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Starts a recording proxy in front of a server. */
export async function record(target) {
  const recorder = new Recorder(target);
  recorder.server.listen(0, '127.0.0.1');
  await once(recorder.server, 'listening');
  recorder.url = `http://127.0.0.1:${recorder.server.address().port}`;
  return recorder;
}

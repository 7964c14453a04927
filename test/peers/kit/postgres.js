// PostgreSQL from Debian, on a free port, with a directory of its own.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../../sdk/kit/server.js';
import { eventually, within } from '../../sdk/kit/wait.js';

const run = promisify(execFile);

/** Where Debian keeps the programs: the newest version that is installed. */
async function programs() {
  const base = '/usr/lib/postgresql';
  const versions = (await readdir(base).catch(() => [])).map(Number).filter((version) => version > 0).sort((a, b) => b - a);
  const found = versions.map((version) => path.join(base, String(version), 'bin')).find((dir) => existsSync(path.join(dir, 'initdb')));
  if (!found) throw new Error('PostgreSQL is not installed: scripts/setup does it');
  return found;
}

/** PostgreSQL refuses to run as root: as whom to run it then. */
async function owner() {
  if (process.getuid() !== 0) return {};
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (what) => Number((await run('id', [what, 'postgres'])).stdout)));
  return { uid, gid };
}

/** Starts a server with an empty database; .url is where. */
export async function startPostgres() {
  const [bin, as, port, dir] = await Promise.all([programs(), owner(), freePort(), mkdtemp(path.join(tmpdir(), 'peers-pg-'))]);
  if (as.uid !== undefined) await chown(dir, as.uid, as.gid);
  const data = path.join(dir, 'data');
  await run(path.join(bin, 'initdb'), ['-D', data, '-U', 'unleash', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8'], { ...as, cwd: dir });
  const child = spawn(path.join(bin, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', dir, '-c', 'fsync=off'], { ...as, cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { log += text; });
  const stop = async () => {
    if (child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGINT'); // a fast shutdown
      await within('PostgreSQL to end', gone);
    }
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await eventually('PostgreSQL', async () => child.exitCode !== null || run(path.join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).then(() => true));
    if (child.exitCode !== null) throw new Error(`it ended:\n${log}`);
    await run(path.join(bin, 'createdb'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'unleash', 'unleash'], { cwd: dir });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://unleash:unused@127.0.0.1:${port}/unleash`, stop };
}

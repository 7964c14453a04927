import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The first administrator of every server that a test starts. */
export const admin = { username: "admin", password: "correct-Horse-7-battery" };

/** A burgee of its own, on a free port and an empty data directory. */
export interface Server {
  url: string;
  stop: () => Promise<void>;
}

const binary = process.env.BURGEE_BIN ?? resolve(import.meta.dirname, "../../bin/burgee");

/** Starts the built binary and waits until it answers. */
export async function startServer(args: string[] = [], env: Record<string, string> = {}): Promise<Server> {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), "burgee-ui-"));
  const child = spawn(binary, ["serve", "--listen", `127.0.0.1:${port}`, "--data-dir", data, ...args], {
    env: {
      PATH: process.env.PATH,
      UNLEASH_DEFAULT_ADMIN_USERNAME: admin.username,
      UNLEASH_DEFAULT_ADMIN_PASSWORD: admin.password,
      BURGEE_TRUSTED_PROXIES: "127.0.0.1", // a test may sign in from elsewhere
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(child, url);
  return {
    url,
    stop: async () => {
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await gone;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  let log = "";
  child.stdout?.on("data", (chunk) => {
    log += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    log += chunk;
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (cause) => reject(new Error(`${binary} cannot be started (${cause.message}): run make build`)));
    child.once("exit", (code) => reject(new Error(`burgee ended with ${code}:\n${log}`)));
  });
  failed.catch(() => {}); // also when it ends later, on purpose
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answered = await Promise.race([
      fetch(`${url}/ready`).then(
        (r) => r.ok,
        () => false,
      ),
      failed,
    ]);
    if (answered) return;
    await new Promise((again) => setTimeout(again, 50));
  }
  throw new Error(`burgee did not answer on ${url}:\n${log}`);
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? done(address.port) : reject(new Error("no port"))));
    });
  });
}

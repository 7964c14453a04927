import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const compressible = new Set([".js", ".css", ".svg"]);

/**
 * Makes dist/ what embed.go expects: every script, style and drawing only as
 * gzip (the server unpacks it for the rare client that does not read that), and
 * the placeholder that keeps the directory in git.
 */
export function finish(): Plugin {
  return {
    name: "burgee-finish",
    apply: "build",
    writeBundle(options) {
      const dist = options.dir ?? "dist";
      for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
        if (!compressible.has(extname(name))) continue;
        const path = join(dist, name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        rmSync(path);
      }
      writeFileSync(join(dist, ".gitkeep"), "");
    },
  };
}

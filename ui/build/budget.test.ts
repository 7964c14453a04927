import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  dynamicImports?: string[];
}

const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8")) as Record<string, Chunk>;

/** Bytes of script, as gzip sends them, of chunks and all that they import at once. */
function weight(names: string[]): number {
  const files = new Set<string>();
  const visit = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  names.forEach(visit);
  return [...files]
    .filter((file) => file.endsWith(".js"))
    .reduce((sum, file) => sum + statSync(join(dist, `${file}.gz`)).size, 0);
}

const kB = 1000;
const entry = Object.keys(manifest).filter((name) => manifest[name]?.isEntry);
const signIn = Object.keys(manifest).filter((name) => name.includes("pages/signin/SignInPage"));

test("the sign-in page loads less than 250 kB of compressed script", () => {
  expect(entry).toHaveLength(1);
  expect(signIn).toHaveLength(1);
  expect(weight([...entry, ...signIn])).toBeLessThan(250 * kB);
});

test("all script is less than 600 kB compressed", () => {
  expect(weight(Object.keys(manifest))).toBeLessThan(600 * kB);
});

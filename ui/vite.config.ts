import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { finish } from "./build/finish.ts";
import { themeVariables } from "./build/variables.ts";

// Where `npm run dev` finds a server: start one with `make dev`.
const server = process.env.BURGEE_URL ?? "http://127.0.0.1:4242";

export default defineConfig({
  // Addresses in the index page are relative to its <base>, which the server
  // sets to its base path.
  base: "./",
  plugins: [react(), themeVariables(), finish()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // those that know light-dark()
    assetsInlineLimit: 0, // the Content-Security-Policy lets nothing inline in
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/auth", "/logout", "^/invite/.*/(validate|signup)", "/health"].map((path) => [
        path,
        { target: server },
      ]),
    ),
  },
  test: { include: ["src/**/*.test.ts", "build/**/*.test.ts"] },
});

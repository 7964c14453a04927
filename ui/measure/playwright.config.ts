import { defineConfig } from "@playwright/test";

/** Figures of pages (vitals) and the pictures of the guide: on demand, no part of the tests. */
export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  workers: 1,
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [["line"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: { executablePath: process.env.BURGEE_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
  },
});

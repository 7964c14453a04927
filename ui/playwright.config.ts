import { defineConfig } from "@playwright/test";

const sizes = [
  { name: "wide", testIgnore: undefined, viewport: { width: 1440, height: 900 }, colorScheme: "light" as const },
  {
    name: "narrow",
    viewport: { width: 390, height: 844 },
    colorScheme: "dark" as const,
    hasTouch: true,
    isMobile: true,
    testIgnore: "many.spec.ts", // long lists: once is enough
  },
];

/*
 * The browser tests: Debian's Chromium against the built binary. Every test runs
 * wide and light, and narrow and dark; what both schemes and both widths show is
 * checked for accessibility by e2e/kit.ts.
 */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  retries: process.env.CI ? 1 : 0, // machines of CI are shared; what passes the second time is listed as flaky
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.BURGEE_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
    trace: process.env.BURGEE_TRACE ? "retain-on-failure" : "off", // a third of the time
    screenshot: "only-on-failure",
    locale: "en-GB",
    timezoneId: "UTC",
  },
  projects: sizes.map(({ name, testIgnore, ...use }) => ({ name, use, testIgnore: testIgnore ?? [] })),
});

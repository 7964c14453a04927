import { createRequire } from "node:module";
import { test as bare, expect } from "@playwright/test";
import { goodPage } from "./kit";
import { admin, startServer } from "./server";

/** The part of the real Node SDK (test/sdk) that this needs. */
interface Sdk {
  Unleash: new (
    options: object,
  ) => {
    once: (event: string, then: () => void) => void;
    on: (event: string, then: (cause: unknown) => void) => void;
    isEnabled: (name: string) => boolean;
    destroyWithFlush?: () => Promise<void>;
    destroy: () => void;
  };
}
const { Unleash } = createRequire(new URL("../../test/sdk/package.json", import.meta.url))("unleash-client") as Sdk;

bare("first run: from an empty server to a flag read by an SDK, guided by the pages", async ({ page }, info) => {
  const server = await startServer();
  const begun = Date.now();
  await page.goto(server.url);
  await page.getByLabel("Username or e-mail").fill(admin.username);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("region", { name: "From here to the first flag in your code" })).toBeVisible();
  await goodPage(page, "first-run-1-projects");
  await page.getByRole("link", { name: "Create your first flag" }).click();
  await page.getByLabel("Name", { exact: true }).fill("welcome");
  await page.getByRole("button", { name: "Create flag" }).click();
  const steps = page.getByRole("region", { name: "Next steps" });
  await expect(steps).toBeVisible();
  await goodPage(page, "first-run-2-flag");
  await steps.getByRole("button", { name: "Switch on in development" }).click();
  await expect(steps).toContainText("On in development.");
  await steps.getByRole("link", { name: "Connect" }).click();
  await expect(page.getByText("Waiting for the first call")).toBeVisible();
  await page.getByRole("button", { name: "Make a token to try it" }).click();
  const secret = (await page.getByTestId("secret").textContent()) ?? "";
  await expect(page.getByRole("region", { name: "Node.js code" })).toContainText(secret);
  await expect(page.getByRole("region", { name: "Node.js code" })).toContainText(server.url);
  await goodPage(page, "first-run-3-connect");

  // The application that somebody starts with that code.
  const sdk = new Unleash({
    url: `${server.url}/api`,
    appName: "my-app",
    customHeaders: { Authorization: secret },
    metricsInterval: 2_000,
    metricsJitter: 0,
    disableAutoStart: false,
  });
  try {
    sdk.on("error", (cause) => expect(cause, "the SDK's trouble").toBeUndefined());
    await new Promise<void>((ready) => sdk.once("synchronized", ready));
    expect(sdk.isEnabled("welcome")).toBe(true);
    await expect(page.getByRole("status").filter({ hasText: "Connected" })).toContainText("my-app", {
      timeout: 30_000,
    });
    const seconds = Math.round((Date.now() - begun) / 1000);
    info.annotations.push({ type: "first run", description: `${seconds} s` });
    expect(seconds).toBeLessThan(300);
  } finally {
    sdk.destroy();
  }
  await expect(page.getByRole("status").filter({ hasText: "development" })).toBeVisible();
  await goodPage(page, "first-run-4-connected");
  await page.getByRole("link", { name: "my-app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "my-app" })).toBeVisible();
  await page.goto(`${server.url}/projects/default/features/welcome`);
  await expect(page.getByRole("region", { name: "Next steps" })).toHaveCount(0);
  await server.stop();
});

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { type Api, test } from "../e2e/kit";

/*
 * The pictures of docs/guide.md, made anew by `make guide`: small WebP, of a
 * server with a shop's flags.
 */

const images = resolve(import.meta.dirname, "../../docs/images");
const most = 100_000; // bytes of a picture

/** The part of the real Node SDK (test/sdk) that this needs. */
interface Sdk {
  Unleash: new (
    options: object,
  ) => { once: (event: string, then: () => void) => void; isEnabled: Ask; destroy: () => void };
}
type Ask = (name: string, context?: object) => boolean;
const { Unleash } = createRequire(new URL("../../test/sdk/package.json", import.meta.url))("unleash-client") as Sdk;

/** Saves what the window shows, down to the end of what matters. */
async function picture(page: Page, name: string, until?: Locator) {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  const box = await until?.boundingBox();
  const width = page.viewportSize()?.width ?? 1280;
  const height = Math.min(800, Math.ceil((box?.y ?? 0) + (box?.height ?? 800)) + 24);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", {
    format: "webp",
    quality: 80,
    clip: { x: 0, y: 0, width, height, scale: 1 },
  });
  await session.detach();
  const bytes = Buffer.from(data, "base64");
  expect(bytes.length, `bytes of ${name}`).toBeLessThan(most);
  mkdirSync(images, { recursive: true });
  writeFileSync(resolve(images, `${name}.webp`), bytes);
}

/** An application of the real SDK that has asked for the flag. */
async function application(url: string, secret: string, appName: string, flags: string[]) {
  const sdk = new Unleash({
    url: `${url}/api`,
    appName,
    customHeaders: { Authorization: secret },
    metricsInterval: 1_500,
    metricsJitter: 0,
  });
  await new Promise<void>((ready) => sdk.once("synchronized", ready));
  for (let user = 0; user < 40; user++) for (const flag of flags) sdk.isEnabled(flag, { userId: String(user) });
  return sdk;
}

const features = "/api/admin/projects/default/features";

/** What a shop has: some flags, a segment, a strategy for it. */
async function shop(api: Api) {
  const { id } = await api.post<{ id: number }>("/api/admin/segments", {
    name: "Beta testers",
    description: "Customers who asked to see new things first",
    constraints: [
      { contextName: "email", operator: "STR_ENDS_WITH", values: ["@shop.example"] },
      { contextName: "plan", operator: "IN", values: ["pro", "team"] },
    ],
  });
  for (const [name, type, description] of [
    ["one-page-checkout", "release", "Address, delivery and payment on one page"],
    ["search-suggestions", "experiment", "Suggest products while somebody types"],
    ["payments-provider-b", "operational", "Send payments to the second provider"],
  ]) {
    await api.post(features, { name, type, description });
    await api.post(`${features}/${name}/environments/development/on`);
  }
  const production = `${features}/one-page-checkout/environments/production`;
  await api.post(`${production}/strategies`, {
    name: "flexibleRollout",
    title: "Beta testers first",
    segments: [id],
    parameters: { rollout: "100", stickiness: "userId" },
  });
  const rollout = await api.post<{ id: string }>(`${production}/strategies`, {
    name: "flexibleRollout",
    parameters: { rollout: "10", stickiness: "userId" },
  });
  await api.post(`${production}/on`);
  await api.put(`${production}/strategies/${rollout.id}`, {
    name: "flexibleRollout",
    parameters: { rollout: "25", stickiness: "userId" },
    constraints: [{ contextName: "country", operator: "IN", values: ["NO", "SE"] }],
  });
}

test("the pictures of the guide", async ({ page, api, server, signIn }) => {
  await signIn();

  await page.goto("/projects");
  await picture(page, "first-run", page.getByRole("region", { name: "From here to the first flag in your code" }));
  await page.getByRole("link", { name: "Create your first flag" }).click();
  await page.getByLabel("Name", { exact: true }).fill("welcome-banner");
  await page.getByRole("button", { name: "Create flag" }).click();
  const steps = page.getByRole("region", { name: "Next steps" });
  await picture(page, "next-steps", page.getByText("Impression data").locator(".."));
  await steps.getByRole("button", { name: "Switch on in development" }).click();
  await steps.getByRole("link", { name: "Connect" }).click();
  await page.getByRole("button", { name: "Make a token to try it" }).click();
  const secret = (await page.getByTestId("secret").textContent()) ?? "";
  const banner = await application(server.url, secret, "shop-web", ["welcome-banner"]);
  await expect(page.getByRole("status").filter({ hasText: "Connected" })).toContainText("shop-web");
  await picture(page, "connect");
  banner.destroy();

  await shop(api);
  const { secret: ofShop } = await api.post<{ secret: string }>("/api/admin/api-tokens", {
    tokenName: "shop backend",
    type: "client",
    environment: "production",
    projects: ["default"],
  });
  const backend = await application(server.url, ofShop, "shop-backend", ["one-page-checkout", "payments-provider-b"]);
  await expect
    .poll(async () => {
      const { environments } = await api.get<{ environments: { lastSeenAt?: string | null }[] }>(
        `${features}/one-page-checkout`,
      );
      return environments.some(({ lastSeenAt }) => lastSeenAt);
    })
    .toBe(true);
  await page.goto("/projects/default/features/one-page-checkout");
  await expect(page.getByText("Beta testers first")).toBeVisible();
  await picture(page, "flag");
  await page.getByRole("button", { name: "Add strategy in production" }).click();
  const panel = page.getByRole("dialog", { name: "New strategy in production" });
  await panel.getByRole("button", { name: "25 %", exact: true }).click();
  await panel.getByRole("combobox", { name: "Segments" }).click();
  await page.getByRole("option", { name: "Beta testers" }).click();
  await page.keyboard.press("Escape");
  await picture(page, "strategy");

  await page.goto("/segments");
  await page.getByRole("button", { name: "Beta testers", exact: true }).click();
  await expect(page.getByRole("dialog").getByText("one-page-checkout")).toBeVisible();
  await picture(page, "segment");

  await page.goto("/projects/default/features/one-page-checkout");
  await page.getByRole("button", { name: "Why on or off?" }).click();
  await page.getByRole("textbox", { name: "User" }).fill("4711");
  await page.getByRole("button", { name: "Ask" }).click();
  const why = page.getByRole("region", { name: "one-page-checkout in production" });
  await expect(why).toBeVisible();
  await why.scrollIntoViewIfNeeded();
  await picture(page, "why");

  await page.goto("/admin/api");
  await expect(page.getByRole("link", { name: "shop backend" })).toBeVisible();
  await picture(page, "tokens");
  await page.getByRole("button", { name: "Connect a server" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("search service");
  await picture(page, "token-new");
  await page.goto("/admin/api");
  await page.getByRole("link", { name: "shop backend" }).click();
  await page.getByRole("button", { name: "Rotate" }).click();
  const dialog = page.getByRole("dialog", { name: "Rotate shop backend" });
  await picture(page, "rotate");
  await dialog.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("note").filter({ hasText: "still has the old secret" })).toBeVisible();
  await picture(page, "rotating");
  backend.destroy();

  await page.goto("/history?feature=one-page-checkout");
  await expect(page.getByRole("article").first()).toBeVisible();
  await picture(page, "history");
  await page.goto(
    `/playground?environments=development,production&context=${encodeURIComponent('{"userId":["4711","4712"],"country":["NO","DE"]}')}`,
  );
  await expect(page.getByText("Off", { exact: true }).first()).toBeVisible();
  await picture(page, "playground", page.getByText(/of 4 flags/));
});

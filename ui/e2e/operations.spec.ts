import type { APIRequestContext, Page } from "@playwright/test";
import { type Api, type admin, expect, fits, goodPage, screenshots, test, track } from "./kit";

/** Reports as an SDK does, with a token of an environment. */
async function report(request: APIRequestContext, token: string, path: string, data: object) {
  const answer = await request.post(path, { data, headers: { Authorization: token } });
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
}

/** An application that has registered and asked for flags. */
async function application(api: Api, request: APIRequestContext, app: string, flags: string[], sdk: string) {
  const { secret } = await api.post<{ secret: string }>("/api/admin/api-tokens", {
    tokenName: app,
    type: "client",
    environment: "development",
    projects: ["*"],
  });
  const now = new Date();
  await report(request, secret, "/api/client/register", {
    appName: app,
    instanceId: `${app}-pod-7`,
    sdkVersion: sdk,
    strategies: ["default", "flexibleRollout"],
    started: now.toISOString(),
    interval: 60_000,
  });
  await report(request, secret, "/api/client/metrics", {
    appName: app,
    instanceId: `${app}-pod-7`,
    bucket: {
      start: new Date(now.getTime() - 60_000).toISOString(),
      stop: now.toISOString(),
      toggles: Object.fromEntries(flags.map((flag) => [flag, { yes: 7, no: 3 }])),
    },
  });
  return secret;
}

/** Somebody with a root role, signed in. */
async function person(
  api: Api,
  signIn: (who: typeof admin) => Promise<void>,
  username: string,
  rootRole: number,
): Promise<void> {
  const who = { username, password: "Sail-the-4-seas-well" };
  await api.post("/api/admin/user-admin", { username, name: username, rootRole, password: who.password });
  await signIn(who);
}

/** A page whose call fails says why, and nothing is blank. */
async function tellsFailure(page: Page, address: string, call: string) {
  await page.route(call, (route) =>
    route.fulfill({ status: 500, json: { id: "abc123", name: "InternalError", message: "something went wrong here" } }),
  );
  await page.goto(address);
  await expect(page.getByRole("alert")).toContainText("Something went wrong here");
  await expect(page.locator("main h1").first()).toBeVisible();
  await page.unroute(call);
}

test("applications: where they run, what they ask for, what is wrong with them", async ({
  page,
  api,
  request,
  signIn,
  unique,
}) => {
  const [app, flag, lost] = [unique("shop"), unique("used"), unique("misspelt")];
  await api.post("/api/admin/projects/default/features", { name: flag });
  await application(api, request, app, [flag, lost], "unleash-client-node:4.1.0");
  await signIn();
  await page.goto(`/applications?q=${app}`);
  const row = page.getByRole("row").filter({ hasText: app });
  await expect(row).toContainText("SDK out of date");
  await expect(row).toContainText("1 unknown flag");
  await expect(row).toContainText("unleash-client-node 4.1.0");
  await goodPage(page, "applications");

  await page.getByText(/^Unknown flags/).click();
  await page.getByRole("searchbox").fill(lost);
  await expect(page.getByRole("row").filter({ hasText: lost })).toContainText(`${app} in development`);
  await goodPage(page, "unknown-flags");

  await page.getByRole("link", { name: app }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: app })).toBeVisible();
  await expect(page.getByRole("region", { name: "To look after" })).toContainText(lost);
  await expect(page.getByRole("table", { name: "Instances in development" })).toContainText(`${app}-pod-7`);
  await expect(page.getByRole("region", { name: "Flags it asks for" }).getByRole("link", { name: flag })).toBeVisible();
  await expect(page.getByText("10 evaluations in two days")).toBeVisible();
  await goodPage(page, "application");

  await page.getByRole("button", { name: "Describe" }).click();
  await page.getByLabel("Description").fill("Sells things; ask the shop team");
  await page.getByLabel("Link").fill("https://wiki.example.com/shop");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Sells things; ask the shop team")).toBeVisible();
  await expect(page.getByRole("link", { name: "https://wiki.example.com/shop" })).toBeVisible();

  await page.getByRole("button", { name: "Forget" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget application" }).click();
  await expect(page).toHaveURL(/\/applications$/);
  await page.goto(`/applications?q=${app}`);
  await expect(page.getByText("No applications match")).toBeVisible();
});

test("applications: a link of another kind leads nowhere, and a viewer may not describe", async ({
  page,
  api,
  request,
  signIn,
  unique,
}) => {
  const app = unique("odd");
  await application(api, request, app, [], "unleash-node-sdk:6.12.1");
  await api.post(`/api/admin/metrics/applications/${app}`, { url: "javascript:alert(1)" });
  await person(api, signIn, unique("viewer"), 3);
  await page.goto(`/applications/${app}`);
  await expect(page.getByText("javascript:alert(1)")).toBeVisible();
  await expect(page.getByRole("link", { name: /javascript/ })).toHaveCount(0);
  const describe = page.getByRole("button", { name: "Describe" });
  await expect(describe).toHaveAttribute("aria-disabled", "true");
  await describe.hover();
  await expect(page.getByText("You need the permission UPDATE_APPLICATION")).toBeVisible();
  await tellsFailure(page, "/applications", "**/api/admin/metrics/applications?*");
  await page.goto("/applications/nobody-made-this");
  await expect(page.getByRole("heading", { level: 1, name: "Not found" })).toBeVisible();
});

test("edges: how to start one; connected ones with version, region and how far behind", async ({
  page,
  api,
  request,
  signIn,
  unique,
}) => {
  await signIn();
  await page.route("**/api/admin/metrics/edges", (route) => route.fulfill({ json: { edges: [] } }));
  await page.goto("/edges");
  await expect(page.getByText("burgee edge", { exact: false }).first()).toBeVisible();
  await goodPage(page, "edges-empty");
  await page.unroute("**/api/admin/metrics/edges");

  const name = unique("edge");
  const { secret } = await api.post<{ secret: string }>("/api/admin/api-tokens", {
    tokenName: name,
    type: "client",
    environment: "production",
    projects: ["*"],
  });
  await report(request, secret, "/api/client/metrics/edge", {
    identifier: `${name}-id`,
    appName: name,
    edgeVersion: "1.2.3",
    region: "eu-north",
    hosting: "self-hosted",
    started: new Date().toISOString(),
    connectedStreamingClients: 12,
    connectedEdges: [],
    latencyUpstream: {
      features: { avg: 1.5, count: 12, p99: 4 },
      metrics: { avg: 0, count: 0, p99: 0 },
      edge: { avg: 0, count: 0, p99: 0 },
    },
    apiKeyRevisionIds: [
      { environment: "production", projects: ["*"], revisionId: 1, lastUpdated: new Date().toISOString() },
    ],
  });
  await api.post("/api/admin/projects/default/features", { name: unique("newer") });
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("1.2.3");
  await expect(row).toContainText("eu-north");
  await expect(row).toContainText("production, behind");
  await expect(row.getByRole("link", { name })).toHaveAttribute("href", /\/admin\/api\//);
  await goodPage(page, "edges");
  await tellsFailure(page, "/edges", "**/api/admin/metrics/edges");
});

test("instance: what it holds, limits, health, and the numbers as CSV", async ({ page, signIn }) => {
  await signIn();
  await page.goto("/admin/instance");
  await expect(page.getByText("Ready", { exact: true })).toBeVisible();
  await expect(page.getByText("with the Admin API of Unleash 8.2.0")).toBeVisible();
  await goodPage(page, "instance");
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save as CSV" }).click();
  expect((await saved).suggestedFilename()).toBe("burgee-statistics.csv");
  await page.getByRole("link", { name: "Limits" }).click();
  await expect(page.getByRole("row").filter({ hasText: "API tokens" })).toBeVisible();
  await goodPage(page, "instance-limits");
  await tellsFailure(page, "/admin/instance", "**/api/admin/instance-admin/statistics");
  await page.goto("/admin/cors");
  await expect(page).toHaveURL(/\/admin\/instance\/origins$/);
});

test("web origins are set, and a wrong one is told at the field", async ({ page, signIn, api }) => {
  await signIn();
  await page.goto("/admin/instance/origins");
  const field = page.getByLabel("Origins");
  await field.fill("https://app.example.com\nhttps://app.example.com/path");
  await page.getByRole("button", { name: "Save origins" }).click();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/no path, no default port/)).toBeVisible();
  await goodPage(page, "instance-origins");
  await field.fill("https://app.example.com\nhttp://localhost:3000");
  await page.getByRole("button", { name: "Save origins" }).click();
  const origins = async () =>
    (await api.get<{ frontendApiOrigins: string[] }>("/api/admin/ui-config")).frontendApiOrigins;
  await expect.poll(origins).toEqual(["https://app.example.com", "http://localhost:3000"]);
  await expect(page.getByRole("button", { name: "Save origins" })).toBeDisabled();
  await api.post("/api/admin/ui-config/cors", { frontendApiOrigins: [] });
});

test("flag types get a lifetime, and lose it", async ({ page, signIn, api }) => {
  await signIn();
  await page.goto("/admin/instance/flag-types");
  await page.getByRole("button", { name: "More about Experiment" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await page.getByLabel("Meant to live, in days").fill("21");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Experiment" })).toContainText("21 days");
  await goodPage(page, "flag-types");
  await page.getByRole("button", { name: "More about Experiment" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await track(page.getByRole("switch", { name: "They may live for ever" })).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Experiment" })).toContainText("for ever");
  await api.put("/api/admin/feature-types/experiment/lifetime", { lifetimeDays: 40 });
});

test("tag types are created, changed and deleted by name", async ({ page, signIn, unique }) => {
  const name = unique("team");
  await signIn();
  await page.goto("/tag-types");
  await page.getByRole("button", { name: "New tag type" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("not a name");
  await page.getByRole("button", { name: "Create tag type" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Description").fill("Who looks after it");
  await page.getByRole("textbox", { name: "Colour" }).fill("#0f7466");
  await screenshots(page, "tag-type");
  await page.getByRole("button", { name: "Create tag type" }).click();
  await page.getByRole("searchbox").fill(name);
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByLabel("Description").fill("Which team looks after it");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Which team looks after it")).toBeVisible();
  await goodPage(page, "tag-types");
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(name);
  await page.getByRole("button", { name: "Delete tag type" }).click();
  await expect(page.getByText("No tag types match")).toBeVisible();
});

test("strategy types are created, deprecated and deleted; those built in stay", async ({ page, signIn, unique }) => {
  const name = unique("byMoon");
  await signIn();
  await page.goto("/strategies");
  await page.getByRole("button", { name: "New strategy type" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Description").first().fill("By the phase of the moon");
  await page.getByRole("button", { name: "Add parameter" }).click();
  const parameter = page.getByRole("region", { name: "Parameter 1" });
  await page.getByRole("button", { name: "Create strategy type" }).click();
  await expect(parameter.getByLabel("Name")).toHaveAttribute("aria-invalid", "true");
  await parameter.getByLabel("Name").fill("phase");
  await goodPage(page, "strategy-type");
  await page.getByRole("button", { name: "Create strategy type" }).click();
  await page.getByRole("searchbox").fill(name);
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("phase");
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Deprecate" }).click();
  await expect(row.getByText("deprecated")).toBeVisible();
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(name);
  await page.getByRole("button", { name: "Delete strategy type" }).click();
  await expect(page.getByText("No strategy types match")).toBeVisible();
  await page.goto("/strategies");
  await goodPage(page, "strategy-types");
  await page.getByRole("button", { name: "More about Standard" }).click();
  await expect(page.getByRole("menuitem", { name: "Delete" })).toContainText("It is built in");
});

test("webhooks: created with errors at their fields, told of events, switched off, deleted", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const name = unique("chat");
  await signIn();
  await page.goto("/integrations");
  if (await page.getByText("No integrations yet").isVisible()) await goodPage(page, "integrations-empty");
  await page.getByRole("button", { name: "New webhook" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("URL").fill("nowhere");
  await page.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByLabel("URL")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("URL").fill("http://127.0.0.1:9/hook?key=sesame");
  await page.getByLabel("Secret").fill("open-sesame");
  await goodPage(page, "integration");
  await page.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  // An address inside is refused: the try is shown, with its reason, as it fails.
  const flag = unique("told");
  const at = `/api/admin/projects/default/features/${flag}/environments/development`;
  await api.post("/api/admin/projects/default/features", { name: flag });
  await api.post(`${at}/strategies`, { name: "default" });
  await api.post(`${at}/on`);
  await page.getByRole("searchbox").fill(name);
  await page.getByRole("button", { name, exact: true }).click();
  const told = page.getByRole("dialog", { name: `What ${name} was told` });
  await expect(told.getByText(`switched on ${flag} in development`).first()).toBeVisible({ timeout: 30_000 });
  await expect(told.getByText("failed").first()).toBeVisible();
  await goodPage(page, "deliveries");
  await page.keyboard.press("Escape");

  // A change keeps the secrets, which are never shown again.
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await expect(page.getByLabel("URL")).toHaveValue("");
  await expect(page.locator("body")).not.toContainText("sesame");
  await page.getByLabel("Content type").fill("application/vnd.example+json");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const { addons } = await api.get<{ addons: { id: number; description: string; parameters: object }[] }>(
    "/api/admin/addons",
  );
  const made = addons.find((a) => a.description === name);
  expect(made?.parameters).toEqual({ url: "*****", secret: "*****", contentType: "application/vnd.example+json" });

  await track(page.getByRole("switch", { name: `${name} is told of events` })).click();
  await expect(page.getByRole("switch", { name: `${name} is told of events` })).not.toBeChecked();
  await goodPage(page, "integrations");
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete integration" }).click();
  await expect(page.getByText("No integrations match")).toBeVisible();
});

test("somebody without the permission sees integrations told as forbidden, and none in the navigation", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  await person(api, signIn, unique("viewer"), 3);
  await page.goto("/integrations");
  await expect(page.getByRole("alert")).toContainText("CREATE_ADDON");
  await expect(page.getByRole("button", { name: "New webhook" })).toHaveAttribute("aria-disabled", "true");
  await page.goto("/history");
  await expect(page.getByRole("alert")).toContainText("READ_LOGS");
  await page.goto("/admin/instance/origins");
  await expect(page.getByRole("button", { name: "Save origins" })).toBeDisabled();
  if ((page.viewportSize()?.width ?? 0) > 900) {
    await expect(page.getByRole("link", { name: "Applications" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Integrations" })).toHaveCount(0);
    await expect(page.getByRole("link", { name: "Event log" })).toHaveCount(0);
  }
  await fits(page);
});

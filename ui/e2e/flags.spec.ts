import { Clicks, expect, goodPage, screenshots, test, track } from "./kit";

const flagPage = (name: string) => `/projects/default/features/${name}`;

test("job: create a flag, in 2 clicks", async ({ page, signIn, unique }) => {
  await signIn();
  await page.goto("/projects/default");
  const clicks = new Clicks();
  const name = unique("first");
  await clicks.on(page.getByRole("button", { name: "New flag" }).first());
  await page.getByLabel("Name", { exact: true }).fill(name);
  await screenshots(page, "flag-new");
  await clicks.on(page.getByRole("button", { name: "Create flag" }));
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  expect(clicks.count).toBeLessThanOrEqual(2);
  await goodPage(page, "flag-empty");
});

test("job: turn a flag on in development, in 1 click", async ({ page, api, signIn, unique }) => {
  const name = unique("row");
  await api.post("/api/admin/projects/default/features", { name });
  await signIn();
  await page.goto(`/projects/default?q=${name}`);
  const clicks = new Clicks();
  await clicks.on(track(page.getByRole("switch", { name: `${name} in development` })));
  await expect(page.getByText(`${name} is on in development`)).toBeVisible();
  expect(clicks.count).toBeLessThanOrEqual(1);
  const flag = await api.get<{ environments: { name: string; enabled: boolean }[] }>(
    `/api/admin/projects/default/features/${name}`,
  );
  expect(flag.environments.map((e) => [e.name, e.enabled])).toEqual([
    ["development", true],
    ["production", false],
  ]);
});

test("job: 25 % in production to a segment, switched on, in 5 clicks", async ({ page, api, signIn, unique }) => {
  const name = unique("rollout");
  const segment = unique("Testers");
  await api.post("/api/admin/projects/default/features", { name });
  await api.post("/api/admin/segments", {
    name: segment,
    constraints: [{ contextName: "userId", operator: "IN", values: ["7"] }],
  });
  await signIn();
  await page.goto(flagPage(name));
  const clicks = new Clicks();
  await clicks.on(page.getByRole("button", { name: "Add strategy in production" }));
  const panel = page.getByRole("dialog", { name: "New strategy in production" });
  await clicks.on(panel.getByRole("button", { name: "25 %", exact: true }));
  await clicks.on(panel.getByRole("combobox", { name: "Segments" }));
  await clicks.on(page.getByRole("option", { name: segment }));
  await expect(panel.getByText("25 %, by user, else session where in")).toBeVisible();
  await clicks.on(panel.getByRole("button", { name: "Save and switch on" }));
  await expect(panel).toHaveCount(0);
  await expect(page.getByRole("switch", { name: `${name} in production` })).toBeChecked();
  await expect(page.getByText(`in ${segment}`)).toBeVisible();
  expect(clicks.count).toBeLessThanOrEqual(5);
});

test("job: who changed this flag, and what, in 1 click", async ({ page, api, signIn, unique }) => {
  const name = unique("history");
  const at = `/api/admin/projects/default/features/${name}/environments/production`;
  await api.post("/api/admin/projects/default/features", { name });
  const made = await api.post<{ id: string }>(`${at}/strategies`, {
    name: "flexibleRollout",
    parameters: { rollout: "10", stickiness: "userId" },
  });
  await api.put(`${at}/strategies/${made.id}`, {
    name: "flexibleRollout",
    parameters: { rollout: "25", stickiness: "userId" },
  });
  await signIn();
  await page.goto(flagPage(name));
  const clicks = new Clicks();
  await clicks.on(page.getByRole("link", { name: "History" }));
  const latest = page.getByRole("article").first();
  await expect(latest).toContainText(`admin changed a strategy of ${name} in production`);
  await expect(latest).toContainText("before: 10 %, by userId");
  await expect(latest).toContainText("after: 25 %, by userId");
  expect(clicks.count).toBeLessThanOrEqual(1);
  await goodPage(page, "flag-history");
});

test("job: why is this flag off for this user, in 2 clicks", async ({ page, api, signIn, unique }) => {
  const name = unique("why");
  const at = `/api/admin/projects/default/features/${name}/environments/production`;
  await api.post("/api/admin/projects/default/features", { name });
  await api.post(`${at}/strategies`, {
    name: "flexibleRollout",
    parameters: { rollout: "100" },
    constraints: [{ contextName: "plan", operator: "IN", values: ["pro"] }],
  });
  await api.post(`${at}/on`);
  await signIn();
  await page.goto(flagPage(name));
  const clicks = new Clicks();
  await clicks.on(page.getByRole("button", { name: "Why on or off?" }));
  const panel = page.getByRole("dialog", { name: `Why is ${name} on or off?` });
  await panel.getByLabel("User").fill("42");
  await clicks.on(panel.getByRole("button", { name: "Ask" }));
  const reason = panel.getByRole("region", { name: `${name} in production` });
  await expect(reason).toContainText("Off");
  await expect(reason).toContainText("plan is one of pro does not hold");
  await expect(panel.getByRole("region", { name: `${name} in development` })).toContainText(
    "It is switched off in this environment.",
  );
  expect(clicks.count).toBeLessThanOrEqual(2);
  await goodPage(page, "flag-why");
});

test("flags are filtered, sorted and changed together", async ({ page, api, signIn, unique }) => {
  const mark = unique("bulk");
  const names = ["a", "b", "c"].map((letter) => `${mark}-${letter}`);
  for (const name of names)
    await api.post("/api/admin/projects/default/features", { name, description: "One of several", type: "experiment" });
  await signIn();
  await page.goto(`/projects/default?q=${mark}&sort=name&order=asc`);
  await expect(page.getByRole("link", { name: mark })).toHaveText(names);
  await goodPage(page, "flags");
  await page.getByRole("checkbox", { name: `Select ${names[0]}` }).check();
  await page.getByRole("checkbox", { name: `Select ${names[2]}` }).check();
  const bar = page.getByRole("region", { name: "Chosen flags" });
  await expect(bar).toContainText("2 flags chosen");
  await bar.getByRole("button", { name: "Mark stale" }).click();
  await expect(page.getByRole("table").getByText("Stale", { exact: true })).toHaveCount(2);
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "Stale" }).click();
  await expect(page).toHaveURL(/state=stale/);
  await expect(page.getByRole("link", { name: mark })).toHaveText([names[0] ?? "", names[2] ?? ""]);
});

test("a strategy is edited with constraints and variants, and the server's sentence is at its field", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const name = unique("edit");
  await api.post("/api/admin/projects/default/features", { name });
  await signIn();
  await page.goto(flagPage(name));
  await page.getByRole("button", { name: "Add strategy in development" }).click();
  const panel = page.getByRole("dialog", { name: "New strategy in development" });
  await panel.getByRole("button", { name: "Add constraint" }).click();
  await panel.getByRole("button", { name: "Add variant" }).click();
  await panel.getByRole("button", { name: "Add variant" }).click();
  const [one, two] = [panel.getByRole("group", { name: "Variant 1" }), panel.getByRole("group", { name: "Variant 2" })];
  await one.getByLabel("Name").fill("blue");
  await one.getByRole("textbox", { name: "Share" }).fill("30");
  await expect(two.getByRole("textbox", { name: "Share" })).toHaveValue("70 %");
  await panel.getByRole("button", { name: "Save and switch on" }).click();
  await expect(two.getByLabel("Name"), "a variant needs a name").toHaveAttribute("aria-invalid", "true");
  await two.getByLabel("Name").fill("green");
  await panel.getByRole("combobox", { name: "Values" }).fill("7");
  await page.keyboard.press("Enter");
  await panel.getByText("The same change by the API").click();
  await expect(panel.getByText("curl -X POST")).toBeVisible();
  await goodPage(page, "strategy");
  await panel.getByRole("button", { name: "Save and switch on" }).click();
  await expect(panel).toHaveCount(0);
  await expect(page.getByRole("region", { name: "development" })).toContainText("userId is one of 7");
  await goodPage(page, "flag");
});

test("names of a hundred characters and right-to-left text are shown properly", async ({ page, api, signIn }) => {
  const name = `${"long".repeat(24)}${Date.now() % 10000}`.slice(0, 100);
  await api.post("/api/admin/projects/default/features", { name, description: "وصف العلم من اليمين إلى اليسار" });
  await signIn();
  await page.goto(flagPage(name));
  await goodPage(page, "flag-long-name");
  await page.goto(`/projects/default?q=${name}`);
  await goodPage(page, "flags-long-name");
});

test("a first flag is guided to an SDK's first call, which appears by itself", async ({
  page,
  api,
  signIn,
  unique,
  server,
}) => {
  const name = unique("connect");
  await api.post("/api/admin/projects/default/features", { name });
  const token = await api.post<{ secret: string }>("/api/admin/api-tokens", {
    tokenName: name,
    type: "client",
    environment: "development",
    projects: ["default"],
  });
  await signIn();
  await page.goto(`${flagPage(name)}/connect`);
  await expect(page.getByText("Waiting for the first call")).toBeVisible();
  await expect(page.getByRole("region", { name: "Node.js code" })).toContainText(`unleash.isEnabled("${name}"`);
  await goodPage(page, "flag-connect");
  const [start, stop] = [new Date(Date.now() - 1000).toISOString(), new Date().toISOString()];
  const bucket = { start, stop, toggles: { [name]: { yes: 3, no: 1 } } };
  const sent = await fetch(`${server.url}/api/client/metrics`, {
    method: "POST",
    headers: { Authorization: token.secret, "Content-Type": "application/json" },
    body: JSON.stringify({ appName: "shop", instanceId: "1", environment: "development", bucket }),
  });
  expect(sent.status).toBe(202);
  await expect(page.getByText("Connected")).toBeVisible({ timeout: 20_000 });
  await page.getByRole("link", { name: "Evaluations" }).click();
  await expect(page.getByText("4 evaluations, 75 % on")).toBeVisible({ timeout: 20_000 });
  await goodPage(page, "flag-evaluations");
});

test("variants for strategies that have none are edited, and a flag is done and taken up again", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const name = unique("variants");
  const at = `/api/admin/projects/default/features/${name}`;
  await api.post("/api/admin/projects/default/features", { name });
  await api.put(`${at}/environments/development/variants`, [
    { name: "old", weight: 1000, weightType: "variable", stickiness: "default" },
  ]);
  await signIn();
  await page.goto(flagPage(name));
  await page.getByRole("button", { name: "Edit variants in development" }).click();
  await page.getByRole("button", { name: "Add variant", exact: true }).click();
  await page.getByRole("group", { name: "Variant 2" }).getByRole("textbox", { name: "Name" }).fill("new");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("region", { name: "development" })).toContainText("new 50 %");

  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Mark as done" }).click();
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Take up again" }).click();
  await expect(page.getByText("Done", { exact: true })).toHaveCount(0);
});

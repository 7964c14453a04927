import { randomBytes } from "node:crypto";
import type { Locator } from "@playwright/test";
import { type Api, admin, Clicks, elsewhere, expect, goodPage, test } from "./kit";
import { startServer } from "./server";

test.describe.configure({ timeout: 120_000 }); // the pages are checked at many steps

test("a front-end token for two projects that expires in 90 days, in 6 clicks", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const [first, second] = [unique("alpha"), unique("beta")];
  for (const id of [first, second]) await api.post("/api/admin/projects", { id, name: id });
  await signIn();
  await page.goto("/admin/api");
  const name = unique("shop window");
  const clicks = new Clicks();
  await clicks.on(page.getByRole("button", { name: "Connect a browser or phone" }));
  const panel = page.getByRole("dialog", { name: "Connect a browser or phone" });
  await panel.getByLabel("Name").fill(name);
  await clicks.on(panel.getByRole("combobox", { name: "Projects" }));
  await clicks.on(page.getByRole("option", { name: first }));
  await clicks.on(page.getByRole("option", { name: second }));
  await clicks.on(panel.getByText("90 days"));
  await goodPage(page, "token-new");
  await clicks.on(panel.getByRole("button", { name: "Create token" }));
  await expect(page.getByRole("heading", { name: `${name} is ready` })).toBeVisible();
  expect(clicks.count).toBeLessThanOrEqual(6);

  const ready = page.getByRole("dialog", { name: `${name} is ready` });
  const secret = (await ready.getByTestId("secret").textContent()) ?? "";
  expect(secret).toMatch(/^\[\]:development\.[0-9a-f]{64}$/);
  await expect(ready.getByRole("region", { name: "Browser code" }), "the code has the secret").toContainText(secret);
  await goodPage(page, "token-made");
  await ready.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  const { tokens } = await api.get<{ tokens: Made[] }>("/api/admin/api-tokens?details=true");
  const made = tokens.find((t) => t.tokenName === name);
  expect(made?.projects).toEqual([first, second].sort());
  const days = (Date.parse(made?.expiresAt ?? "") - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(90);
  await goodPage(page, "tokens");
});

interface Made {
  id: string;
  tokenName: string;
  projects: string[];
  expiresAt: string | null;
}

/** Makes a token over the API; gives its id and secret. */
async function make(api: Api, body: object): Promise<{ id: string; secret: string }> {
  const { secret } = await api.post<{ secret: string }>("/api/admin/api-tokens", body);
  const { tokens } = await api.get<{ tokens: (Made & { hint: string })[] }>("/api/admin/api-tokens?details=true");
  const made = tokens.find(({ hint }) => secret.endsWith(hint.split("…")[1] ?? "nothing"));
  if (!made) throw new Error("the new token is in no list");
  return { id: made.id, secret };
}

/** Asks for flags as an SDK of an application does. */
async function use(url: string, secret: string, app: string): Promise<void> {
  const answer = await fetch(`${url}/api/client/features`, {
    headers: {
      Authorization: secret,
      "unleash-appname": app,
      "unleash-sdk": "unleash-client-node:6.1.0",
      "unleash-instanceid": `${app}-1`,
    },
  });
  expect(answer.status).toBe(200);
}

test("rotate with a day of overlap in 3 clicks; who still has the old secret is 1 click from the list", async ({
  page,
  api,
  server,
  signIn,
  unique,
}) => {
  const name = unique("backend");
  const { id, secret } = await make(api, { tokenName: name, type: "client", projects: ["default"] });
  await use(server.url, secret, "shop");
  await use(server.url, secret, "billing");
  await signIn();
  await page.goto(`/admin/api/${id}`);
  await expect(page.getByRole("table", { name: "Instances: Used by" })).toContainText("unleash-client-node 6.1.0");
  await goodPage(page, "token");

  const clicks = new Clicks();
  await clicks.on(page.getByRole("button", { name: "Rotate" }));
  const dialog = page.getByRole("dialog", { name: `Rotate ${name}` });
  await expect(dialog.getByRole("radio", { name: "A day" })).toBeChecked();
  await goodPage(page, "token-rotate");
  await clicks.on(dialog.getByRole("button", { name: "Rotate" }));
  const ready = page.getByRole("dialog", { name: `The new secret of ${name}` });
  const fresh = (await ready.getByTestId("secret").textContent()) ?? "";
  expect(clicks.count).toBeLessThanOrEqual(3);
  expect(fresh).not.toBe(secret);
  await ready.getByRole("button", { name: "Done" }).click();
  await use(server.url, fresh, "shop");
  await use(server.url, secret, "billing"); // still has the old one

  await page.goto(`/admin/api?q=${encodeURIComponent(name)}`);
  await expect(page.getByText("Rotating")).toBeVisible();
  const look = new Clicks();
  await look.on(page.getByRole("link", { name, exact: true }));
  await expect(page.getByRole("note").filter({ hasText: "1 application still has the old secret" })).toContainText(
    "billing",
  );
  expect(look.count).toBe(1);
  await expect(page.getByRole("table", { name: "Instances: Old secret" })).toContainText("billing-1");
  await expect(page.getByRole("table", { name: "Instances: New secret" })).toContainText("shop-1");
  await goodPage(page, "token-rotating");

  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText(`rotated the token ${name}`)).toBeVisible();
  await goodPage(page, "token-history");
});

test("revoke a leaked token in 2 clicks, gone at once; one in use says what breaks and asks for its name", async ({
  page,
  api,
  server,
  signIn,
  unique,
}) => {
  const [idle, busy] = [unique("idle"), unique("busy")];
  const leaked = await make(api, { tokenName: idle, type: "client", projects: ["default"] });
  const used = await make(api, { tokenName: busy, type: "client", projects: ["default"] });
  for (const app of ["shop", "billing", "mail"]) await use(server.url, used.secret, app);
  await signIn();
  await page.goto(`/admin/api/${leaked.id}`);
  const clicks = new Clicks();
  await clicks.on(page.getByRole("button", { name: "Revoke" }));
  await clicks.on(page.getByRole("dialog").getByRole("button", { name: "Revoke" }));
  await expect(page.getByText(`${idle} is revoked`)).toBeVisible();
  expect(clicks.count).toBe(2);
  const refused = await fetch(`${server.url}/api/client/features`, { headers: { Authorization: leaked.secret } });
  expect(refused.status).toBe(401);

  await page.goto(`/admin/api/${used.id}`);
  await page.getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog", { name: `Revoke ${busy}?` });
  await expect(dialog).toContainText("3 applications used it in the last hour");
  await expect(dialog.getByRole("button", { name: "Revoke", exact: true })).toBeDisabled();
  await goodPage(page, "token-revoke");
  await dialog.getByRole("button", { name: "Disable it instead" }).click();
  await expect(page.getByText("It opens nothing since")).toBeVisible();
  await goodPage(page, "token-disabled");
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page.getByText("It opens nothing since")).toHaveCount(0);
  await use(server.url, used.secret, "shop");
});

test("what a token can see and do, in 1 click, and why a request is refused", async ({ page, api, signIn, unique }) => {
  const flag = unique("seen");
  await api.post("/api/admin/projects/default/features", { name: flag });
  const sdk = await make(api, { tokenName: unique("sdk"), type: "client", projects: ["default"] });
  const scoped = await make(api, {
    tokenName: unique("pipeline"),
    type: "admin",
    projects: ["default"],
    environments: ["development"],
    permissions: ["UPDATE_FEATURE_ENVIRONMENT", "CREATE_FEATURE"],
  });
  await signIn();
  await page.goto(`/admin/api/${sdk.id}`);
  const clicks = new Clicks();
  await clicks.on(page.getByRole("link", { name: "What it can do" }));
  await expect(page.getByText(/Opens the client API.*for the project default in development/)).toBeVisible();
  expect(clicks.count).toBe(1);
  await expect(page.getByRole("region", { name: "flags that it sees" })).toContainText(flag);
  const judge = page.getByRole("region", { name: "Would a request be refused?" });
  await judge.getByRole("button", { name: "Ask" }).click();
  await expect(judge.getByText("It would go through")).toBeVisible();

  await page.goto(`/admin/api/${scoped.id}/explain`);
  await expect(page.getByRole("region", { name: "What it can do" })).toContainText("CREATE_FEATURE");
  await judge.getByLabel("Path").fill("/api/admin/projects/default/features/x/environments/production/on");
  await judge.getByRole("combobox", { name: "Method" }).click();
  await page.getByRole("option", { name: "POST" }).click();
  await judge.getByRole("button", { name: "Ask" }).click();
  await expect(judge.getByText("It would be refused with 403")).toBeVisible();
  await expect(judge).toContainText("UPDATE_FEATURE_ENVIRONMENT");
  await goodPage(page, "token-explain");
  await judge.getByLabel("From address").fill("home");
  await judge.getByRole("button", { name: "Ask" }).click();
  await expect(judge.getByLabel("From address")).toHaveAttribute("aria-invalid", "true");
});

test("name, expiry and limits are changed, and what is wrong is told at its field", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const name = unique("page");
  const { id } = await make(api, { tokenName: name, type: "frontend", projects: ["default"] });
  await signIn();
  await page.goto(`/admin/api/${id}`);
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Name, expiry and limits" }).click();
  const panel = page.getByRole("dialog", { name: `Change ${name}` });
  await panel.getByLabel("Name").fill("");
  await panel.getByLabel("Networks").fill("not a network");
  await panel.getByLabel("Networks").press("Enter");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByText("Name must be given, and must not be empty")).toBeVisible();
  await panel.getByLabel("Name").fill(`${name} renamed`);
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByText(/must be addresses or CIDR ranges/)).toBeVisible();
  await expect(panel.getByText("30 days")).toBeVisible();
  for (let n = 0; n < 3; n++) await panel.getByLabel("Networks").press("Backspace");
  await panel.getByLabel("Networks").fill("192.0.2.0/24");
  await panel.getByLabel("Origins").fill("https://app.example.com/path");
  await panel.getByLabel("Requests per second").fill("50");
  await panel.getByText("30 days").click();
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByText(/must be web origins/)).toBeVisible();
  await goodPage(page, "token-edit");
  await panel.getByLabel("Origins").press("Backspace");
  await panel.getByLabel("Origins").fill("https://app.example.com");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name: `${name} renamed` })).toBeVisible();
  const facts = page.getByRole("region", { name: "About this token" });
  for (const fact of ["192.0.2.0/24", "https://app.example.com", "50", "in 30 days"])
    await expect(facts).toContainText(fact);
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText(`changed the token ${name} renamed`)).toBeVisible();
});

test("R35: each kind of token is made in the UI, and opens what it should", async ({
  page,
  api,
  server,
  signIn,
  unique,
}) => {
  await signIn();
  await page.goto("/admin/api");
  const secretOf = async (intent: string, fill: (panel: Locator) => Promise<void>) => {
    await page.getByRole("button", { name: intent }).click();
    const panel = page.getByRole("dialog", { name: intent });
    await fill(panel);
    await panel.getByRole("button", { name: "Create token" }).click();
    const secret = (await page.getByTestId("secret").textContent()) ?? "";
    await expect(page.getByRole("region", { name: "Use it" })).toContainText(secret);
    await page.getByRole("button", { name: "Done" }).click();
    await expect(page.getByTestId("secret")).toHaveCount(0);
    return secret;
  };
  const status = async (path: string, secret: string, method = "GET") =>
    (await fetch(server.url + path, { method, headers: { Authorization: secret } })).status;
  const covers = async (panel: Locator) => {
    await panel.getByLabel("Name").fill(unique("each"));
    await panel.getByText("All, now and later").click();
  };
  const client = await secretOf("Connect a server", covers);
  expect(await status("/api/client/features", client)).toBe(200);
  const frontend = await secretOf("Connect a browser or phone", covers);
  expect(await status("/api/frontend", frontend)).toBe(200);
  expect(await status("/api/client/features", frontend)).toBe(403);
  const full = await secretOf("Automate Burgee", async (panel) => {
    await panel.getByLabel("Name").fill(unique("full"));
    await expect(panel.getByRole("button", { name: "Create token" }), "no scope is not everything").toBeDisabled();
    await panel.getByText("Everything", { exact: true }).click();
  });
  expect(await status("/api/admin/user-admin", full)).toBe(200);
  const scoped = await secretOf("Automate Burgee", async (panel) => {
    await panel.getByLabel("Name").fill(unique("scoped"));
    await panel.getByRole("combobox", { name: "Permissions" }).fill("CREATE_FEATURE");
    await page.getByRole("option", { name: /CREATE_FEATURE$/ }).click();
    await page.keyboard.press("Tab");
    await panel.getByRole("combobox", { name: "Projects" }).click();
    await page.getByRole("option", { name: /default/i }).click();
    await page.keyboard.press("Tab");
    await goodPage(page, "token-new-admin");
  });
  expect(await status("/api/admin/user-admin", scoped)).toBe(403);
  expect(await status("/api/admin/projects/default/features", scoped)).toBe(200);
  const personal = await secretOf("For myself", async (panel) => {
    await panel.getByLabel("Description").fill(unique("laptop"));
  });
  expect(await status("/api/admin/user", personal)).toBe(200);
  await api.get("/api/admin/user");
});

test("the lifetimes of the server are set, in view where a token is made, and kept", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  await signIn();
  await page.goto("/admin/api");
  await page.getByRole("button", { name: "Lifetimes" }).click();
  const panel = page.getByRole("dialog", { name: "Lifetimes of tokens" });
  const client = panel.getByRole("group", { name: "Client" });
  await client.getByLabel("Live at most").fill("60");
  await client.getByLabel("If none is chosen").fill("90");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(client.getByText("DefaultDays must not be more than maxDays")).toBeVisible();
  await client.getByLabel("If none is chosen").fill("14");
  await goodPage(page, "token-policy");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel).toHaveCount(0);
  try {
    await page.getByRole("button", { name: "Connect a server" }).click();
    const form = page.getByRole("dialog", { name: "Connect a server" });
    await expect(form).toContainText("client tokens live 60 days at most");
    await expect(form.getByRole("radio", { name: "14 days" })).toBeChecked();
    for (const name of ["90 days", "Never"]) await expect(form.getByRole("radio", { name })).toBeDisabled();
    await form.getByText("Another date").click();
    await form.getByLabel("Date of the expiry").fill("2099-01-01");
    await form.getByLabel("Name").fill(unique("late"));
    await form.getByText("All, now and later").click();
    await form.getByRole("button", { name: "Create token" }).click();
    await expect(form.getByText(/must be within 60 days/)).toBeVisible();
    await expect(form.getByLabel("Name")).toHaveValue(/late/);
  } finally {
    await api.put("/api/admin/token-policy", {});
  }
});

test("who may not see tokens sees none; a member has those of their project", async ({
  page,
  api,
  server,
  signIn,
  unique,
}) => {
  const password = "Sail-the-4-seas-well";
  const project = unique("team");
  await api.post("/api/admin/projects", { id: project, name: project });
  const inside = await make(api, { tokenName: unique("inside"), type: "client", projects: [project] });
  const outside = await make(api, { tokenName: unique("outside"), type: "client", projects: ["default"] });
  const both = unique("shared");
  await make(api, { tokenName: both, type: "client", projects: [project, "default"] });
  await use(server.url, inside.secret, "shop");
  const people: Record<string, string> = { viewer: unique("vera"), member: unique("max") };
  for (const username of Object.values(people)) {
    const made = await api.post<{ id: number }>("/api/admin/user-admin", { username, rootRole: 3, password });
    if (username === people.member)
      await api.post(`/api/admin/projects/${project}/access`, { roles: [5], users: [made.id], groups: [] });
  }
  await signIn({ username: people.viewer ?? "", password });
  await page.goto("/projects");
  await expect(page.getByRole("link", { name: "API tokens" })).toHaveCount(0);
  for (const address of ["/admin/api", `/admin/api/${inside.id}`, `/projects/${project}/settings/api-access`]) {
    await page.goto(address);
    await expect(page.getByRole("alert")).toContainText("Needed:");
    await expect(page.getByText("inside")).toHaveCount(0);
  }

  await signIn({ username: people.member ?? "", password });
  await page.goto(`/projects/${project}`);
  await page.getByRole("link", { name: "API tokens" }).click();
  await expect(page.getByText("1–2 of 2 tokens")).toBeVisible();
  await goodPage(page, "project-tokens");
  await page.getByRole("button", { name: "Connect a server" }).click();
  const name = unique("own");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByTestId("secret")).toContainText(`${project}:development.`);
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("link", { name: /^inside/ }).click();
  await expect(page.getByRole("table", { name: "Instances: Used by" })).toContainText("shop");
  await page.getByRole("link", { name: "What it can do" }).click();
  await expect(page.getByText(/for the project team/)).toBeVisible();
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText(/created the token inside/)).toBeVisible();
  await goodPage(page, "project-token");
  await page.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  await expect(page.getByTestId("secret")).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();

  // One that covers another project too is seen, and not changed.
  await page.goto(`/projects/${project}/settings/api-access?q=${both}`);
  await page.getByRole("link", { name: both }).click();
  const rotate = page.getByRole("button", { name: "Rotate" });
  await expect(rotate).toHaveAttribute("aria-disabled", "true");
  await rotate.hover();
  await expect(page.getByRole("tooltip")).toContainText("UPDATE_PROJECT_API_TOKEN of project default");
  await page.goto(`/projects/${project}/settings/api-access/${outside.id}`);
  await expect(page.getByRole("heading", { level: 1, name: "No such token" })).toBeVisible();
  await goodPage(page, "token-gone");
});

test("a right that is lost while a token is made is told, and nothing typed is lost", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const who = { username: unique("maker"), password: "Sail-the-4-seas-well" };
  const role = await api.post<{ roles: { id: number } }>("/api/admin/roles", {
    name: unique("makers"),
    description: "",
    type: "root-custom",
    permissions: [{ name: "CREATE_CLIENT_API_TOKEN" }],
  });
  const made = await api.post<{ id: number }>("/api/admin/user-admin", { ...who, rootRole: role.roles.id });
  await signIn(who);
  await page.goto("/admin/api");
  await expect(page.getByRole("button", { name: "Automate Burgee" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Connect a server" }).click();
  const panel = page.getByRole("dialog", { name: "Connect a server" });
  await panel.getByLabel("Name").fill("half an idea");
  await panel.getByText("All, now and later").click();
  await api.put(`/api/admin/user-admin/${made.id}`, { name: "", rootRole: 3 });
  await panel.getByRole("button", { name: "Create token" }).click();
  await expect(panel.getByRole("alert")).toContainText("CREATE_CLIENT_API_TOKEN");
  await expect(panel.getByLabel("Name")).toHaveValue("half an idea");
});

test("500 tokens, long names and right-to-left ones are listed, filtered and sorted by the address", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const run = unique("many");
  const long = `${run}-${"long".repeat(30)}`.slice(0, 100);
  const arabic = `${run} مفتاح الميناء`;
  await api.post("/api/admin/api-tokens", { tokenName: long, type: "frontend", projects: ["default"] });
  await api.post("/api/admin/api-tokens", {
    tokenName: arabic,
    type: "client",
    projects: ["default"],
    environment: "production",
    expiresAt: new Date(Date.now() + 5 * 86_400_000).toISOString(),
  });
  for (let from = 0; from < 500; from += 25) {
    await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        api.post("/api/admin/api-tokens", {
          tokenName: `${run}-${String(from + n).padStart(3, "0")}`,
          type: "client",
          projects: ["default"],
        }),
      ),
    );
  }
  await signIn();
  await page.goto(`/admin/api?q=${run}&sort=name&order=asc&size=2000`);
  await expect(page.getByText("1–502 of 502 tokens")).toBeAttached();
  await expect(page.getByRole("link", { name: `${run}-000` })).toBeVisible();
  expect(await page.getByRole("row").count()).toBeLessThan(120);
  await page.goto(`/admin/api?q=${run}&state=expiring`);
  await expect(page.getByText("1–1 of 1 tokens")).toBeVisible();
  await expect(page.getByRole("link", { name: arabic })).toBeVisible();
  await expect(page.getByLabel("Expires soon")).toBeVisible();
  await page.goto(`/admin/api?q=${run}`);
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Front-end" }).click();
  await expect(page).toHaveURL(/kind=frontend/);
  await expect(page.getByText("1–1 of 1 tokens")).toBeVisible();
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Front-end" }).click();
  await page.goto(`/admin/api?q=${run}&sort=created&order=asc&size=25`);
  await goodPage(page, "tokens-long-names");
  await page.getByRole("link", { name: long }).click();
  await goodPage(page, "token-long-name");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Search flags, projects, tokens and pages").fill(arabic);
  await page.getByRole("button", { name: arabic }).click();
  await expect(page.getByRole("heading", { level: 1, name: arabic })).toBeVisible();
});

test("the secret of a sealed copy is revealed, and the history says so", async ({ browser }) => {
  const server = await startServer([], { BURGEE_SEAL_KEY: randomBytes(32).toString("base64") });
  const page = await browser.newPage({ baseURL: server.url });
  try {
    await page.request.post("/auth/simple/login", { data: admin, headers: elsewhere() });
    await page.goto("/admin/api");
    await page.getByRole("button", { name: "Connect a server" }).click();
    const panel = page.getByRole("dialog", { name: "Connect a server" });
    await panel.getByLabel("Name").fill("sealed");
    await panel.getByText("Limits on its use").click();
    await panel.getByLabel("Keep an encrypted copy of the secret").check();
    await panel.getByRole("button", { name: "Create token" }).click();
    const secret = (await page.getByTestId("secret").textContent()) ?? "";
    await expect(page.getByText("The server keeps an encrypted copy")).toBeVisible();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("link", { name: "sealed" }).click();
    await page.getByRole("button", { name: "More about sealed" }).click();
    await page.getByRole("menuitem", { name: "Reveal the secret" }).click();
    await expect(page.getByTestId("secret")).toHaveText(secret);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "History" }).click();
    await expect(page.getByText("read the secret of the token sealed")).toBeVisible();
  } finally {
    await page.close();
    await server.stop();
  }
});

test("a token that somebody else disables or revokes shows so without a reload", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const name = unique("shared");
  const { id } = await make(api, { tokenName: name, type: "client", projects: ["default"] });
  await signIn();
  const listening = page.waitForResponse((response) => response.url().endsWith("/api/admin/live"));
  await page.goto(`/admin/api/${id}`);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  expect((await listening).status()).toBe(200);
  await api.put(`/api/admin/api-tokens/${id}`, { disabled: true });
  await expect(page.getByText("It opens nothing since")).toBeVisible();
  await api.delete(`/api/admin/api-tokens/${id}`);
  await expect(page.getByRole("heading", { level: 1, name: "No such token" })).toBeVisible();
  await page.goto("/admin/api/7");
  await expect(page.getByRole("heading", { name: "A personal token" })).toBeVisible();
});

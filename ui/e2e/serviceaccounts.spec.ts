import { Clicks, expect, goodPage, test } from "./kit";

test.describe.configure({ timeout: 120_000 }); // the pages are checked at many steps

test("a service account is made", async ({ page, signIn, unique }) => {
  const [name, username] = [`${unique("Pipeline")} خط الإنتاج`, unique("pipeline")];
  await signIn();
  await page.goto("/service-accounts");
  await expect(page).toHaveURL(/\/admin\/service-accounts$/);
  await page.getByRole("button", { name: "New service account" }).first().click();
  const panel = page.getByRole("dialog", { name: "New service account" });
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByRole("button", { name: "Create service account" }).click();
  await expect(panel.getByLabel("Username")).toHaveAttribute("aria-invalid", "true");
  await panel.getByLabel("Username").fill(username);
  await panel.getByRole("button", { name: "Create service account" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("No tokens")).toBeVisible();
  await goodPage(page, "service-account-new");
  await page.getByRole("link", { name: "Access", exact: true }).click();
  await expect(page.getByRole("region", { name: "Roles" })).toContainText("Viewer");
  await goodPage(page, "service-account-access");
  await page.getByRole("link", { name: "What it did" }).click();
  await expect(page.getByText("Nothing has changed yet.")).toBeVisible();
});

test("a service account gets a token that is rotated and revoked", async ({
  page,
  api,
  signIn,
  unique,
  playwright,
  baseURL,
}) => {
  const { id } = await api.post<{ id: number }>("/api/admin/service-account", {
    username: unique("pipeline"),
    name: "خط الإنتاج",
    rootRole: 3,
  });
  await signIn();
  await page.goto(`/admin/service-accounts/${id}`);
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Description").fill("deploys");
  await page.getByRole("button", { name: "Create token" }).click();
  const first = await page.getByTestId("secret").innerText();
  await expect(page.getByRole("region", { name: "Use it" })).toContainText(first);
  await goodPage(page, "service-account-secret");
  await page.getByRole("button", { name: "Done" }).click();

  const request = await playwright.request.newContext({ baseURL });
  const opens = async (secret: string) =>
    (
      await request.get("/api/admin/projects", { headers: { Authorization: secret, "User-Agent": "deployer/1.2" } })
    ).status();
  expect(await opens(first)).toBe(200);
  await page.getByRole("button", { name: "More about deploys" }).click();
  await page.getByRole("menuitem", { name: "Who uses it" }).click();
  await expect(page.getByRole("dialog", { name: "Who uses deploys" })).toContainText("deployer 1.2");
  await goodPage(page, "service-account-usage");
  await page.keyboard.press("Escape");

  const clicks = new Clicks();
  await clicks.on(page.getByRole("button", { name: "More about deploys" }));
  await clicks.on(page.getByRole("menuitem", { name: "Rotate" }));
  await page.getByRole("dialog", { name: "Rotate deploys" }).waitFor();
  await clicks.on(page.getByRole("button", { name: "Rotate", exact: true }));
  expect(clicks.count, "clicks to rotate with a day of overlap").toBeLessThanOrEqual(3);
  const second = await page.getByTestId("secret").innerText();
  expect(second).not.toBe(first);
  await page.getByRole("button", { name: "Done" }).click();
  expect(await opens(first), "the old one works for a day").toBe(200);
  expect(await opens(second)).toBe(200);
  await expect(page.getByText(/The old secret .* ends/)).toBeVisible();
  await goodPage(page, "service-account");

  await page.getByRole("button", { name: "More about deploys" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No tokens")).toBeVisible();
  expect(await opens(first)).toBe(401);
  expect(await opens(second)).toBe(401);
  await request.dispose();
});

test("service accounts are listed, changed, disabled, enabled and deleted by name", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const username = unique("bot");
  const name = `${username} ${"that does a great many things ".repeat(4)}`.slice(0, 100).trim();
  const { id } = await api.post<{ id: number }>("/api/admin/service-account", { username, name, rootRole: 3 });
  const token = await api.post<{ secret: string }>(`/api/admin/service-account/${id}/token`, {
    description: "t",
    expiresAt: null,
  });
  await signIn();
  await page.goto("/admin/service-accounts");
  await page.getByRole("searchbox").fill(username);
  const row = page.getByRole("row", { name: new RegExp(username) });
  await expect(row).toContainText("Viewer");
  await goodPage(page, "service-accounts");
  const menu = page.getByRole("button", { name: `More about ${name}` });
  await menu.click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await page.getByRole("combobox", { name: "Root role" }).click();
  await page.getByRole("option", { name: "Editor" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("Editor");

  const opens = async () =>
    (await page.request.get("/api/admin/projects", { headers: { Authorization: token.secret, Cookie: "" } })).status();
  await menu.click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(row).toContainText("disabled");
  expect(await opens()).toBe(401);
  await menu.click();
  await page.getByRole("menuitem", { name: "Enable" }).click();
  await expect(row).not.toContainText("disabled");
  expect(await opens()).toBe(200);

  await menu.click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${name}?` });
  await expect(dialog).toContainText("Its token stops working");
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Delete service account" }).click();
  await expect(page.getByText(`${name} is deleted`)).toBeVisible();
  expect(await opens()).toBe(401);
});

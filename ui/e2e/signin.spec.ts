import { admin, expect, goodPage, test } from "./kit";

test("signing in leads to the page that was asked for", async ({ page }) => {
  await page.goto("/projects?q=def");
  await expect(page).toHaveURL(/\/login\?redirect=/);
  await goodPage(page, "sign-in");

  await page.getByLabel("Username or e-mail").fill(admin.username);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("Username or e-mail")).toHaveValue(admin.username);

  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/projects\?q=def$/);
  await expect(page.getByRole("searchbox", { name: "Search projects" })).toHaveValue("def");
});

test("a link to set a password works once", async ({ page, api, unique }) => {
  const email = `${unique("new")}@example.com`;
  const made = await api.post<{ inviteLink: string }>("/api/admin/user-admin", {
    email,
    name: "Noor",
    rootRole: 2,
    sendEmail: false,
  });
  const link = new URL(made.inviteLink, "http://localhost");
  await page.goto(link.pathname + link.search);
  await expect(page.getByText("For Noor")).toBeVisible();
  await goodPage(page, "new-user");

  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByLabel("New password")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("New password").fill("Sail-the-4-seas-well");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("Your password is set.")).toBeVisible();

  await page.getByLabel("Username or e-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("Sail-the-4-seas-well");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();

  await page.goto(link.pathname + link.search);
  await expect(page.getByRole("heading", { level: 1, name: "This link does not work" })).toBeVisible();
});

test("people sign up by an invitation for many", async ({ page, api, unique }) => {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const made = await api.post<{ url: string }>("/api/admin/invite-link/tokens", { name: unique("invite"), expiresAt });
  const link = new URL(made.url, "http://localhost");
  await page.goto(link.pathname + link.search);
  await goodPage(page, "sign-up");
  await page.getByLabel("Name", { exact: true }).fill("Ayşe");
  await page.getByLabel("E-mail address").fill(`${unique("ayse")}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("Sail-the-4-seas-well");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/login/);
});

test("a session that ends asks to sign in over the page, and nothing typed is lost", async ({
  page,
  signIn,
  unique,
}) => {
  await signIn();
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).click();
  const name = unique("kept");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Create project" }).click();

  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password", { exact: true }).fill(admin.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("an address that leads nowhere says so", async ({ page, signIn }) => {
  await signIn();
  const answer = await page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1, name: "Not found" })).toBeVisible();
  await page.goto("/projects/nobody-made-this");
  await expect(page.getByRole("heading", { level: 1, name: "Not found" })).toBeVisible();
});

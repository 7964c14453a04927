import { elsewhere, expect, goodPage, test } from "./kit";

const password = "Sail-the-4-seas-well";

test("one's own tokens are made, rotated, disabled and revoked", async ({ page, api, server, signIn, unique }) => {
  const username = unique("paula");
  await api.post("/api/admin/user-admin", { username, name: "Paula", rootRole: 3, password });
  await signIn({ username, password });
  await page.goto("/profile");
  await expect(page.getByText("You have none.")).toBeVisible();
  const description = unique("laptop");
  const section = page.getByRole("region", { name: "Personal access tokens" });
  const make = async () => {
    await section.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Description").fill(description);
    await expect(page.getByRole("radio", { name: "90 days" }), "an expiry is recommended").toBeChecked();
    await page.getByRole("button", { name: "Create token" }).click();
  };
  await make();
  const first = (await page.getByTestId("secret").textContent()) ?? "";
  await page.getByRole("button", { name: "Done" }).click();
  const opens = async (secret: string) =>
    (await fetch(`${server.url}/api/admin/user`, { headers: { Authorization: secret } })).status;
  expect(await opens(first)).toBe(200);
  await expect(section.getByRole("table")).toContainText("in 90 days");

  await make();
  await expect(page.getByRole("alert"), "a name in use is told").toContainText("already");
  await expect(page.getByLabel("Description")).toHaveValue(description);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Discard" }).click();

  const menu = async (item: string) => {
    await section.getByRole("button", { name: `More about ${description}` }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await menu("Rotate");
  await page.getByRole("dialog").getByText("None", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  const second = (await page.getByTestId("secret").textContent()) ?? "";
  await page.getByRole("button", { name: "Done" }).click();
  expect([await opens(first), await opens(second)]).toEqual([401, 200]);
  await menu("Disable");
  await expect(section.getByText("Disabled")).toBeVisible();
  expect(await opens(second)).toBe(401);
  await menu("Enable");
  await expect(section.getByText("Disabled")).toHaveCount(0);
  await goodPage(page, "profile");
  await menu("Revoke");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("You have none.")).toBeVisible();
  expect(await opens(second)).toBe(401);
});

test("where one is signed in: one is ended, and then all others", async ({
  page,
  api,
  signIn,
  playwright,
  server,
  unique,
}) => {
  const who = { username: unique("sam"), password };
  await api.post("/api/admin/user-admin", { ...who, name: "Sam", rootRole: 3 });
  await signIn(who);
  const agents = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "an-old-script/1.0",
  ];
  const others = await Promise.all(
    agents.map((userAgent) => playwright.request.newContext({ baseURL: server.url, userAgent })),
  );
  for (const other of others)
    expect((await other.post("/auth/simple/login", { data: who, headers: elsewhere() })).status()).toBe(200);
  await page.goto("/profile");
  const section = page.getByRole("region", { name: "Where you are signed in" });
  await expect(section.getByRole("listitem")).toHaveCount(4);
  await expect(section.getByRole("listitem").filter({ hasText: "This browser" })).toHaveCount(1);
  await section.getByRole("button", { name: /Sign out Firefox 143 on Linux/ }).click();
  await expect(section.getByRole("listitem")).toHaveCount(3);
  const statuses = () => Promise.all(others.map(async (other) => (await other.get("/api/admin/user")).status()));
  expect(await statuses()).toEqual([401, 200, 200]);
  await goodPage(page, "profile-sessions");
  await section.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(section.getByRole("listitem")).toHaveCount(1);
  expect(await statuses()).toEqual([401, 401, 401]);
  for (const other of others) await other.dispose();
});

test("the password is changed, and what is wrong is told at its field", async ({ page, api, signIn, unique }) => {
  const who = { username: unique("pat"), password };
  await api.post("/api/admin/user-admin", { ...who, name: "Pat", rootRole: 3 });
  await signIn(who);
  await page.goto("/profile");
  const section = page.getByRole("region", { name: "Password" });
  const field = (name: string) => section.getByLabel(name, { exact: true });
  await field("Old password").fill(password);
  await field("New password").fill("Another-1-for-the-sea");
  await field("New password again").fill("Another-2-for-the-sea");
  await section.getByRole("button", { name: "Change password" }).click();
  await expect(section.getByText("ConfirmPassword differs from password")).toBeVisible();
  await field("New password again").fill("Another-1-for-the-sea");
  await field("Old password").fill("not-this-one");
  await section.getByRole("button", { name: "Change password" }).click();
  await expect(section.getByRole("alert")).toBeVisible();
  await field("Old password").fill(password);
  await section.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expect(field("New password")).toHaveValue("");
  await page.context().clearCookies();
  await signIn({ username: who.username, password: "Another-1-for-the-sea" });
});

test("roles and projects are in view, and the look is kept", async ({ page, api, signIn, unique }) => {
  const who = { username: unique("رامي"), password };
  const made = await api.post<{ id: number }>("/api/admin/user-admin", { ...who, name: "رامي", rootRole: 2 });
  const project = unique("crew");
  await api.post("/api/admin/projects", { id: project, name: project });
  await api.post(`/api/admin/projects/${project}/access`, { roles: [5], users: [made.id], groups: [] });
  await signIn(who);
  await page.goto("/profile/personal-api-tokens");
  const section = page.getByRole("region", { name: "Roles and projects" });
  await expect(section).toContainText("Editor");
  await expect(section.getByRole("link", { name: project })).toBeVisible();
  await expect(section).toContainText("Member");
  await page.getByRole("region", { name: "Look" }).getByText("Dark").click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});

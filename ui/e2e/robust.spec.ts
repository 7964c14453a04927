import { expect, goodPage, test } from "./kit";

test("a call that fails is told, and what was typed stays", async ({ page, signIn, unique }) => {
  await signIn();
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Name", { exact: true }).fill(unique("offline"));
  await page.route("**/api/admin/projects", (route) =>
    route.request().method() === "POST" ? route.abort() : route.fallback(),
  );
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached");
  await page.unroute("**/api/admin/projects");
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /offline/ })).toBeVisible();
});

test("a page that cannot be read says why, and works again when it can", async ({ page, signIn }) => {
  await signIn();
  await page.route("**/api/admin/search/features*", (route) =>
    route.fulfill({
      status: 500,
      json: { id: "abc123", name: "InternalError", message: "something went wrong on our side" },
    }),
  );
  await page.goto("/projects/default");
  await expect(page.getByRole("alert")).toContainText("Something went wrong on our side");
  await goodPage(page, "failed");
  await page.unroute("**/api/admin/search/features*");
  await page.reload();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a permission that is lost while the page is open is told, with its name", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const who = { username: unique("editor"), password: "Sail-the-4-seas-well" };
  const made = await api.post<{ id: number }>("/api/admin/user-admin", {
    username: who.username,
    name: "Ed",
    rootRole: 2,
    password: who.password,
  });
  const name = unique("lost");
  await api.post("/api/admin/projects/default/features", { name });
  await signIn(who);
  await page.goto(`/projects/default/features/${name}`);
  await page.getByRole("button", { name: "Add strategy in development" }).click();
  await page.getByRole("button", { name: "50 %", exact: true }).click();
  await api.put(`/api/admin/user-admin/${made.id}`, { name: "Ed", rootRole: 3 });
  await page.getByRole("button", { name: "Save and switch on" }).click();
  const panel = page.getByRole("dialog", { name: "New strategy in development" });
  await expect(panel.getByRole("alert")).toContainText("CREATE_FEATURE_STRATEGY");
  await expect(panel.getByLabel("Rollout", { exact: true })).toHaveValue("50 %");
});

test("what somebody else changed is not overwritten, and nothing typed is lost", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const name = unique("both");
  const at = `/api/admin/projects/default/features/${name}/environments/development/strategies`;
  await api.post("/api/admin/projects/default/features", { name });
  const made = await api.post<{ id: string }>(at, { name: "flexibleRollout", parameters: { rollout: "10" } });
  await signIn();
  await page.goto(`/projects/default/features/${name}`);
  await page.getByRole("button", { name: "Edit strategy 1 in development" }).click();
  const panel = page.getByRole("dialog", { name: "Strategy in development" });
  await panel.getByRole("button", { name: "25 %", exact: true }).click();
  await api.put(`${at}/${made.id}`, { name: "flexibleRollout", parameters: { rollout: "77" } });
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  const conflict = panel.getByRole("alert");
  await expect(conflict).toContainText("changed this while you were editing");
  await expect(conflict).toContainText("77 %");
  await goodPage(page, "conflict");
  await expect(panel.getByRole("textbox", { name: "Rollout" })).toHaveValue("25 %");
  await conflict.getByRole("button", { name: "Show theirs" }).click();
  await expect(panel.getByRole("textbox", { name: "Rollout" })).toHaveValue("77 %");
  await panel.getByRole("button", { name: "50 %", exact: true }).click();
  await panel.getByRole("button", { name: "Save", exact: true }).click();
  await expect(panel).toHaveCount(0);
  await expect(page.getByRole("region", { name: "development" })).toContainText("50 %");
});

test("what somebody else changes appears without a reload", async ({ page, api, signIn, unique }) => {
  const name = unique("live");
  await api.post("/api/admin/projects/default/features", { name });
  await signIn();
  const listening = page.waitForResponse((response) => response.url().endsWith("/api/admin/live"));
  await page.goto(`/projects/default?q=${name}`);
  await expect(page.getByRole("switch", { name: `${name} in development` })).not.toBeChecked();
  expect((await listening).status()).toBe(200);
  await api.post(`/api/admin/projects/default/features/${name}/environments/development/on`);
  await expect(page.getByRole("switch", { name: `${name} in development` })).toBeChecked();
});

import { expect, goodPage, test } from "./kit";

test("segments are created, shown with who uses them, and deleted by name", async ({ page, api, signIn, unique }) => {
  const name = unique("Norway");
  await signIn();
  await page.goto("/segments");
  await page.getByRole("button", { name: "New segment" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Add constraint" }).click();
  await page.getByRole("combobox", { name: "Values" }).fill("7");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.getByRole("searchbox").fill(name);
  await expect(page.getByText("1–1 of 1 segments")).toBeVisible();
  await goodPage(page, "segments");

  const flag = unique("user");
  const { segments } = await api.get<{ segments: { id: number; name: string }[] }>("/api/admin/segments");
  const id = segments.find((s) => s.name === name)?.id;
  await api.post("/api/admin/projects/default/features", { name: flag });
  await api.post(`/api/admin/projects/default/features/${flag}/environments/production/strategies`, {
    name: "flexibleRollout",
    segments: [id],
  });
  await page.reload();
  await page.getByRole("button", { name, exact: true }).click();
  await expect(page.getByRole("link", { name: flag })).toBeVisible();
  await goodPage(page, "segment");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete this segment?" });
  const button = dialog.getByRole("button", { name: "Delete segment" });
  await expect(button).toBeDisabled();
  await dialog.getByRole("textbox").fill(name);
  await button.click();
  await expect(page.getByText(/Not done/)).toBeVisible();
});

test("context fields are created and changed", async ({ page, signIn, unique }) => {
  const name = unique("plan");
  await signIn();
  await page.goto("/context");
  await page.getByRole("button", { name: "New context field" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("combobox", { name: "Values to choose from" }).fill("free,pro,");
  await page.getByRole("button", { name: "Create field" }).click();
  await page.getByRole("searchbox").fill(name);
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByLabel("Description").fill("What the customer pays for");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("What the customer pays for")).toBeVisible();
  await goodPage(page, "context-fields");
});

test("environments are created, moved and deleted by name", async ({ page, signIn, unique }) => {
  const name = unique("staging");
  await signIn();
  await page.goto("/environments");
  await page.getByRole("button", { name: "New environment" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create environment" }).click();
  await expect(page.getByText(name)).toBeVisible();
  await goodPage(page, "environments");
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(name);
  await page.getByRole("button", { name: "Delete environment" }).click();
  await expect(page.getByText(`The environment ${name} is deleted`)).toBeVisible();
});

test("a project is changed, given access to, and deleted", async ({ page, api, signIn, unique }) => {
  const id = unique("short");
  await api.post("/api/admin/projects", { id, name: id });
  const person = unique("Petra");
  await api.post("/api/admin/user-admin", {
    username: person,
    name: person,
    rootRole: 3,
    password: "Sail-the-4-seas-well",
  });
  await signIn();
  await page.goto(`/projects/${id}/settings`);
  await page.getByLabel("Description").fill("Soon gone");
  await page.getByRole("region", { name: "General" }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Soon gone").first()).toBeVisible();

  await page.getByRole("button", { name: "Give access" }).click();
  const panel = page.getByRole("dialog", { name: "Give access" });
  await panel.getByRole("combobox", { name: "Who" }).fill(person);
  await page.getByRole("option", { name: person }).click();
  await page.keyboard.press("Tab");
  await panel.getByRole("combobox", { name: "Roles" }).click();
  await page.getByRole("option", { name: "Member" }).click();
  await page.getByRole("option", { name: "Reader" }).click();
  await page.keyboard.press("Tab");
  await panel.getByRole("button", { name: "Give access" }).click();
  const holders = page.getByRole("table", { name: "Who has access" });
  await expect(holders).toContainText("MemberReader");
  const group = unique("Crew");
  await api.post("/api/admin/groups", { name: group });
  await page.getByRole("button", { name: "Give access" }).click();
  await panel.getByRole("combobox", { name: "Who" }).fill(group);
  await page.getByRole("option", { name: group }).click();
  await page.keyboard.press("Tab");
  await panel.getByRole("combobox", { name: "Roles" }).click();
  await page.getByRole("option", { name: "Owner" }).click();
  await page.keyboard.press("Tab");
  await panel.getByRole("button", { name: "Give access" }).click();
  await expect(holders.getByRole("row", { name: new RegExp(group) })).toContainText("Owner");
  await goodPage(page, "project-settings");

  await page.getByRole("button", { name: "Delete project" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete this project?" });
  await dialog.getByRole("textbox").fill(id);
  await dialog.getByRole("button", { name: "Delete project" }).click();
  await expect(page).toHaveURL(/\/projects$/);
});

test("archived flags are revived or deleted", async ({ page, api, signIn, unique }) => {
  const [back, gone] = [unique("back"), unique("gone")];
  for (const name of [back, gone]) {
    await api.post("/api/admin/projects/default/features", { name });
    await api.delete(`/api/admin/projects/default/features/${name}`);
  }
  await signIn();
  await page.goto("/projects/default/archive");
  await goodPage(page, "archive");
  await page.getByRole("button", { name: `Revive ${back}` }).click();
  await expect(page.getByText("Revived, and off everywhere")).toBeVisible();
  await page.getByRole("button", { name: `Delete ${gone}` }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(gone);
  await page.getByRole("button", { name: "Delete flag" }).click();
  await expect(page.getByRole("button", { name: `Delete ${gone}` })).toHaveCount(0);
});

test("strategies of a project begin with its default strategy in the environment", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const id = unique("begin");
  await api.post("/api/admin/projects", { id, name: id });
  await api.post(`/api/admin/projects/${id}/features`, { name: `flag-${id}` });
  await signIn();
  await page.goto(`/projects/${id}/settings`);
  await page.getByRole("button", { name: "Change the default strategy in production" }).click();
  const panel = page.getByRole("dialog", { name: "Default strategy in production" });
  await panel.getByRole("textbox", { name: "Rollout" }).fill("25");
  await goodPage(page, "default-strategy");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Strategies begin with: 25 %, by user, else session")).toBeVisible();
  await page.goto(`/projects/${id}/features/flag-${id}`);
  await page.getByRole("button", { name: "Add strategy in production" }).click();
  const editor = page.getByRole("dialog", { name: "New strategy in production" });
  await expect(editor.getByRole("textbox", { name: "Rollout" })).toHaveValue(/25/);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add strategy in development" }).click();
  const other = page.getByRole("dialog", { name: "New strategy in development" });
  await expect(other.getByRole("textbox", { name: "Rollout" })).toHaveValue(/100/);
});

test("favourite projects come first", async ({ page, api, signIn, unique }) => {
  const [first, last] = [unique("aaa"), unique("zzz")];
  for (const id of [first, last]) await api.post("/api/admin/projects", { id, name: id });
  await signIn();
  await page.goto("/projects");
  await page.getByRole("button", { name: `Add ${last} to favourites` }).click();
  await expect(page.getByRole("button", { name: `Remove ${last} from favourites` })).toBeVisible();
  const names = page.getByRole("main").getByRole("link", { name: /^(aaa|zzz)-/ });
  await expect(names.first()).toHaveText(last);
  await page.getByRole("link", { name: last }).click();
  await page.getByRole("button", { name: `Remove ${last} from favourites` }).click();
  await expect(page.getByRole("button", { name: `Add ${last} to favourites` })).toBeVisible();
});

import { expect, goodPage, test } from "./kit";

test("projects are listed, created and found", async ({ page, signIn, unique }) => {
  await signIn();
  await page.goto("/projects");
  await goodPage(page, "projects");

  const name = unique("Harbour");
  await page.getByRole("button", { name: "New project" }).click();
  const panel = page.getByRole("dialog", { name: "New project" });
  await panel.getByLabel("Description").fill("Moorings and berths");
  await panel.getByRole("button", { name: "Create project" }).click();
  await expect(panel.getByLabel("Name", { exact: true }), "the server's sentence is at its field").toHaveAttribute(
    "aria-invalid",
    "true",
  );
  await expect(panel.getByLabel("Description"), "what was typed stays").toHaveValue("Moorings and berths");
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await page.goto("/projects");
  await page.getByRole("searchbox", { name: "Search projects" }).fill(name);
  await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
  await expect(page).toHaveURL(/q=Harbour/);
  await expect(page.getByText("1–1 of 1 projects")).toBeVisible();
});

test("closing a panel asks before what was typed is lost", async ({ page, signIn }) => {
  await signIn();
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Half an idea");
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toHaveCount(0);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Half an idea");
});

test("somebody without the permission sees what it needs", async ({ page, api, signIn, unique }) => {
  const who = { username: unique("viewer"), password: "Sail-the-4-seas-well" };
  await api.post("/api/admin/user-admin", { username: who.username, name: "Vi", rootRole: 3, password: who.password });
  await signIn(who);
  await page.goto("/projects");
  const create = page.getByRole("button", { name: "New project" });
  await expect(create).toHaveAttribute("aria-disabled", "true");
  await create.focus();
  await expect(page.getByRole("tooltip")).toContainText("CREATE_PROJECT");
  await create.click({ force: true });
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("search opens by Ctrl+K and finds flags, projects and pages", async ({ page, api, signIn, unique }) => {
  const flag = unique("sought");
  await api.post("/api/admin/projects/default/features", { name: flag });
  await signIn();
  await page.goto("/projects");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  const field = page.getByPlaceholder("Search flags, projects, tokens and pages");
  await field.fill("segm");
  await expect(page.getByRole("button", { name: "Segments" }).last()).toBeVisible();
  await field.fill(flag);
  await expect(page.getByText("in default")).toBeVisible();
  await goodPage(page, "search");
  await field.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/projects/default/features/${flag}$`));
});

import { elsewhere, expect, goodPage, test } from "./kit";

test.describe.configure({ timeout: 120_000 }); // the pages are checked at many steps

const longName = "Harbour master of the outer basin and ".repeat(4).slice(0, 80).trim();

test("the roles of the server are shown, and cannot be changed", async ({ page, api, signIn, unique }) => {
  await signIn();
  await page.goto("/roles");
  await expect(page).toHaveURL(/\/admin\/roles$/);
  await expect(page.getByRole("row", { name: /Admin/ })).toContainText("built in");
  await goodPage(page, "roles");
  await page.getByRole("button", { name: "More about Editor" }).click();
  await expect(page.getByRole("menuitem", { name: /^Edit/ })).toBeDisabled();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Editor" }).click();
  const gives = page.getByRole("region", { name: "What it gives" });
  await expect(gives).toContainText("Create projects CREATE_PROJECT");
  await expect(gives.getByRole("checkbox"), "nothing to change").toHaveCount(0);
  await goodPage(page, "role-built-in");
  const fresh = unique("Deck hand"); // other tests give those of the server to somebody
  await api.post("/api/admin/roles", { name: fresh, type: "custom", permissions: [{ name: "CREATE_FEATURE" }] });
  await page.goto("/admin/roles/project-roles");
  await expect(page.getByRole("row", { name: /Member/ })).toContainText("built in");
  await page.getByRole("link", { name: fresh }).click();
  await expect(page.getByText("Nobody has it")).toBeVisible();
});

test("a root role is made by category, started from another, and deleted once nobody has it", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  await signIn();
  await page.goto("/admin/roles");
  await page.getByRole("button", { name: "New root role" }).click();
  const panel = page.getByRole("dialog", { name: "New root role" });
  await panel.getByRole("checkbox", { name: "All of Segment" }).check();
  await panel.getByRole("checkbox", { name: "Delete segments" }).uncheck();
  await panel.getByRole("checkbox", { name: "Read the event log and the sign-in log" }).check();
  await expect(panel.getByText("3 permissions")).toBeVisible();
  await panel.getByRole("button", { name: "Create role" }).click();
  await expect(panel.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await panel.getByLabel("Name", { exact: true }).fill("viewer");
  await panel.getByRole("button", { name: "Create role" }).click();
  await expect(panel.getByText(/named "Viewer" exists already/), "said at the field").toBeVisible();
  await expect(panel.getByText("3 permissions"), "what was chosen stays").toBeVisible();
  const name = `${unique("Auditor")} ${longName}`;
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await goodPage(page, "role-editor");
  await panel.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const gives = page.getByRole("region", { name: "What it gives" });
  await expect(gives).toContainText("READ_LOGS");
  await expect(gives).not.toContainText("DELETE_SEGMENT");

  const id = new URL(page.url()).pathname.split("/").at(-1);
  const person = unique("vera");
  const made = await api.post<{ id: number }>("/api/admin/user-admin", {
    username: person,
    rootRole: Number(id),
    password: "Sail-the-4-seas-well",
  });
  const holders = page.getByRole("region", { name: "Who has it" });
  await expect(holders.getByRole("link", { name: person }), "told without a reload").toBeVisible();
  await goodPage(page, "role");
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const used = page.getByRole("dialog", { name: `${name} is in use` });
  await expect(used).toContainText(`${person} (person, on the whole server)`);
  await used.getByRole("button", { name: "Close" }).last().click();

  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Start a new role from it" }).click();
  const copy = page.getByRole("dialog", { name: "New root role" });
  await expect(copy.getByRole("checkbox", { name: "Read the event log and the sign-in log" })).toBeChecked();
  await copy.getByLabel("Name", { exact: true }).fill(unique("Copy"));
  await copy.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /Copy/ })).toBeVisible();

  await api.put(`/api/admin/user-admin/${made.id}`, { rootRole: 3 });
  await page.goto(`/admin/roles/${id}`);
  await page.getByRole("button", { name: `More about ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete the role ${name}?` });
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Delete role" }).click();
  await expect(page).toHaveURL(/\/admin\/roles$/);
});

test("a project role gives permissions by environment, at once to who has it", async ({
  page,
  api,
  signIn,
  unique,
  playwright,
  baseURL,
}) => {
  const project = unique("quay");
  await api.post("/api/admin/projects", { id: project, name: project });
  await api.post(`/api/admin/projects/${project}/features`, { name: `flag-${project}` });
  const [name, person] = [unique("مبدّل"), unique("wim")];
  await signIn();
  await page.goto("/admin/roles/project-roles");
  await page.getByRole("button", { name: "New project role" }).click();
  const panel = page.getByRole("dialog", { name: "New project role" });
  await panel.getByLabel("Name", { exact: true }).fill(name);
  const cell = (environment: string) =>
    panel.getByRole("checkbox", { name: `Switch flags on and off in ${environment}` });
  await cell("development").check();
  await panel.getByRole("checkbox", { name: "Add strategies in all environments" }).check();
  await expect(
    panel.getByRole("checkbox", { name: "Add strategies in production" }),
    "given everywhere",
  ).toBeDisabled();
  await goodPage(page, "role-matrix-editor");
  await panel.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const held = (environment: string) => page.getByLabel(`Switch flags on and off in ${environment}`, { exact: true });
  await expect(held("development")).toBeVisible();
  await expect(held("production")).toHaveCount(0);
  const role = Number(new URL(page.url()).pathname.split("/").at(-1));

  const password = "Sail-the-4-seas-well";
  const { id } = await api.post<{ id: number }>("/api/admin/user-admin", { username: person, rootRole: 3, password });
  await api.put(`/api/admin/projects/${project}/users/${id}/roles`, { roles: [role] });
  const theirs = await playwright.request.newContext({ baseURL });
  await theirs.post("/auth/simple/login", { data: { username: person, password }, headers: elsewhere() });
  const on = (environment: string) =>
    theirs.post(`/api/admin/projects/${project}/features/flag-${project}/environments/${environment}/on`);
  expect((await on("development")).status()).toBe(200);
  expect((await on("production")).status()).toBe(403);

  await page.getByRole("button", { name: "Edit role" }).click();
  const edit = page.getByRole("dialog", { name: `Edit ${name}` });
  await edit.getByRole("checkbox", { name: "Switch flags on and off in production" }).check();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit, "saved").toHaveCount(0);
  await expect(held("production")).toBeVisible();
  expect((await on("production")).status(), "counts at once").toBe(200);
  await theirs.dispose();
  await expect(page.getByRole("region", { name: "Who has it" })).toContainText(`in project ${project}`);
  await goodPage(page, "role-matrix");
});

test("who may read roles sees them, and what changing one needs", async ({ page, api, signIn, unique }) => {
  const { roles } = await api.post<{ roles: { id: number } }>("/api/admin/roles", {
    name: unique("Reads roles"),
    type: "root-custom",
    permissions: [{ name: "READ_ROLE" }],
  });
  const who = { username: unique("xena"), password: "Sail-the-4-seas-well" };
  await api.post("/api/admin/user-admin", { ...who, rootRole: roles.id });
  await signIn(who);
  await page.goto("/admin/roles");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Search flags, projects, tokens and pages").fill("permissions");
  await expect(page.getByRole("button", { name: "Roles" }).last(), "found as a page").toBeVisible();
  await page.keyboard.press("Escape");
  const create = page.getByRole("button", { name: "New root role" });
  await expect(create).toHaveAttribute("aria-disabled", "true");
  await create.focus();
  await expect(page.getByRole("tooltip")).toContainText("ADMIN");
  await page.getByRole("link", { name: "Editor" }).click();
  await expect(page.getByRole("region", { name: "What it gives" })).toContainText("CREATE_PROJECT");
  await expect(page.getByRole("region", { name: "Who has it" }), "people are for administrators").toHaveCount(0);
  await page.getByRole("button", { name: "More about Editor" }).click();
  await expect(page.getByRole("menuitem", { name: /Start a new role/ })).toContainText("Needs ADMIN");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await goodPage(page, "role-read-only");
});

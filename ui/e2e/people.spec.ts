import type { Page } from "@playwright/test";
import { type Api, Clicks, elsewhere, expect, goodPage, test, track } from "./kit";

test.describe.configure({ timeout: 120_000 }); // the pages are checked at many steps

const password = "Sail-the-4-seas-well";
const longName = "Bartholomew-Maximilian van der ".repeat(4).slice(0, 100).trim();
const rtlName = "ليلى البحارة من الميناء القديم";

interface Made {
  id: number;
}

const addPerson = (api: Api, username: string, more: object = {}) =>
  api.post<Made>("/api/admin/user-admin", { username, name: username, rootRole: 3, password, ...more });

const open = async (page: Page, name: string, item: string) => {
  await page.getByRole("button", { name: `More about ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${item}`) }).click();
};

test("people are listed, found, filtered and added with a link to pass on", async ({ page, api, signIn, unique }) => {
  await addPerson(api, unique("long"), { name: longName, rootRole: 2 });
  await addPerson(api, unique("rtl"), { name: rtlName });
  await signIn();
  await page.goto("/admin/users");
  await expect(page.getByRole("link", { name: rtlName })).toBeVisible();
  await goodPage(page, "users");

  const name = unique("Petra");
  const clicks = new Clicks();
  await clicks.on(page.getByRole("button", { name: "New user" }));
  const panel = page.getByRole("dialog", { name: "New user" });
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByRole("button", { name: "Add user" }).click();
  await expect(panel.getByRole("alert"), "neither an address nor a username").toBeVisible();
  await expect(panel.getByLabel("Name", { exact: true }), "what was typed stays").toHaveValue(name);
  await expect(panel.getByRole("radio", { name: "By an invitation, sent by e-mail" })).toBeDisabled();
  await panel.getByLabel("E-mail address").fill(`${name}@example.org`);
  await clicks.on(panel.getByRole("button", { name: "Add user" }));
  expect(clicks.count, "clicks to add a person").toBeLessThanOrEqual(2);
  const link = page.getByTestId("secret");
  await expect(link).toContainText("/new-user?token=");
  await goodPage(page, "user-invited");
  const address = await link.innerText();
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("searchbox", { name: "Search people" }).fill(name);
  await expect(page.getByText("1–1 of 1 people")).toBeVisible();
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "Disabled" }).click();
  await expect(page.getByText("No people match")).toBeVisible();

  await page.context().clearCookies();
  const { pathname, search } = new URL(address); // its host is that of the settings
  await page.goto(pathname + search);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page).toHaveURL(/\/login/);
});

test("a person is added with a password by chance, which opens the door", async ({ page, signIn, unique }) => {
  const name = unique("paul");
  await signIn();
  await page.goto("/admin/users");
  await page.getByRole("button", { name: "New user" }).click();
  const panel = page.getByRole("dialog", { name: "New user" });
  await panel.getByLabel("Username").fill("admin");
  await panel.getByRole("button", { name: "Add user" }).click();
  await expect(panel.getByLabel("Username"), "the name is taken: said at its field").toHaveAttribute(
    "aria-invalid",
    "true",
  );
  await panel.getByLabel("Username").fill(name);
  await panel.getByRole("radio", { name: "With a password that I pass on" }).check();
  await panel.getByLabel("Password", { exact: true }).fill("short");
  await panel.getByRole("button", { name: "Add user" }).click();
  await expect(panel.getByText(/must have at least/)).toBeVisible();
  await panel.getByRole("button", { name: "Make one" }).click();
  await panel.getByRole("button", { name: "Add user" }).click();
  const secret = await page.getByTestId("secret").innerText();
  await page.getByRole("button", { name: "Done" }).click();
  await page.context().clearCookies();
  await signIn({ username: name, password: secret });
});

test("a person is changed, locked out, let in again, and deleted by name", async ({ page, api, signIn, unique }) => {
  const name = unique("quinn");
  const { id } = await addPerson(api, name);
  await signIn();
  await page.goto("/admin/users");
  await page.getByRole("searchbox").fill(name);
  await open(page, name, "Edit");
  const panel = page.getByRole("dialog", { name: `Edit ${name}` });
  await panel.getByLabel("E-mail address").fill("not an address");
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(panel.getByLabel("E-mail address")).toHaveAttribute("aria-invalid", "true");
  await panel.getByLabel("E-mail address").fill(`${name}@example.org`);
  await panel.getByRole("combobox", { name: "Root role" }).click();
  await page.getByRole("option", { name: "Editor" }).click();
  await panel.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("Editor");

  await open(page, name, "Disable");
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("disabled");
  const refused = await page.request.post("/auth/simple/login", {
    data: { username: name, password },
    headers: elsewhere(),
  });
  expect(refused.ok(), "the password opens nothing").toBe(false);
  await open(page, name, "Enable");
  await expect(page.getByRole("row", { name: new RegExp(name) })).not.toContainText("disabled");

  await open(page, name, "Reset password");
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByTestId("secret")).toContainText("/reset-password?token=");
  await page.getByRole("button", { name: "Done" }).click();

  await page.goto(`/admin/users/${id}`);
  await open(page, name, "Delete");
  const dialog = page.getByRole("dialog", { name: `Delete ${name}?` });
  await expect(dialog.getByRole("button", { name: "Delete user" })).toBeDisabled();
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Delete user" }).click();
  await expect(page).toHaveURL(/\/admin\/users$/);
  await expect(page.getByText(`${name} is deleted`)).toBeVisible();
});

test("one sees what a person may do where, and which role and group give it", async ({ page, api, signIn, unique }) => {
  const [project, crew] = [unique("dock"), unique("Crew")];
  await api.post("/api/admin/projects", { id: project, name: project });
  const { id } = await addPerson(api, unique("rita"), { name: rtlName });
  const group = await api.post<Made>("/api/admin/groups", { name: crew, users: [{ user: { id } }] });
  await api.post(`/api/admin/projects/${project}/access`, { roles: [5], groups: [group.id], users: [] });
  await signIn();
  await page.goto("/admin/users/access");
  await page.getByRole("searchbox").fill(crew);
  await expect(page.getByRole("row", { name: new RegExp(crew) })).toContainText(project);
  await expect(page.getByText("1–1 of 1 accounts")).toBeVisible();
  await goodPage(page, "access-overview");
  await page.getByRole("link", { name: rtlName }).click();
  await expect(page.getByRole("region", { name: "Roles" })).toContainText(
    `in project ${project}, by the group ${crew}`,
  );
  await expect(page.getByText("Nothing on the whole server")).toBeVisible();
  await page.getByRole("combobox", { name: "Where" }).fill(project);
  await page.getByRole("option", { name: `Project ${project}` }).click();
  const row = page.getByRole("row", { name: /CREATE_FEATURE by/ });
  await expect(row).toContainText(`by Member, in ${crew}`);
  await track(page.getByRole("switch", { name: "Show what is not allowed too" })).click();
  await expect(page.getByRole("row", { name: /not allowed.*DELETE_PROJECT/ }).first()).toBeVisible();
  await goodPage(page, "user");
  await page.getByRole("link", { name: "What they did" }).click();
  await goodPage(page, "user-history");
});

test("an administrator sees and stops personal tokens of others, and no secret", async ({
  page,
  api,
  signIn,
  unique,
  playwright,
  baseURL,
}) => {
  const name = unique("sam");
  const { id } = await addPerson(api, name);
  const own = await playwright.request.newContext({ baseURL });
  await own.post("/auth/simple/login", { data: { username: name, password }, headers: elsewhere() });
  const made = await own.post("/api/admin/user/tokens", { data: { description: "laptop", expiresAt: null } });
  const { secret } = (await made.json()) as { secret: string };
  await own.dispose();
  await signIn();
  await page.goto(`/admin/users/${id}/tokens`);
  await expect(page.getByRole("table", { name: "Personal tokens" })).toContainText("laptop");
  await expect(page.locator("body")).not.toContainText(secret);
  await goodPage(page, "user-tokens");
  await page.getByRole("button", { name: "More about laptop" }).click();
  await expect(page.getByRole("menuitem", { name: "Rotate" }), "the secret is not theirs").toHaveCount(0);
  await page.getByRole("menuitem", { name: "Who uses it" }).click();
  await expect(page.getByRole("dialog", { name: "Who uses laptop" })).toContainText("Never used");
  await page.keyboard.press("Escape");
  await open(page, "laptop", "Revoke");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No tokens")).toBeVisible();
  const after = await page.request.get("/api/admin/projects", { headers: { Authorization: secret, Cookie: "" } });
  expect(after.status()).toBe(401);
});

test("a link to sign up is made, used, prolonged and switched off", async ({ page, signIn, unique }) => {
  const name = unique("Summer crew");
  await signIn();
  await page.goto("/admin/invite-link");
  await page.getByRole("button", { name: "New sign-up link" }).first().click();
  const panel = page.getByRole("dialog", { name: "New sign-up link" });
  await panel.getByRole("button", { name: "Make link" }).click();
  await expect(panel.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByRole("button", { name: "Make link" }).click();
  const address = await page.getByTestId("secret").innerText();
  await page.getByRole("button", { name: "Done" }).click();

  const invite = new URL(address).searchParams.get("invite");
  const data = { name: rtlName, email: `${unique("new")}@example.org`, password };
  const joined = await page.request.post(`/invite/${invite}/signup`, { data });
  expect(joined.status()).toBe(200);
  await page.reload();
  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row).toContainText(rtlName);
  await goodPage(page, "signup-links");

  await open(page, name, "Change expiry");
  await page.getByRole("combobox", { name: "Works for, from now" }).click();
  await page.getByRole("option", { name: "90 days" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText(/in \d+ months/);
  await open(page, name, "Switch off");
  await expect(row).toContainText("switched off");
  const late = await page.request.post(`/invite/${invite}/signup`, {
    data: { ...data, email: `${unique("late")}@example.org` },
  });
  expect(late.ok()).toBe(false);
});

test("people who did nothing for long are removed, many at once", async ({ page, api, signIn, unique }) => {
  const people = [await addPerson(api, unique("old")), await addPerson(api, unique("older"))];
  await signIn();
  // Nobody can be inactive on a server that was started a minute ago: the list is given, the removal is real.
  await page.route("**/api/admin/user-admin/inactive", (route) =>
    route.fulfill({
      json: {
        version: 1,
        inactiveUsers: people.map(({ id }, n) => ({
          id,
          name: `Sleeper ${n} ${longName}`,
          seenAt: null,
          createdAt: "2025-01-01T00:00:00Z",
          patSeenAt: null,
        })),
      },
    }),
  );
  await page.goto("/admin/users/inactive");
  await page.getByRole("checkbox", { name: `Select ${people[0]?.id}` }).check();
  await page.getByRole("checkbox", { name: `Select ${people[1]?.id}` }).check();
  await goodPage(page, "users-inactive");
  await page.getByRole("button", { name: "Delete 2 people" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 2 people?" });
  await dialog.getByRole("textbox").fill("2 people");
  await dialog.getByRole("button", { name: "Delete 2 people" }).click();
  await expect(page.getByText("2 people deleted")).toBeVisible();
  const { users } = await api.get<{ users: Made[] }>("/api/admin/user-admin");
  expect(users.filter(({ id }) => people.some((one) => one.id === id))).toEqual([]);
  await page.unroute("**/api/admin/user-admin/inactive");
  await page.reload();
  await expect(page.getByText("Nobody is inactive")).toBeVisible();
});

test("groups are made, changed and deleted, with members and what they give", async ({ page, api, signIn, unique }) => {
  const [project, person] = [unique("pier"), unique("tina")];
  await api.post("/api/admin/projects", { id: project, name: project });
  await addPerson(api, person);
  await signIn();
  await page.goto("/admin/groups");
  const name = `${unique("Crew")} ${longName}`.slice(0, 100);
  await page.getByRole("button", { name: "New group" }).first().click();
  const panel = page.getByRole("dialog", { name: "New group" });
  await panel.getByRole("button", { name: "Create group" }).click();
  await expect(panel.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await panel.getByLabel("Name", { exact: true }).fill(name);
  await panel.getByRole("combobox", { name: "Members" }).fill(person);
  await page.getByRole("option", { name: person }).click();
  await page.keyboard.press("Tab");
  await panel.getByRole("combobox", { name: "Root role for every member" }).click();
  await page.getByRole("option", { name: "Editor" }).click();
  await panel.getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("Editor");
  await goodPage(page, "groups");

  const { groups } = await api.get<{ groups: (Made & { name: string })[] }>("/api/admin/groups");
  const group = groups.find((one) => one.name === name);
  await api.post(`/api/admin/projects/${project}/access`, { roles: [4, 5], groups: [group?.id], users: [] });
  await page.getByRole("link", { name }).click();
  const gives = page.getByRole("region", { name: "What members hold by it" });
  await expect(gives).toContainText(`Owner, Member in ${project}`);
  await expect(page.getByRole("row", { name: new RegExp(person) })).toBeVisible();
  await goodPage(page, "group");

  await page.getByRole("button", { name: "Change members" }).click();
  const edit = page.getByRole("dialog", { name: `Edit ${name}` });
  await edit.getByRole("combobox", { name: "Members" }).focus();
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Tab");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Nobody is in this group")).toBeVisible();

  await open(page, name, "Delete");
  const dialog = page.getByRole("dialog", { name: `Delete the group ${name}?` });
  await expect(dialog).toContainText(project);
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Delete group" }).click();
  await expect(page).toHaveURL(/\/admin\/groups$/);
});

test("who is no administrator is told what the pages about people need", async ({ page, api, signIn, unique }) => {
  const username = unique("viewer");
  await addPerson(api, username);
  await signIn({ username, password });
  await page.goto("/users");
  await expect(page, "the address of before leads there").toHaveURL(/\/admin\/users$/);
  await expect(page.getByRole("alert")).toContainText("Needed: ADMIN");
  const create = page.getByRole("button", { name: "New user" });
  await expect(create).toHaveAttribute("aria-disabled", "true");
  await create.focus();
  await expect(page.getByRole("tooltip")).toContainText("ADMIN");
  await goodPage(page, "users-denied");
  await expect(page.getByRole("link", { name: "Users", exact: true }), "not in the navigation").toHaveCount(0);
  for (const path of ["/admin/groups", "/admin/users/access", "/admin/users/1", "/admin/service-accounts"]) {
    await page.goto(path);
    await expect(page.getByRole("alert").first()).toContainText("Needed: ADMIN");
  }
});

test("a right that is lost while the page is open is told, and nothing typed is lost", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const username = unique("boss");
  const { id } = await addPerson(api, username, { rootRole: 1 });
  await signIn({ username, password });
  await page.goto("/admin/groups");
  await page.getByRole("button", { name: "New group" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("Half a crew");
  await api.put(`/api/admin/user-admin/${id}`, { rootRole: 3 });
  await page.getByRole("button", { name: "Create group" }).click();
  const panel = page.getByRole("dialog", { name: "New group" });
  await expect(panel.getByRole("alert")).toContainText("ADMIN");
  await expect(panel.getByLabel("Name", { exact: true })).toHaveValue("Half a crew");
});

test("what another administrator changes is not overwritten", async ({ page, api, signIn, unique }) => {
  const name = unique("uma");
  const { id } = await addPerson(api, name);
  await signIn();
  await page.goto(`/admin/users/${id}`);
  await page.getByRole("button", { name: "Edit user" }).click();
  const panel = page.getByRole("dialog", { name: `Edit ${name}` });
  await panel.getByLabel("Name", { exact: true }).fill("Mine");
  await api.put(`/api/admin/user-admin/${id}`, { name: "Theirs" });
  await expect(panel.getByText(/changed this while you were editing/)).toBeVisible();
  await panel.getByRole("button", { name: "Save mine over it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Mine" })).toBeVisible();
});

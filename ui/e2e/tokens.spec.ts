import { Clicks, expect, goodPage, test } from "./kit";

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

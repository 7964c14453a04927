import { expect, goodPage, test } from "./kit";

const features = "/api/admin/projects/default/features";

test("the playground: many contexts in two environments, why each is so, in an address to share", async ({
  page,
  api,
  signIn,
  unique,
}) => {
  const name = unique("play");
  await api.post(features, { name });
  await api.post(`${features}/${name}/environments/production/strategies`, {
    name: "flexibleRollout",
    parameters: { rollout: "100" },
    constraints: [{ contextName: "plan", operator: "IN", values: ["pro"] }],
    variants: [{ name: "blue", weight: 1000, weightType: "variable", stickiness: "default" }],
  });
  await api.post(`${features}/${name}/environments/production/on`);
  await signIn();
  await page.goto("/playground");
  await expect(page.getByText("Nothing asked yet")).toBeVisible();
  await goodPage(page, "playground-empty");

  const values = page.getByRole("combobox", { name: "Values of userId" });
  await values.fill("7");
  await page.keyboard.press("Enter");
  await values.fill("8");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add field" }).click();
  await page.getByRole("combobox", { name: "Field 2", exact: true }).fill("plan");
  const plans = page.getByRole("combobox", { name: "Values of plan" });
  await plans.fill("pro");
  await page.keyboard.press("Enter");
  await plans.fill("free");
  await page.keyboard.press("Enter");
  await expect(page.getByText("4 contexts")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Evaluate" }).click();
  await page.getByRole("searchbox", { name: "Search results" }).fill(name);
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row.getByRole("button", { name: `2 of 4 on: why is ${name} so in production` })).toContainText("blue");
  await expect(row.getByRole("button", { name: `Off: why is ${name} so in development` })).toBeVisible();
  await goodPage(page, "playground");

  await row.getByRole("button", { name: /in production/ }).click();
  const panel = page.getByRole("dialog", { name });
  await expect(panel.getByText("plan pro, userId 7")).toBeVisible();
  await expect(panel.getByText("plan is one of pro does not hold").first()).toBeVisible();
  await goodPage(page, "playground-reasons");
  await page.keyboard.press("Escape");

  // The address alone is the whole question.
  const address = page.url();
  await page.goto("/projects");
  await page.goto(address);
  await expect(page.getByRole("row").filter({ hasText: name }).getByText("2 of 4 on")).toBeVisible();
  await page.getByRole("combobox", { name: "Show" }).click();
  await page.getByRole("option", { name: "Off everywhere" }).click();
  await expect(page.getByText("No flags match")).toBeVisible();
});

test("the playground: errors at their fields", async ({ page, api, signIn, unique }) => {
  await api.post(features, { name: unique("play") });
  await signIn();
  await page.goto(`/playground?environments=development&context=${encodeURIComponent('{"currentTime":"yesterday"}')}`);
  const field = page.getByRole("combobox", { name: "Values of currentTime" });
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("Context.currentTime: must be a date and time as in 2026-01-31T12:00:00Z")).toBeVisible();
  await goodPage(page, "playground-error");
  await page.goto("/playground?environments=nowhere");
  await expect(page.locator("main")).toContainText(/nowhere/);
  await expect(page.getByRole("alert").or(page.locator('[aria-invalid="true"]')).first()).toBeVisible();
  const many = Array.from({ length: 200 }, (_, n) => n);
  const context = JSON.stringify({ userId: many, sessionId: many });
  await page.goto(`/playground?environments=development&context=${encodeURIComponent(context)}`);
  await expect(page.getByText(/20000/)).toBeVisible();
});

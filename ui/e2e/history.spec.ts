import { readFileSync } from "node:fs";
import { expect, goodPage, test } from "./kit";

const features = "/api/admin/projects/default/features";

test("the event log: by who, what, when, project, environment, flag and token; live; with before and after", async ({
  page,
  api,
  request,
  signIn,
  unique,
}) => {
  const name = unique("logged");
  const robot = unique("robot");
  const { secret } = await api.post<{ secret: string }>("/api/admin/api-tokens", {
    tokenName: robot,
    type: "admin",
  });
  const all = await api.get<{ tokens: { id: string; tokenName: string }[] }>("/api/admin/api-tokens?details=true");
  const id = all.tokens.find(({ tokenName }) => tokenName === robot)?.id ?? "";
  await api.post(features, { name });
  const at = `${features}/${name}/environments/production`;
  const made = await api.post<{ id: string }>(`${at}/strategies`, {
    name: "flexibleRollout",
    parameters: { rollout: "10", stickiness: "userId" },
  });
  const byToken = await request.put(`${at}/strategies/${made.id}`, {
    data: { name: "flexibleRollout", parameters: { rollout: "25", stickiness: "userId" } },
    headers: { Authorization: secret },
  });
  expect(byToken.status()).toBe(200);

  await signIn();
  await page.goto("/history");
  await expect(page.getByRole("heading", { level: 2, name: "Today" })).toBeVisible();
  await goodPage(page, "event-log");
  await page.getByRole("textbox", { name: "Flag" }).fill(name);
  await expect(page.getByText("1–3 of 3 events")).toBeVisible();
  await page.getByRole("combobox", { name: "What" }).click();
  await page.getByRole("option", { name: "Feature strategy update" }).click();
  const found = page.getByRole("article");
  await expect(found).toHaveCount(1);
  await expect(found).toContainText(`changed a strategy of ${name} in production`);
  await expect(found).toContainText("before: 10 %, by userId");
  await expect(found).toContainText("after: 25 %, by userId");
  await expect(found.getByRole("link", { name: `by token ${id}` })).toBeVisible();
  await goodPage(page, "event-log-filtered");

  // Each filter is in the address, where it can be shared.
  expect(new URL(page.url()).searchParams.get("feature")).toBe(name);
  for (const [filter, count] of [
    [`feature=${name}&token=${id}`, 1],
    [`feature=${name}&createdBy=admin`, 2],
    [`feature=${name}&environment=production`, 2],
    [`feature=${name}&project=default&type=feature-created`, 1],
    [`feature=${name}&from=2020-01-01&to=2020-12-31`, 0],
    [`q=${name}`, 3],
  ] as const) {
    await page.goto(`/history?${filter}`);
    if (count === 0) await expect(page.getByText("Nothing like that happened")).toBeVisible();
    else await expect(page.getByText(`1–${count} of ${count} events`)).toBeVisible();
  }

  // What happens now appears by itself.
  await page.goto(`/history?feature=${name}`);
  await expect(page.getByRole("article")).toHaveCount(3);
  await api.post(`${at}/on`);
  await expect(page.getByRole("article").first()).toContainText(`switched on ${name} in production`);

  // Saved is what the filters leave, and nothing else.
  await page.getByRole("button", { name: "Export" }).click();
  const csv = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "CSV, for spreadsheets" }).click();
  const rows = readFileSync(await (await csv).path(), "utf8")
    .trim()
    .split("\r\n");
  expect(rows).toHaveLength(5);
  expect(rows[0]).toBe("id,time,who,did,type,project,environment,flag,token,before,after");
  expect(rows.filter((row) => row.includes(`,${id},`))).toHaveLength(1);
  await page.getByRole("button", { name: "Export" }).click();
  const json = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "JSON, complete" }).click();
  const events = JSON.parse(readFileSync(await (await json).path(), "utf8")) as { featureName: string }[];
  expect(events.map((event) => event.featureName)).toEqual([name, name, name, name]);

  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/history$/);
});

test("the event log is paged by the server, and says when it cannot be read", async ({ page, api, signIn, unique }) => {
  const name = unique("paged");
  await api.post(features, { name });
  const at = `${features}/${name}/environments/development`;
  await api.post(`${at}/strategies`, { name: "default" });
  for (let n = 0; n < 14; n++) {
    await api.post(`${at}/on`);
    await api.post(`${at}/off`);
  }
  await signIn();
  await page.goto(`/history?feature=${name}&size=25`);
  await expect(page.getByText("1–25 of 30 events")).toBeVisible();
  await page.getByRole("button", { name: "Page 2" }).click();
  await expect(page.getByText("26–30 of 30 events")).toBeVisible();
  await expect(page.getByRole("article").last()).toContainText(`created the flag ${name}`);
  await page.route("**/api/admin/search/events*", (route) => route.abort());
  await page.goto("/history");
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached");
});

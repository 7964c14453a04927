import { expect, test } from "./kit";

test("2,000 flags in one list: drawn as far as they are seen", async ({ page, api, signIn, unique }) => {
  test.setTimeout(120_000);
  const projectId = unique("many");
  await api.post("/api/admin/projects", { id: projectId, name: projectId });
  const name = (n: number) => `${projectId}-${String(n).padStart(4, "0")}`;
  for (let from = 0; from < 2000; from += 25) {
    await Promise.all(
      Array.from({ length: 25 }, (_, n) =>
        api.post(`/api/admin/projects/${projectId}/features`, { name: name(from + n) }),
      ),
    );
  }
  await signIn();
  await page.goto(`/projects/${projectId}?sort=name&order=asc&size=2000`);
  await expect(page.getByText("1–2000 of 2,000 flags")).toBeAttached();
  await expect(page.getByRole("link", { name: name(0) })).toBeVisible();
  const drawn = () => page.getByRole("row").count();
  expect(await drawn()).toBeLessThan(120);
  for (let step = 0; step < 12; step++) {
    await page.evaluate(() => window.scrollBy(0, document.documentElement.scrollHeight / 12));
    expect(await drawn()).toBeLessThan(120);
  }
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await expect(page.getByRole("link", { name: name(1999) })).toBeVisible();
});

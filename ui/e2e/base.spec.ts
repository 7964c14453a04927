import { expect, test } from "@playwright/test";
import { admin, startServer } from "./server";

test("below a base path everything is found", async ({ browser }) => {
  const server = await startServer(["--base-path", "/flags"]);
  const page = await browser.newPage();
  const lost: string[] = [];
  page.on("response", (response) => {
    if (response.status() === 404) lost.push(response.url());
  });
  await page.goto(`${server.url}/flags/projects/default`);
  await page.getByLabel("Username or e-mail").fill(admin.username);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${server.url}/flags/projects/default`);
  await page.getByRole("link", { name: "History" }).click();
  await expect(page).toHaveURL(`${server.url}/flags/projects/default/logs`);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Default" })).toBeVisible();
  expect(lost).toEqual([]);
  await page.close();
  await server.stop();
});

import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, test as base, expect, type Locator, type Page } from "@playwright/test";
import { admin, type Server, startServer } from "./server";

export { admin, expect };

type Cookies = Awaited<ReturnType<APIRequestContext["storageState"]>>["cookies"];

/** What every browser test has. */
interface Kit {
  /** Calls the Admin API as the first administrator: for preparing what a test needs. */
  api: Api;
  /** Signs in, in the page of the test: as the first administrator without a name. */
  signIn: (who?: { username: string; password: string }) => Promise<void>;
  /** A name that no other test uses. */
  unique: (prefix: string) => string;
}

/** A server for each worker, and what every test has. Nothing inline, nothing from elsewhere: a violation fails the test. */
export const test = base.extend<Kit, { server: Server; session: Cookies }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  // One sign-in for all tests of a worker.
  session: [
    async ({ server, playwright }, use) => {
      const request = await playwright.request.newContext({ baseURL: server.url });
      const answer = await request.post("/auth/simple/login", { data: admin, headers: elsewhere() });
      expect(answer.status(), "signing in").toBe(200);
      const { cookies } = await request.storageState();
      await request.dispose();
      await use(cookies);
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  page: async ({ page, server }, use) => {
    await page.context().setExtraHTTPHeaders(elsewhere());
    const complaints: string[] = [];
    page.on("pageerror", (failure) => complaints.push(`script failed: ${failure.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy|Content-Security-Policy/i.test(message.text())) complaints.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !url.startsWith("data:") && !url.startsWith("blob:"))
        complaints.push(`request to ${url}`);
    });
    await use(page);
    expect(complaints, "what the page must never do").toEqual([]);
  },
  api: async ({ playwright, server, session }, use) => {
    const request = await playwright.request.newContext({
      baseURL: server.url,
      storageState: { cookies: session, origins: [] },
    });
    await use(new Api(request));
    await request.dispose();
  },
  signIn: async ({ page, session }, use) => {
    await use(async (who) => {
      if (!who) return page.context().addCookies(session);
      const answer = await page.context().request.post("/auth/simple/login", { data: who, headers: elsewhere() });
      expect(answer.status(), "signing in").toBe(200);
    });
  },
  unique: async ({ browserName }, use, info) => {
    let count = 0;
    await use(
      (prefix) =>
        `${prefix}-${browserName[0]}${info.workerIndex}${info.testId.slice(-6)}${info.repeatEachIndex}${count++}`,
    );
  },
});

/**
 * Headers of a sign-in from an address of its own: the server lets each try ten
 * times a minute, and tests on a quick machine are quicker than that.
 */
export function elsewhere(): Record<string, string> {
  const byte = () => Math.floor(Math.random() * 256);
  return { "X-Forwarded-For": `10.${byte()}.${byte()}.${byte()}` };
}

/** The Admin API, for what a test needs before it begins. Paths are below the server's address. */
export class Api {
  constructor(private readonly request: APIRequestContext) {}

  get = <T = unknown>(path: string) => this.send<T>("GET", path);
  post = <T = unknown>(path: string, data?: unknown) => this.send<T>("POST", path, data);
  put = <T = unknown>(path: string, data?: unknown) => this.send<T>("PUT", path, data);
  delete = (path: string) => this.send("DELETE", path);

  private async send<T>(method: string, path: string, data?: unknown): Promise<T> {
    const answer = await this.request.fetch(path, { method, data: data ?? undefined });
    const text = await answer.text();
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

/** Where a pointer presses a switch: its input lies under what is drawn. */
export function track(control: Locator): Locator {
  return control.locator("xpath=following-sibling::*[1]");
}

/** Counts the clicks of a job: every press of a control counts one, typing counts none. */
export class Clicks {
  count = 0;

  async on(target: Locator): Promise<void> {
    await target.click();
    this.count++;
  }
}

/** The schemes in which a page is checked: both where it is wide, and dark where it is narrow. */
function schemes(page: Page): ("light" | "dark")[] {
  return (page.viewportSize()?.width ?? 0) > 600 ? ["light", "dark"] : ["dark"];
}

/** Fails on serious and critical findings of axe; a second scheme is checked for what colours decide. */
export async function accessible(page: Page): Promise<void> {
  for (const [i, colorScheme] of schemes(page).entries()) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
    const axe = new AxeBuilder({ page });
    if (i === 0) axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    else axe.withRules(["color-contrast", "link-in-text-block"]);
    const { violations } = await axe.analyze();
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const told = bad.map(
      (v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `  ${n.target.join(" ")}: ${n.failureSummary}`).join("\n")}`,
    );
    expect(told, `accessibility, ${colorScheme}, of ${page.url()}`).toEqual([]);
  }
}

/** Fails when the page is wider than the screen. */
export async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, `pixels that ${page.url()} is too wide`).toBeLessThanOrEqual(0);
}

/** What every page must pass once it has loaded; also writes its screenshots for `make screenshots`. */
export async function goodPage(page: Page, name: string): Promise<void> {
  await expect(page.locator("main h1").first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await fits(page);
  await accessible(page);
  await screenshots(page, name);
}

/** Writes screenshots/NAME-WIDTH-SCHEME.png when BURGEE_SCREENSHOTS is set. */
export async function screenshots(page: Page, name: string): Promise<void> {
  if (!process.env.BURGEE_SCREENSHOTS) return;
  const width = page.viewportSize()?.width ?? 0;
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
    await page.screenshot({ path: `screenshots/${name}-${width}-${colorScheme}.png`, fullPage: width > 600 });
  }
}

import { expect, type Page } from "@playwright/test";
import { type Api, test } from "../e2e/kit";

/*
 * Figures of the kind that Lighthouse tells, of a first visit with an empty cache,
 * and how lists of thousands scroll. Milliseconds unless said otherwise.
 */

interface Seen {
  paint: number;
  largest: number;
  shift: number;
  long: { start: number; duration: number }[];
}

declare global {
  interface Window {
    seen: Seen;
    frameTimes: number[];
  }
}

/** Notes what the browser tells of its work, from the first moment. */
function observe() {
  const seen: Seen = { paint: 0, largest: 0, shift: 0, long: [] };
  window.seen = seen;
  const each = (type: string, note: (entry: PerformanceEntry & { value?: number; hadRecentInput?: boolean }) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  each("paint", (entry) => {
    if (entry.name === "first-contentful-paint") seen.paint = entry.startTime;
  });
  each("largest-contentful-paint", (entry) => {
    seen.largest = entry.startTime;
  });
  each("layout-shift", (entry) => {
    if (!entry.hadRecentInput) seen.shift += entry.value ?? 0;
  });
  each("longtask", (entry) => seen.long.push({ start: entry.startTime, duration: entry.duration }));
}

const round = (n: number) => Math.round(n);
const blocked = (long: Seen["long"], from = 0) =>
  long.filter(({ start }) => start >= from).reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0);
const at = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const rows: string[][] = [];

/** One first visit: what was painted when, what blocked, what was transferred. */
async function visit(page: Page, what: string, address: string) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(address);
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.waitForTimeout(2_000); // what comes after the last paint counts too
  const seen = await page.evaluate(() => window.seen);
  rows.push([
    what,
    String(round(seen.paint)),
    String(round(seen.largest)),
    String(round(blocked(seen.long, seen.paint))),
    seen.shift.toFixed(3),
    `${round(bytes / 1000)} kB`,
  ]);
  await session.detach();
}

test("first visits", async ({ browser, page, api, server, session }) => {
  await api.post("/api/admin/projects/default/features", { name: "checkout" });
  await api.post("/api/admin/projects/default/features/checkout/environments/development/on");
  for (const [what, address, known] of [
    ["sign-in", "/login", false],
    ["projects", "/projects", true],
    ["a flag", "/projects/default/features/checkout", true],
    ["API tokens", "/admin/api", true],
    ["event log", "/history", true],
  ] as const) {
    const context = await browser.newContext({ baseURL: server.url, viewport: page.viewportSize() });
    if (known) await context.addCookies(session);
    const fresh = await context.newPage();
    await fresh.addInitScript(observe);
    await visit(fresh, what, address);
    await context.close();
  }
  table(["page", "first paint", "largest paint", "blocking", "layout shift", "transferred"], rows);
});

/** Makes flags, many at a time. */
async function flags(api: Api, project: string, count: number) {
  await api.post("/api/admin/projects", { id: project, name: project });
  for (let from = 0; from < count; from += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, count - from) }, (_, n) =>
        api.post(`/api/admin/projects/${project}/features`, {
          name: `${project}-${String(from + n).padStart(5, "0")}`,
        }),
      ),
    );
  }
}

/** Scrolls to the end like a wheel, and notes each frame. */
async function scroll(page: Page): Promise<{ frames: number[]; long: Seen["long"] }> {
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        window.seen.long = [];
        window.frameTimes = [];
        let last = performance.now();
        const step = (now: number) => {
          window.frameTimes.push(now - last);
          last = now;
          const before = window.scrollY;
          window.scrollBy(0, 240);
          if (window.scrollY === before) done();
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
  );
  return page.evaluate(() => ({ frames: window.frameTimes.slice(1), long: window.seen.long }));
}

const many = Number(process.env.BURGEE_FLAGS ?? 10_000); // at least 2,000, at most 10,000

test("many flags: a list of 2,000 rows, and every answer of the playground", async ({ page, api, signIn }) => {
  test.setTimeout(1_800_000); // making them takes the time
  await flags(api, "many", many);
  await signIn();
  await page.addInitScript(observe);
  const begun = Date.now();
  await page.goto("/projects/many?size=2000&sort=name&order=asc");
  await expect(page.getByText(`1–2000 of ${many.toLocaleString("en")} flags`)).toBeAttached();
  const shown = Date.now() - begun;
  const { frames, long } = await scroll(page);
  const sorted = [...frames].sort((a, b) => a - b);
  const asked = Date.now();
  await page.goto(`/playground?environments=development&context=${encodeURIComponent('{"userId":["1","2"]}')}`);
  await expect(page.getByText(/^[\d,]+ answers$/)).toBeVisible(); // other tests make flags too
  const answered = Date.now() - asked;
  const ofPlayground = await page.evaluate(() => window.seen.long);
  table(
    ["what", "shown after", "frames", "frame p50", "p95", "longest", "long tasks", "blocked"],
    [
      [
        `2,000 of ${many.toLocaleString("en")} flags, scrolled to the end`,
        String(shown),
        String(frames.length),
        at(sorted, 0.5).toFixed(1),
        at(sorted, 0.95).toFixed(1),
        at(sorted, 1).toFixed(1),
        String(long.length),
        String(round(blocked(long))),
      ],
      [
        `${(2 * many).toLocaleString("en")} answers of the playground`,
        String(answered),
        "",
        "",
        "",
        "",
        String(ofPlayground.length),
        String(round(blocked(ofPlayground))),
      ],
    ],
  );
});

function table(head: string[], lines: string[][]) {
  const text = [head, head.map(() => "---"), ...lines].map((row) => `| ${row.join(" | ")} |`).join("\n");
  process.stdout.write(`\n${text}\n\n`);
}

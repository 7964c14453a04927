/** Counts of one hour, of one application in one environment. */
export interface HourCount {
  environment: string;
  appName?: string;
  timestamp: string;
  yes: number;
  no: number;
  variants?: Record<string, number>;
}

const hourName = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** Counts added up by hour, in order, for a chart; hours without any are there too. */
export function byHour(counts: HourCount[]): { hour: string; yes: number; no: number }[] {
  const hours = new Map<number, { yes: number; no: number }>();
  for (const { timestamp, yes, no } of counts) {
    const hour = Math.floor(new Date(timestamp).getTime() / 3_600_000);
    const sum = hours.get(hour) ?? { yes: 0, no: 0 };
    hours.set(hour, { yes: sum.yes + yes, no: sum.no + no });
  }
  if (hours.size === 0) return [];
  const first = Math.min(...hours.keys());
  const last = Math.max(...hours.keys());
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    hour: hourName.format((first + index) * 3_600_000),
    ...(hours.get(first + index) ?? { yes: 0, no: 0 }),
  }));
}

/** Counts added up by environment and application. */
export function totals(counts: HourCount[]) {
  const sums = new Map<
    string,
    { environment: string; appName: string; yes: number; no: number; variants: Record<string, number> }
  >();
  for (const { environment, appName = "", yes, no, variants = {} } of counts) {
    const key = JSON.stringify([environment, appName]);
    const sum = sums.get(key) ?? { environment, appName, yes: 0, no: 0, variants: {} };
    sum.yes += yes;
    sum.no += no;
    for (const [name, count] of Object.entries(variants)) sum.variants[name] = (sum.variants[name] ?? 0) + count;
    sums.set(key, sum);
  }
  return [...sums.values()].sort((a, b) => a.environment.localeCompare(b.environment) || b.yes + b.no - (a.yes + a.no));
}

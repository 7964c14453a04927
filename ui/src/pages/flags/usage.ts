/** Counts of one hour, of one application in one environment. */
export interface HourCount {
  environment: string;
  appName?: string;
  timestamp: string;
  yes: number;
  no: number;
  variants?: Record<string, number>;
}

/** An hour, for the axis of a chart. */
export const hourName = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** Counts added up by hour for a chart: the last so many hours, in order, those without any too. */
export function byHour(counts: HourCount[], hours: number, now: number): { hour: string; yes: number; no: number }[] {
  const sums = new Map<number, { yes: number; no: number }>();
  for (const { timestamp, yes, no } of counts) {
    const hour = Math.floor(new Date(timestamp).getTime() / 3_600_000);
    const sum = sums.get(hour) ?? { yes: 0, no: 0 };
    sums.set(hour, { yes: sum.yes + yes, no: sum.no + no });
  }
  const last = Math.floor(now / 3_600_000);
  return Array.from({ length: hours }, (_, index) => {
    const hour = last - hours + 1 + index;
    return { hour: hourName.format(hour * 3_600_000), ...(sums.get(hour) ?? { yes: 0, no: 0 }) };
  });
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

import { Text, Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "medium" });

/** "3 hours ago", "in 5 days", "just now". */
export function ago(time: string | number | Date, now = Date.now()): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 5 ? "in a moment" : "just now";
}

/** The time in full, in the time zone of the browser. */
export function fullTime(time: string | number | Date): string {
  return full.format(new Date(time));
}

// One timer for all times on the page.
const minute = {
  subscribe(listener: () => void) {
    const timer = setInterval(listener, 30_000);
    return () => clearInterval(timer);
  },
  now: () => Math.floor(Date.now() / 30_000),
};

interface Props {
  time: string | number | Date | null | undefined;
  /** Shown without a time. */
  never?: string;
}

/** A time as a distance from now; the tooltip has it in full. */
export function Ago({ time, never = "never" }: Props) {
  useSyncExternalStore(minute.subscribe, minute.now);
  if (!time) {
    return (
      <Text span inherit c="dimmed">
        {never}
      </Text>
    );
  }
  return (
    <Tooltip label={fullTime(time)}>
      <time dateTime={new Date(time).toISOString()}>{ago(time)}</time>
    </Tooltip>
  );
}

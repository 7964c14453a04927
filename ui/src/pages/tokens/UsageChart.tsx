import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import type { Schema } from "@/api/client";
import { hourName } from "../flags/usage";

interface Props {
  hours: Schema<"TokenHour">[];
  /** How many hours are shown. */
  last: number;
}

/** Requests with a token, hour by hour, hours without any too. */
export default function UsageChart({ hours, last }: Props) {
  const counts = new Map(hours.map(({ timestamp, requests }) => [hourOf(Date.parse(timestamp)), requests]));
  const now = hourOf(Date.now());
  const data = Array.from({ length: last }, (_, index) => {
    const hour = now - last + 1 + index;
    return { hour: hourName.format(hour * 3_600_000), requests: counts.get(hour) ?? 0 };
  });
  return (
    <BarChart
      h={200}
      data={data}
      dataKey="hour"
      maxBarWidth={28}
      yAxisProps={{ allowDecimals: false }}
      series={[{ name: "requests", label: "Requests", color: "sea.6" }]}
      barChartProps={{ accessibilityLayer: false, "aria-hidden": true } as never}
    />
  );
}

const hourOf = (time: number) => Math.floor(time / 3_600_000);

import { BarChart } from "@mantine/charts";
import "@mantine/charts/styles.css";
import { byHour, type HourCount } from "./usage";

interface Props {
  counts: HourCount[];
  /** How far back, up to now. */
  hours: number;
  /** In pixels. */
  height: number;
}

/** Evaluations hour by hour, on and off. A table beside it says the same in words. */
export function EvaluationsChart({ counts, hours, height }: Props) {
  return (
    <BarChart
      h={height}
      data={byHour(counts, hours, Date.now())}
      maxBarWidth={28}
      dataKey="hour"
      type="stacked"
      withLegend
      series={[
        { name: "yes", label: "On", color: "sea.6" },
        { name: "no", label: "Off", color: "gray.5" },
      ]}
      barChartProps={{ accessibilityLayer: false, "aria-hidden": true } as never}
    />
  );
}

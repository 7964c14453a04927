import { Select } from "@mantine/core";

interface Props {
  hours: number;
  onChange: (hours: number) => void;
}

/** How far back a chart by hour goes; the server keeps hours for two weeks. */
export function HoursBack({ hours, onChange }: Props) {
  return (
    <Select
      aria-label="How far back"
      w={140}
      allowDeselect={false}
      value={String(hours)}
      onChange={(value) => onChange(Number(value ?? hours))}
      data={[
        { value: "24", label: "24 hours" },
        { value: "48", label: "48 hours" },
        { value: "168", label: "7 days" },
        { value: "336", label: "14 days" },
      ]}
    />
  );
}

import { MultiSelect, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { segments } from "@/api/queries";
import { constraintWords } from "@/parts/words";

interface Props {
  projectId: string;
  value: number[];
  error?: string;
  onChange: (ids: number[]) => void;
}

/** The segments of a strategy: all of them must hold. What each says is told below. */
export function SegmentsPicker({ projectId, value, error, onChange }: Props) {
  const { data } = useQuery(segments());
  const usable = (data?.segments ?? []).filter((s) => !s.project || s.project === projectId || value.includes(s.id));
  return (
    <div>
      <MultiSelect
        label="Segments"
        description="Only who is in all of them."
        placeholder={value.length === 0 ? (usable.length === 0 ? "No segments yet" : "Choose segments") : undefined}
        searchable
        data={usable.map((s) => ({ value: String(s.id), label: s.name }))}
        value={value.map(String)}
        onChange={(ids) => onChange(ids.map(Number))}
        error={error}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        nothingFoundMessage="No such segment"
      />
      {usable
        .filter((s) => value.includes(s.id))
        .map((s) => (
          <Text key={s.id} size="sm" c="dimmed" mt={4} dir="auto">
            {s.name}:{" "}
            {s.constraints.length > 0 ? s.constraints.map((c) => constraintWords(c)).join(" and ") : "everybody"}
          </Text>
        ))}
    </div>
  );
}

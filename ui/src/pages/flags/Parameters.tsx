import { Button, Group, Input, NumberInput, Select, Slider, Stack, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { contextFields } from "@/api/queries";
import { split } from "@/parts/words";
import { Fold } from "./Fold";

interface Props {
  definition: Schema<"StrategyDefinition"> | undefined;
  projectId: string;
  values: Record<string, string>;
  error?: string;
  onChange: (values: Record<string, string>) => void;
}

/** The parameters of a strategy, by its definition. */
export function Parameters({ definition, values, error, onChange }: Props) {
  const set = (name: string, value: string) => onChange({ ...values, [name]: value });
  if (!definition) return null;
  if (definition.name === "flexibleRollout") return <Rollout values={values} set={set} error={error} />;
  if (definition.parameters.length === 0) return null;
  return (
    <Stack gap="sm">
      {definition.parameters.map((parameter) => (
        <Parameter
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name] ?? ""}
          onChange={(value) => set(parameter.name, value)}
        />
      ))}
      {error && <Input.Error>{error}</Input.Error>}
    </Stack>
  );
}

const presets = [0, 5, 10, 25, 50, 100];

function Rollout({
  values,
  set,
  error,
}: {
  values: Record<string, string>;
  set: (name: string, value: string) => void;
  error?: string;
}) {
  const rollout = Number.parseInt(values.rollout ?? "100", 10) || 0;
  const { data } = useQuery(contextFields());
  const sticky = (data ?? [])
    .filter((field) => field.stickiness && !["userId", "sessionId"].includes(field.name))
    .map((field) => field.name);
  const choices = [
    { value: "default", label: "User, else session, else chance" },
    { value: "userId", label: "userId" },
    { value: "sessionId", label: "sessionId" },
    { value: "random", label: "Chance at each call" },
    ...sticky.map((name) => ({ value: name, label: name })),
  ];
  return (
    <Stack gap="sm">
      <Group gap="md" align="flex-end" wrap="nowrap">
        <NumberInput
          label="Rollout"
          suffix=" %"
          min={0}
          max={100}
          clampBehavior="strict"
          allowDecimal={false}
          value={rollout}
          onChange={(value) => set("rollout", String(value || 0))}
          error={error}
          w={110}
        />
        <Group gap={4} pb={4} role="group" aria-label="Usual shares">
          {presets.map((preset) => (
            <Button
              key={preset}
              size="compact-sm"
              variant={preset === rollout ? "filled" : "light"}
              aria-pressed={preset === rollout}
              onClick={() => set("rollout", String(preset))}
            >
              {preset} %
            </Button>
          ))}
        </Group>
      </Group>
      <Slider
        value={rollout}
        onChange={(value) => set("rollout", String(value))}
        thumbLabel="Rollout in per cent"
        label={(value) => `${value} %`}
      />
      <Fold title="Who gets the same answer each time" opened={(values.stickiness ?? "default") !== "default"}>
        <Group grow align="flex-start">
          <Select
            label="Kept the same by"
            data={choices}
            allowDeselect={false}
            value={values.stickiness ?? "default"}
            onChange={(value) => set("stickiness", value ?? "default")}
          />
          <TextInput
            label="Group"
            description="Flags of a group choose the same users."
            value={values.groupId ?? ""}
            placeholder="the flag's name"
            onChange={(event) => set("groupId", event.currentTarget.value)}
          />
        </Group>
      </Fold>
    </Stack>
  );
}

function Parameter({
  parameter,
  value,
  onChange,
}: {
  parameter: Schema<"StrategyParameter">;
  value: string;
  onChange: (value: string) => void;
}) {
  const common = { label: parameter.name, description: parameter.description, required: parameter.required };
  switch (parameter.type) {
    case "list":
      return (
        <TagsInput
          {...common}
          value={split(value)}
          onChange={(all) => onChange(all.join(","))}
          splitChars={[",", " ", ";"]}
          placeholder="Type and press Enter"
        />
      );
    case "percentage":
      return (
        <NumberInput
          {...common}
          min={0}
          max={100}
          suffix=" %"
          value={value === "" ? "" : Number(value)}
          onChange={(number) => onChange(String(number))}
        />
      );
    case "number":
      return (
        <NumberInput
          {...common}
          value={value === "" ? "" : Number(value)}
          onChange={(number) => onChange(String(number))}
        />
      );
    case "boolean":
      return (
        <Select
          {...common}
          data={["true", "false"]}
          value={value || null}
          onChange={(chosen) => onChange(chosen ?? "")}
        />
      );
    default:
      return <TextInput {...common} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}

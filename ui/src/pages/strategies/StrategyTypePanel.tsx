import { ActionIcon, Button, Checkbox, Paper, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { answer, api, type Schema } from "@/api/client";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, errorAt, useForm } from "@/parts/useForm";
import classes from "./StrategyType.module.css";

type Definition = Schema<"StrategyDefinition">;
type Parameter = Schema<"StrategyParameter">;

const valuesOf = (d?: Definition) => ({
  name: d?.name ?? "",
  title: d?.title ?? "",
  description: d?.description ?? "",
  parameters: d?.parameters ?? [],
});

const kinds = [
  { value: "string", label: "Text" },
  { value: "percentage", label: "Per cent" },
  { value: "list", label: "List of texts" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "Yes or no" },
];

/** The editor of a kind of strategy that applications implement. */
export function StrategyTypePanel({ edited, onClose }: { edited?: Edited<Definition>; onClose: () => void }) {
  const definition = edited?.thing;
  const form = useForm({
    initial: valuesOf(definition),
    edited,
    valuesOf,
    send: async ({ name, ...body }, header) => {
      await (definition
        ? answer(api.PUT("/api/admin/strategies/{name}", { params: { path: { name: definition.name }, header }, body }))
        : answer(api.POST("/api/admin/strategies", { body: { name, ...body } })));
    },
    stale: [["strategies"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={definition ? `Strategy type ${definition.name}` : "New strategy type"}
      form={form}
      size={640}
    >
      <Form form={form} submit={definition ? "Save" : "Create strategy type"} onCancel={onClose}>
        <Text size="sm">
          Your applications implement it under its name. Where an SDK does not know it, its strategies let nobody in.
        </Text>
        {!definition && (
          <TextInput
            label="Name"
            description="As your code registers it. It cannot be changed later."
            data-autofocus
            spellCheck={false}
            {...form.field("name")}
          />
        )}
        <TextInput label="Title" description="For people" dir="auto" {...form.field("title")} />
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <Parameters
          value={form.values.parameters}
          onChange={(all) => form.set("parameters", all)}
          failure={form.failure}
        />
      </Form>
    </SidePanel>
  );
}

interface ParametersProps {
  value: Parameter[];
  onChange: (all: Parameter[]) => void;
  failure: unknown;
}

/** What a strategy of the type asks for. */
function Parameters({ value, onChange, failure }: ParametersProps) {
  const change = (at: number, part: Partial<Parameter>) =>
    onChange(value.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const error = (at: number, field: string) => errorAt(failure, `/body/parameters/${at}/${field}`);
  return (
    <Stack gap="sm" component="fieldset" className={classes.parameters}>
      <Text component="legend" size="sm" fw={500}>
        Parameters
      </Text>
      {value.map((parameter, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and each is controlled
        <Paper key={index} withBorder p="sm" component="section" aria-label={`Parameter ${index + 1}`}>
          <div className={classes.parameter}>
            <TextInput
              label="Name"
              spellCheck={false}
              value={parameter.name}
              onChange={(event) => change(index, { name: event.currentTarget.value })}
              error={error(index, "name")}
            />
            <Select
              label="Kind"
              data={kinds}
              allowDeselect={false}
              value={parameter.type}
              onChange={(type) => change(index, { type: type ?? "string" })}
              error={error(index, "type")}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={28}
              aria-label={`Remove parameter ${parameter.name || index + 1}`}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
          <TextInput
            label="Description"
            mt="xs"
            dir="auto"
            value={parameter.description}
            onChange={(event) => change(index, { description: event.currentTarget.value })}
            error={error(index, "description")}
          />
          <Checkbox
            mt="sm"
            label="Must be filled in"
            checked={parameter.required}
            onChange={(event) => change(index, { required: event.currentTarget.checked })}
          />
        </Paper>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "flex-start" }}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => onChange([...value, { name: "", type: "string", description: "", required: false }])}
      >
        Add parameter
      </Button>
    </Stack>
  );
}

import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Input,
  NumberInput,
  Paper,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { contextFields } from "@/api/queries";
import { errorAt } from "@/parts/useForm";
import { operators, takesMany } from "@/parts/words";
import classes from "./ConstraintsEditor.module.css";
import { type DraftConstraint, nextKey } from "./strategyBody";

interface Props {
  value: DraftConstraint[];
  onChange: (all: DraftConstraint[]) => void;
  failure: unknown;
  /** Its own context fields can be chosen too. */
  projectId?: string;
  /** Under the heading. */
  about?: string;
}

/** Constraints, each a sentence to fill in: all of them must hold. */
export function ConstraintsEditor({
  value,
  onChange,
  failure,
  projectId,
  about = "Only whose context fulfils all of them.",
}: Props) {
  const { data } = useQuery(contextFields());
  const names = (data ?? [])
    .filter((field) => !field.project || field.project === projectId)
    .map((field) => field.name);
  const change = (key: number, part: Partial<DraftConstraint>) =>
    onChange(value.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const add = () =>
    onChange([
      ...value,
      {
        key: nextKey(value),
        contextName: "userId",
        operator: "IN",
        inverted: false,
        caseInsensitive: false,
        values: [],
        value: "",
      },
    ]);
  return (
    <fieldset className={classes.set}>
      <Input.Label component="legend">Constraints</Input.Label>
      <Input.Description mb={6}>{about}</Input.Description>
      <Stack gap="xs">
        {value.map((one, index) => (
          <Constraint
            key={one.key}
            number={index + 1}
            names={names}
            legal={data?.find((field) => field.name === one.contextName)?.legalValues.map((legal) => legal.value) ?? []}
            value={one}
            error={errorAt(failure, `/body/constraints/${index}`)}
            onChange={(part) => change(one.key, part)}
            onRemove={() => onChange(value.filter(({ key }) => key !== one.key))}
          />
        ))}
        <div>
          <Button variant="subtle" size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            Add constraint
          </Button>
        </div>
      </Stack>
    </fieldset>
  );
}

interface OneProps {
  number: number;
  names: string[];
  legal: string[];
  value: DraftConstraint;
  error?: string;
  onChange: (part: Partial<DraftConstraint>) => void;
  onRemove: () => void;
}

function Constraint({ number, names, legal, value, error, onChange, onRemove }: OneProps) {
  const choices = [...new Set([...names, value.contextName])];
  const texts = operators[value.operator]?.takes === "texts";
  return (
    <Paper withBorder p="xs" component="fieldset" className={classes.one} aria-label={`Constraint ${number}`}>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <div className={classes.sentence}>
          <Select
            aria-label="Context field"
            data={choices}
            value={value.contextName}
            searchable
            allowDeselect={false}
            onChange={(contextName) => onChange({ contextName: contextName ?? value.contextName })}
          />
          <Select
            aria-label="Comparison"
            data={Object.entries(operators).map(([operator, { label }]) => ({ value: operator, label }))}
            value={value.operator}
            searchable
            allowDeselect={false}
            maxDropdownHeight={320}
            onChange={(operator) => onChange({ operator: operator ?? value.operator })}
          />
          <div className={classes.value}>
            <Value value={value} legal={legal} error={error} onChange={onChange} />
          </div>
        </div>
        <ActionIcon variant="subtle" color="gray" mt={4} aria-label={`Remove constraint ${number}`} onClick={onRemove}>
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Group gap="lg" mt={12} mb={4}>
        <Checkbox
          size="sm"
          label="Not: turn the sentence round"
          checked={value.inverted}
          onChange={(event) => onChange({ inverted: event.currentTarget.checked })}
        />
        {texts && (
          <Checkbox
            size="sm"
            label="Upper and lower case alike"
            checked={value.caseInsensitive}
            onChange={(event) => onChange({ caseInsensitive: event.currentTarget.checked })}
          />
        )}
        {value.inverted && (
          <Text size="xs" c="dimmed">
            Reads: {operators[value.operator]?.isNot}
          </Text>
        )}
      </Group>
    </Paper>
  );
}

function Value({ value, legal, error, onChange }: Pick<OneProps, "value" | "legal" | "error" | "onChange">) {
  const takes = operators[value.operator]?.takes;
  if (takesMany(value.operator)) {
    return (
      <TagsInput
        aria-label="Values"
        placeholder={
          value.values.length === 0
            ? takes === "networks"
              ? "10.0.0.0/8, press Enter"
              : "Values, press Enter"
            : undefined
        }
        data={legal}
        value={value.values}
        onChange={(values) => onChange({ values })}
        splitChars={[","]}
        acceptValueOnBlur
        error={error}
        clearable
        clearButtonProps={{ "aria-label": "Clear values" }}
      />
    );
  }
  if (takes === "number") {
    return (
      <NumberInput
        aria-label="Value"
        value={value.value === "" ? "" : Number(value.value)}
        onChange={(number) => onChange({ value: String(number) })}
        error={error}
      />
    );
  }
  if (takes === "date") {
    return (
      <TextInput
        aria-label="Value, in your time zone"
        type="datetime-local"
        value={localTime(value.value)}
        onChange={(event) =>
          onChange({ value: event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : "" })
        }
        error={error}
      />
    );
  }
  return (
    <TextInput
      aria-label="Value"
      placeholder={takes === "version" ? "1.2.3" : takes === "pattern" ? "^beta-[0-9]+$" : undefined}
      value={value.value}
      onChange={(event) => onChange({ value: event.currentTarget.value })}
      error={error}
    />
  );
}

/** A time for an input of type datetime-local. */
function localTime(iso: string): string {
  const time = new Date(iso);
  if (iso === "" || Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

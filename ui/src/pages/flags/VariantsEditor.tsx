import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Input,
  JsonInput,
  NumberInput,
  Paper,
  Select,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { errorAt } from "@/parts/useForm";
import classes from "./ConstraintsEditor.module.css";
import { nextKey } from "./strategyBody";
import { VariantBar } from "./VariantBar";
import { type DraftVariant, shareOut } from "./weights";

interface Props {
  value: DraftVariant[];
  onChange: (all: DraftVariant[]) => void;
  failure: unknown;
}

/** Variants with their shares, which always make up the whole. */
export function VariantsEditor({ value, onChange, failure }: Props) {
  const change = (key: number, part: Partial<DraftVariant>) =>
    onChange(shareOut(value.map((one) => (one.key === key ? { ...one, ...part } : one))));
  const add = () =>
    onChange(
      shareOut([...value, { key: nextKey(value), name: "", weight: 0, fixed: false, payloadType: "", payload: "" }]),
    );
  return (
    <fieldset className={classes.set}>
      <Input.Label component="legend">Variants</Input.Label>
      <Input.Description mb={6}>
        Who is let in gets one of them. Shares add up to 100 % by themselves.
      </Input.Description>
      <Stack gap="xs">
        {value.map((one, index) => (
          <Variant
            key={one.key}
            number={index + 1}
            value={one}
            error={errorAt(failure, `/body/variants/${index}`)}
            onChange={(part) => change(one.key, part)}
            onRemove={() => onChange(shareOut(value.filter(({ key }) => key !== one.key)))}
          />
        ))}
        {value.length > 0 && (
          <VariantBar variants={value.map((one, index) => ({ ...one, name: one.name || `Variant ${index + 1}` }))} />
        )}
        <div>
          <Button variant="subtle" size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
            Add variant
          </Button>
        </div>
      </Stack>
    </fieldset>
  );
}

interface OneProps {
  number: number;
  value: DraftVariant;
  error?: string;
  onChange: (part: Partial<DraftVariant>) => void;
  onRemove: () => void;
}

const payloads = [
  { value: "", label: "No payload" },
  { value: "string", label: "Text" },
  { value: "number", label: "Number" },
  { value: "json", label: "JSON" },
  { value: "csv", label: "List (CSV)" },
];

function Variant({ number, value, error, onChange, onRemove }: OneProps) {
  return (
    <Paper withBorder p="xs" component="fieldset" className={classes.one} aria-label={`Variant ${number}`}>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <div className={classes.variant}>
          <TextInput
            label="Name"
            size="sm"
            dir="auto"
            value={value.name}
            error={error}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
          <NumberInput
            label="Share"
            suffix=" %"
            min={0}
            max={100}
            decimalScale={1}
            value={value.weight / 10}
            onChange={(share) => {
              const weight = Math.round(Number(share || 0) * 10);
              if (weight !== value.weight) onChange({ weight, fixed: true });
            }}
          />
        </div>
        <ActionIcon variant="subtle" color="gray" mt={28} aria-label={`Remove variant ${number}`} onClick={onRemove}>
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Group gap="md" mt={12} mb={4} align="center">
        <Select
          aria-label="Payload"
          size="xs"
          w={130}
          data={payloads}
          allowDeselect={false}
          value={value.payloadType}
          onChange={(type) => onChange({ payloadType: type ?? "" })}
        />
        <Checkbox
          size="sm"
          label="Keep this share when others change"
          checked={value.fixed}
          onChange={(event) => onChange({ fixed: event.currentTarget.checked })}
        />
      </Group>
      {value.payloadType === "json" && (
        <JsonInput
          aria-label="Payload value"
          mt={8}
          autosize
          minRows={2}
          formatOnBlur
          validationError="Not JSON yet"
          value={value.payload}
          onChange={(payload) => onChange({ payload })}
        />
      )}
      {value.payloadType !== "" && value.payloadType !== "json" && (
        <Textarea
          aria-label="Payload value"
          mt={8}
          autosize
          minRows={1}
          value={value.payload}
          onChange={(event) => onChange({ payload: event.currentTarget.value })}
        />
      )}
    </Paper>
  );
}

import { Chip, Group, Input, Text, TextInput } from "@mantine/core";
import { fullTime } from "@/parts/Ago";
import { type Expiry, instantOf, type Lifetime, policyWords, presets } from "./expiry";

interface Props {
  value: Expiry;
  onChange: (expiry: Expiry) => void;
  policy: Lifetime | undefined;
  /** What is limited, in the plural: "client tokens". */
  kinds: string;
  /** What the server said of it. */
  error: string | undefined;
}

const nameOf = (expiry: Expiry) => (expiry === "never" ? "never" : "days" in expiry ? String(expiry.days) : "date");

/** When a token ends: usual lifetimes, a date of one's own, or never, with the policy of the server in view. */
export function ExpiryField({ value, onChange, policy, kinds, error }: Props) {
  const offered = presets(policy);
  const choose = (name: string) => {
    const found = offered.find(({ expiry }) => nameOf(expiry) === name);
    onChange(found ? found.expiry : { date: (instantOf(value) ?? instantOf({ days: 30 }) ?? "").slice(0, 10) });
  };
  return (
    <Input.Wrapper
      component="div"
      label="Expires"
      labelElement="div"
      description={policyWords(policy, kinds) || undefined}
      error={error}
      role="group"
      aria-label="Expires"
    >
      <Chip.Group value={nameOf(value)} onChange={choose}>
        <Group gap={8} mt={6} mb={error ? 6 : 0}>
          {offered.map(({ expiry, label, allowed }) => (
            <Chip key={nameOf(expiry)} value={nameOf(expiry)} disabled={!allowed} radius="md">
              {label}
            </Chip>
          ))}
          <Chip value="date" radius="md">
            Another date
          </Chip>
        </Group>
      </Chip.Group>
      {value !== "never" && "date" in value && (
        <TextInput
          type="date"
          mt="xs"
          w={200}
          aria-label="Date of the expiry"
          value={value.date}
          onChange={(event) => onChange({ date: event.currentTarget.value })}
        />
      )}
      <Text size="sm" c="dimmed" mt={6}>
        <Ends expiry={value} />
      </Text>
    </Input.Wrapper>
  );
}

function Ends({ expiry }: { expiry: Expiry }) {
  const at = instantOf(expiry);
  if (at === null) return "Works until somebody revokes it. An expiry limits what a leak can do.";
  if (Number.isNaN(new Date(at).getTime())) return "Choose a date.";
  return `Works until ${fullTime(at)}.`;
}

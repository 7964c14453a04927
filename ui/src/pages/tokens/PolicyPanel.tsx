import { Checkbox, Fieldset, Group, NumberInput, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schema } from "@/api/client";
import { tokenPolicy } from "@/api/queries.tokens";
import { Failure, Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { type Kind, kinds } from "./words";

const order: Kind[] = ["client", "frontend", "admin", "personal"];

/** How long tokens of each kind may live: for administrators. */
export function PolicyPanel({ onClose }: { onClose: () => void }) {
  const { data, error } = useQuery({ ...tokenPolicy(), staleTime: 0, refetchOnMount: "always" });
  if (data) return <Editor policy={data} onClose={onClose} />;
  return (
    <SidePanel opened onClose={onClose} title={title}>
      {error ? <Failure of={error} /> : <Skeleton height={200} />}
    </SidePanel>
  );
}

const title = "Lifetimes of tokens";

function Editor({ policy, onClose }: { policy: Schema<"TokenPolicy">; onClose: () => void }) {
  const form = useForm({
    initial: policy,
    send: (body) => answer(api.PUT("/api/admin/token-policy", { body })),
    stale: [["token-policy"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={title} form={form} size={600}>
      <Form form={form} submit="Save" onCancel={onClose}>
        <Text size="sm" c="dimmed">
          Counts when a token is made, rotated or given another expiry. Tokens that are there stay as they are. Personal
          tokens and those of service accounts have the same lifetimes.
        </Text>
        {order.map((kind) => (
          <KindFields
            key={kind}
            kind={kind}
            value={form.values[kind]}
            onChange={(lifetime) => form.set(kind, lifetime)}
            errorOf={(name) => form.field(kind, `/body/${kind}/${name}`).error}
          />
        ))}
      </Form>
    </SidePanel>
  );
}

interface FieldsProps {
  kind: Kind;
  value: Schema<"TokenLifetime">;
  onChange: (lifetime: Schema<"TokenLifetime">) => void;
  errorOf: (name: string) => string | undefined;
}

function KindFields({ kind, value, onChange, errorOf }: FieldsProps) {
  const days = (name: "maxDays" | "defaultDays", label: string, placeholder: string) => (
    <NumberInput
      label={label}
      placeholder={placeholder}
      suffix=" days"
      min={0}
      allowDecimal={false}
      allowNegative={false}
      w={200}
      value={value[name] || ""}
      onChange={(n) => onChange({ ...value, [name]: typeof n === "number" ? n : 0 })}
      error={errorOf(name)}
    />
  );
  return (
    <Fieldset legend={kinds[kind].name} radius="md">
      <Group gap="md" align="flex-start">
        {days("maxDays", "Live at most", "Any time")}
        {days("defaultDays", "If none is chosen", "No expiry")}
      </Group>
      <Checkbox
        mt="sm"
        label="Must end at some time"
        checked={value.requireExpiry || value.maxDays > 0}
        disabled={value.maxDays > 0}
        onChange={(event) => onChange({ ...value, requireExpiry: event.currentTarget.checked })}
      />
    </Fieldset>
  );
}

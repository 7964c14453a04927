import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { type Token, tokenCalls, tokenPolicy } from "@/api/queries.tokens";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { ExpiryField } from "./ExpiryField";
import { type Expiry, instantOf } from "./expiry";
import { LimitFields, limitsBody, limitsOf } from "./LimitFields";
import { kindOf, kinds } from "./words";

interface Props {
  token: Token;
  project?: string;
  onClose: () => void;
}

/** The panel that changes what of a token can change. */
export function EditToken({ token: t, project, onClose }: Props) {
  const policy = useQuery(tokenPolicy());
  const kind = kindOf(t);
  const calls = tokenCalls(project);
  const now = { expiry: expiryOf(t) };
  const form = useForm({
    initial: { name: t.tokenName, limits: limitsOf(t), ...now },
    send: ({ name, expiry, limits }) =>
      calls.change(t.id ?? "", {
        ...(name !== t.tokenName && { name }),
        // The hour stays what it was unless somebody chose another day.
        ...(JSON.stringify(expiry) !== JSON.stringify(now.expiry) && { expiresAt: instantOf(expiry) }),
        ...limitsBody(limits, kind),
      }),
    stale: calls.stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Change ${t.tokenName}`} form={form} size={600}>
      <Form form={form} submit="Save" onCancel={onClose}>
        <TextInput label="Name" data-autofocus dir="auto" autoComplete="off" {...form.field("name")} />
        <ExpiryField
          value={form.values.expiry}
          onChange={(expiry) => form.set("expiry", expiry)}
          policy={policy.data?.[kind as keyof Schema<"TokenPolicy">]}
          kinds={kinds[kind].plural}
          error={form.field("expiry", "/body/expiresAt").error}
        />
        <LimitFields
          value={form.values.limits}
          onChange={(limits) => form.set("limits", limits)}
          failure={form.failure}
          kind={kind}
        />
      </Form>
    </SidePanel>
  );
}

/** The expiry that a token has, as a day where the browser is. */
function expiryOf(t: Token): Expiry {
  if (!t.expiresAt) return "never";
  const at = new Date(t.expiresAt);
  const two = (n: number) => String(n).padStart(2, "0");
  return { date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}` };
}

import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { ExpiryField } from "./ExpiryField";
import { firstExpiry, instantOf } from "./expiry";
import { Made } from "./Made";
import type { MakingCalls } from "./personal";
import { kinds } from "./words";

interface Props {
  title: string;
  /** What the token does, for people. */
  about?: string;
  policy: Schema<"TokenPolicy"> | undefined;
  calls: MakingCalls;
  onClose: () => void;
}

const usualDays = 90;

/** The panel that makes a personal token, or one of a service account, and then shows its secret once. */
export function NewPersonalToken({ title, about, policy, calls, onClose }: Props) {
  const [secret, setSecret] = useState<string>();
  const form = useForm({
    initial: { description: "", expiry: firstExpiry(policy?.personal, usualDays) },
    send: ({ description, expiry }) => calls.create({ description, expiresAt: instantOf(expiry) }),
    stale: calls.stale,
    onDone: (made) => setSecret(made.secret ?? ""),
  });
  if (secret !== undefined) {
    return (
      <SidePanel opened onClose={onClose} title="Your token is ready" size={680}>
        <Made secret={secret} kind="personal" onClose={onClose} />
      </SidePanel>
    );
  }
  return (
    <SidePanel opened onClose={onClose} title={title} form={form} size={560}>
      <Form form={form} submit="Create token" onCancel={onClose}>
        <Text size="sm" c="dimmed">
          {about ?? kinds.personal.about}
        </Text>
        <TextInput
          label="Description"
          description="Where it will be, such as the computer"
          data-autofocus
          dir="auto"
          autoComplete="off"
          {...form.field("description")}
        />
        <ExpiryField
          value={form.values.expiry}
          onChange={(expiry) => form.set("expiry", expiry)}
          policy={policy?.personal}
          kinds={kinds.personal.plural}
          error={form.field("expiry", "/body/expiresAt").error}
        />
      </Form>
    </SidePanel>
  );
}

import { Alert, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import type { QueryKey } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Schema } from "@/api/client";
import { ApiError } from "@/api/error";
import { Failure } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { Made } from "./Made";
import classes from "./tokens.module.css";
import type { Kind } from "./words";

interface Props {
  /** The name of the token. */
  name: string;
  kind: Kind;
  /** A project of it, for the code that is shown with the new secret. */
  project?: string;
  rotate: (body: Schema<"RotationBody">) => Promise<{ secret?: string }>;
  stale: QueryKey[];
  onClose: () => void;
  /** Beside the choice: who uses the secret that will end. */
  children?: ReactNode;
}

const hour = 3600;

const overlaps: { value: string; label: string; about: string; body: Schema<"RotationBody"> }[] = [
  { value: "hour", label: "An hour", about: "Both secrets work for an hour", body: { overlapSeconds: hour } },
  { value: "day", label: "A day", about: "Both secrets work for a day", body: { overlapSeconds: 24 * hour } },
  { value: "week", label: "A week", about: "Both secrets work for a week", body: { overlapSeconds: 7 * 24 * hour } },
  {
    value: "idle",
    label: "Until nobody uses the old one",
    about: "It ends once it was not used for an hour; after 30 days in any case",
    body: { untilUnusedSeconds: hour },
  },
  {
    value: "none",
    label: "None",
    about: "The old secret stops at once: for one that leaked",
    body: { overlapSeconds: 0 },
  },
];

/** Gives a token a new secret: how long the old one works, then the new one, shown once. */
export function RotateDialog({ name, kind, project, rotate, stale, onClose, children }: Props) {
  const [secret, setSecret] = useState<string>();
  const form = useForm({
    initial: { overlap: "day" },
    send: ({ overlap }) => rotate(overlaps.find(({ value }) => value === overlap)?.body ?? {}),
    stale,
    onDone: (made) => setSecret(made.secret ?? ""),
  });
  if (secret !== undefined) {
    return (
      <SidePanel opened onClose={onClose} title={`The new secret of ${name}`} size={680}>
        <Made secret={secret} kind={kind} project={project} onClose={onClose} />
      </SidePanel>
    );
  }
  return (
    <Modal opened onClose={onClose} title={`Rotate ${name}`} size={520}>
      <form onSubmit={form.submit}>
        <Stack gap="md">
          <Failure of={told(form.failure)} />
          <Text size="sm">The token gets a new secret. Its name, scope, limits and expiry stay.</Text>
          <Radio.Group label="Overlap" value={form.values.overlap} onChange={(overlap) => form.set("overlap", overlap)}>
            <div className={classes.choices}>
              {overlaps.map(({ value, label, about }) => (
                <Radio
                  key={value}
                  value={value}
                  label={label}
                  description={about}
                  className={classes.choice}
                  data-checked={form.values.overlap === value || undefined}
                />
              ))}
            </div>
          </Radio.Group>
          {form.values.overlap === "none" && (
            <Alert color="yellow">What still has the old secret is refused from that moment on. {children}</Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={form.pending} data-autofocus>
              Rotate
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The form has no fields at which a refusal could be told. */
function told(failure: unknown): unknown {
  return failure instanceof ApiError ? new Error(failure.message) : failure;
}

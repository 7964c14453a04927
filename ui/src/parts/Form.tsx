import { Alert, Button, Group, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { ApiError, messageOf } from "@/api/error";
import { Ago } from "./Ago";
import classes from "./Form.module.css";
import { atField, type FormState } from "./useForm";

interface Props {
  form: FormState;
  submit: string;
  onCancel?: () => void;
  children: ReactNode;
  /** Beside the submit button. */
  extra?: ReactNode;
  /** The button cannot be pressed, for instance while a field is empty. */
  disabled?: boolean;
  /** Longer than the screen: the buttons stay in view. */
  long?: boolean;
}

/** A form with its buttons and, above it, the failure that belongs to no field. */
export function Form({ form, submit, onCancel, children, extra, disabled = false, long = false }: Props) {
  const root = useRef<HTMLFormElement>(null);
  const { failure } = form;
  useEffect(() => {
    if (failure) root.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-failure]')?.focus();
  }, [failure]);
  return (
    <form ref={root} onSubmit={form.submit} noValidate>
      <Stack gap="md">
        {form.conflict ? <ConflictAlert form={form} /> : <Failure of={failure} />}
        {children}
        <Group justify="flex-end" gap="sm" mt="xs" className={long ? classes.foot : undefined}>
          {extra}
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={form.pending} disabled={disabled}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Somebody else changed the same thing: theirs or mine, never silently. */
function ConflictAlert({ form }: { form: FormState }) {
  const { conflict, takeTheirs, keepMine } = form;
  if (!conflict) return null;
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      role="alert"
      tabIndex={-1}
      data-failure
      title={`${conflict.changedBy ?? "Somebody else"} changed this while you were editing`}
    >
      <Stack gap="sm">
        <span>
          {conflict.changedAt && (
            <>
              <Ago time={conflict.changedAt} />.{" "}
            </>
          )}
          Nothing of yours is lost: choose which of the two is kept.
          {form.describe && <> Now it is: {form.describe(conflict.current as never)}.</>}
        </span>
        <Group gap="sm">
          <Button size="xs" variant="default" onClick={takeTheirs}>
            Show theirs
          </Button>
          <Button size="xs" variant="default" onClick={keepMine} loading={form.pending}>
            Save mine over it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

/** A failure that no field shows. */
export function Failure({ of: failure }: { of: unknown }) {
  if (!failure) return null;
  const text = atField(failure) ? "Please look at the marked fields; nothing was saved." : messageOf(failure);
  const permissions = failure instanceof ApiError ? failure.permissions : [];
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert" tabIndex={-1} data-failure>
      {text}
      {permissions.length > 0 && <> Needed: {permissions.join(" or ")}.</>}
    </Alert>
  );
}

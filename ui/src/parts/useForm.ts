import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useCallback, useRef, useState } from "react";
import { ApiError, messageOf } from "@/api/error";

interface Options<Values, Out> {
  initial: Values;
  /** Sends the form. What it throws is shown at its field, or above the form. */
  send: (values: Values) => Promise<Out>;
  /** Beginnings of query keys that the change makes stale. */
  stale?: QueryKey[];
  onDone?: (out: Out, values: Values) => void;
}

/** The properties of an input for one field. */
export interface Field<T> {
  value: T;
  onChange: (change: T | { currentTarget: { value: string } }) => void;
  error: string | undefined;
  name: string;
  "aria-invalid": true | undefined;
}

/**
 * State of a form. What was typed stays when the server refuses it, and the
 * server's sentence appears at the field that its path names (/body/name).
 * Give inputs their properties with field(); show failure above the form, which
 * parts/Form does.
 */
export function useForm<Values extends object, Out = unknown>(options: Options<Values, Out>) {
  const { initial, send, stale = [], onDone } = options;
  const [values, setValues] = useState(initial);
  const [failure, setFailure] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const [touched, setTouched] = useState(false);
  const busy = useRef(false);
  const queries = useQueryClient();

  const set = useCallback(<Key extends keyof Values>(key: Key, value: Values[Key]) => {
    setTouched(true);
    setValues((old) => ({ ...old, [key]: value }));
  }, []);

  const field = <Key extends keyof Values & string>(key: Key, path = `/body/${key}`): Field<Values[Key]> => {
    const error = errorAt(failure, path);
    return {
      value: values[key],
      onChange: (change) => set(key, typedValue(change) as Values[Key]),
      error,
      name: key,
      "aria-invalid": error ? true : undefined,
    };
  };

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    setFailure(undefined);
    try {
      const out = await send(values);
      setTouched(false);
      await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
      onDone?.(out, values);
    } catch (cause) {
      setFailure(cause);
    } finally {
      busy.current = false;
      setPending(false);
    }
  };

  const reset = (to: Values) => {
    setValues(to);
    setFailure(undefined);
    setTouched(false);
  };

  return { values, set, field, submit, reset, pending, failure, touched };
}

/** What Form, SidePanel and dialogs need to know of a form. */
export type FormState = Pick<ReturnType<typeof useForm>, "pending" | "failure" | "touched" | "submit">;

function typedValue(change: unknown): unknown {
  if (typeof change === "object" && change !== null && "currentTarget" in change) {
    return (change as { currentTarget: { value: string } }).currentTarget.value;
  }
  return change;
}

/** What the server said of the field at a path, or of anything in it. */
export function errorAt(failure: unknown, path: string): string | undefined {
  if (!(failure instanceof ApiError)) return undefined;
  const found = failure.details.find((d) => d.path === path || d.path?.startsWith(`${path}/`));
  return found && messageOf(new Error(found.message));
}

/** Whether a failure belongs to a field, so that it need not be told above the form. */
export function atField(failure: unknown): boolean {
  return (
    failure instanceof ApiError &&
    failure.details.length > 0 &&
    failure.details.every((d) => d.path?.startsWith("/body/"))
  );
}

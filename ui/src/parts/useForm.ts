import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useCallback, useRef, useState } from "react";
import { ApiError, messageOf } from "@/api/error";

/** What is edited: a form with it never overwrites what somebody else changed meanwhile. See parts/Fresh. */
export interface Edited<T> {
  thing: T;
  etag: string;
  /** Somebody changed it while the form was open. */
  newer?: { thing: T; etag: string };
}

/** How the thing is now, when it is not as it was when the form was opened. */
export interface Conflict<T = unknown> {
  current: T;
  etag: string;
  changedBy?: string;
  changedAt?: string;
}

interface Options<Values, Out, T> {
  initial: Values;
  /** Sends the form. What it throws is shown at its field, or above the form. The headers are for the change. */
  send: (values: Values, header: { "If-Match"?: string }) => Promise<Out>;
  edited?: Edited<T>;
  /** The values for the form of another state of what is edited. Needed with edited. */
  valuesOf?: (thing: T) => Values;
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
export function useForm<Values extends object, Out = unknown, T = unknown>(options: Options<Values, Out, T>) {
  const { initial, send, edited, valuesOf, stale = [], onDone } = options;
  const [values, setValues] = useState(initial);
  const [failure, setFailure] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const [touched, setTouched] = useState(false);
  const busy = useRef(false);
  const [etag, setEtag] = useState(edited?.etag ?? "");
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

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    return sendAs(etag);
  };

  const sendAs = async (version: string) => {
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    setFailure(undefined);
    try {
      const out = await send(values, version ? { "If-Match": version } : {});
      setTouched(false);
      // What is done is closed before its new version arrives, which is ours.
      onDone?.(out, values);
      await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
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

  const conflict = conflictOf<T>(failure, edited, etag);
  const takeTheirs = () => {
    if (!conflict || !valuesOf) return;
    setEtag(conflict.etag);
    reset(valuesOf(conflict.current));
  };
  const keepMine = () => {
    if (!conflict) return;
    setEtag(conflict.etag);
    void sendAs(conflict.etag);
  };

  return { values, set, field, submit, reset, pending, failure, touched, conflict, takeTheirs, keepMine };
}

/** What Form, SidePanel and dialogs need to know of a form. */
export type FormState = Pick<ReturnType<typeof useForm>, "pending" | "failure" | "touched" | "submit"> &
  Partial<Pick<ReturnType<typeof useForm>, "conflict" | "takeTheirs" | "keepMine">> & {
    /** Words for what the other change made different; the fields without. */
    describe?: (thing: never) => string;
  };

/** What stands between a form and saving: told by the server at saving, or live before. */
function conflictOf<T>(failure: unknown, edited: Edited<T> | undefined, etag: string): Conflict<T> | undefined {
  const stale = failure instanceof ApiError ? failure.stale : undefined;
  if (stale && stale.etag !== etag) {
    return {
      current: stale.current as T,
      etag: stale.etag,
      changedBy: stale.changedBy,
      changedAt: stale.changedAt ?? undefined,
    };
  }
  const newer = edited?.newer;
  return newer && newer.etag !== etag ? { current: newer.thing, etag: newer.etag } : undefined;
}

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

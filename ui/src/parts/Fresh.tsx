import { type QueryKey, useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useRef } from "react";
import type { Versioned } from "@/api/client";
import { Failure } from "./Form";
import type { Edited } from "./useForm";

interface Props<T> {
  /** Under the keys that a change of the thing makes stale, so that live changes are seen. */
  queryKey: QueryKey;
  read: () => Promise<Versioned<T>>;
  children: (edited: Edited<T>) => ReactNode;
}

/**
 * Reads a thing anew, with its version, before it is edited; hands the editor
 * the state at opening, and a newer one when somebody else changes it.
 */
export function Fresh<T>({ queryKey, read, children }: Props<T>) {
  const opening = useId(); // each opening reads anew: what the last one read is not what is edited now
  const { data, error } = useQuery({
    queryKey: [...queryKey, "fresh", opening],
    queryFn: read,
    gcTime: 0,
    staleTime: 0,
  });
  const opened = useRef<Versioned<T>>(undefined);
  if (error && !opened.current) return <Failure of={error} />;
  if (!data) return null; // for the moment of one request
  opened.current ??= data;
  const newer = data.etag === opened.current.etag ? undefined : data;
  return children({ ...opened.current, ...(newer && { newer }) });
}

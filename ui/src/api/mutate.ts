import { notifications } from "@mantine/notifications";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "./error";

/** What a change makes stale, and what to say when it is done. */
export interface Change {
  /** Beginnings of query keys, such as ["flags"]. */
  stale: QueryKey[];
  /** Told in a notification; nothing without it. */
  done?: string;
}

/**
 * A change by one click. Its failure is told in a notification; forms use
 * useForm instead, which tells it at the field.
 */
export function useChange<In, Out>(change: (input: In) => Promise<Out>, { stale, done }: Change) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      if (done) notifications.show({ message: done, color: "sea" });
    },
    onError: (failure) =>
      notifications.show({ title: "Not done", message: messageOf(failure), color: "red", autoClose: 10_000 }),
    onSettled: () => Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

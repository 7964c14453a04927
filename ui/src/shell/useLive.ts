import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { basePath } from "@/api/client";

/** What the server tells of a change: enough to know what to read again. */
interface Notice {
  noun: string;
}

/** The beginnings of query keys that a change of a noun makes stale; all of them for nouns that are not here. */
const staleBy: Record<string, QueryKey[]> = {
  feature: [["flags"], ["projects"]],
  "feature-type": [["flag-types"]],
  strategy: [["strategies"], ["flags"]],
  segment: [["segments"], ["flags"]],
  "context-field": [["context"]],
  environment: [["environments"], ["projects"], ["flags"]],
  project: [["projects"], ["flags"], ["me"]],
  tag: [["flags"]],
  "tag-type": [["tag-types"]],
  "api-token": [["tokens"]],
  "personal-token": [["personal-tokens"], ["people"]],
  user: [["people"], ["projects"], ["me"]],
  group: [["people"], ["projects"], ["me"]],
  role: [["people"], ["projects"], ["me"]],
  application: [["applications"], ["usage"]],
  addon: [["integrations"]],
  setting: [["ui-config"]],
};

const gather = 200; // milliseconds in which changes are told together

/**
 * Reads again what other people change, as they change it. While the stream is
 * down nothing is missed for long: the browser connects again, and ready makes
 * everything on the page be read anew.
 */
export function useLive() {
  const queries = useQueryClient();
  useEffect(() => {
    const source = new EventSource(`${basePath}/api/admin/live`);
    const waiting = new Map<string, QueryKey>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let begun = false;
    const refresh = (keys: QueryKey[]) => {
      for (const key of keys) waiting.set(JSON.stringify(key), key);
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const queryKey of waiting.values()) void queries.invalidateQueries({ queryKey });
        waiting.clear();
      }, gather);
    };
    source.addEventListener("ready", () => {
      if (begun) refresh([[]]); // something may have been missed
      begun = true;
    });
    source.addEventListener("change", (event) => {
      const { noun } = JSON.parse(event.data) as Notice;
      refresh([...(staleBy[noun] ?? [[]]), ["events"]]);
    });
    source.addEventListener("reload", () => refresh([[]]));
    source.addEventListener("end", () => refresh([["me"]]));
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [queries]);
}

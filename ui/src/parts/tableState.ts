import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

/** What a table shows, kept in the address: ?q=…&sort=name&order=desc&page=2&size=100&anything=else. */
export interface TableState {
  q: string;
  sort: string;
  order: "asc" | "desc";
  /** From 1. */
  page: number;
  size: number;
  /** The value of a filter of one's own; empty without. */
  filter: (name: string) => string;
  /** Changes some of it. Everything but page, size and sort goes back to page 1. */
  set: (change: Record<string, string | number | undefined>) => void;
  /** Anything but the order narrows the list. */
  filtered: boolean;
}

interface Defaults {
  sort: string;
  order?: "asc" | "desc";
  size?: number;
}

const plain = ["sort", "order", "page", "size"];

/** The state of the table of a page. */
export function useTableState({ sort, order = "asc", size = 50 }: Defaults): TableState {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const navigate = useNavigate();
  return useMemo(() => {
    const usual: Record<string, string> = { sort, order, size: String(size), page: "1" };
    return {
      q: search.q ?? "",
      sort: search.sort ?? sort,
      order: search.order === "desc" || search.order === "asc" ? search.order : order,
      page: Math.max(1, Number.parseInt(search.page ?? "1", 10) || 1),
      size: Math.min(2000, Math.max(10, Number.parseInt(search.size ?? "", 10) || size)),
      filter: (name) => search[name] ?? "",
      filtered: Object.keys(search).some((key) => !plain.includes(key)),
      set: (change) => {
        const next: Record<string, string | undefined> = { ...search };
        if (Object.keys(change).some((key) => key !== "page")) next.page = undefined;
        for (const [key, value] of Object.entries(change)) {
          const text = value === undefined || value === "" ? undefined : String(value);
          next[key] = text === usual[key] ? undefined : text;
        }
        void navigate({ to: ".", search: next as never, replace: true, resetScroll: false });
      },
    };
  }, [search, navigate, sort, order, size]);
}

/** The number of the first row of the page, from 0: the offset of a query. */
export function offsetOf(state: Pick<TableState, "page" | "size">): number {
  return (state.page - 1) * state.size;
}

export interface Local<Row> {
  /** The texts in which q is looked for. */
  text: (row: Row) => (string | null | undefined)[];
  /** What each sortable column sorts by. */
  by: Record<string, (row: Row) => string | number | boolean | null | undefined>;
  /** Rows that come before all others, whatever is sorted by. */
  first?: (row: Row) => boolean;
}

/** Searches, sorts and pages a list that the server sends whole. */
export function localRows<Row>(
  all: Row[],
  state: Pick<TableState, "q" | "sort" | "order" | "page" | "size">,
  { text, by, first }: Local<Row>,
) {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((row) => {
    const hay = text(row).join(" ").toLowerCase();
    return words.every((word) => hay.includes(word));
  });
  const of = by[state.sort];
  if (of) {
    const sign = state.order === "desc" ? -1 : 1;
    found.sort((a, b) => sign * compare(of(a), of(b)));
  }
  if (first) found.sort((a, b) => Number(first(b)) - Number(first(a)));
  const from = offsetOf(state);
  return { rows: found.slice(from, from + state.size), total: found.length };
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a ?? "").localeCompare(String(b ?? ""), undefined, { numeric: true, sensitivity: "base" });
}

import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { TableState } from "./tableState";

/** The search field of a table; what is typed goes into the address as ?q=. */
export function SearchBox({ state, what }: { state: TableState; what: string }) {
  const [text, setText] = useState(state.q);
  const typed = useRef(state.q);
  const apply = useDebouncedCallback((q: string) => {
    typed.current = q;
    state.set({ q });
  }, 200);
  useEffect(() => {
    // The address changed otherwise: by going back, or by clearing filters.
    if (state.q !== typed.current) setText(state.q);
    typed.current = state.q;
  }, [state.q]);
  return (
    <TextInput
      type="search"
      aria-label={`Search ${what}`}
      placeholder={`Search ${what}`}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text ? (
          <CloseButton
            size="sm"
            aria-label="Clear search"
            onClick={() => {
              setText("");
              apply("");
            }}
          />
        ) : null
      }
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
      style={{ flex: "1 1 220px", maxWidth: 380 }}
    />
  );
}

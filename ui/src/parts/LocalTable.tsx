import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { type Column, DataTable } from "./DataTable";
import { SearchBox } from "./SearchBox";
import { type Local, localRows, type TableState } from "./tableState";

interface Props<Row> {
  /** What the rows are, in the plural: "segments". */
  what: string;
  columns: Column<Row>[];
  /** All of them, as the server sends them; undefined while they are read. */
  all: Row[] | undefined;
  local: Local<Row>;
  keyOf: (row: Row) => string;
  state: TableState;
  failure?: unknown;
  empty?: ReactNode;
  /** Beside the search field. */
  filters?: ReactNode;
  selection?: { chosen: Set<string>; choose: (chosen: Set<string>) => void };
}

/** A list that the server sends whole, with its search field and filters. */
export function LocalTable<Row>({ all, local, filters, ...props }: Props<Row>) {
  const found = all && localRows(all, props.state, local);
  return (
    <>
      <Group mb="md" gap="sm">
        <SearchBox state={props.state} what={props.what} />
        {filters}
      </Group>
      <DataTable {...props} rows={found?.rows} total={found?.total} />
    </>
  );
}

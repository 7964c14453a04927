import {
  Button,
  Checkbox,
  Group,
  NativeSelect,
  Pagination,
  Paper,
  Skeleton,
  Text,
  UnstyledButton,
} from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useRef } from "react";
import classes from "./DataTable.module.css";
import { Failure } from "./Form";
import type { TableState } from "./tableState";

/** One column of a DataTable. */
export interface Column<Row> {
  /** The name by which the server, or localRows, sorts. */
  key: string;
  label: string;
  render: (row: Row) => ReactNode;
  sortable?: boolean;
  /** Names the row: shown as its title on narrow screens. One column has it. */
  heading?: boolean;
  align?: "start" | "center" | "end";
  width?: number | string;
  /** Left out on narrow screens. */
  wideOnly?: boolean;
}

interface Props<Row> {
  /** What the rows are, in the plural: "flags". */
  what: string;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  total: number | undefined;
  keyOf: (row: Row) => string;
  state: TableState;
  failure?: unknown;
  /** Shown instead of the table when there is nothing at all. */
  empty?: ReactNode;
  /** Chosen rows by key, and what to do when they change. */
  selection?: { chosen: Set<string>; choose: (chosen: Set<string>) => void };
}

const virtualFrom = 120; // rows; below, all of them are drawn

/**
 * A list of any length: sorted, filtered and paged by the address, drawn only as
 * far as it is visible, and a list of cards where the screen is narrow. The
 * roles are written out because display: grid, on cards, takes them away.
 */
export function DataTable<Row>(props: Props<Row>) {
  const { what, columns, rows, total, state, failure, empty, selection } = props;
  if (failure && !rows) return <Failure of={failure} />;
  if (rows && total === 0 && !state.filtered && empty) return <Paper withBorder>{empty}</Paper>;
  return (
    <div>
      <Paper withBorder className={classes.frame}>
        <table className={classes.table} role="table" aria-label={what} aria-rowcount={total}>
          <Head {...props} />
          {rows ? <Body {...props} rows={rows} /> : <Loading columns={columns.length + (selection ? 1 : 0)} />}
        </table>
        {rows?.length === 0 && <NothingFound what={what} state={state} />}
      </Paper>
      {total !== undefined && <Pages what={what} total={total} state={state} />}
    </div>
  );
}

function Head<Row>({ columns, rows, state, selection, keyOf, what }: Props<Row>) {
  const keys = (rows ?? []).map(keyOf);
  const chosen = keys.filter((key) => selection?.chosen.has(key)).length;
  return (
    <thead className={classes.head} role="rowgroup">
      <tr role="row">
        {selection && (
          <th scope="col" className={classes.choose} role="columnheader">
            <Checkbox
              aria-label={`Select all ${what} on this page`}
              checked={keys.length > 0 && chosen === keys.length}
              indeterminate={chosen > 0 && chosen < keys.length}
              onChange={() => selection.choose(new Set(chosen === keys.length ? [] : keys))}
            />
          </th>
        )}
        {columns.map((column) => (
          <HeadCell key={column.key} column={column as Column<unknown>} state={state} />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell({ column, state }: { column: Column<unknown>; state: TableState }) {
  const sorted = state.sort === column.key;
  const Icon = sorted ? (state.order === "asc" ? IconArrowUp : IconArrowDown) : IconSelector;
  return (
    <th
      scope="col"
      role="columnheader"
      className={classes.headCell}
      data-align={column.align}
      data-wide-only={column.wideOnly || undefined}
      style={{ width: column.width }}
      aria-sort={sorted ? (state.order === "asc" ? "ascending" : "descending") : undefined}
    >
      {column.sortable ? (
        <UnstyledButton
          className={classes.sort}
          onClick={() => state.set({ sort: column.key, order: sorted && state.order === "asc" ? "desc" : "asc" })}
        >
          {column.label}
          <Icon size={14} aria-hidden className={sorted ? undefined : classes.unsorted} />
        </UnstyledButton>
      ) : (
        column.label
      )}
    </th>
  );
}

function Body<Row>(props: Props<Row> & { rows: Row[] }) {
  return props.rows.length >= virtualFrom ? <LongBody {...props} /> : <ShortBody {...props} />;
}

function ShortBody<Row>(props: Props<Row> & { rows: Row[] }) {
  return (
    <tbody role="rowgroup">
      {props.rows.map((row, index) => (
        <TableRow key={props.keyOf(row)} {...props} row={row} index={index} />
      ))}
    </tbody>
  );
}

function LongBody<Row>(props: Props<Row> & { rows: Row[] }) {
  const { rows, columns, selection, keyOf } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 53,
    overscan: 12,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (index) => keyOf(rows[index] as Row),
  });
  const items = virtual.getVirtualItems();
  const above = (items[0]?.start ?? 0) - virtual.options.scrollMargin;
  const below = virtual.getTotalSize() - ((items.at(-1)?.end ?? 0) - virtual.options.scrollMargin);
  const span = columns.length + (selection ? 1 : 0);
  return (
    <tbody ref={body} role="rowgroup">
      <Space height={above} span={span} />
      {items.map((item) => (
        <KeptRow
          key={item.key}
          {...props}
          row={rows[item.index] as Row}
          index={item.index}
          measure={virtual.measureElement}
        />
      ))}
      <Space height={below} span={span} />
    </tbody>
  );
}

function Space({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className={classes.space} style={{ height }}>
      <td colSpan={span} />
    </tr>
  );
}

interface RowProps<Row> extends Props<Row> {
  row: Row;
  index: number;
  measure?: (element: HTMLElement | null) => void;
}

function TableRow<Row>({ columns, row, keyOf, selection, state, index, measure }: RowProps<Row>) {
  const key = keyOf(row);
  const toggle = () => {
    const next = new Set(selection?.chosen);
    if (!next.delete(key)) next.add(key);
    selection?.choose(next);
  };
  return (
    <tr
      ref={measure}
      data-index={index}
      role="row"
      className={classes.row}
      aria-rowindex={(state.page - 1) * state.size + index + 2}
      data-chosen={selection?.chosen.has(key) || undefined}
    >
      {selection && (
        <td className={classes.choose} role="cell">
          <Checkbox aria-label={`Select ${key}`} checked={selection.chosen.has(key)} onChange={toggle} />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.key}
          role="cell"
          className={classes.cell}
          data-align={column.align}
          data-heading={column.heading || undefined}
          data-wide-only={column.wideOnly || undefined}
          data-label={column.label}
        >
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}

// Scrolling draws the rows that come, not those that stay.
const KeptRow = memo(TableRow) as typeof TableRow;

function Loading({ columns }: { columns: number }) {
  return (
    <tbody aria-busy="true">
      {[80, 60, 72, 50, 66].map((width) => (
        <tr key={width} className={classes.row}>
          <td className={classes.cell} colSpan={columns}>
            <Skeleton height={18} width={`${width}%`} />
          </td>
        </tr>
      ))}
    </tbody>
  );
}

function NothingFound({ what, state }: { what: string; state: TableState }) {
  const clear = () => {
    const search = new URLSearchParams(window.location.search);
    state.set(
      Object.fromEntries(
        [...search.keys()].filter((key) => key !== "sort" && key !== "order").map((key) => [key, undefined]),
      ),
    );
  };
  return (
    <Group justify="center" py="xl" gap="sm">
      <Text c="dimmed">No {what} match.</Text>
      {state.filtered && (
        <Button variant="subtle" size="compact-sm" onClick={clear}>
          Clear filters
        </Button>
      )}
    </Group>
  );
}

/** Where in a list one is, and the way to its other pages. */
export function Pages({ what, total, state }: { what: string; total: number; state: TableState }) {
  const pages = Math.ceil(total / state.size);
  const from = Math.min(total, (state.page - 1) * state.size + 1);
  const to = Math.min(total, state.page * state.size);
  return (
    <Group justify="space-between" mt="sm" gap="sm">
      <Text size="sm" c="dimmed" role="status">
        {total === 0 ? `No ${what}` : `${from}–${to} of ${total.toLocaleString("en")} ${what}`}
      </Text>
      {total > 25 && (
        <Group gap="sm">
          <NativeSelect
            size="xs"
            aria-label="Rows on a page"
            value={String(state.size)}
            data={[...new Set([25, 50, 200, 2000, state.size])]
              .sort((a, b) => a - b)
              .map((n) => ({ value: String(n), label: `${n} rows` }))}
            onChange={(event) => state.set({ size: event.currentTarget.value })}
          />
          {pages > 1 && (
            <Pagination
              size="sm"
              total={pages}
              value={state.page}
              onChange={(page) => state.set({ page })}
              getControlProps={(control) => ({ "aria-label": `${control} page` })}
              getItemProps={(page) => ({ "aria-label": `Page ${page}` })}
            />
          )}
        </Group>
      )}
    </Group>
  );
}

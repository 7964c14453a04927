import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { environments, projects } from "@/api/queries";
import { eventCreators } from "@/api/queries.operations";
import { tokens } from "@/api/queries.tokens";
import { useCan } from "@/parts/permissions";
import { SearchBox } from "@/parts/SearchBox";
import type { TableState } from "@/parts/tableState";
import classes from "./EventLog.module.css";
import { filters, types, typeWords } from "./eventQuery";

interface Option {
  value: string;
  label: string;
}

/** The filters of the event log, in its address. */
export function EventFilters({ state }: { state: TableState }) {
  const creators = useQuery(eventCreators());
  const inProjects = useQuery(projects());
  const inEnvironments = useQuery(environments());
  const seesTokens = useCan()(["READ_CLIENT_API_TOKEN", "READ_FRONTEND_API_TOKEN"]);
  const all = useQuery({ ...tokens(), enabled: seesTokens });
  const people = (creators.data ?? []).map(({ name }) => ({ value: name, label: name }));
  const clear = () => state.set({ q: undefined, ...Object.fromEntries(filters.map((name) => [name, undefined])) });
  return (
    <search className={classes.filters}>
      <SearchBox state={state} what="events" />
      <One state={state} name="createdBy" label="Who" data={people} />
      <One
        state={state}
        name="type"
        label="What"
        data={types.map((type) => ({ value: type, label: typeWords(type) }))}
      />
      <One
        state={state}
        name="project"
        label="Project"
        data={(inProjects.data?.projects ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      <One
        state={state}
        name="environment"
        label="Environment"
        data={(inEnvironments.data?.environments ?? []).map(({ name }) => ({ value: name, label: name }))}
      />
      <Typed state={state} name="feature" label="Flag" />
      <One
        state={state}
        name="token"
        label="Token"
        data={(all.data?.tokens ?? []).map(({ id, tokenName }) => ({ value: id ?? "", label: `${tokenName} (${id})` }))}
      />
      <Day state={state} name="from" label="From" />
      <Day state={state} name="to" label="To" />
      {state.filtered && (
        <Button variant="subtle" color="gray" onClick={clear}>
          Clear filters
        </Button>
      )}
    </search>
  );
}

interface FilterProps {
  state: TableState;
  name: string;
  label: string;
}

function One({ state, name, label, data }: FilterProps & { data: Option[] }) {
  const value = state.filter(name);
  // What was chosen may be gone by now, or never have been there for this person.
  const chosen = value && !data.some((one) => one.value === value) ? [{ value, label: value }] : [];
  return (
    <Select
      aria-label={label}
      placeholder={label}
      searchable
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      nothingFoundMessage="Nothing like that"
      data={unique([...data, ...chosen])}
      value={value || null}
      onChange={(next) => state.set({ [name]: next ?? undefined })}
    />
  );
}

const unique = (data: Option[]) => [...new Map(data.map((one) => [one.value, one])).values()];

function Typed({ state, name, label }: FilterProps) {
  const value = state.filter(name);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const apply = useDebouncedCallback((next: string) => state.set({ [name]: next.trim() || undefined }), 300);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      spellCheck={false}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}

/** A day of the calendar, in UTC as the log has it. */
function Day({ state, name, label }: FilterProps) {
  return (
    <TextInput
      type="date"
      aria-label={`${label} (day, in UTC)`}
      leftSection={<span className={classes.time}>{label}</span>}
      leftSectionWidth={52}
      value={state.filter(name)}
      onChange={(event) => state.set({ [name]: event.currentTarget.value || undefined })}
    />
  );
}

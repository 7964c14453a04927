import { Group, Pill, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { flagTypes } from "@/api/queries";
import { SearchBox } from "@/parts/SearchBox";
import type { TableState } from "@/parts/tableState";
import { stageOptions } from "./words";

interface Props {
  state: TableState;
  environments: string[];
  /** At the end of the line. */
  action?: ReactNode;
}

/** The filters of a list of flags, in its address. */
export function FlagFilters({ state, environments, action }: Props) {
  const types = useQuery(flagTypes());
  const one = (name: string, label: string, data: { value: string; label: string }[]) => (
    <Select
      key={name}
      aria-label={label}
      placeholder={label}
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      data={data}
      value={state.filter(name) || null}
      onChange={(value) => state.set({ [name]: value ?? undefined })}
      w={150}
    />
  );
  return (
    <Group gap="sm" mb="md">
      <SearchBox state={state} what="flags" />
      {one(
        "type",
        "Type",
        (types.data?.types ?? []).map((type) => ({ value: type.id, label: type.name })),
      )}
      {one("lifecycle", "Stage", stageOptions)}
      {one("state", "State", [
        { value: "active", label: "Active" },
        { value: "potentially-stale", label: "Past its lifetime" },
        { value: "stale", label: "Stale" },
      ])}
      {one(
        "status",
        "On or off",
        environments.flatMap((name) => [
          { value: `${name}:enabled`, label: `On in ${name}` },
          { value: `${name}:disabled`, label: `Off in ${name}` },
        ]),
      )}
      {["tag", "segment", "createdBy"].map((name) =>
        state.filter(name) ? (
          <Pill
            key={name}
            withRemoveButton
            onRemove={() => state.set({ [name]: undefined })}
            removeButtonProps={{ "aria-label": `Clear ${name}` }}
          >
            {name} {state.filter(name)}
          </Pill>
        ) : null,
      )}
      {action && <div style={{ marginInlineStart: "auto" }}>{action}</div>}
    </Group>
  );
}

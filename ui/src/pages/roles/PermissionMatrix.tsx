import { Checkbox, Code, Stack, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { permissions } from "@/api/queries.tokens";
import { byCategory } from "../users/giving";
import { type Given, keyOf, withKeys } from "./given";
import { isInert } from "./inert";
import classes from "./PermissionMatrix.module.css";

type Permission = Schema<"PermissionInfo">;

interface Props {
  /** Which can be given: those on the whole server, those in projects, or both. */
  scope: "root" | "project" | "both";
  given: Given;
  /** Without it nothing can be changed, and only what is given is shown. */
  onChange?: (given: Given) => void;
}

/** What a role gives: by what it is about, and by environment where that can differ. */
export function PermissionMatrix({ scope, given, onChange }: Props) {
  const known = useQuery(permissions()).data?.permissions;
  if (!known) return null;
  const environmental = known.environments[0]?.permissions ?? [];
  const all = [...(scope === "project" ? [] : known.root), ...(scope === "root" ? [] : known.project)];
  const held = ({ name }: Permission) => [...given].some((key) => key === name || key.startsWith(`${name} in `));
  const offered = (one: Permission) =>
    onChange ? one.name !== "ADMIN" && (held(one) || !isInert(one.name)) : held(one);
  const shown = all.filter(offered);
  const rows = scope === "root" ? [] : environmental.filter(offered);
  const change = (keys: string[], on: boolean) => onChange?.(withKeys(given, keys, on));
  if (shown.length + rows.length === 0) return <Text c="dimmed">It gives no permission.</Text>;
  return (
    <Stack gap="lg">
      {shown.length > 0 && (
        <div className={classes.categories}>
          {byCategory(shown).map(([category, list]) => (
            <Category
              key={category}
              title={category || "Everything"}
              list={list}
              given={given}
              change={onChange && change}
            />
          ))}
        </div>
      )}
      {rows.length > 0 && (
        <InEnvironments
          rows={rows}
          environments={known.environments.map(({ name }) => name)}
          given={given}
          change={onChange && change}
        />
      )}
    </Stack>
  );
}

type Change = ((keys: string[], on: boolean) => void) | undefined;

interface CategoryProps {
  title: string;
  list: Permission[];
  given: Given;
  change: Change;
}

function Category({ title, list, given, change }: CategoryProps) {
  const names = list.map(({ name }) => name);
  const on = names.filter((name) => given.has(name)).length;
  return (
    <fieldset className={classes.category}>
      <legend className={classes.legend}>
        {change && list.length > 1 ? (
          <Checkbox
            size="sm"
            label={title}
            fw={600}
            aria-label={`All of ${title}`}
            checked={on === names.length}
            indeterminate={on > 0 && on < names.length}
            onChange={() => change(names, on < names.length)}
          />
        ) : (
          <b>{title}</b>
        )}
      </legend>
      <ul className={classes.list}>
        {list.map((one) => (
          <li key={one.name}>
            {change ? (
              <Checkbox
                size="sm"
                label={<Words of={one} />}
                aria-label={one.displayName}
                checked={given.has(one.name)}
                onChange={(event) => change([one.name], event.currentTarget.checked)}
              />
            ) : (
              <span className={classes.held}>
                <IconCheck size={16} aria-hidden color="var(--mantine-color-anchor)" /> <Words of={one} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function Words({ of: { displayName, name } }: { of: Permission }) {
  return (
    <span>
      {displayName} <Code className={classes.key}>{name}</Code>
    </span>
  );
}

interface EnvironmentsProps {
  rows: Permission[];
  environments: string[];
  given: Given;
  change: Change;
}

/** Permission by environment. What is given in all of them is given in each, and in those of tomorrow. */
function InEnvironments({ rows, environments, given, change }: EnvironmentsProps) {
  return (
    <section aria-label="In environments">
      <Text fw={600} size="sm">
        In environments
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        In all of them, those of tomorrow included, or in some.
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Permissions by environment">
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">Permission</th>
              <th scope="col">All</th>
              {environments.map((name) => (
                <th key={name} scope="col" dir="auto">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.name}>
                <th scope="row">
                  <Words of={one} />
                </th>
                {["", ...environments].map((environment) => (
                  <td key={environment}>
                    <Cell of={one} environment={environment} given={given} change={change} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface CellProps {
  of: Permission;
  environment: string;
  given: Given;
  change: Change;
}

function Cell({ of: one, environment, given, change }: CellProps) {
  const everywhere = given.has(one.name);
  const on = everywhere || given.has(keyOf(one.name, environment));
  const label = `${one.displayName} in ${environment || "all environments"}`;
  if (!change) {
    return on ? (
      <IconCheck size={16} aria-label={label} className={classes.mark} color="var(--mantine-color-anchor)" />
    ) : (
      <span className={classes.no}>
        –<span className="visually-hidden">{`not: ${label}`}</span>
      </span>
    );
  }
  return (
    <Checkbox
      size="sm"
      className={classes.mark}
      aria-label={label}
      checked={on}
      disabled={environment !== "" && everywhere}
      onChange={(event) => change([keyOf(one.name, environment)], event.currentTarget.checked)}
    />
  );
}

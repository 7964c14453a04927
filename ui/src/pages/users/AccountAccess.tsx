import { Anchor, Code, Group, Paper, Select, Skeleton, Stack, Switch, Table, Text, Title } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { environments, projects } from "@/api/queries";
import { rights, role } from "@/api/queries.people";
import { permissions } from "@/api/queries.tokens";
import { Failure } from "@/parts/Form";
import { isInert } from "../roles/inert";
import classes from "./AccountAccess.module.css";
import { byCategory, givers, type Held } from "./giving";

interface Props {
  kind: "user" | "service";
  id: string;
}

/** What an account may do and which role gives it: on the server, and in a project that is chosen. */
export function AccountAccess({ kind, id }: Props) {
  const [project, setProject] = useState("");
  const [environment, setEnvironment] = useState("");
  const [all, setAll] = useState(false);
  const { data, error } = useQuery(rights(kind, id, project, project && environment));
  if (error && !data) return <Failure of={error} />;
  if (!data) return <Skeleton height={240} />;
  return (
    <div className={classes.columns}>
      <Holdings of={data} />
      <Paper withBorder p="lg" component="section" aria-label="What that allows">
        <Title order={2} mb="sm">
          What that allows
        </Title>
        <Where
          project={project}
          environment={environment}
          onProject={(to) => {
            setProject(to);
            setEnvironment("");
          }}
          onEnvironment={setEnvironment}
        />
        <Switch
          mt="sm"
          label="Show what is not allowed too"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
        <Permissions of={data} project={project} environment={environment} all={all} />
      </Paper>
    </div>
  );
}

/** The roles of an account, with where each holds and what gives it. */
function Holdings({ of: { holdings } }: { of: Schema<"Rights"> }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label="Roles">
      <Title order={2} mb="sm">
        Roles
      </Title>
      <ul className={classes.roles}>
        {holdings.map(({ role: held, project, group }) => (
          <li key={`${held.id} ${project} ${group?.id}`}>
            <Anchor
              fw={600}
              dir="auto"
              renderRoot={(props) => <Link to={`/admin/roles/${held.id}` as never} {...props} />}
            >
              {held.name}
            </Anchor>
            <Text size="sm" c="dimmed" dir="auto">
              {project ? (
                <>
                  in project{" "}
                  <Anchor
                    renderRoot={(props) => <Link to={`/projects/${encodeURIComponent(project)}/settings`} {...props} />}
                  >
                    {project}
                  </Anchor>
                </>
              ) : (
                "on the whole server"
              )}
              {group && (
                <>
                  , by the group{" "}
                  <Anchor renderRoot={(props) => <Link to={`/admin/groups/${group.id}` as never} {...props} />}>
                    {group.name}
                  </Anchor>
                </>
              )}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  );
}

interface WhereProps {
  project: string;
  environment: string;
  onProject: (to: string) => void;
  onEnvironment: (to: string) => void;
}

function Where({ project, environment, onProject, onEnvironment }: WhereProps) {
  const list = useQuery(projects()).data?.projects ?? [];
  const names = useQuery(environments()).data?.environments.map(({ name }) => name) ?? [];
  return (
    <Group gap="sm">
      <Select
        label="Where"
        searchable
        flex="1 1 200px"
        data={[
          { value: "", label: "On the whole server" },
          ...list.map((p) => ({ value: p.id, label: `Project ${p.name}` })),
        ]}
        value={project}
        allowDeselect={false}
        onChange={(to) => onProject(to ?? "")}
      />
      {project && (
        <Select
          label="Environment"
          flex="1 1 160px"
          data={[{ value: "", label: "In all of them" }, ...names]}
          value={environment}
          allowDeselect={false}
          onChange={(to) => onEnvironment(to ?? "")}
        />
      )}
    </Group>
  );
}

interface PermissionsProps {
  of: Schema<"Rights">;
  project: string;
  environment: string;
  /** Also those that are not held. */
  all: boolean;
}

function Permissions({ of: { overview, holdings }, project, environment, all }: PermissionsProps) {
  const known = useQuery(permissions()).data?.permissions;
  const ids = [...new Set(holdings.map((held) => held.role.id))];
  const details = useQueries({ queries: ids.map((id) => role(String(id))) }).map(({ data }) => data);
  const held: Held[] = holdings.map((one) => ({
    ...one,
    permissions: details[ids.indexOf(one.role.id)]?.permissions ?? [],
  }));
  const scopes = project ? [...overview.project, ...overview.environment] : overview.root;
  const everything = overview.root.filter(({ name, hasPermission }) => name === "ADMIN" && hasPermission);
  const named = scopes.filter(({ name, hasPermission }) => name !== "ADMIN" && (hasPermission ? !isInert(name) : all));
  const shown = all
    ? [...everything, ...named.filter(({ name }) => !isInert(name))]
    : everything.length > 0
      ? everything
      : named;
  if (shown.length === 0) {
    return (
      <Text c="dimmed" mt="md">
        Nothing{project ? " in this project" : " on the whole server"} but looking at what everybody may see.
      </Text>
    );
  }
  return (
    <Stack gap="md" mt="md">
      {byCategory(shown, known).map(([category, list]) => (
        <section key={category} aria-label={category || "Everything"}>
          {category && (
            <Title order={3} fz="sm" mb={4}>
              {category}
            </Title>
          )}
          <Table aria-label={category || "Everything"} verticalSpacing={6}>
            <Table.Tbody>
              {list.map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td w={28}>
                    {one.hasPermission ? (
                      <IconCheck size={16} aria-label="allowed" color="var(--mantine-color-anchor)" />
                    ) : (
                      <IconMinus size={16} aria-label="not allowed" color="var(--faint)" />
                    )}
                  </Table.Td>
                  <Table.Td c={one.hasPermission ? undefined : "dimmed"}>
                    {one.displayName} <Code className={classes.key}>{one.name}</Code>
                  </Table.Td>
                  <Table.Td w="34%">
                    {one.hasPermission && <By givers={givers(held, one.name, project, environment)} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
    </Stack>
  );
}

function By({ givers: all }: { givers: Held[] }) {
  return (
    <Text size="sm" c="dimmed" ta="end" dir="auto">
      {all.map(({ role: giver, group }) => `by ${giver.name}${group ? `, in ${group.name}` : ""}`).join("; ")}
    </Text>
  );
}

import { Anchor, Badge, Group, Paper, Skeleton, Text, Title } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { answer, api, type Schema } from "@/api/client";
import { profile } from "@/api/queries.tokens";
import { Failure } from "@/parts/Form";
import classes from "../tokens/tokens.module.css";

const most = 30; // projects whose roles are asked for

/** The roles and groups of the person, and the projects they are a member of. */
export function Belonging() {
  const { data, error } = useQuery(profile());
  return (
    <Paper withBorder p="lg" component="section" aria-label="Roles and projects">
      <Title order={2} mb="sm">
        Roles and projects
      </Title>
      {error && !data ? <Failure of={error} /> : data ? <Lists of={data} /> : <Skeleton height={80} />}
    </Paper>
  );
}

function Lists({ of: p }: { of: Schema<"Profile"> }) {
  const roles = useQueries({
    queries: p.projects.slice(0, most).map((projectId) => ({
      queryKey: ["me", "roles", projectId],
      queryFn: () => answer(api.GET("/api/admin/user/roles", { params: { query: { projectId } as never } })),
      staleTime: 60_000,
    })),
  });
  return (
    <dl className={classes.facts}>
      <dt>Role on the server</dt>
      <dd dir="auto">{p.rootRole.name}</dd>
      {p.groups.length > 0 && (
        <>
          <dt>Groups</dt>
          <dd dir="auto">{p.groups.map(({ name }) => name).join(", ")}</dd>
        </>
      )}
      <dt>Projects</dt>
      <dd>
        {p.projects.length === 0 ? (
          <Text c="dimmed">You are a member of none.</Text>
        ) : (
          p.projects.map((id, index) => (
            <Group key={id} gap={6} mt={4}>
              <Anchor
                dir="auto"
                renderRoot={(props) => <Link to="/projects/$projectId" params={{ projectId: id }} {...props} />}
              >
                {id}
              </Anchor>
              {(roles[index]?.data?.roles ?? []).map((role) => (
                <Badge key={role.id} size="sm" variant="light" color="gray" tt="none">
                  {role.name}
                </Badge>
              ))}
            </Group>
          ))
        )}
      </dd>
    </dl>
  );
}

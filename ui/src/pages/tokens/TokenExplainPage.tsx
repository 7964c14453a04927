import { Alert, Badge, Button, Group, Paper, Select, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { explainToken, tokenExplanation } from "@/api/queries.tokens";
import { Failure } from "@/parts/Form";
import { errorAt, useForm } from "@/parts/useForm";
import classes from "./tokens.module.css";
import { useToken } from "./useToken";
import { counted } from "./words";

type Explanation = Schema<"TokenExplanation">;

/** What a token can see and do, and why a request with it would be refused. */
export function TokenExplainPage() {
  const { tokenId, project } = useToken();
  const { data, error } = useQuery(tokenExplanation(tokenId, project));
  if (error && !data) return <Failure of={error} />;
  if (!data) return <Skeleton height={240} />;
  return (
    <Stack gap="md">
      <Paper withBorder p="lg" component="section" aria-label="What it can do">
        <Title order={2} mb="xs">
          What it can do
        </Title>
        <Text>{opens(data)}</Text>
        {data.permissions.length > 0 && <Permissions of={data.permissions} />}
      </Paper>
      <Judge tokenId={tokenId} project={project} type={data.type} />
      <Names what="flag" of={data.flags} none="What it covers has none, or is deleted." />
      <Names what="segment" of={data.segments} none="Its flags use none." />
    </Stack>
  );
}

const apiNames: Record<string, string> = {
  "/api/client": "the client API, from which SDKs on servers download flags",
  "/api/frontend": "the front-end API, which answers for one user",
  "/api/admin": "the Admin API",
};

function opens(e: Explanation): string {
  const apis = e.apis.map((path) => `${apiNames[path] ?? ""} (${path})`).join(" and ");
  const projects = e.projects.includes("*")
    ? "all projects"
    : e.projects.length === 0
      ? "nothing, as its projects or its environment are deleted"
      : `${e.projects.length === 1 ? "the project" : "the projects"} ${e.projects.join(", ")}`;
  const where = e.type === "admin" ? "" : ` in ${e.environment}`;
  const paused = e.disabled ? " It is disabled now, so it opens nothing until it is enabled." : "";
  return `Opens ${apis}, for ${projects}${where}.${paused}`;
}

/** Permissions by where they hold. */
function Permissions({ of: all }: { of: Schema<"GrantedPermission">[] }) {
  const places = new Map<string, string[]>();
  for (const { permission, project, environment } of all) {
    const place = [
      !project || project === "*" ? "Everywhere" : `In ${project}`,
      environment && `in the environment ${environment}`,
    ]
      .filter(Boolean)
      .join(", ");
    places.set(place, [...(places.get(place) ?? []), permission]);
  }
  return [...places].map(([place, names]) => (
    <div key={place} style={{ marginTop: 12 }}>
      <Text size="sm" c="dimmed" mb={4} dir="auto">
        {place}
      </Text>
      <ul className={classes.names}>
        {names.map((name) => (
          <li key={name}>
            <Badge variant="light" color="gray" tt="none" fw={500}>
              {name}
            </Badge>
          </li>
        ))}
      </ul>
    </div>
  ));
}

function Names({ what, of, none }: { what: string; of: Schema<"ExplainedNames">; none: string }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={`${what}s that it sees`}>
      <Title order={2} mb="sm">
        Sees {of.total === 0 ? `no ${what}s` : counted(of.total, what)}
      </Title>
      {of.total === 0 ? (
        <Text c="dimmed">{none}</Text>
      ) : (
        <ul className={classes.names}>
          {of.names.map((name) => (
            <li key={name}>
              <Badge variant="default" tt="none" fw={500} maw="100%" dir="auto">
                {name}
              </Badge>
            </li>
          ))}
          {of.total > of.names.length && <li>and {(of.total - of.names.length).toLocaleString("en")} more</li>}
        </ul>
      )}
    </Paper>
  );
}

const usualPath: Record<Explanation["type"], string> = {
  client: "/api/client/features",
  frontend: "/api/frontend",
  admin: "/api/admin/projects",
};

interface JudgeProps {
  tokenId: string;
  project?: string;
  type: Explanation["type"];
}

/** Asks what would become of a request. */
function Judge({ tokenId, project, type }: JudgeProps) {
  const [verdict, setVerdict] = useState<Explanation["request"]>();
  const form = useForm({
    initial: { method: "GET", path: usualPath[type], address: "", origin: "" },
    send: ({ method, path, address, origin }) =>
      explainToken(tokenId, project, { method, path, ...(address && { address }), ...(origin && { origin }) }),
    onDone: (explained) => setVerdict(explained.request),
  });
  const problem = errorAt(form.failure, "/query/address");
  return (
    <Paper withBorder p="lg" component="section" aria-label="Would a request be refused?">
      <Title order={2} mb="sm">
        Would a request be refused?
      </Title>
      <form onSubmit={form.submit}>
        <Stack gap="sm">
          {!problem && <Failure of={form.failure} />}
          <Group gap="sm" align="flex-start">
            <Select
              label="Method"
              w={110}
              allowDeselect={false}
              data={["GET", "POST", "PUT", "PATCH", "DELETE"]}
              value={form.values.method}
              onChange={(method) => form.set("method", method ?? "GET")}
            />
            <TextInput label="Path" style={{ flex: "1 1 240px" }} {...form.field("path")} />
            <TextInput label="From address" placeholder="yours" w={170} {...form.field("address")} error={problem} />
            {type === "frontend" && (
              <TextInput label="From page" placeholder="https://app.example.com" w={230} {...form.field("origin")} />
            )}
          </Group>
          <Group>
            <Button type="submit" variant="light" loading={form.pending} disabled={!form.values.path}>
              Ask
            </Button>
          </Group>
          {verdict && <Verdict of={verdict} />}
        </Stack>
      </form>
    </Paper>
  );
}

function Verdict({ of }: { of: NonNullable<Explanation["request"]> }) {
  if (of.allowed) {
    return (
      <Alert color="sea" icon={<IconCircleCheck aria-hidden />} title="It would go through" role="status">
        The token does not refuse it. What its body says, and how fast requests come, is not looked at.
      </Alert>
    );
  }
  const reason = of.reason.charAt(0).toUpperCase() + of.reason.slice(1);
  const missing = (of.permissions ?? []).filter((name) => !reason.includes(name));
  return (
    <Alert color="red" icon={<IconCircleX aria-hidden />} title={`It would be refused with ${of.status}`} role="status">
      {reason}.{missing.length > 0 && <> Needed: {of.permissions?.join(" or ")}.</>}
    </Alert>
  );
}

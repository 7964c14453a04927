import { Button, Group, Paper, SegmentedControl, Select, Text, Title } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { tokenCalls } from "@/api/queries.tokens";
import { Allowed } from "@/parts/Allowed";
import { Connect } from "@/parts/Connect";
import { Failure } from "@/parts/Form";
import { Secret } from "@/parts/Secret";

type Kind = "client" | "frontend";

const days = 30; // of a token to try things out with

/** Where a flag is read, a token for it by one click, and code with the token in it. */
export function QuickToken({ flag }: { flag: Schema<"FlagDetail"> }) {
  const names = flag.environments.map(({ name }) => name);
  const on = flag.environments.find(({ enabled }) => enabled)?.name;
  const [kind, setKind] = useState<Kind>("client");
  const [environment, setEnvironment] = useState<string>();
  const where = environment ?? on ?? names[0] ?? "";
  const make = useToken(flag.project, kind, where);
  const secret = make.data?.secret ?? undefined;
  return (
    <Paper withBorder p="lg">
      <Title order={2} mb="xs">
        Read this flag
      </Title>
      <Group gap="sm" mb="md" align="flex-end">
        <SegmentedControl
          aria-label="Where it is read"
          value={kind}
          onChange={(value) => {
            setKind(value as Kind);
            make.reset();
          }}
          data={[
            { value: "client", label: "On a server" },
            { value: "frontend", label: "In a browser or app" },
          ]}
        />
        <Select
          aria-label="Environment"
          w={180}
          allowDeselect={false}
          data={names}
          value={where}
          onChange={(name) => {
            setEnvironment(name ?? undefined);
            make.reset();
          }}
        />
        {!secret && (
          <Allowed
            to={[
              kind === "client" ? "CREATE_CLIENT_API_TOKEN" : "CREATE_FRONTEND_API_TOKEN",
              "CREATE_PROJECT_API_TOKEN",
            ]}
            project={flag.project}
          >
            <Button
              leftSection={<IconKey size={18} aria-hidden />}
              loading={make.isPending}
              onClick={() => make.mutate()}
            >
              Make a token to try it
            </Button>
          </Allowed>
        )}
      </Group>
      <Failure of={make.error} />
      {secret ? (
        <Secret secret={secret} what="token" />
      ) : (
        <Text size="sm" c="dimmed">
          For this project and {where}, valid for {days} days. For one that stays, with a name and limits of your own,
          go to <Link to="/admin/api">API tokens</Link>.
        </Text>
      )}
      <Title order={3} mt="lg" mb="xs">
        The code
      </Title>
      <Connect key={`${kind} ${secret ?? ""}`} flag={flag.name} kind={kind} token={secret} />
    </Paper>
  );
}

function useToken(project: string, kind: Kind, environment: string) {
  const queries = useQueryClient();
  const calls = tokenCalls(project);
  return useMutation({
    mutationFn: () =>
      calls.create({
        tokenName: `first try ${new Date().toISOString().slice(0, 16).replace("T", " ")}`,
        type: kind,
        environment,
        projects: [project],
        expiresAt: new Date(Date.now() + days * 86_400_000).toISOString(),
      }),
    onSettled: () => Promise.all(calls.stale.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

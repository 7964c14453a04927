import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { foundFlags } from "@/api/queries";
import { Connect } from "@/parts/Connect";
import { Secret } from "@/parts/Secret";
import { ApiSnippets } from "./ApiSnippets";
import type { Kind } from "./words";

interface Props {
  secret: string;
  kind: Kind;
  /** A project of the token, for a flag of it in the code. */
  project?: string;
  /** The server keeps a sealed copy. */
  sealed?: boolean;
  onClose: () => void;
}

/** A secret that was just made, shown this one time, and code that already contains it. */
export function Made({ secret, kind, project, sealed, onClose }: Props) {
  return (
    <Stack gap="lg">
      <Secret secret={secret} what="token" kept={sealed} />
      <section aria-label="Use it">
        <Title order={3} mb={4}>
          Use it
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          The secret is in this code already: paste it where you try it out. Keep secrets out of repositories.
        </Text>
        {kind === "client" || kind === "frontend" ? (
          <ConnectWith secret={secret} kind={kind} project={project} />
        ) : (
          <ApiSnippets secret={secret} />
        )}
      </section>
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

function ConnectWith({ secret, kind, project }: { secret: string; kind: "client" | "frontend"; project?: string }) {
  const { data, isPending } = useQuery(
    foundFlags({
      ...(project && { project: `IS:${project}` }),
      sortBy: "createdAt",
      sortOrder: "desc",
      limit: 1,
    }),
  );
  if (isPending) return null; // for the moment of one request: the code must not change while it is copied
  return <Connect flag={data?.features[0]?.name ?? "my-flag"} token={secret} kind={kind} />;
}

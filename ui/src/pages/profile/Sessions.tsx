import { Badge, Button, Group, Paper, Skeleton, Text, Title, Tooltip } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { sessions } from "@/api/queries.tokens";
import { Ago } from "@/parts/Ago";
import { Failure } from "@/parts/Form";
import { browserWords } from "./browser";
import classes from "./profile.module.css";

type Session = Schema<"Session">;

const stale = [["sessions"]];

/** Where the person is signed in, and signing out there. */
export function Sessions() {
  const { data, error } = useQuery({ ...sessions(), refetchInterval: 30_000 });
  const endOthers = useChange(() => answer(api.DELETE("/api/admin/user/sessions")), {
    stale,
    done: "You are signed out everywhere else",
  });
  const others = (data?.sessions ?? []).filter(({ current }) => !current).length;
  return (
    <Paper withBorder p="lg" component="section" aria-label="Where you are signed in">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Where you are signed in</Title>
        {others > 0 && (
          <Button size="xs" variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate(undefined)}>
            Sign out everywhere else
          </Button>
        )}
      </Group>
      {error && !data ? (
        <Failure of={error} />
      ) : data ? (
        <ul className={classes.sessions}>
          {data.sessions.map((one) => (
            <Item key={one.id} of={one} />
          ))}
        </ul>
      ) : (
        <Skeleton height={80} />
      )}
    </Paper>
  );
}

function Item({ of: s }: { of: Session }) {
  const name = browserWords(s.userAgent);
  const Icon = /iPhone|iPad|Android/.test(name) ? IconDeviceMobile : IconDeviceDesktop;
  const end = useChange(() => answer(api.DELETE("/api/admin/user/sessions/{id}", { params: { path: { id: s.id } } })), {
    stale,
    done: "Signed out there",
  });
  return (
    <li className={classes.session}>
      <Icon size={22} stroke={1.5} aria-hidden />
      <div className={classes.about}>
        <Group gap={8}>
          <Tooltip label={s.userAgent || "It did not say what it is"}>
            <Text span fw={600}>
              {name}
            </Text>
          </Tooltip>
          {s.current && (
            <Badge size="sm" variant="light" tt="none">
              This browser
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {s.address} · last used <Ago time={s.seenAt ?? s.createdAt} /> · signed in <Ago time={s.createdAt} /> · ends{" "}
          <Ago time={s.expiresAt} />
        </Text>
      </div>
      {!s.current && (
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          aria-label={`Sign out ${name} at ${s.address}`}
          onClick={() => end.mutate(undefined)}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

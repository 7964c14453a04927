import { Anchor, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Schema } from "@/api/client";
import { events, segments } from "@/api/queries";
import { Ago } from "./Ago";
import classes from "./Changes.module.css";
import { changeWords, type Difference } from "./changes";
import { Failure } from "./Form";

type Props =
  /** Which events: the parameters of /api/admin/search/events. */
  | { filter: Record<string, string>; read?: undefined }
  /** Or another route that tells events, at most so many. */
  | { filter?: undefined; read: (limit: number) => ReturnType<typeof events> };

const step = 25;

/** Events of the log as sentences, newest first. */
export function Changes({ filter, read = (limit) => events({ ...filter, limit }) }: Props) {
  const [shown, setShown] = useState(step);
  const { data, error, isFetching } = useQuery(read(shown));
  if (error && !data) return <Failure of={error} />;
  if (!data) return <Skeleton height={120} />;
  if (data.events.length === 0) return <Text c="dimmed">Nothing has changed yet.</Text>;
  return (
    <Stack gap="md">
      <ol className={classes.list}>
        {data.events.map((event) => (
          <li key={event.id} className={classes.item}>
            <Change event={event} />
          </li>
        ))}
      </ol>
      {data.total > data.events.length && (
        <Group>
          <Button variant="default" loading={isFetching} onClick={() => setShown(shown + step)}>
            Show more
          </Button>
          <Text size="sm" c="dimmed">
            {data.events.length} of {data.total.toLocaleString("en")}
          </Text>
        </Group>
      )}
    </Stack>
  );
}

/** One event: who did what, when, by which token, and each value before and after. */
export function Change({ event, where }: { event: Schema<"Event">; where?: ReactNode }) {
  const { data } = useQuery({ ...segments(), staleTime: 60_000 });
  const name = (id: number) => data?.segments.find((s) => s.id === id)?.name ?? `segment ${id}`;
  const { did, differences } = changeWords(event, name);
  return (
    <article>
      <Text dir="auto">
        <b>{event.createdBy}</b> {did}
      </Text>
      {differences.length > 0 && (
        <ul className={classes.differences}>
          {differences.map((difference) => (
            <li key={difference.what}>
              <BeforeAfter difference={difference} />
            </li>
          ))}
        </ul>
      )}
      <Group gap="xs" mt={2}>
        <Text size="sm" c="dimmed" component="span">
          <Ago time={event.createdAt} />
        </Text>
        {where}
        {event.tokenId && (
          <Anchor
            size="sm"
            renderRoot={(props) => <Link to={`/admin/api/${event.tokenId}` as never} {...props} />}
            className={classes.token}
          >
            <IconKey size={14} aria-hidden /> by token {event.tokenId}
          </Anchor>
        )}
      </Group>
    </article>
  );
}

function BeforeAfter({ difference: { what, before, after } }: { difference: Difference }) {
  return (
    <>
      <span className={classes.what}>{what}</span>{" "}
      {before !== undefined && (
        <del className={classes.before} dir="auto">
          <span className="visually-hidden">before: </span>
          {before}
        </del>
      )}
      <IconArrowRight size={14} aria-hidden className={classes.arrow} />
      {after === undefined ? (
        <Text span inherit c="dimmed">
          nothing
        </Text>
      ) : (
        <ins className={classes.after} dir="auto">
          <span className="visually-hidden">after: </span>
          {after}
        </ins>
      )}
    </>
  );
}

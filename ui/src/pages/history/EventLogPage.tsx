import { Anchor, Paper, Skeleton, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { events } from "@/api/queries";
import { Change } from "@/parts/Changes";
import { Pages } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Failure } from "@/parts/Form";
import { Page } from "@/parts/Page";
import { offsetOf, useTableState } from "@/parts/tableState";
import { EventFilters } from "./EventFilters";
import classes from "./EventLog.module.css";
import { Export } from "./Export";
import { byDay, dayWords, eventQuery } from "./eventQuery";

type Event = Schema<"Event">;

/** Everything that happened, by whoever: newest first, and new events as they happen. */
export function EventLogPage() {
  const state = useTableState({ sort: "id", size: 50 });
  const query = eventQuery(state);
  const { data, error } = useQuery(events({ ...query, limit: state.size, offset: offsetOf(state) }));
  return (
    <Page
      title="Event log"
      about="Who changed what, when, and with which token. Nothing in it can be changed or removed."
      actions={<Export query={query} total={data?.total} />}
    >
      <EventFilters state={state} />
      {error && !data && <Failure of={error} />}
      {!error && !data && <Skeleton height={320} aria-busy="true" />}
      {data?.events.length === 0 && (
        <Paper withBorder>
          <Empty icon={<IconHistory />} title={state.filtered ? "Nothing like that happened" : "Nothing happened yet"}>
            {state.filtered
              ? "No event fits all filters. Take one away, or look at a longer time."
              : "Every change of a flag, a token or a person appears here."}
          </Empty>
        </Paper>
      )}
      {byDay(data?.events ?? []).map(({ day, events: ofDay }) => (
        <section key={day} aria-label={dayWords(day)}>
          <h2 className={classes.day}>{dayWords(day)}</h2>
          <Paper withBorder component="ol" className={classes.list}>
            {ofDay.map((event) => (
              <li key={event.id} className={classes.item}>
                <Time of={event} />
                <Change event={event} where={<Where of={event} />} />
              </li>
            ))}
          </Paper>
        </section>
      ))}
      {data && data.total > 0 && <Pages what="events" total={data.total} state={state} />}
      {data && data.total >= 10_000 && (
        <Text size="sm" c="dimmed" mt="xs">
          Only the newest 10,000 are counted. Narrow the search to reach older ones.
        </Text>
      )}
    </Page>
  );
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function Time({ of: event }: { of: Event }) {
  return (
    <span className={classes.time} aria-hidden>
      {clock.format(new Date(event.createdAt))}
    </span>
  );
}

/** The flag or the project that an event is about, to go there. */
function Where({ of: e }: { of: Event }) {
  if (!e.project || e.project.includes(",") || e.project === "*" || e.type === "project-deleted") return null;
  const at = `/projects/${encodeURIComponent(e.project)}`;
  const flag = e.featureName && e.type !== "feature-deleted" ? e.featureName : undefined;
  return (
    <Text size="sm" component="span">
      <Anchor inherit dir="auto" renderRoot={(props) => <Link to={at as never} {...props} />}>
        {e.project}
      </Anchor>
      {flag && (
        <>
          {" / "}
          <Anchor
            inherit
            dir="auto"
            renderRoot={(props) => <Link to={`${at}/features/${encodeURIComponent(flag)}` as never} {...props} />}
          >
            {flag}
          </Anchor>
        </>
      )}
    </Text>
  );
}

import { Alert, Paper, Skeleton, Text, Title } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Schema } from "@/api/client";
import { tokenUsage } from "@/api/queries.tokens";
import { Ago } from "@/parts/Ago";
import { Failure } from "@/parts/Form";
import { HoursBack } from "@/parts/HoursBack";
import { TokenFacts } from "./TokenFacts";
import classes from "./tokens.module.css";
import { UsageTable } from "./UsageTable";
import { useToken } from "./useToken";
import { applicationsOf, counted } from "./words";

// The charts are most of the script: the page does not wait for them.
const UsageChart = lazy(() => import("./UsageChart"));

/** Who uses a token, how often, and with which secret. */
export function TokenUsagePage() {
  const { token, tokenId, project } = useToken();
  const [hours, setHours] = useState(48);
  const { data, error } = useQuery(tokenUsage(tokenId, project, hours));
  if (!token) return null;
  return (
    <div className={classes.columns}>
      <div>
        {error && !data ? (
          <Failure of={error} />
        ) : data ? (
          <>
            <Rotation secrets={data.secrets} />
            <Paper withBorder p="md" component="section" aria-label="Requests by hour">
              <div className={classes.row} style={{ paddingTop: 0 }}>
                <Title order={2}>{total(data.hours)}</Title>
                <HoursBack hours={hours} onChange={setHours} />
              </div>
              <Suspense fallback={<Skeleton height={200} />}>
                <UsageChart hours={data.hours} last={hours} />
              </Suspense>
            </Paper>
            <Paper withBorder p="md" mt="md" component="section" aria-label="Who uses it">
              <Title order={2}>Who uses it</Title>
              <UsageTable secrets={data.secrets} />
              <Text size="sm" c="dimmed" mt="md">
                {token.type === "frontend"
                  ? "Users of front-end tokens are people: no address is kept of them."
                  : "The latest 20 of each secret, as seen by the server that answers since it started. What an edge answers is not among them."}
              </Text>
            </Paper>
          </>
        ) : (
          <Skeleton height={320} />
        )}
      </div>
      <TokenFacts token={token} />
    </div>
  );
}

const total = (hours: Schema<"TokenHour">[]) =>
  counted(
    hours.reduce((sum, { requests }) => sum + requests, 0),
    "request",
  );

/** While two secrets work: whether the old one can go. */
function Rotation({ secrets }: { secrets: Schema<"SecretUsage">[] }) {
  const old = secrets.find(({ current }) => !current);
  if (!old) return null;
  const fresh = secrets.find(({ current }) => current);
  // Who used it before the rotation only may have the new one by now.
  const still = applicationsOf(old.users.filter(({ seenAt }) => seenAt > (fresh?.createdAt ?? "")));
  return (
    <Alert
      color={still.length > 0 ? "orange" : "sea"}
      icon={<IconArrowsExchange aria-hidden />}
      title={
        still.length > 0
          ? `${counted(still.length, "application")} still ${still.length === 1 ? "has" : "have"} the old secret`
          : "Nobody has used the old secret since the rotation"
      }
      mb="md"
    >
      {still.length > 0 && <span dir="auto">{still.map(({ name }) => name).join(", ")}. </span>}
      The old secret <code>{old.hint}</code> ends <Ago time={old.endsAt} />.
    </Alert>
  );
}

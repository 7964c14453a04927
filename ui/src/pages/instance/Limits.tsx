import { Paper, Progress, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { uiConfig } from "@/api/queries";
import { statistics } from "@/api/queries.operations";
import { Failure } from "@/parts/Form";

type Counts = Schema<"InstanceStatistics">;
type Limits = Schema<"ResourceLimits">;

interface Row {
  what: string;
  limit: keyof Limits;
  /** How many there are, where that is one number. */
  held?: (counts: Counts) => number;
}

const rows: Row[] = [
  { what: "Flags", limit: "featureFlags", held: (c) => c.featureToggles },
  { what: "Segments", limit: "segments", held: (c) => c.segments },
  {
    what: "API tokens",
    limit: "apiTokens",
    held: ({ apiTokens: t }) => t.admin + t.client + t.frontend,
  },
  {
    what: "Strategies of a flag in an environment",
    limit: "featureEnvironmentStrategies",
    held: (c) => c.maxEnvironmentStrategies,
  },
  { what: "Constraints of a strategy", limit: "constraints", held: (c) => c.maxConstraints },
  { what: "Values of a constraint", limit: "constraintValues", held: (c) => c.maxConstraintValues },
  { what: "Segments of a strategy", limit: "strategySegments" },
  { what: "Values in a segment", limit: "segmentValues" },
];

/** How many of each thing there may be, and how close it is. */
export function Limits() {
  const config = useQuery(uiConfig());
  const counts = useQuery(statistics());
  const limits = config.data?.resourceLimits;
  const failure = config.error ?? counts.error;
  if (failure && !limits) return <Failure of={failure} />;
  if (!limits) return <Skeleton height={320} aria-busy="true" />;
  return (
    <Stack gap="sm">
      <Paper withBorder>
        <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label="Limits">
          <Table aria-label="Limits" verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Of</Table.Th>
                <Table.Th ta="end">At most</Table.Th>
                <Table.Th ta="end">Now</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ what, limit, held }) => (
                <Table.Tr key={limit}>
                  <Table.Td>{what}</Table.Td>
                  <Table.Td ta="end">{limits[limit].toLocaleString("en")}</Table.Td>
                  <Table.Td ta="end" w={220}>
                    {held && counts.data && <Held now={held(counts.data)} most={limits[limit]} what={what} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      <Text size="sm" c="dimmed">
        Projects and environments are not limited. Where many flags count, such as constraints, the largest there is
        stands under "now".
      </Text>
    </Stack>
  );
}

function Held({ now, most, what }: { now: number; most: number; what: string }) {
  const share = most > 0 ? (100 * now) / most : 0;
  return (
    <>
      {now.toLocaleString("en")}
      <Progress
        mt={4}
        size="sm"
        value={Math.min(100, share)}
        color={share > 90 ? "red" : "sea"}
        aria-label={`${what}: ${Math.round(share)} per cent of the limit`}
      />
    </>
  );
}

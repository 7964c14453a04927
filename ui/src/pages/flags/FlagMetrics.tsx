import { Group, Paper, Select, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { flagUsageByHour } from "@/api/queries";
import { Empty } from "@/parts/Empty";
import { Failure } from "@/parts/Form";
import { HoursBack } from "@/parts/HoursBack";
import { useTableState } from "@/parts/tableState";
import { EvaluationsChart } from "./EvaluationsChart";
import { FlagPageLink } from "./FlagPageLink";
import { totals } from "./usage";

type Usage = Schema<"UsageCount">;

/** How often a flag was asked for, hour by hour, by environment and application. */
export function FlagMetrics() {
  const { projectId, featureName } = useParams({ strict: false }) as { projectId: string; featureName: string };
  const state = useTableState({ sort: "environment" });
  const [hours, setHours] = useState(48);
  const { data, error } = useQuery({ ...flagUsageByHour(featureName, hours), refetchInterval: 30_000 });
  if (error && !data) return <Failure of={error} />;
  if (!data) return <Skeleton height={320} />;
  const environment = state.filter("environment");
  const appName = state.filter("app");
  const counts = data.data.filter(
    (one) => (!environment || one.environment === environment) && (!appName || one.appName === appName),
  );
  return (
    <Stack>
      <Group gap="sm">
        <Choice
          label="Environment"
          all="All environments"
          of={data.data.map((one) => one.environment)}
          value={environment}
          onChange={(value) => state.set({ environment: value })}
        />
        <Choice
          label="Application"
          all="All applications"
          of={data.data.map((one) => one.appName ?? "")}
          value={appName}
          onChange={(value) => state.set({ app: value })}
        />
        <HoursBack hours={hours} onChange={setHours} />
      </Group>
      {counts.length === 0 ? (
        <Paper withBorder>
          <Empty
            icon={<IconChartBar />}
            title="No evaluations yet"
            action={
              <FlagPageLink projectId={projectId} featureName={featureName} page="connect">
                Connect an SDK
              </FlagPageLink>
            }
          >
            SDKs report once a minute or so how often code asked for this flag, and what they answered.
          </Empty>
        </Paper>
      ) : (
        <Chart counts={counts} hours={hours} />
      )}
    </Stack>
  );
}

function Choice({
  label,
  all,
  of,
  value,
  onChange,
}: {
  label: string;
  all: string;
  of: string[];
  value: string;
  onChange: (value: string) => void;
}) {
  const data = [...new Set(of)].filter(Boolean).sort();
  return (
    <Select
      aria-label={label}
      w={190}
      allowDeselect={false}
      data={[{ value: "", label: all }, ...data.map((one) => ({ value: one, label: one }))]}
      value={value}
      onChange={(chosen) => onChange(chosen ?? "")}
    />
  );
}

function Chart({ counts, hours }: { counts: Usage[]; hours: number }) {
  const rows = totals(counts);
  const yes = rows.reduce((sum, row) => sum + row.yes, 0);
  const no = rows.reduce((sum, row) => sum + row.no, 0);
  return (
    <>
      <Paper withBorder p="md">
        <Title order={2} mb="xs">
          {(yes + no).toLocaleString("en")} evaluations, {Math.round((100 * yes) / Math.max(1, yes + no))} % on
        </Title>
        <EvaluationsChart counts={counts} hours={hours} height={280} />
      </Paper>
      <Paper withBorder>
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="region" aria-label="Evaluations">
          <Table aria-label="Evaluations by environment and application">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Environment</Table.Th>
                <Table.Th>Application</Table.Th>
                <Table.Th ta="end">On</Table.Th>
                <Table.Th ta="end">Off</Table.Th>
                <Table.Th>Variants</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={`${row.environment} ${row.appName}`}>
                  <Table.Td dir="auto">{row.environment}</Table.Td>
                  <Table.Td dir="auto">{row.appName}</Table.Td>
                  <Table.Td ta="end">{row.yes.toLocaleString("en")}</Table.Td>
                  <Table.Td ta="end">{row.no.toLocaleString("en")}</Table.Td>
                  <Table.Td>
                    <Text size="sm" dir="auto">
                      {Object.entries(row.variants)
                        .map(([name, count]) => `${name} ${count.toLocaleString("en")}`)
                        .join(", ")}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </>
  );
}

import { Paper, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { applicationUsage } from "@/api/queries.operations";
import { EvaluationsChart } from "../flags/EvaluationsChart";

const hours = 48;

/** How often an application asked for flags, hour by hour. */
export function ApplicationUsage({ appName }: { appName: string }) {
  const { data } = useQuery(applicationUsage(appName, hours));
  if (!data) return null;
  const total = data.data.reduce((sum, { yes, no }) => sum + yes + no, 0);
  return (
    <Paper withBorder p="md" component="section" aria-label="Evaluations">
      <Title order={2} fz="md" mb="xs">
        {total.toLocaleString("en")} evaluations in two days
      </Title>
      {total > 0 ? (
        <EvaluationsChart counts={data.data} hours={hours} height={200} />
      ) : (
        <Text size="sm" c="dimmed">
          SDKs report once a minute or so what they answered.
        </Text>
      )}
    </Paper>
  );
}

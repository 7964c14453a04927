import { Paper, Stack, Text, Textarea, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { uiConfig } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Failure, Form } from "@/parts/Form";
import { useCan } from "@/parts/permissions";
import { useForm } from "@/parts/useForm";

/** The web origins whose pages may ask for flags. */
export function Origins() {
  const { data, error } = useQuery(uiConfig());
  if (error && !data) return <Failure of={error} />;
  return data ? <Editor key={data.frontendApiOrigins.join()} origins={data.frontendApiOrigins} /> : null;
}

function Editor({ origins }: { origins: string[] }) {
  const may = useCan()(["ADMIN", "UPDATE_CORS"]);
  const form = useForm({
    initial: { text: origins.join("\n") },
    send: ({ text }) =>
      answer(
        api.POST("/api/admin/ui-config/cors", { body: { frontendApiOrigins: text.split(/\s+/).filter(Boolean) } }),
      ),
    stale: [["ui-config"], ["events"]],
  });
  const field = form.field("text", "/body/frontendApiOrigins");
  return (
    <Paper withBorder p="lg" maw={720}>
      <Title order={2} mb="xs">
        Web origins of the front-end API
      </Title>
      <Stack gap="md">
        <Text size="sm">
          Browsers let pages of these origins read answers of this server. It is no access control: a token decides who
          may ask. A front-end token can be bound to origins of its own besides.
        </Text>
        <Form form={form} submit="Save origins" disabled={!may || !form.touched}>
          <Allowed to={["ADMIN", "UPDATE_CORS"]}>
            <Textarea
              label="Origins"
              description="One on a line, such as https://app.example.com; * or none for all"
              autosize
              minRows={4}
              spellCheck={false}
              placeholder="All origins"
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 14 } }}
              {...field}
            />
          </Allowed>
        </Form>
      </Stack>
    </Paper>
  );
}

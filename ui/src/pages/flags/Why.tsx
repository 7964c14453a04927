import { Button, Group, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { Failure } from "@/parts/Form";
import { Reasons } from "@/parts/Reasons";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";

interface Props {
  flag: Schema<"FlagDetail">;
  opened: boolean;
  onClose: () => void;
}

/** Asks what the flag answers somebody, and why, in every environment at once. */
export function Why({ flag, opened, onClose }: Props) {
  const [found, setFound] = useState<Schema<"AdvancedPlaygroundAnswer">>();
  const form = useForm({
    initial: { userId: "", fields: [] as string[] },
    send: ({ userId, fields }) =>
      answer(
        api.POST("/api/admin/playground/advanced", {
          body: {
            environments: flag.environments.map(({ name }) => name),
            projects: [flag.project],
            features: [flag.name],
            context: { appName: "burgee-admin", ...(userId && { userId }), ...contextOf(fields) },
          },
        }),
      ),
    onDone: setFound,
  });
  const answers = found?.features[0]?.environments ?? {};
  return (
    <SidePanel opened={opened} onClose={onClose} title={`Why is ${flag.name} on or off?`} size={600}>
      <form onSubmit={form.submit}>
        <Stack>
          <Failure of={form.failure} />
          <TextInput
            label="User"
            description="The userId that the application passes"
            data-autofocus
            autoComplete="off"
            {...form.field("userId")}
          />
          <TagsInput
            label="More of the context"
            description="As field=value, each with Enter"
            placeholder={form.values.fields.length === 0 ? "plan=pro" : undefined}
            value={form.values.fields}
            onChange={(fields) => form.set("fields", fields)}
            acceptValueOnBlur
          />
          <Group justify="flex-end">
            <Button type="submit" loading={form.pending}>
              Ask
            </Button>
          </Group>
        </Stack>
      </form>
      <Stack mt="md" role="status">
        {flag.environments
          .filter(({ name }) => answers[name]?.[0])
          .map(({ name }) => (
            <Reasons key={name} environment={name} answer={answers[name]?.[0] as Schema<"PlaygroundFlag">} />
          ))}
        {found && (
          <Text size="sm" c="dimmed">
            Decided by the same code as for SDKs.
          </Text>
        )}
      </Stack>
    </SidePanel>
  );
}

const standard = ["appName", "environment", "userId", "sessionId", "remoteAddress", "currentTime"];

/** Reads field=value texts into a context. */
export function contextOf(fields: string[]): { properties?: Record<string, string> } & Record<string, unknown> {
  const context: Record<string, unknown> = {};
  const properties: Record<string, string> = {};
  for (const text of fields) {
    const [name = "", ...rest] = text.split("=");
    const value = rest.join("=").trim();
    if (standard.includes(name.trim())) context[name.trim()] = value;
    else if (name.trim()) properties[name.trim()] = value;
  }
  return Object.keys(properties).length > 0 ? { ...context, properties } : context;
}

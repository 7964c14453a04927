import { Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { basePath } from "@/api/client";
import { CodeBlock } from "./CodeBlock";
import { snippets } from "./snippets";

interface Props {
  flag: string;
  app?: string;
  /** A secret that was just made: the snippets contain it. */
  token?: string;
  /** Only SDKs that take this kind of token. */
  kind?: "client" | "frontend";
}

/** Code that reads a flag, for the chosen SDK. */
export function Connect({ flag, app = "my-app", token, kind }: Props) {
  const all = snippets({ url: window.location.origin + basePath, token, flag, app }).filter(
    (one) => !kind || one.token === kind,
  );
  const [id, setId] = useState(all[0]?.id ?? "");
  const chosen = all.find((one) => one.id === id) ?? all[0];
  const group = (name: string, of: "client" | "frontend") => ({
    group: name,
    items: all.filter((one) => one.token === of).map((one) => ({ value: one.id, label: one.label })),
  });
  if (!chosen) return null;
  return (
    <Stack gap="sm">
      <Select
        label="SDK"
        maw={280}
        allowDeselect={false}
        data={[group("On servers", "client"), group("In browsers and apps", "frontend")].filter(
          ({ items }) => items.length > 0,
        )}
        value={chosen.id}
        onChange={(value) => setId(value ?? chosen.id)}
      />
      {chosen.install && <CodeBlock code={chosen.install} what="command to install" />}
      <CodeBlock code={chosen.code} what={`${chosen.label} code`} />
      <Text size="sm" c="dimmed">
        {chosen.token === "client"
          ? "Takes a client token. It can read every flag of its projects in its environment: keep it on servers."
          : "Takes a front-end token. It is made to be seen by users: it only gives the answers for one context."}
      </Text>
    </Stack>
  );
}

import { SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import { basePath } from "@/api/client";
import { CodeBlock } from "@/parts/CodeBlock";

const tools = ["curl", "Command line", "Terraform"];

/** How to call the Admin API with a token, by tool. */
export function ApiSnippets({ secret }: { secret: string }) {
  const [tool, setTool] = useState("curl");
  const url = window.location.origin + basePath;
  const code: Record<string, string> = {
    curl: `curl -H 'Authorization: ${secret}' '${url}/api/admin/projects'`,
    "Command line": `export BURGEE_URL='${url}'\nexport BURGEE_TOKEN='${secret}'\nburgee token list`,
    Terraform: `provider "unleash" {\n  base_url      = "${url}"\n  authorization = "${secret}"\n}`,
  };
  return (
    <Stack gap="sm">
      <SegmentedControl aria-label="Tool" value={tool} onChange={setTool} data={tools} style={{ alignSelf: "start" }} />
      <CodeBlock code={code[tool] ?? ""} what={`${tool} example`} />
    </Stack>
  );
}

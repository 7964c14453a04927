import { basePath } from "@/api/client";
import { CodeBlock } from "@/parts/CodeBlock";

/** A change as a curl command. */
export function Curl({ method, path, body }: { method: string; path: string; body: object }) {
  const json = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  const code = [
    `curl -X ${method} '${window.location.origin}${basePath}${path}' \\`,
    `  -H "Authorization: $BURGEE_TOKEN" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${json}'`,
  ].join("\n");
  return <CodeBlock code={code} what="curl command" />;
}

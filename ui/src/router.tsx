import { createRouter } from "@tanstack/react-router";
import { basePath } from "./api/client";
import { Failed, NotFound } from "./parts/Failed";
import { routeTree } from "./routes";

/** Addresses keep their texts as they are: ?q=1 is the text "1". */
function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

function stringifySearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
  );
  return entries.length > 0 ? `?${new URLSearchParams(entries)}` : "";
}

export const router = createRouter({
  routeTree,
  basepath: basePath || "/",
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: ({ error }) => <Failed error={error} />,
  defaultNotFoundComponent: () => <NotFound />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

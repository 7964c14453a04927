import { tokenEvents } from "@/api/queries.tokens";
import { Changes } from "@/parts/Changes";
import { useToken } from "./useToken";

/** What was done to a token, and by whom. */
export function TokenHistoryPage() {
  const { tokenId, project } = useToken();
  return <Changes read={tokenEvents(tokenId, project)} />;
}

import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./error";

/** What pages have read. A refusal is final; a server that cannot be reached is tried twice more. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (times, failure) =>
        times < 2 && failure instanceof ApiError && (failure.status === 0 || failure.status >= 502),
      retryDelay: (times) => 500 * 2 ** times,
    },
  },
});

import type { components } from "./schema";

type ErrorBody = Partial<components["schemas"]["ErrorBody"]>;

/** What the server, or the way to it, said instead of an answer. */
export class ApiError extends Error {
  /** Status 0 means that no answer came. */
  readonly status: number;
  /** Each broken rule; path names the field, as in /body/name. */
  readonly details: { message: string; path?: string }[];
  /** Any one of these would have been enough. */
  readonly permissions: string[];
  /** Identifies the answer in the server's log. */
  readonly id: string;
  /** Somebody else changed the thing first: how it is now. */
  readonly stale: ErrorBody["stale"];

  constructor(status: number, body: ErrorBody) {
    super(body.message ?? `the server answered ${status} without saying why`);
    this.name = "ApiError";
    this.status = status;
    this.details = body.details ?? [];
    this.permissions = body.permissions ?? [];
    this.id = body.id ?? "";
    this.stale = body.stale;
  }
}

/** Makes an ApiError of an answer that is not a success, whatever its body is. */
export async function readError(answer: Response): Promise<ApiError> {
  try {
    return new ApiError(answer.status, (await answer.json()) as ErrorBody);
  } catch {
    return new ApiError(answer.status, { message: `the server answered ${answer.status} ${answer.statusText}`.trim() });
  }
}

/** The sentence to show for any failure. */
export function messageOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

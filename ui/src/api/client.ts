import createClient from "openapi-fetch";
import { ApiError, readError } from "./error";
import type { components, paths } from "./schema";
import { session } from "./session";

/** A schema of api/openapi.json by name. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** The prefix of every address of this server, without a slash at its end. */
export const basePath = new URL(document.baseURI).pathname.replace(/\/$/, "");

/** Sends a request; one that an ended session refused is sent again after signing in. */
async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await reach(request);
  if (answer.status !== 401 || !session.known) return answer;
  await session.renewal();
  return reach(again);
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new ApiError(0, { message: "the server cannot be reached; what you typed is still here" });
  }
}

/** The Admin API, typed by api/openapi.json. Hand its promises to answer(). */
export const api = createClient<paths>({ baseUrl: basePath, fetch: send });

/** The body of a successful answer; throws an ApiError otherwise. */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw new ApiError(response.status, typeof error === "object" && error !== null ? error : {});
}

/** A thing with its version, which a change names in If-Match. */
export interface Versioned<T> {
  thing: T;
  etag: string;
}

/** The body of a successful answer with the version that it tells. */
export async function versioned<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Versioned<T>> {
  const { response } = await asked;
  return { thing: await answer(asked), etag: response.headers.get("ETag") ?? "" };
}

/** Calls the few addresses outside the Admin API: signing in, links to set a password. */
export async function call(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
  const init: RequestInit = { method };
  if (body) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  const response = await reach(new Request(basePath + path, init));
  if (!response.ok) throw await readError(response);
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

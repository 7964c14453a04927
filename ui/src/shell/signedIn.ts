import { redirect } from "@tanstack/react-router";
import { queries } from "@/api/cache";
import { ApiError } from "@/api/error";
import { me } from "@/api/queries";
import { session } from "@/api/session";

/** Lets people on who are signed in; sends others to the sign-in page, and back afterwards. */
export async function signedIn(here: string): Promise<void> {
  try {
    await queries.ensureQueryData(me());
    session.known = true;
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 401) {
      throw redirect({ to: "/login", search: here === "/" ? {} : { redirect: here }, replace: true });
    }
    throw cause;
  }
}

import { useParams } from "@tanstack/react-router";
import { Changes } from "@/parts/Changes";
import { AccountAccess } from "./AccountAccess";
import { AccountTokens } from "./AccountTokens";
import { personCalls } from "./tokenCalls";

const useId = () => (useParams({ strict: false }) as { userId: string }).userId;

/** What a person may do, and why. */
export function UserAccess() {
  return <AccountAccess kind="user" id={useId()} />;
}

/** The personal tokens of a person: an administrator stops them, and sees no secret. */
export function UserTokens() {
  const id = useId();
  return (
    <AccountTokens
      kind="user"
      id={id}
      calls={personCalls(id)}
      label="Personal tokens"
      about="With a personal token a person automates what they may do themselves. Only they can make one."
    />
  );
}

/** What a person changed. */
export function UserHistory() {
  return <Changes filter={{ createdBy: `IS:${useId()}` }} />;
}

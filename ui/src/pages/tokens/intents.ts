import { IconDeviceMobile, IconRobot, IconServer, IconUser, type TablerIcon } from "@tabler/icons-react";
import type { Kind } from "./words";

/** What somebody wants when they make a token. */
export interface Intent {
  kind: Kind;
  title: string;
  about: string;
  icon: TablerIcon;
  /** Any one of these, on the server. */
  permission?: string;
}

export const intents: Intent[] = [
  {
    kind: "client",
    title: "Connect a server",
    about: "An SDK in a backend evaluates flags itself",
    icon: IconServer,
    permission: "CREATE_CLIENT_API_TOKEN",
  },
  {
    kind: "frontend",
    title: "Connect a browser or phone",
    about: "Answers for one user, safe to be seen",
    icon: IconDeviceMobile,
    permission: "CREATE_FRONTEND_API_TOKEN",
  },
  {
    kind: "admin",
    title: "Automate Burgee",
    about: "Pipelines, Terraform, scripts",
    icon: IconRobot,
    permission: "CREATE_ADMIN_API_TOKEN",
  },
  { kind: "personal", title: "For myself", about: "Does what you may do, on the command line", icon: IconUser },
];

import {
  IconApps,
  IconCategory,
  IconFlag,
  IconFlask,
  IconFolders,
  IconHistory,
  IconKey,
  IconPlugConnected,
  IconPuzzle,
  IconRobot,
  IconServer2,
  IconShieldLock,
  IconStack2,
  IconTag,
  IconTags,
  IconTopologyStar3,
  IconUsers,
  IconUsersGroup,
  type TablerIcon,
} from "@tabler/icons-react";

/** One page in the navigation, and in search. */
export interface Destination {
  title: string;
  to: string;
  icon: TablerIcon;
  /** More words by which search finds it. */
  words?: string;
  /** Any one of these shows it; everybody sees it without. */
  permission?: string[];
}

const verbs = ["READ", "CREATE", "UPDATE", "DELETE"];

/** Any one of these shows API tokens of the whole server. */
export const tokenReaders = [
  ...verbs.flatMap((verb) => [`${verb}_CLIENT_API_TOKEN`, `${verb}_FRONTEND_API_TOKEN`]),
  "CREATE_ADMIN_API_TOKEN",
];

/** The navigation, in the order of its sections. One line a page. */
export const navigation: { section: string; pages: Destination[] }[] = [
  {
    section: "Flags",
    pages: [
      { title: "Projects", to: "/projects", icon: IconFolders, words: "teams" },
      { title: "All flags", to: "/features", icon: IconFlag, words: "features toggles switches" },
      { title: "Segments", to: "/segments", icon: IconPuzzle, words: "audiences groups of users" },
      { title: "Context fields", to: "/context", icon: IconTags, words: "properties stickiness" },
      { title: "Environments", to: "/environments", icon: IconStack2, words: "development production" },
      { title: "Playground", to: "/playground", icon: IconFlask, words: "try evaluate why explain" },
    ],
  },
  {
    section: "Access",
    pages: [
      {
        title: "API tokens",
        to: "/admin/api",
        icon: IconKey,
        words: "api access keys secrets credentials",
        permission: tokenReaders,
      },
      {
        title: "Service accounts",
        to: "/admin/service-accounts",
        icon: IconRobot,
        words: "bots robots machines pipelines",
        permission: ["ADMIN"],
      },
      { title: "Users", to: "/admin/users", icon: IconUsers, words: "people accounts invite", permission: ["ADMIN"] },
      { title: "Groups", to: "/admin/groups", icon: IconUsersGroup, words: "teams", permission: ["ADMIN"] },
      {
        title: "Roles",
        to: "/admin/roles",
        icon: IconShieldLock,
        words: "permissions rights",
        permission: ["ADMIN", "READ_ROLE"],
      },
    ],
  },
  {
    section: "Insight",
    pages: [
      {
        title: "Event log",
        to: "/history",
        icon: IconHistory,
        words: "audit history who changed",
        permission: ["ADMIN", "READ_LOGS"],
      },
      { title: "Applications", to: "/applications", icon: IconApps, words: "sdk instances unknown flags outdated" },
      {
        title: "Edges",
        to: "/edges",
        icon: IconTopologyStar3,
        words: "proxies replicas regions",
        permission: ["ADMIN", "READ_CLIENT_API_TOKEN"],
      },
    ],
  },
  {
    section: "Operate",
    pages: [
      {
        title: "Integrations",
        to: "/integrations",
        icon: IconPlugConnected,
        words: "webhooks addons",
        permission: ["CREATE_ADDON", "UPDATE_ADDON", "DELETE_ADDON"],
      },
      { title: "Strategy types", to: "/strategies", icon: IconCategory, words: "custom strategies definitions" },
      { title: "Tag types", to: "/tag-types", icon: IconTag, words: "labels" },
      {
        title: "Instance",
        to: "/admin/instance",
        icon: IconServer2,
        words: "statistics limits health version cors origins flag types lifetime",
      },
    ],
  },
];

import { IconFolders, type TablerIcon } from "@tabler/icons-react";

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

/** The navigation, in the order of its sections. One line a page. */
export const navigation: { section: string; pages: Destination[] }[] = [
  {
    section: "Flags",
    pages: [{ title: "Projects", to: "/projects", icon: IconFolders, words: "flags features toggles" }],
  },
];

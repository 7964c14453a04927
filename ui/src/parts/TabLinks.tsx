import { Link } from "@tanstack/react-router";
import classes from "./TabLinks.module.css";

interface Props {
  /** What the tabs are of. */
  label: string;
  tabs: { title: string; to: string; exact?: boolean }[];
}

/** Tabs that are addresses. */
export function TabLinks({ label, tabs }: Props) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map(({ title, to, exact }) => (
        <Link key={to} to={to} className={classes.tab} activeOptions={{ exact: exact ?? false, includeSearch: false }}>
          {title}
        </Link>
      ))}
    </nav>
  );
}

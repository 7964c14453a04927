import { Link } from "@tanstack/react-router";
import classes from "./Shell.module.css";

/** The pennant and the name; leads to the first page. */
export function Logo() {
  return (
    <Link to="/projects" className={classes.brand} aria-label="Burgee, all projects">
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
        <path d="M6 3v27" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
        <path d="M8 5h20l-7 6.5 7 6.5H8z" fill="var(--mantine-color-sea-6)" />
      </svg>
      Burgee
    </Link>
  );
}

import { type ReactNode, useState } from "react";
import classes from "./Fold.module.css";

/** Something that few need, folded away. */
export function Fold({ title, opened = false, children }: { title: string; opened?: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(opened);
  return (
    <details className={classes.fold} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={classes.summary}>{title}</summary>
      {open && <div className={classes.body}>{children}</div>}
    </details>
  );
}

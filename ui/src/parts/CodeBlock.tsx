import classes from "./Code.module.css";
import { Copy } from "./Copy";

interface Props {
  code: string;
  /** What it is, for the label of the copy button and of the block. */
  what: string;
}

/** Code to copy. Scrolls on its own when a line is long. */
export function CodeBlock({ code, what }: Props) {
  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={what}>
        <pre className={classes.pre}>{code}</pre>
      </section>
      <div className={classes.copy}>
        <Copy text={code} what={what} />
      </div>
    </div>
  );
}

import { UnstyledButton } from "@mantine/core";
import { Allowed } from "@/parts/Allowed";
import { type Intent, intents } from "./intents";
import classes from "./tokens.module.css";
import type { Kind } from "./words";

interface Props {
  /** Only these kinds. */
  only?: Kind[];
  project?: string;
  onChoose: (intent: Intent) => void;
}

/** What a new token is for: the first decision, and the only one that needs explaining. */
export function Intents({ only, project, onChoose }: Props) {
  const shown = intents.filter(({ kind }) => !only || only.includes(kind));
  return (
    <section className={classes.intents} aria-label="New token">
      {shown.map((intent) => {
        const { title, about, icon: Icon, permission, kind } = intent;
        const card = (
          <UnstyledButton key={kind} className={classes.intent} aria-label={title} onClick={() => onChoose(intent)}>
            <span className={classes.intentIcon}>
              <Icon size={20} stroke={1.6} aria-hidden />
            </span>
            <span>
              <span className={classes.intentTitle}>{title}</span>
              <span className={classes.intentAbout}>{about}</span>
            </span>
          </UnstyledButton>
        );
        if (!permission) return card;
        const needed = project === undefined ? permission : [permission, "CREATE_PROJECT_API_TOKEN"];
        return (
          <Allowed key={kind} to={needed} project={project}>
            {card}
          </Allowed>
        );
      })}
    </section>
  );
}

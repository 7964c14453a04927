import { Paper, Text, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Steps.module.css";

/** One step of a way. */
export interface Step {
  title: string;
  about: ReactNode;
  done?: boolean;
  /** The button that does it, shown while it is the next one to do. */
  action?: ReactNode;
}

/** The steps of a way, which is done, and which is next. */
export function Steps({ title, steps }: { title: string; steps: Step[] }) {
  const next = steps.findIndex((step) => !step.done);
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2} fz="md" mb="md">
        {title}
      </Title>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <li
            key={step.title}
            className={classes.step}
            data-state={step.done ? "done" : index === next ? "now" : "later"}
            aria-current={index === next ? "step" : undefined}
          >
            <span className={classes.number}>
              {step.done ? (
                <>
                  <IconCheck size={15} aria-hidden />
                  <span className="visually-hidden">Done:</span>
                </>
              ) : (
                index + 1
              )}
            </span>
            <div>
              <Text fw={600} size="sm" lh="26px">
                {step.title}
              </Text>
              <Text size="sm" c="dimmed" component="div" mb={step.action && index === next ? 8 : 0}>
                {step.about}
              </Text>
              {index === next && step.action}
            </div>
          </li>
        ))}
      </ol>
    </Paper>
  );
}

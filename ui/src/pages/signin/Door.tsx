import { Paper, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { Logo } from "@/shell/Logo";
import classes from "./Door.module.css";

/** The frame of the pages before signing in. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Burgee`;
  }, [title]);
  return (
    <main className={classes.door}>
      <div className={classes.inner}>
        <Logo />
        <Paper withBorder p="xl" radius="lg" mt="lg">
          <Title order={1} mb="md">
            {title}
          </Title>
          {children}
        </Paper>
      </div>
    </main>
  );
}

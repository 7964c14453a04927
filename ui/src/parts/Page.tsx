import { Anchor, Breadcrumbs, Group, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** The pages above this one, from the top. */
  above?: { title: string; to: string }[];
  /** Under the title: what this page is for. */
  about?: ReactNode;
  /** Beside the title. */
  actions?: ReactNode;
  /** Marks after the title, such as badges. */
  marks?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: its one h1, where it is, and its actions. */
export function Page({ title, above = [], about, actions, marks, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Burgee`;
  }, [title]);
  return (
    <div className={classes.page}>
      {above.length > 0 && (
        <nav aria-label="Breadcrumb">
          <Breadcrumbs mb={6} classNames={{ root: classes.crumbs }}>
            {above.map((one) => (
              <Anchor key={one.to} size="sm" renderRoot={(props) => <Link to={one.to} {...props} />} dir="auto">
                {one.title}
              </Anchor>
            ))}
          </Breadcrumbs>
        </nav>
      )}
      <div className={classes.top}>
        <div className={classes.heading}>
          <Group gap="sm">
            <Title order={1} dir="auto" className={classes.title}>
              {title}
            </Title>
            {marks}
          </Group>
          {about && (
            <Text c="dimmed" mt={4} maw={760} component="div" dir="auto">
              {about}
            </Text>
          )}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

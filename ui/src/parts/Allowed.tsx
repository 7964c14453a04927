import { Tooltip } from "@mantine/core";
import { cloneElement, type ReactElement, type SyntheticEvent } from "react";
import type { Place } from "./allows";
import { useCan } from "./permissions";

interface Props extends Place {
  /** Any one of these is enough. */
  to: string | string[];
  // biome-ignore lint/suspicious/noExplicitAny: any control
  children: ReactElement<any>;
}

/**
 * Wraps one control. Without the permission the control does nothing, says so
 * to assistive technology, and its tooltip names the permission.
 */
export function Allowed({ to, project, environment, children }: Props) {
  const can = useCan();
  if (can(to, { project, environment })) return children;
  const where = [environment && `in ${environment}`, project && `of project ${project}`].filter(Boolean).join(" ");
  const needed = (typeof to === "string" ? [to] : to).join(" or ");
  const refuse = (event: SyntheticEvent) => event.preventDefault();
  return (
    <Tooltip label={`You need the permission ${needed} ${where}`.trim()}>
      {cloneElement(children, {
        "aria-disabled": true,
        "data-denied": true,
        onClick: refuse,
        onChange: () => {},
        readOnly: true,
        href: undefined,
      })}
    </Tooltip>
  );
}

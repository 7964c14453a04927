import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";

/** Puts a text on the clipboard, also where the page has no secure context. */
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

interface Props {
  text: string;
  /** What is copied, for the label: "Copy " and this. */
  what: string;
  /** A button with words instead of an icon. */
  words?: boolean;
}

/** A button that copies, and says that it did. */
export function Copy({ text, what, words = false }: Props) {
  const [copied, setCopied] = useState(false);
  const onClick = async () => {
    await copy(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
  const label = copied ? "Copied" : `Copy ${what}`;
  const said = (
    <span className="visually-hidden" role="status">
      {copied ? "Copied" : ""}
    </span>
  );
  if (words) {
    return (
      <Button variant="light" leftSection={icon} onClick={onClick}>
        {label}
        {said}
      </Button>
    );
  }
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" onClick={onClick} aria-label={label}>
        {icon}
        {said}
      </ActionIcon>
    </Tooltip>
  );
}

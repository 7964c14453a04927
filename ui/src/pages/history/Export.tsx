import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { messageOf } from "@/api/error";
import { eventsCsv } from "./eventQuery";

type Event = Schema<"Event">;

const page = 1000; // events in one answer
const most = 10_000; // in one file: as many as the server counts

/** Reads all events that a search finds, newest first; one that comes meanwhile shifts others and is not counted twice. */
async function readAll(query: Record<string, string>): Promise<Event[]> {
  const found = new Map<number, Event>();
  for (let offset = 0; offset < most; offset += page) {
    const { events } = await answer(
      api.GET("/api/admin/search/events", { params: { query: { ...query, limit: page, offset } } }),
    );
    for (const event of events) found.set(event.id, event);
    if (events.length < page) break;
  }
  return [...found.values()].slice(0, most);
}

function save(text: string, type: string, name: string) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Saves what the filters leave of the event log as a file. */
export function Export({ query, total }: { query: Record<string, string>; total: number | undefined }) {
  const [busy, setBusy] = useState(false);
  const run = async (kind: "csv" | "json") => {
    setBusy(true);
    try {
      const events = await readAll(query);
      const name = `burgee-events-${new Date().toISOString().slice(0, 10)}.${kind}`;
      if (kind === "csv") save(eventsCsv(events), "text/csv", name);
      else save(JSON.stringify(events, null, 2), "application/json", name);
      notifications.show({ message: `${events.length.toLocaleString("en")} events are saved`, color: "sea" });
    } catch (failure) {
      notifications.show({ title: "Not done", message: messageOf(failure), color: "red", autoClose: 10_000 });
    } finally {
      setBusy(false);
    }
  };
  const count = total === undefined ? "" : total >= most ? "the newest 10,000" : total.toLocaleString("en");
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" loading={busy} disabled={!total} leftSection={<IconDownload size={18} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>What the filters leave: {count}</Menu.Label>
        <Menu.Item onClick={() => void run("csv")}>CSV, for spreadsheets</Menu.Item>
        <Menu.Item onClick={() => void run("json")}>JSON, complete</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

import { ActionIcon, Checkbox, Menu, Select, Textarea, TextInput } from "@mantine/core";
import {
  IconArchive,
  IconArrowsExchange,
  IconCircleCheck,
  IconClockExclamation,
  IconCopy,
  IconDots,
  IconEdit,
  IconRestore,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { useChange } from "@/api/mutate";
import { flagTypes, projects } from "@/api/queries";
import { Confirm } from "@/parts/Confirm";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { useCan } from "@/parts/permissions";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";

type Flag = Schema<"FlagDetail">;
type Open = "edit" | "copy" | "move" | "archive" | undefined;

/** What can be done with a whole flag. */
export function FlagMenu({ flag }: { flag: Flag }) {
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const can = useCan();
  const place = { project: flag.project };
  const path = { projectId: flag.project, featureName: flag.name };
  const stale = useChange(
    () =>
      answer(
        api.POST("/api/admin/projects/{projectId}/stale", {
          params: { path: { projectId: flag.project } },
          body: { features: [flag.name], stale: !flag.stale },
        }),
      ),
    { stale: [["flags"], ["events"]] },
  );
  const archive = useChange(
    () => answer(api.DELETE("/api/admin/projects/{projectId}/features/{featureName}", { params: { path } })),
    {
      stale: [["flags"], ["projects"], ["events"]],
      done: `${flag.name} is archived`,
    },
  );
  const revive = useChange(
    () =>
      answer(
        api.POST("/api/admin/projects/{projectId}/revive", {
          params: { path: { projectId: flag.project } },
          body: { features: [flag.name] },
        }),
      ),
    { stale: [["flags"], ["projects"], ["events"]], done: `${flag.name} is revived, and off everywhere` },
  );
  const done = flag.lifecycle?.stage === "completed";
  const complete = useChange(
    () =>
      done
        ? answer(
            api.POST("/api/admin/projects/{projectId}/features/{featureName}/lifecycle/uncomplete", {
              params: { path },
            }),
          )
        : answer(
            api.POST("/api/admin/projects/{projectId}/features/{featureName}/lifecycle/complete", {
              params: { path },
              body: { status: "kept" },
            }),
          ),
    { stale: [["flags"], ["events"]] },
  );
  const item = (label: string, icon: React.ReactNode, permission: string, onClick: () => void, color?: string) => {
    const allowed = can(permission, place);
    return (
      <Menu.Item leftSection={icon} color={color} disabled={!allowed} onClick={onClick}>
        {label}
        {!allowed && ` (needs ${permission})`}
      </Menu.Item>
    );
  };
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={`More about ${flag.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {item("Edit", <IconEdit size={16} aria-hidden />, "UPDATE_FEATURE", () => setOpen("edit"))}
          {item(
            flag.stale ? "Mark as not stale" : "Mark as stale",
            <IconClockExclamation size={16} aria-hidden />,
            "UPDATE_FEATURE",
            () => stale.mutate(undefined),
          )}
          {item(
            done ? "Take up again" : "Mark as done",
            <IconCircleCheck size={16} aria-hidden />,
            "UPDATE_FEATURE",
            () => complete.mutate(undefined),
          )}
          {item("Copy", <IconCopy size={16} aria-hidden />, "CREATE_FEATURE", () => setOpen("copy"))}
          {item("Move to another project", <IconArrowsExchange size={16} aria-hidden />, "MOVE_FEATURE_TOGGLE", () =>
            setOpen("move"),
          )}
          {flag.archived
            ? item("Revive", <IconRestore size={16} aria-hidden />, "DELETE_FEATURE", () => revive.mutate(undefined))
            : item("Archive", <IconArchive size={16} aria-hidden />, "DELETE_FEATURE", () => setOpen("archive"), "red")}
        </Menu.Dropdown>
      </Menu>
      {open === "edit" && <EditFlag flag={flag} onClose={close} />}
      {open === "copy" && <CopyFlag flag={flag} onClose={close} />}
      {open === "move" && <MoveFlag flag={flag} onClose={close} />}
      <Confirm
        opened={open === "archive"}
        onClose={close}
        title={`Archive ${flag.name}?`}
        action="Archive"
        pending={archive.isPending}
        onConfirm={() => archive.mutate(undefined, { onSuccess: close })}
      >
        Applications that still ask for it are given the default of their code. It can be revived, and its strategies
        and history stay.
      </Confirm>
    </>
  );
}

interface PanelProps {
  flag: Flag;
  onClose: () => void;
}

const valuesOf = (flag: Flag) => ({
  type: flag.type,
  description: flag.description ?? "",
  impressionData: flag.impressionData,
});

function EditFlag({ flag, onClose }: PanelProps) {
  const path = { projectId: flag.project, featureName: flag.name };
  const read = () => versioned(api.GET("/api/admin/projects/{projectId}/features/{featureName}", { params: { path } }));
  return (
    <Fresh queryKey={["flags", "edited", flag.name]} read={read}>
      {(edited) => <FlagEditor edited={edited} onClose={onClose} />}
    </Fresh>
  );
}

function FlagEditor({ edited, onClose }: { edited: Edited<Flag>; onClose: () => void }) {
  const types = useQuery(flagTypes());
  const flag = edited.thing;
  const path = { projectId: flag.project, featureName: flag.name };
  const form = useForm({
    initial: valuesOf(flag),
    edited,
    valuesOf,
    send: (values, header) =>
      answer(
        api.PUT("/api/admin/projects/{projectId}/features/{featureName}", {
          params: { path, header },
          body: { ...values, name: flag.name },
        }),
      ),
    stale: [["flags"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Edit ${flag.name}`} form={form}>
      <Form form={form} submit="Save" onCancel={onClose}>
        <Textarea label="Description" autosize minRows={2} dir="auto" data-autofocus {...form.field("description")} />
        <Select
          label="Type"
          data={(types.data?.types ?? []).map((one) => ({ value: one.id, label: one.name }))}
          allowDeselect={false}
          {...form.field("type")}
          onChange={(value) => form.set("type", value ?? flag.type)}
        />
        <Checkbox
          label="Impression data"
          description="SDKs emit an event each time the flag is asked for."
          checked={form.values.impressionData}
          onChange={(event) => form.set("impressionData", event.currentTarget.checked)}
        />
      </Form>
    </SidePanel>
  );
}

function CopyFlag({ flag, onClose }: PanelProps) {
  const navigate = useNavigate();
  const path = { projectId: flag.project, featureName: flag.name };
  const form = useForm({
    initial: { name: `${flag.name}-copy` },
    send: (values) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/clone", { params: { path }, body: values }),
      ),
    stale: [["flags"], ["projects"]],
    onDone: (_, { name }) => {
      onClose();
      void navigate({
        to: "/projects/$projectId/features/$featureName",
        params: { projectId: flag.project, featureName: name },
      });
    },
  });
  return (
    <SidePanel opened onClose={onClose} title={`Copy ${flag.name}`} form={form}>
      <Form form={form} submit="Copy flag" onCancel={onClose}>
        <TextInput
          label="Name of the copy"
          description="It is off everywhere, with the same strategies and variants."
          data-autofocus
          dir="auto"
          {...form.field("name")}
        />
      </Form>
    </SidePanel>
  );
}

function MoveFlag({ flag, onClose }: PanelProps) {
  const navigate = useNavigate();
  const list = useQuery(projects());
  const path = { projectId: flag.project, featureName: flag.name };
  const form = useForm({
    initial: { newProjectId: "" },
    send: (values) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/changeProject", {
          params: { path },
          body: values,
        }),
      ),
    stale: [["flags"], ["projects"]],
    onDone: (_, { newProjectId }) => {
      onClose();
      void navigate({
        to: "/projects/$projectId/features/$featureName",
        params: { projectId: newProjectId, featureName: flag.name },
      });
    },
  });
  return (
    <SidePanel opened onClose={onClose} title={`Move ${flag.name}`} form={form}>
      <Form form={form} submit="Move flag" onCancel={onClose} disabled={!form.values.newProjectId}>
        <Select
          label="To project"
          description="Tokens of the old project stop seeing the flag; those of the new one begin to."
          searchable
          data={(list.data?.projects ?? [])
            .filter((p) => p.id !== flag.project)
            .map((p) => ({ value: p.id, label: p.name }))}
          {...form.field("newProjectId")}
          onChange={(value) => form.set("newProjectId", value ?? "")}
        />
      </Form>
    </SidePanel>
  );
}

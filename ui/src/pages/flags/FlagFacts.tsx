import { ActionIcon, Anchor, Button, Group, Paper, Pill, Select, Stack, TextInput } from "@mantine/core";
import { IconExternalLink, IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ComponentType, useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { flagTypes, flagUsage, tagTypes } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { Dependencies } from "./Dependencies";
import classes from "./FlagOverview.module.css";

type Flag = Schema<"FlagDetail">;

/** What is known of a flag beside its environments. */
export function FlagFacts({ flag }: { flag: Flag }) {
  const types = useQuery(flagTypes());
  const usage = useQuery(flagUsage(flag.name));
  const type = types.data?.types.find(({ id }) => id === flag.type);
  const applications = usage.data?.seenApplications ?? [];
  return (
    <Paper withBorder p="md" component="section" aria-label="About this flag">
      <dl className={classes.facts}>
        <dt>Type</dt>
        <dd>{type?.name ?? flag.type}</dd>
        <dt>Created</dt>
        <dd>
          <Ago time={flag.createdAt} />
          {flag.createdBy?.name ? ` by ${flag.createdBy.name}` : ""}
        </dd>
        <dt>Used by</dt>
        <dd dir="auto">
          {applications.length > 0 ? (
            applications.join(", ")
          ) : (
            <span>
              No application yet.{" "}
              <Anchor
                renderRoot={(props) => (
                  <Link
                    to="/projects/$projectId/features/$featureName/connect"
                    params={{ projectId: flag.project, featureName: flag.name }}
                    {...props}
                  />
                )}
              >
                Connect one
              </Anchor>
            </span>
          )}
        </dd>
        <dt>Tags</dt>
        <dd>
          <Tags flag={flag} />
        </dd>
        <dt>Links</dt>
        <dd>
          <Links flag={flag} />
        </dd>
        <dt>Depends on</dt>
        <dd>
          <Dependencies flag={flag} />
        </dd>
        {flag.children.length > 0 && (
          <>
            <dt>Others that depend on it</dt>
            <dd>
              {flag.children.map((child) => (
                <div key={child}>
                  <Anchor
                    dir="auto"
                    renderRoot={(props) => (
                      <Link
                        to="/projects/$projectId/features/$featureName"
                        params={{ projectId: flag.project, featureName: child }}
                        {...props}
                      />
                    )}
                  >
                    {child}
                  </Anchor>
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>Impression data</dt>
        <dd>{flag.impressionData ? "SDKs emit events" : "Off"}</dd>
      </dl>
    </Paper>
  );
}

const stale = [["flags"], ["events"]];

interface AddProps {
  what: string;
  flag: Flag;
  panel: ComponentType<{ flag: Flag; onClose: () => void }>;
}

/** The button that opens the panel in which something is added to a flag. */
function Add({ what, flag, panel: Panel }: AddProps) {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Allowed to="UPDATE_FEATURE" project={flag.project}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Add {what}
        </Button>
      </Allowed>
      {adding && <Panel flag={flag} onClose={() => setAdding(false)} />}
    </>
  );
}

function Tags({ flag }: { flag: Flag }) {
  const remove = useChange(
    ({ type, value }: Schema<"Tag">) =>
      answer(
        api.DELETE("/api/admin/features/{featureName}/tags/{type}/{value}", {
          params: { path: { featureName: flag.name, type, value } },
        }),
      ),
    { stale },
  );
  return (
    <Group gap={6}>
      {flag.tags.map((tag) => (
        <Allowed key={`${tag.type}:${tag.value}`} to="UPDATE_FEATURE" project={flag.project}>
          <Pill
            withRemoveButton
            onRemove={() => remove.mutate(tag)}
            removeButtonProps={{
              "aria-label": `Remove tag ${tag.type}:${tag.value}`,
              tabIndex: 0,
              "aria-hidden": false,
            }}
          >
            {tag.type}:{tag.value}
          </Pill>
        </Allowed>
      ))}
      <Add what="tag" flag={flag} panel={AddTag} />
    </Group>
  );
}

function AddTag({ flag, onClose }: { flag: Flag; onClose: () => void }) {
  const types = useQuery(tagTypes());
  const form = useForm({
    initial: { type: "simple", value: "" },
    send: (body) =>
      answer(
        api.POST("/api/admin/features/{featureName}/tags", { params: { path: { featureName: flag.name } }, body }),
      ),
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title="Add tag" form={form} size={440}>
      <Form form={form} submit="Add tag" onCancel={onClose}>
        <Select
          label="Type"
          data={(types.data?.tagTypes ?? []).map(({ name }) => name)}
          allowDeselect={false}
          {...form.field("type")}
          onChange={(type) => form.set("type", type ?? "simple")}
        />
        <TextInput label="Tag" data-autofocus dir="auto" {...form.field("value")} />
      </Form>
    </SidePanel>
  );
}

function Links({ flag }: { flag: Flag }) {
  const path = { projectId: flag.project, featureName: flag.name };
  const remove = useChange(
    (linkId: string) =>
      answer(
        api.DELETE("/api/admin/projects/{projectId}/features/{featureName}/link/{linkId}", {
          params: { path: { ...path, linkId } },
        }),
      ),
    { stale },
  );
  return (
    <Stack gap={4} align="flex-start">
      {(flag.links ?? []).map((link) => (
        <Group key={link.id} gap={4} wrap="nowrap">
          <Anchor href={link.url} target="_blank" rel="noopener noreferrer" dir="auto">
            {link.title || link.url} <IconExternalLink size={13} aria-label="opens in a new tab" />
          </Anchor>
          <Allowed to="UPDATE_FEATURE" project={flag.project}>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={`Remove link ${link.title || link.url}`}
              onClick={() => remove.mutate(link.id)}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Allowed>
        </Group>
      ))}
      <Add what="link" flag={flag} panel={AddLink} />
    </Stack>
  );
}

function AddLink({ flag, onClose }: { flag: Flag; onClose: () => void }) {
  const path = { projectId: flag.project, featureName: flag.name };
  const form = useForm({
    initial: { url: "", title: "" },
    send: ({ url, title }) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/link", {
          params: { path },
          body: { url, ...(title && { title }) },
        }),
      ),
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title="Add link" form={form} size={440}>
      <Form form={form} submit="Add link" onCancel={onClose}>
        <TextInput label="Address" type="url" placeholder="https://" data-autofocus {...form.field("url")} />
        <TextInput label="Title" description="Such as the ticket's number" dir="auto" {...form.field("title")} />
      </Form>
    </SidePanel>
  );
}

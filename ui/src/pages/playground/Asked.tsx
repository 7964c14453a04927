import { ActionIcon, Autocomplete, Button, Group, MultiSelect, Paper, Stack, TagsInput, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { contextFields, environments, projects } from "@/api/queries";
import { Failure } from "@/parts/Form";
import { atField, errorAt } from "@/parts/useForm";
import classes from "./Playground.module.css";
import { type ContextField, combinations, type Question } from "./question";

interface Props {
  question: Question;
  found: { error: unknown; isFetching: boolean };
  onAsk: (question: Question) => void;
}

const blank = { name: "", values: [] };

/** The form of the playground. */
export function Asked({ question, found, onAsk }: Props) {
  const all = useQuery(environments());
  const known = useQuery(projects());
  const names = (all.data?.environments ?? []).filter((e) => e.enabled).map((e) => e.name);
  const [chosen, choose] = useState<string[] | undefined>(
    question.environments.length > 0 ? question.environments : undefined,
  );
  const [inProjects, setProjects] = useState(question.projects);
  const [flags, setFlags] = useState(question.flags);
  const [fields, setFields] = useState<ContextField[]>(
    question.fields.length > 0 ? question.fields : [{ name: "userId", values: [] }],
  );
  const { error } = found;
  const count = combinations(fields);
  const picked = chosen ?? names; // all of them, until somebody chooses
  return (
    <Paper withBorder p="lg" mb="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (picked.length > 0) onAsk({ environments: picked, projects: inProjects, flags, fields });
        }}
      >
        <Stack gap="md">
          {Boolean(error) && !atField(error) && <Failure of={error} />}
          <div className={classes.scope}>
            <MultiSelect
              label="Environments"
              data={[...new Set([...names, ...picked])]}
              value={picked}
              onChange={choose}
              placeholder={picked.length === 0 ? "Choose at least one" : undefined}
              error={errorAt(error, "/body/environments") ?? (chosen?.length === 0 && "Choose at least one")}
            />
            <MultiSelect
              label="Projects"
              searchable
              clearable
              clearButtonProps={{ "aria-label": "All projects" }}
              data={[
                ...(known.data?.projects ?? []).map((p) => ({ value: p.id, label: p.name })),
                ...inProjects
                  .filter((id) => known.data && !known.data.projects.some((p) => p.id === id))
                  .map((id) => ({ value: id, label: id })),
              ]}
              value={inProjects}
              onChange={setProjects}
              placeholder={inProjects.length === 0 ? "All" : undefined}
              error={errorAt(error, "/body/projects")}
            />
            <TagsInput
              label="Flags"
              value={flags}
              onChange={setFlags}
              acceptValueOnBlur
              placeholder={flags.length === 0 ? "All" : undefined}
              error={errorAt(error, "/body/features")}
            />
          </div>
          <Fields fields={fields} onChange={setFields} error={error} />
          <Group justify="space-between">
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setFields([...fields, blank])}
            >
              Add field
            </Button>
            <Group gap="md">
              {count > 1 && (
                <Text size="sm" c="dimmed">
                  {count.toLocaleString("en")} contexts
                </Text>
              )}
              <Button type="submit" loading={found.isFetching}>
                Evaluate
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

const standard = ["userId", "sessionId", "remoteAddress", "appName", "currentTime"];

/** What is known of the user: fields with one value or several. */
function Fields({
  fields,
  onChange,
  error,
}: {
  fields: ContextField[];
  onChange: (fields: ContextField[]) => void;
  error: unknown;
}) {
  const { data } = useQuery(contextFields());
  const names = [...new Set([...standard, ...(data ?? []).map((field) => field.name)])];
  const set = (at: number, change: Partial<ContextField>) =>
    onChange(fields.map((field, index) => (index === at ? { ...field, ...change } : field)));
  const ofContext = errorAt(error, "/body/context");
  const ofField = (name: string) =>
    errorAt(error, `/body/context/${name}`) ?? errorAt(error, `/body/context/properties/${name}`);
  const placed = fields.some(({ name }) => ofField(name.trim()));
  return (
    <Stack gap={8} component="fieldset" className={classes.fields}>
      <Text component="legend" size="sm" fw={500} mb={4}>
        Context
      </Text>
      {ofContext && !placed && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {ofContext}
        </Text>
      )}
      {fields.map((field, index) => {
        const values = data?.find(({ name }) => name === field.name.trim())?.legalValues ?? [];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and each is controlled
          <div key={index} className={classes.field}>
            <Autocomplete
              aria-label={`Field ${index + 1}`}
              placeholder="Field"
              data={names.filter((name) => !fields.some((other) => other !== field && other.name === name))}
              value={field.name}
              onChange={(name) => set(index, { name })}
            />
            <TagsInput
              aria-label={`Values of ${field.name || `field ${index + 1}`}`}
              placeholder={field.values.length === 0 ? placeholderOf(field.name) : undefined}
              data={values.map(({ value }) => value)}
              value={field.values}
              onChange={(next) => set(index, { values: next })}
              acceptValueOnBlur
              error={field.name.trim() ? ofField(field.name.trim()) : undefined}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={3}
              aria-label={`Remove ${field.name || `field ${index + 1}`}`}
              onClick={() => onChange(fields.filter((_, at) => at !== index))}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </div>
        );
      })}
    </Stack>
  );
}

function placeholderOf(name: string): string {
  return name === "currentTime" ? "2026-01-31T12:00:00Z" : "One value or several, each with Enter";
}

import { Anchor, Badge, Button, Group, Select, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { Schema } from "@/api/client";
import { environments as environmentsQuery } from "@/api/queries";
import { type Column, DataTable } from "@/parts/DataTable";
import { OnOff, Reasons } from "@/parts/Reasons";
import { SearchBox } from "@/parts/SearchBox";
import { SidePanel } from "@/parts/SidePanel";
import { localRows, useTableState } from "@/parts/tableState";
import classes from "./Playground.module.css";
import { contextWords } from "./question";

type Flag = Schema<"AdvancedPlaygroundFlag">;
type Instance = Schema<"PlaygroundInstance">;

interface Props {
  found: Schema<"AdvancedPlaygroundAnswer"> | undefined;
  environments: string[];
}

/** How many answers are on, of all and of those in one environment. */
const share = (answers: Instance[]) => answers.filter((answer) => answer.isEnabled).length;
const answersOf = (flag: Flag) => Object.values(flag.environments).flat();

const kinds: Record<string, (flag: Flag) => boolean> = {
  on: (flag) => share(answersOf(flag)) > 0,
  off: (flag) => share(answersOf(flag)) === 0,
  mixed: (flag) => share(answersOf(flag)) > 0 && share(answersOf(flag)) < answersOf(flag).length,
};

/** The answers: one row a flag, one column an environment. */
export function Results({ found, environments }: Props) {
  const state = useTableState({ sort: "name" });
  const [open, setOpen] = useState<{ flag: string; environment: string }>();
  const order = useQuery({ ...environmentsQuery(), select: (all) => all.environments.map((e) => e.name) });
  const columns = useMemo(
    () => columnsFor(inOrder(environments, order.data ?? []), (flag, environment) => setOpen({ flag, environment })),
    [environments, order.data],
  );
  const kind = kinds[state.filter("show")];
  const listed = found && localRows(kind ? found.features.filter(kind) : found.features, state, local);
  const shown = found?.features.find((flag) => flag.name === open?.flag);
  const total = found?.features.reduce((sum, flag) => sum + answersOf(flag).length, 0) ?? 0;
  return (
    <>
      <Group gap="sm" mb="md">
        <SearchBox state={state} what="results" />
        <Select
          aria-label="Show"
          w={190}
          allowDeselect={false}
          value={state.filter("show")}
          onChange={(show) => state.set({ show: show ?? undefined })}
          data={[
            { value: "", label: "All answers" },
            { value: "on", label: "On somewhere" },
            { value: "off", label: "Off everywhere" },
            { value: "mixed", label: "Not the same for all" },
          ]}
        />
        <Text size="sm" c="dimmed" role="status">
          {found && `${total.toLocaleString("en")} answers`}
        </Text>
      </Group>
      <DataTable
        what="flags"
        columns={columns}
        rows={listed?.rows}
        total={listed?.total}
        keyOf={(flag) => flag.name}
        state={state}
      />
      <SidePanel opened={Boolean(shown)} onClose={() => setOpen(undefined)} title={shown?.name ?? ""} size={640}>
        {shown && open && (
          <FlagReasons flag={shown} first={open.environment} order={inOrder(environments, order.data ?? [])} />
        )}
      </SidePanel>
    </>
  );
}

const local = {
  text: (flag: Flag) => [flag.name, flag.projectId],
  by: {
    name: (flag: Flag) => flag.name,
    project: (flag: Flag) => flag.projectId,
  },
};

/** Environments in the order in which flags show them. */
function inOrder(environments: string[], order: string[]): string[] {
  return [...environments].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

function columnsFor(environments: string[], onOpen: (flag: string, environment: string) => void): Column<Flag>[] {
  return [
    {
      key: "name",
      label: "Flag",
      sortable: true,
      heading: true,
      render: (flag) => (
        <Anchor
          fw={600}
          dir="auto"
          renderRoot={(props) => (
            <Link
              to="/projects/$projectId/features/$featureName"
              params={{ projectId: flag.projectId, featureName: flag.name }}
              {...props}
            />
          )}
        >
          {flag.name}
        </Anchor>
      ),
    },
    {
      key: "project",
      label: "Project",
      sortable: true,
      width: 180,
      render: (flag) => <span dir="auto">{flag.projectId}</span>,
    },
    ...environments.map(
      (environment): Column<Flag> => ({
        key: `environment:${environment}`,
        label: environment,
        width: 190,
        render: (flag) => (
          <Answers
            flag={flag.name}
            environment={environment}
            answers={flag.environments[environment] ?? []}
            onOpen={() => onOpen(flag.name, environment)}
          />
        ),
      }),
    ),
  ];
}

interface AnswersProps {
  flag: string;
  environment: string;
  answers: Instance[];
  onOpen: () => void;
}

/** The answers of one flag in one environment, in a word; opens the reasons. */
function Answers({ flag, environment, answers, onOpen }: AnswersProps) {
  if (answers.length === 0)
    return (
      <Text span c="dimmed" size="sm">
        not in its project
      </Text>
    );
  const on = share(answers);
  const variants = [...new Set(answers.filter((a) => a.isEnabled && a.variant.enabled).map((a) => a.variant.name))];
  const same = on === 0 || on === answers.length;
  const words = same ? (on > 0 ? "On" : "Off") : `${on} of ${answers.length} on`;
  return (
    <UnstyledButton
      className={classes.cell}
      onClick={onOpen}
      aria-label={`${words}: why is ${flag} so in ${environment}`}
    >
      {same ? (
        <OnOff on={on > 0} />
      ) : (
        <Badge size="lg" tt="none" variant="light">
          {words}
        </Badge>
      )}
      {variants.length > 0 && (
        <Text span size="sm" c="dimmed" dir="auto" truncate maw={110}>
          {variants.slice(0, 2).join(", ")}
          {variants.length > 2 && ` +${variants.length - 2}`}
        </Text>
      )}
    </UnstyledButton>
  );
}

const step = 30;

/** Why a flag answers what it does, for each context in one environment. */
function FlagReasons({ flag, first, order }: { flag: Flag; first: string; order: string[] }) {
  const [environment, choose] = useState(first);
  const [count, setCount] = useState(step);
  const answers = flag.environments[environment] ?? [];
  return (
    <>
      <Select
        label="Environment"
        allowDeselect={false}
        data={order.filter((name) => flag.environments[name])}
        value={environment}
        onChange={(name) => choose(name ?? first)}
        mb="sm"
      />
      {answers.slice(0, count).map((answer, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the combinations are in a fixed order
        <div key={index}>
          <p className={classes.context} dir="auto">
            {contextWords(answer.context as Record<string, unknown>)}
          </p>
          <Reasons environment={environment} answer={answer as unknown as Schema<"PlaygroundFlag">} />
        </div>
      ))}
      {answers.length > count && (
        <Group mt="md">
          <Button variant="default" onClick={() => setCount(count + step)}>
            Show more
          </Button>
          <Text size="sm" c="dimmed">
            {count} of {answers.length.toLocaleString("en")}
          </Text>
        </Group>
      )}
    </>
  );
}

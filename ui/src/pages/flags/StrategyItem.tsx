import { ActionIcon, Badge, Group, Menu, Text } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconEdit,
  IconEye,
  IconEyeOff,
  IconTrash,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { segments } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import { useCan } from "@/parts/permissions";
import { audienceWords, constraintWords, strategyWords } from "@/parts/words";
import classes from "./FlagOverview.module.css";
import { bodyOf } from "./strategyBody";
import { VariantBar } from "./VariantBar";

interface Props {
  flag: Schema<"FlagDetail">;
  environment: Schema<"FlagEnvironment">;
  strategies: Schema<"StrategyDetail">[];
  index: number;
  onEdit: () => void;
}

/** One strategy as sentences, with what can be done with it. */
export function StrategyItem({ flag, environment, strategies, index, onEdit }: Props) {
  const strategy = strategies[index] as Schema<"StrategyDetail">;
  const { data } = useQuery(segments());
  const name = (id: number) => data?.segments.find((s) => s.id === id)?.name ?? `segment ${id}`;
  const conditions = [
    ...strategy.segments.map((id) => `in ${name(id)}`),
    ...strategy.constraints.map((c) => constraintWords(c)),
  ];
  return (
    <li
      className={classes.strategy}
      data-off={strategy.disabled || undefined}
      aria-label={strategyWords(strategy, name)}
    >
      <div className={classes.audience}>
        <Group gap={8}>
          <Text fw={600} dir="auto">
            {strategy.title || audienceWords(strategy)}
          </Text>
          {strategy.disabled && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              Disabled
            </Badge>
          )}
        </Group>
        {strategy.title && <Text size="sm">{audienceWords(strategy)}</Text>}
        {conditions.length > 0 && (
          <ul className={classes.conditions}>
            {conditions.map((condition) => (
              <li key={condition} dir="auto">
                {condition}
              </li>
            ))}
          </ul>
        )}
        {strategy.variants.length > 0 && <VariantBar variants={strategy.variants} />}
      </div>
      <Allowed to="UPDATE_FEATURE_STRATEGY" project={flag.project} environment={environment.name}>
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={onEdit}
          aria-label={`Edit strategy ${index + 1} in ${environment.name}`}
        >
          <IconEdit size={18} aria-hidden />
        </ActionIcon>
      </Allowed>
      <StrategyMenu flag={flag} environment={environment} strategies={strategies} index={index} />
    </li>
  );
}

function StrategyMenu({ flag, environment, strategies, index }: Omit<Props, "onEdit">) {
  const strategy = strategies[index] as Schema<"StrategyDetail">;
  const [removing, setRemoving] = useState(false);
  const can = useCan();
  const at = { project: flag.project, environment: environment.name };
  const path = { projectId: flag.project, featureName: flag.name, environment: environment.name };
  const stale = [["flags"], ["events"]];
  const strategyPath = { params: { path: { ...path, strategyId: strategy.id } } };
  const move = useChange(
    (by: number) => {
      const order = strategies.map(({ id }) => id);
      order.splice(index + by, 0, ...order.splice(index, 1));
      const body = order.map((id, sortOrder) => ({ id, sortOrder }));
      return answer(
        api.POST(
          "/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/set-sort-order",
          { params: { path }, body },
        ),
      );
    },
    { stale },
  );
  const toggle = useChange(
    () =>
      answer(
        api.PATCH(
          "/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}",
          {
            ...strategyPath,
            body: [{ op: "replace", path: "/disabled", value: !strategy.disabled as never }],
          },
        ),
      ),
    { stale },
  );
  const remove = useChange(
    () =>
      answer(
        api.DELETE(
          "/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}",
          strategyPath,
        ),
      ),
    { stale, done: "Strategy removed" },
  );
  const copy = useChange(
    (to: string) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies", {
          params: { path: { ...path, environment: to } },
          body: bodyOf(strategy),
        }),
      ),
    { stale, done: "Strategy copied" },
  );
  const others = flag.environments.filter(
    ({ name }) =>
      name !== environment.name && can("CREATE_FEATURE_STRATEGY", { project: flag.project, environment: name }),
  );
  const update = can("UPDATE_FEATURE_STRATEGY", at);
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`More about strategy ${index + 1} in ${environment.name}`}
          >
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {strategies.length > 1 && (
            <>
              <Menu.Item
                leftSection={<IconArrowUp size={16} aria-hidden />}
                disabled={index === 0 || !update}
                onClick={() => move.mutate(-1)}
              >
                Move up
              </Menu.Item>
              <Menu.Item
                leftSection={<IconArrowDown size={16} aria-hidden />}
                disabled={index === strategies.length - 1 || !update}
                onClick={() => move.mutate(1)}
              >
                Move down
              </Menu.Item>
            </>
          )}
          <Menu.Item
            leftSection={strategy.disabled ? <IconEye size={16} aria-hidden /> : <IconEyeOff size={16} aria-hidden />}
            disabled={!update}
            onClick={() => toggle.mutate(undefined)}
          >
            {strategy.disabled ? "Enable" : "Disable"}
          </Menu.Item>
          {others.map(({ name }) => (
            <Menu.Item key={name} leftSection={<IconCopy size={16} aria-hidden />} onClick={() => copy.mutate(name)}>
              Copy to {name}
            </Menu.Item>
          ))}
          <Menu.Item
            leftSection={<IconTrash size={16} aria-hidden />}
            color="red"
            disabled={!can("DELETE_FEATURE_STRATEGY", at)}
            onClick={() => setRemoving(true)}
          >
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={removing}
        onClose={() => setRemoving(false)}
        title="Remove this strategy?"
        action="Remove"
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => setRemoving(false) })}
      >
        {strategies.filter((one) => !one.disabled).length <= 1 && environment.enabled
          ? `It is the last one that is enabled: ${flag.name} is switched off in ${environment.name} with it.`
          : "Whom only this strategy lets in no longer gets the flag."}
      </Confirm>
    </>
  );
}

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { project } from "@/api/queries";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";
import { strategyWords } from "@/parts/words";
import { StrategyFields } from "./StrategyFields";
import { type Draft, draftBody, draftOf, type FirstStrategy, firstDraft } from "./strategyBody";
import { switchFlag } from "./useFlagSwitch";

type Strategy = Schema<"StrategyDetail">;

interface Props {
  flag: Schema<"FlagDetail">;
  environment: Schema<"FlagEnvironment">;
  /** Without it the panel adds one. */
  strategy?: Schema<"StrategyDetail">;
  onClose: () => void;
}

/** The editor of one strategy, over its flag. */
export function StrategyPanel({ strategy, ...props }: Props) {
  if (!strategy) return <New {...props} />;
  const { flag, environment } = props;
  const path = {
    projectId: flag.project,
    featureName: flag.name,
    environment: environment.name,
    strategyId: strategy.id,
  };
  return (
    <Fresh
      queryKey={["flags", "strategy", strategy.id]}
      read={() =>
        versioned(
          api.GET(
            "/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}",
            {
              params: { path },
            },
          ),
        )
      }
    >
      {(edited) => <Editor {...props} edited={edited} />}
    </Fresh>
  );
}

/** A new strategy begins as the project says for the environment. */
function New(props: Omit<Props, "strategy">) {
  const { data, isPending } = useQuery(project(props.flag.project));
  if (isPending) return null; // for the moment of one request
  const here = data?.environments.find((one) => one.environment === props.environment.name);
  return <Editor {...props} first={here?.defaultStrategy ?? { stickiness: data?.defaultStickiness ?? "default" }} />;
}

interface EditorProps extends Omit<Props, "strategy"> {
  edited?: Edited<Strategy>;
  /** What a new one begins as. */
  first?: FirstStrategy;
}

function Editor({ flag, environment, edited, first, onClose }: EditorProps) {
  const strategy = edited?.thing;
  const path = { projectId: flag.project, featureName: flag.name, environment: environment.name };
  const switchOn = useRef(false);
  const form = useForm<Draft, void, Strategy>({
    initial: strategy ? draftOf(strategy) : firstDraft(first),
    edited,
    valuesOf: draftOf,
    send: async (draft, header) => {
      await save(path, draft, header, strategy?.id);
      if (switchOn.current) await switchFlag(path, true);
    },
    stale: [["flags"], ["events"], ["segments"]],
    onDone: onClose,
  });
  const submit = (on: boolean) => {
    switchOn.current = on;
    void form.submit();
  };
  const off = !environment.enabled;
  const title = `${strategy ? "Strategy" : "New strategy"} in ${environment.name}`;
  return (
    <SidePanel opened onClose={onClose} title={title} form={form} size={680}>
      <Form
        form={{
          ...form,
          describe: strategyWords,
          submit: async (event) => {
            event?.preventDefault();
            submit(off && !strategy);
          },
        }}
        submit={off && !strategy ? "Save and switch on" : "Save"}
        onCancel={onClose}
        long
        extra={
          off ? (
            <Button variant="default" onClick={() => submit(!!strategy)}>
              {strategy ? "Save and switch on" : "Save, leave off"}
            </Button>
          ) : null
        }
      >
        <StrategyFields
          live
          form={form}
          environment={environment.name}
          projectId={flag.project}
          request={{ method: strategy ? "PUT" : "POST", path: addressOf(path, strategy?.id) }}
        />
      </Form>
    </SidePanel>
  );
}

const addressOf = ({ projectId, featureName, environment }: Path, strategyId?: string) =>
  `/api/admin/projects/${projectId}/features/${featureName}/environments/${environment}/strategies${strategyId ? `/${strategyId}` : ""}`;

type Path = { projectId: string; featureName: string; environment: string };

async function save(path: Path, draft: Draft, header: { "If-Match"?: string }, strategyId?: string): Promise<void> {
  const body = draftBody(draft);
  await (strategyId
    ? answer(
        api.PUT(
          "/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}",
          {
            params: { path: { ...path, strategyId }, header },
            body,
          },
        ),
      )
    : answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies", {
          params: { path },
          body,
        }),
      ));
}

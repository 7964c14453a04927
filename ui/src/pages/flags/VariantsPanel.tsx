import { answer, api, type Schema } from "@/api/client";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { draftVariants, variantBodies } from "./strategyBody";
import { VariantsEditor } from "./VariantsEditor";

interface Props {
  flag: Schema<"FlagDetail">;
  environment: Schema<"FlagEnvironment">;
  onClose: () => void;
}

/** The variants that a flag has in an environment, for strategies that have none of their own. */
export function VariantsPanel({ flag, environment, onClose }: Props) {
  const path = { projectId: flag.project, featureName: flag.name, environment: environment.name };
  const stickiness = environment.variants[0]?.stickiness ?? "default";
  const form = useForm({
    initial: { variants: draftVariants(environment.variants) },
    send: ({ variants }) =>
      answer(
        api.PUT("/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/variants", {
          params: { path },
          body: variantBodies(variants, stickiness) as never,
        }),
      ),
    stale: [["flags"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Variants in ${environment.name}`} form={form}>
      <Form form={form} submit="Save" onCancel={onClose}>
        <VariantsEditor
          failure={form.failure}
          value={form.values.variants}
          onChange={(all) => form.set("variants", all)}
        />
      </Form>
    </SidePanel>
  );
}

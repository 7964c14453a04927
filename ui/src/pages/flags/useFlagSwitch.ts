import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { messageOf } from "@/api/error";

/** Where a flag is switched. */
export interface SwitchPlace {
  projectId: string;
  featureName: string;
  environment: string;
}

/** Switches a flag on or off in one environment. */
export async function switchFlag(path: SwitchPlace, on: boolean): Promise<void> {
  await (on
    ? answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/on", {
          params: { path },
        }),
      )
    : answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/off", {
          params: { path },
        }),
      ));
}

/** The switch of one flag in one environment, shown as it will be while the server is asked. */
export function useFlagSwitch(place: SwitchPlace) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => switchFlag(place, on),
    onSuccess: (_, on) =>
      notifications.show({
        message: `${place.featureName} is ${on ? "on" : "off"} in ${place.environment}`,
        color: "sea",
      }),
    onError: (failure) =>
      notifications.show({ title: "Not switched", message: messageOf(failure), color: "red", autoClose: 10_000 }),
    onSettled: () => Promise.all([["flags"], ["events"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

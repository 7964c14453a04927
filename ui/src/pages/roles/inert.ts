/*
 * Permissions that Terraform and exports of other servers name, and that allow
 * nothing here: this server has no change requests, release plans, banners, ….
 */
const inert = new Set([
  "RELEASE_PLAN_TEMPLATE_CREATE",
  "RELEASE_PLAN_TEMPLATE_UPDATE",
  "RELEASE_PLAN_TEMPLATE_DELETE",
  "UPDATE_PROJECT_RELEASE_TEMPLATE",
  "UPDATE_MAINTENANCE_MODE",
  "UPDATE_INSTANCE_BANNERS",
  "UPDATE_AUTH_CONFIGURATION",
  "PROJECT_CHANGE_REQUEST_READ",
  "PROJECT_CHANGE_REQUEST_WRITE",
  "APPROVE_CHANGE_REQUEST",
  "APPLY_CHANGE_REQUEST",
  "SKIP_CHANGE_REQUEST",
]);

/** Whether a permission allows nothing on this server. */
export const isInert = (permission: string) => inert.has(permission);

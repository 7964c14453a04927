// Small builders over the Admin API: a flag, a token, a segment. Each takes a
// server of kit/server.js.

export const environment = 'development';

/** A rollout strategy; anything in `more` is added or replaces. */
export function rollout(percent, more = {}) {
  const { parameters, ...rest } = more;
  return {
    name: 'flexibleRollout',
    parameters: { rollout: String(percent), stickiness: 'default', ...parameters },
    constraints: [],
    segments: [],
    variants: [],
    ...rest,
  };
}

/**
 * Creates a flag with strategies in one environment and switches it on, unless
 * told otherwise.
 */
export async function flag(server, name, { strategies = [rollout(100)], on = true, project = 'default', env = environment, impressionData = false } = {}) {
  await server.admin('POST', `projects/${project}/features`, { name, type: 'release', impressionData });
  for (const strategy of strategies) {
    const parameters = strategy.parameters && { groupId: name, ...strategy.parameters };
    await server.admin('POST', `projects/${project}/features/${name}/environments/${env}/strategies`, { ...strategy, parameters });
  }
  if (on) await toggle(server, name, true, { project, env });
  return name;
}

/** Switches a flag on or off. */
export function toggle(server, name, on, { project = 'default', env = environment } = {}) {
  return server.admin('POST', `projects/${project}/features/${name}/environments/${env}/${on ? 'on' : 'off'}`);
}

let made = 0;

/** Creates a token and returns its secret. Fields replace the defaults. */
export async function token(server, type, fields = {}) {
  made += 1;
  const created = await server.admin('POST', 'api-tokens', {
    tokenName: `${type}-${made}`, type, environment, projects: ['*'], ...fields,
  });
  return created.secret;
}

/** Deletes a token by its secret. */
export function revoke(server, secret) {
  return server.admin('DELETE', `api-tokens/${encodeURIComponent(secret)}`);
}

/** Creates a project. */
export function project(server, id) {
  return server.admin('POST', 'projects', { id, name: id });
}

/** Creates a segment and returns its id. */
export async function segment(server, name, constraints, more = {}) {
  return (await server.admin('POST', 'segments', { name, constraints, ...more })).id;
}

/** One constraint; single-value operators take a string, the others a list. */
export function constraint(contextName, operator, value, more = {}) {
  const operand = Array.isArray(value) ? { values: value } : { value, values: [] };
  return { contextName, operator, caseInsensitive: false, inverted: false, ...operand, ...more };
}

// Runs the Node engine (unleash-client, unmodified) over what it reads on
// stdin and writes its answers on stdout, for TestNodeEngine in internal/eval.
//
// in:  {features, segments, contexts, dates, numbers, texts}
// out: {answers: one string a feature and context, dates: milliseconds or
//       null, numbers: bits in hexadecimal or null, texts: in lower case}
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const Client = require('unleash-client/lib/client').default;
const { defaultStrategies } = require('unleash-client/lib/strategy');

const input = JSON.parse(readFileSync(0, 'utf8'));
const flags = new Map(input.features.map((f) => [f.name, f]));
const segments = new Map(input.segments.map((s) => [s.id, s]));
const client = new Client(
  {
    getToggle: (name) => flags.get(name),
    getToggles: () => input.features,
    getSegment: (id) => segments.get(id),
  },
  defaultStrategies,
);

function answer(name, context) {
  const c = { ...context, currentTime: new Date(context.currentTime) };
  const v = client.getVariant(name, c);
  if (client.isEnabled(name, c, () => false) !== v.feature_enabled) return 'undecided';
  return `${v.feature_enabled} ${v.enabled} ${v.name} ${v.payload?.value ?? ''}`;
}

function bits(text) {
  const n = Number(text);
  if (Number.isNaN(n)) return null;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  return view.getBigUint64(0).toString(16);
}

process.stdout.write(
  JSON.stringify({
    answers: input.features.map((f) => input.contexts.map((c) => answer(f.name, c))),
    dates: input.dates.map((d) => {
      const ms = new Date(d).getTime();
      return Number.isNaN(ms) ? null : ms;
    }),
    numbers: input.numbers.map(bits),
    texts: input.texts.map((t) => t.toLowerCase()),
  }),
);

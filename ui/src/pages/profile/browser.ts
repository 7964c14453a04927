// The first that fits: browsers call themselves like older ones too.
const browsers: [string, RegExp][] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /\bOPR\/(\d+)/],
  ["Firefox", /\b(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /\b(?:Chrome|HeadlessChrome|CriOS)\/(\d+)/],
  ["Safari", /\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//],
];
const systems: [string, RegExp][] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Linux", /\bLinux\b/],
];

/** A browser by its User-Agent: "Firefox 143 on Linux"; what calls itself otherwise as it does. */
export function browserWords(agent: string): string {
  const found = browsers.find(([, pattern]) => pattern.test(agent));
  if (!found) return agent || "Unknown browser";
  const [name, pattern] = found;
  const version = pattern.exec(agent)?.[1];
  const system = systems.find(([, words]) => words.test(agent))?.[0];
  return `${name} ${version}${system ? ` on ${system}` : ""}`;
}

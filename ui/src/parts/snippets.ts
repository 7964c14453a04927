/** How code reads a flag with one SDK. */
export interface Snippet {
  id: string;
  label: string;
  /** The kind of token that it takes. */
  token: "client" | "frontend";
  /** How to get the SDK; empty for none. */
  install: string;
  code: string;
}

/** What a snippet is filled with. */
export interface Filling {
  /** The address of this server, without a slash at its end. */
  url: string;
  /** The secret to show in it. */
  token?: string;
  flag: string;
  app: string;
}

const text = (value: string) => JSON.stringify(value);

/**
 * Snippets for the SDKs of Unleash, which work unchanged, and for OpenFeature.
 * Without a token they read it from the environment, where secrets belong.
 */
export function snippets({ url, token, flag, app }: Filling): Snippet[] {
  const from = (variable: string) => (token === undefined ? variable : text(token));
  const [name, api, front, appName] = [text(flag), text(`${url}/api/`), text(`${url}/api/frontend/`), text(app)];
  return [
    {
      id: "node",
      label: "Node.js",
      token: "client",
      install: "npm install unleash-client",
      code: `import { startUnleash } from "unleash-client";

const unleash = await startUnleash({
  url: ${api},
  appName: ${appName},
  customHeaders: { Authorization: ${from("process.env.BURGEE_TOKEN")} },
});

if (unleash.isEnabled(${name}, { userId: "42" })) {
  // the new way
}`,
    },
    {
      id: "go",
      label: "Go",
      token: "client",
      install: "go get github.com/Unleash/unleash-client-go/v4",
      code: `err := unleash.Initialize(
	unleash.WithUrl(${api}),
	unleash.WithAppName(${appName}),
	unleash.WithCustomHeaders(http.Header{"Authorization": {${from('os.Getenv("BURGEE_TOKEN")')}}}),
	unleash.WithListener(&unleash.DebugListener{}),
)
if err != nil {
	return err
}
unleash.WaitForReady()

if unleash.IsEnabled(${name}, unleash.WithContext(context.Context{UserId: "42"})) {
	// the new way
}`,
    },
    {
      id: "java",
      label: "Java",
      token: "client",
      install: "io.getunleash:unleash-client-java",
      code: `Unleash unleash = new DefaultUnleash(UnleashConfig.builder()
    .unleashAPI(${api})
    .appName(${appName})
    .instanceId("one")
    .apiKey(${from('System.getenv("BURGEE_TOKEN")')})
    .synchronousFetchOnInitialisation(true)
    .build());

if (unleash.isEnabled(${name}, UnleashContext.builder().userId("42").build())) {
    // the new way
}`,
    },
    {
      id: "python",
      label: "Python",
      token: "client",
      install: "pip install UnleashClient",
      code: `${token === undefined ? "import os\n" : ""}from UnleashClient import UnleashClient

client = UnleashClient(
    url=${api},
    app_name=${appName},
    custom_headers={"Authorization": ${from('os.environ["BURGEE_TOKEN"]')}},
)
client.initialize_client()

if client.is_enabled(${name}, {"userId": "42"}):
    ...  # the new way`,
    },
    {
      id: "dotnet",
      label: ".NET",
      token: "client",
      install: "dotnet add package Unleash.Client",
      code: `var unleash = new DefaultUnleash(new UnleashSettings
{
    UnleashApi = new Uri(${api}),
    AppName = ${appName},
    CustomHttpHeaders = new Dictionary<string, string>
    {
        ["Authorization"] = ${from('Environment.GetEnvironmentVariable("BURGEE_TOKEN")')},
    },
});

if (unleash.IsEnabled(${name}, new UnleashContext { UserId = "42" }))
{
    // the new way
}`,
    },
    {
      id: "ruby",
      label: "Ruby",
      token: "client",
      install: "gem install unleash",
      code: `client = Unleash::Client.new(
  url: ${api},
  app_name: ${appName},
  custom_http_headers: { "Authorization": ${from('ENV["BURGEE_TOKEN"]')} },
)

if client.is_enabled?(${name}, Unleash::Context.new(user_id: "42"))
  # the new way
end`,
    },
    {
      id: "php",
      label: "PHP",
      token: "client",
      install: "composer require unleash/client",
      code: `$unleash = UnleashBuilder::create()
    ->withAppUrl(${api})
    ->withAppName(${appName})
    ->withInstanceId("one")
    ->withHeader("Authorization", ${from('getenv("BURGEE_TOKEN")')})
    ->build();

if ($unleash->isEnabled(${name}, (new UnleashContext())->setCurrentUserId("42"))) {
    // the new way
}`,
    },
    {
      id: "curl",
      label: "curl",
      token: "client",
      install: "",
      code: `curl -H "Authorization: ${token ?? "$BURGEE_TOKEN"}" '${url}/api/client/features'`,
    },
    {
      id: "browser",
      label: "Browser",
      token: "frontend",
      install: "npm install unleash-proxy-client",
      code: `import { UnleashClient } from "unleash-proxy-client";

const unleash = new UnleashClient({
  url: ${front},
  clientKey: ${from("FRONTEND_TOKEN")},
  appName: ${appName},
  context: { userId: "42" },
});
await unleash.start();

if (unleash.isEnabled(${name})) {
  // the new way
}`,
    },
    {
      id: "react",
      label: "React",
      token: "frontend",
      install: "npm install @unleash/proxy-client-react unleash-proxy-client",
      code: `import { FlagProvider, useFlag } from "@unleash/proxy-client-react";

const config = {
  url: ${front},
  clientKey: ${from("FRONTEND_TOKEN")},
  appName: ${appName},
};

export const App = () => (
  <FlagProvider config={config}>
    <Page />
  </FlagProvider>
);

const Page = () => (useFlag(${name}) ? <NewWay /> : <OldWay />);`,
    },
    {
      id: "openfeature",
      label: "OpenFeature",
      token: "frontend",
      install: "npm install @openfeature/web-sdk @openfeature/ofrep-web-provider",
      code: `import { OpenFeature } from "@openfeature/web-sdk";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";

await OpenFeature.setContext({ targetingKey: "42" });
await OpenFeature.setProviderAndWait(
  new OFREPWebProvider({
    baseUrl: ${text(url)},
    headers: [["Authorization", ${token === undefined ? '"Bearer " + FRONTEND_TOKEN' : text(`Bearer ${token}`)}]],
  }),
);

if (OpenFeature.getClient().getBooleanValue(${name}, false)) {
  // the new way
}`,
    },
  ];
}

// SPDX-License-Identifier: Apache-2.0
//
// A container application as the AWS sample has one: webpack's Module Federation 1, React 17 as a singleton, three remotes at
// fixed ports, and two settings that say where everything is.
import webpack, { type Configuration } from "webpack";

import manifest from "./package.json" with { type: "json" };

export interface SampleSettings {
  /** "http://localhost": of the remotes, without a port. The sample has http. */
  readonly remotes: string;
  /** "localhost:8080": of the sample's route. */
  readonly webSocketHost: string;
}

const { ModuleFederationPlugin } = webpack.container;

export function configure({ remotes, webSocketHost }: SampleSettings, output: string): Configuration {
  const singleton = (name: "react" | "react-dom") => ({ singleton: true, requiredVersion: manifest.dependencies[name] });
  return {
    mode: "development",
    devtool: false,
    context: import.meta.dirname,
    entry: "./src/index.js",
    output: { path: output, publicPath: "auto" },
    plugins: [
      new webpack.DefinePlugin({ WEB_SOCKET_URL_HOST: JSON.stringify(webSocketHost) }),
      new ModuleFederationPlugin({
        name: "home",
        remotes: {
          player: `player@${remotes}:3002/remoteEntry.js`,
          video: `video@${remotes}:3003/remoteEntry.js`,
          bet: `bet@${remotes}:3001/remoteEntry.js`,
        },
        shared: { react: singleton("react"), "react-dom": singleton("react-dom") },
      }),
    ],
  };
}

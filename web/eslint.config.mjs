// SPDX-License-Identifier: Apache-2.0
//
// The house rules of the web: strict types, hooks, sizes, and who may import whom.
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** protocol <- client <- react <- remotes <- apps; ui and remote-kit beside react. Remotes never import each other, and
 *  apps load them through a manifest. */
const mayImport = {
  "packages/protocol": [],
  "packages/client": ["protocol"],
  "packages/remote-kit": ["protocol"],
  "packages/ui": [],
  "packages/react": ["protocol", "client"],
  remotes: ["protocol", "remote-kit", "ui"],
  apps: ["protocol", "client", "react", "remote-kit", "ui"],
};
const packages = ["protocol", "client", "remote-kit", "ui", "react"];

const layers = Object.entries(mayImport).map(([folder, allowed]) => ({
  files: [`${folder}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: packages.filter((name) => !allowed.includes(name)).map((name) => `@matchcue/${name}/*`),
            message: `${folder} may import only: ${allowed.join(", ") || "nothing"}.`,
          },
          { group: ["@matchcue-remotes/*", "**/remotes/*", "**/apps/*"], message: "Remotes are loaded through a manifest." },
        ].filter(({ group }) => group.length),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["**/node_modules/**", "**/dist/**"] },
  ...tseslint.configs.strict,
  hooks.configs.flat.recommended,
  {
    rules: {
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 70, skipComments: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
    },
  },
  ...layers,
  { files: ["**/*.test.{ts,tsx}", "tests/**"], rules: { "max-lines-per-function": "off", "@typescript-eslint/no-non-null-assertion": "off" } },
);
